import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createPersonActions } from "./person-actions.ts";
import { snapshotFile } from "./snapshot-file.ts";
import { restoreSnapshot, snapshot, takeSnapshot } from "./snapshot.ts";
import { testWorld } from "./testing/world.ts";

/** A world in which a bit of everything has happened. */
function lived() {
  const made = testWorld();
  const { world, actions, ada, call } = made;
  const grace = world.people.add({ first_name: "Grace", language_code: "en" });
  actions.write(ada.id, "/start");
  actions.block(grace.id, true);
  const sent = call("sendMessage", {
    chat_id: ada.id,
    text: "<b>Choose</b>",
    parse_mode: "HTML",
    reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
  })["result"] as { message_id: number };
  call("setMessageReaction", {
    chat_id: ada.id,
    message_id: sent.message_id,
    reaction: [{ type: "emoji", emoji: "👍" }],
  });
  call("sendDocument", {
    chat_id: ada.id,
    document: { name: "a.csv", mime: "text/csv", content: Buffer.from("a,b\n1,2") },
  });
  call("sendInvoice", {
    ...{ chat_id: ada.id, title: "Premium", description: "A month", payload: "p", currency: "XTR" },
    prices: [{ label: "Premium", amount: 50 }],
  });
  call("setMyCommands", { commands: [{ command: "help", description: "Help" }] });
  call("setMyDescription", { description: "A bot" });
  const group = world.groups.add("Team", grace.id);
  group.bot = "administrator";
  group.members.set(ada.id, "member");
  actions.write(grace.id, "hello all", { chat_id: group.id });
  return made;
}

/** Through JSON and the schema, as over HTTP. */
const sent = (world: ReturnType<typeof testWorld>["world"]) =>
  snapshot.parse(JSON.parse(JSON.stringify(takeSnapshot(world))));

/** Revisions are of one run only. */
const withoutRevisions = (state: unknown): unknown =>
  JSON.parse(JSON.stringify(state, (key, value: unknown) => (key === "rev" ? undefined : value)));

test("another simulator goes on from a snapshot as if nothing had happened", async () => {
  const { world, ada } = lived();
  const state = sent(world);
  const other = testWorld();
  restoreSnapshot(other.world, state);
  expect(withoutRevisions(sent(other.world))).toEqual(withoutRevisions(state));
  const [first, second] = other.world.people.all();
  expect([first?.started, second?.blocked]).toEqual([true, true]);
  const file = other.world.files.all()[0];
  expect(file?.content.toString()).toBe("a,b\n1,2");
  expect(other.call("getFile", { file_id: file?.file_id }).status).toBe(200);
  const invoice = other.world.people
    .get(ada.id)
    ?.history.since(0)
    .messages.findLast((m) => m.content?.invoice);
  expect(other.world.payments.inMessage(ada.id, invoice?.message_id ?? 0)).toMatchObject({ amount: 50 });
  expect(other.world.commands.seenBy(ada)).toEqual([{ command: "help", description: "Help" }]);
  // What waited for the bot is delivered now.
  other.setWebhook();
  await other.clock.pass(1);
  const ids = other.received().map((update) => (update as { update_id: number }).update_id);
  expect(ids.sort()).toEqual(state.undelivered.map((u) => u.update_id));
  expect(ids).toHaveLength(3);
  expect(other.world.ledger.stats().updates).toMatchObject({ created: 3, acknowledged: 3, pending: 0 });
});

test("ids go on after those of the snapshot", async () => {
  const old = testWorld();
  const late = testWorld();
  for (let i = 0; i < 100; i++) late.actions.write(late.ada.id, "hi");
  const state = sent(late.world);
  restoreSnapshot(old.world, state);
  const { message_id, update_id } = createPersonActions(old.world).write(old.ada.id, "new");
  const [messages = []] = state.people.map((p) => p.messages.map((m) => m.message_id));
  expect(messages).toHaveLength(100);
  expect(messages).not.toContain(message_id);
  expect(state.undelivered.map((u) => u.update_id)).not.toContain(update_id);
  await old.clock.pass(1);
});

test("what was there before is gone", () => {
  const { world } = lived();
  restoreSnapshot(world, sent(testWorld().world));
  expect(world.people.all()).toHaveLength(1);
  expect(world.groups.all()).toEqual([]);
  expect(world.webhook.info().pending).toBe(0);
});

test("a file keeps it over a restart, for its owner only", () => {
  const folder = mkdtempSync(join(tmpdir(), "snapshot-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = snapshotFile(join(folder, "state.json"));
  const fresh = testWorld().world;
  file.load(fresh);
  expect(fresh.people.all()).toHaveLength(1);
  const { world } = lived();
  file.save(world);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  file.load(fresh);
  expect(withoutRevisions(sent(fresh))).toEqual(withoutRevisions(sent(world)));
  writeFileSync(file.path, '{"version": 2}');
  expect(() => file.load(fresh)).toThrow(/holds no snapshot: version: .*\nremove it/);
  writeFileSync(file.path, "{");
  expect(() => file.load(fresh)).toThrow(/holds no snapshot/);
});
