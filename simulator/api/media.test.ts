import { expect, test } from "vitest";
import { png, upload } from "../testing/files.ts";
import { refused, testWorld } from "../testing/world.ts";

function started() {
  const world = testWorld();
  world.setWebhook();
  world.actions.write(world.ada.id, "/start");
  return { ...world, chat_id: world.ada.id };
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
const resultOf = (answer: object): Record<string, unknown> => record("result" in answer ? answer.result : {});
const csv = upload("report.csv", "a,b\n1,2\n", "text/csv");
const picture = upload("chart.png", png(640, 480), "image/png");

test("a document is stored with its name, answered with its caption, and can be downloaded", () => {
  const { call, chat_id, world } = started();
  const sent = call("sendDocument", {
    chat_id,
    document: csv,
    caption: "<b>Numbers</b>",
    parse_mode: "HTML",
  });
  const { document, caption, caption_entities, text } = resultOf(sent);
  expect(document).toMatchObject({ file_name: "report.csv", mime_type: "text/csv", file_size: 8 });
  expect({ caption, caption_entities, text }).toEqual({
    caption: "Numbers",
    caption_entities: [{ type: "bold", offset: 0, length: 7 }],
    text: undefined,
  });
  const { file_id } = record(document);
  const file = resultOf(call("getFile", { file_id }));
  expect(file).toMatchObject({ file_id, file_size: 8 });
  expect(file["file_path"]).toMatch(/^documents\/file_\d+\.csv$/);
  expect(world.files.at(String(file["file_path"]))?.content.toString()).toBe("a,b\n1,2\n");
});

test("a stored file is sent again by its id, as what it is", () => {
  const { call, chat_id } = started();
  const { photo } = resultOf(call("sendPhoto", { chat_id, photo: picture }));
  expect(photo).toMatchObject([{ width: 640, height: 480 }]);
  const [{ file_id } = { file_id: "" }] = photo as { file_id: string }[];
  expect(resultOf(call("sendPhoto", { chat_id, photo: file_id }))).toMatchObject({ photo: [{ file_id }] });
  expect(call("sendDocument", { chat_id, document: file_id })).toEqual(
    refused("Bad Request: can't use file of type Photo as Document"),
  );
});

test.each([
  ["sendPhoto", { photo: upload("a.png", "no picture") }, "IMAGE_PROCESS_FAILED"],
  ["sendPhoto", { photo: upload("a.png", png(9000, 2000)) }, "PHOTO_INVALID_DIMENSIONS"],
  ["sendPhoto", { photo: upload("a.png", png(2100, 100)) }, "PHOTO_INVALID_DIMENSIONS"],
  ["sendPhoto", {}, "there is no photo in the request"],
  ["sendDocument", { document: "attach://missing" }, "there is no document in the request"],
  ["sendDocument", { document: "BQAC" }, "wrong file identifier/HTTP URL specified"],
  ["sendDocument", { document: upload("empty.csv", "") }, "file must be non-empty"],
  ["sendDocument", { document: csv, caption: "x".repeat(1025) }, "message caption is too long"],
  ["sendMediaGroup", { media: [] }, "there is no media in the request"],
  [
    "sendMediaGroup",
    { media: [{ type: "photo" }] },
    "can't parse InputMedia: expected an object with type and media",
  ],
  ["getFile", { file_id: "x" }, "invalid file_id: wrong file_id or the file is temporarily unavailable"],
])("%s %j is refused: %s", (method, args, text) => {
  const { call, chat_id } = started();
  expect(call(method, { chat_id, ...args })).toEqual(refused(`Bad Request: ${text}`));
});

test("an address is refused openly, because the simulator gets nothing from the network", () => {
  const { call, chat_id } = started();
  expect(call("sendPhoto", { chat_id, photo: "https://example.org/a.png" }).status).toBe(501);
});

test("files above 20 MB cannot be downloaded, and pictures above 10 MB not be sent", () => {
  const { call, chat_id, actions, ada } = started();
  actions.upload(chat_id, [upload("big.csv", Buffer.alloc(20 * 2 ** 20 + 1))], { as: "document" });
  const { content } = ada.history.since(0).messages.at(-1) ?? {};
  expect(call("getFile", { file_id: content?.document?.file_id })).toEqual(
    refused("Bad Request: file is too big"),
  );
  const photo = upload("a.png", Buffer.concat([png(10, 10), Buffer.alloc(10 * 2 ** 20)]));
  expect(call("sendPhoto", { chat_id, photo }).status).toBe(413);
});

test("an album is several messages with one id, and takes no mixture with documents", () => {
  const { call, chat_id } = started();
  const media = [
    { type: "photo", media: "attach://one", caption: "First" },
    { type: "photo", media: "attach://two" },
  ];
  const sent = call("sendMediaGroup", { chat_id, media: JSON.stringify(media), one: picture, two: picture });
  const messages = sent["result"] as Record<string, unknown>[];
  expect(messages).toMatchObject([{ caption: "First" }, { photo: [{ width: 640 }] }]);
  expect(new Set(messages.map((m) => m["media_group_id"])).size).toBe(1);
  const mixed = [media[0], { type: "document", media: "attach://two" }];
  expect(call("sendMediaGroup", { chat_id, media: mixed, one: picture, two: csv })).toEqual(
    refused("Bad Request: Document can't be mixed with other media types"),
  );
});

test("caption and file of a message are changed in place, each where it is", () => {
  const { call, chat_id } = started();
  const { message_id } = resultOf(call("sendPhoto", { chat_id, photo: picture, caption: "50 %" }));
  expect(resultOf(call("editMessageCaption", { chat_id, message_id, caption: "100 %" }))).toMatchObject({
    message_id,
    caption: "100 %",
    photo: [{ width: 640 }],
  });
  const media = JSON.stringify({ type: "document", media: "attach://file", caption: "Done" });
  const changed = resultOf(call("editMessageMedia", { chat_id, message_id, media, file: csv }));
  expect(changed).toMatchObject({ message_id, caption: "Done", document: { file_name: "report.csv" } });
  expect(changed["photo"]).toBeUndefined();
  expect(call("editMessageText", { chat_id, message_id, text: "x" })).toEqual(
    refused("Bad Request: there is no text in the message to edit"),
  );
  const { message_id: text } = resultOf(call("sendMessage", { chat_id, text: "x" }));
  expect(call("editMessageCaption", { chat_id, message_id: text, caption: "y" })).toEqual(
    refused("Bad Request: there is no caption in the message to edit"),
  );
});

test("a person's files reach the bot, several as an album with the caption at the first", async () => {
  const { actions, chat_id, clock, received } = started();
  actions.upload(chat_id, [csv], { as: "document", caption: "Mine /csv" });
  await clock.pass(1);
  expect(received().at(-1)).toMatchObject({
    message: {
      from: { id: chat_id },
      caption: "Mine /csv",
      caption_entities: [{ type: "bot_command", offset: 5, length: 4 }],
      document: { file_name: "report.csv" },
    },
  });
  actions.upload(chat_id, [picture, picture], { as: "photo", caption: "Two" });
  await clock.pass(1);
  const [first, second] = received()
    .slice(-2)
    .map((update) => record(record(update)["message"]));
  expect(first).toMatchObject({ caption: "Two", photo: [{ width: 640 }] });
  expect(second?.["caption"]).toBeUndefined();
  expect(second?.["media_group_id"]).toBe(first?.["media_group_id"]);
  expect(() => actions.upload(chat_id, [csv], { as: "photo" })).toThrow(/report.csv is no picture/);
  expect(() => actions.upload(chat_id, [], { as: "photo" })).toThrow(/there is no file/);
});

test("the sink takes files without keeping messages", () => {
  const { call, world } = started();
  world.sink.set(1000, 1999);
  expect(call("sendDocument", { chat_id: 1000, document: csv })).toMatchObject({
    result: { document: { file_name: "report.csv" } },
  });
});

test("the sink says when it was sent documents, and begins anew with each range", () => {
  const { call, world } = started();
  world.sink.set(1000, 1999);
  call("sendMessage", { chat_id: 1001, text: "reading" });
  call("sendDocument", { chat_id: 1001, document: csv });
  expect(world.sink.documents()).toEqual([{ chat_id: 1001, at: world.clock.now() }]);
  world.sink.set(1000, 1999);
  expect(world.sink.documents()).toEqual([]);
});
