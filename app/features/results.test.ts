import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { addResult, makeRoom, purgeResults } from "../database/csv-results.ts";
import { addFile } from "../database/files.ts";
import { limitsOf } from "../plans.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { talk } from "../testing/talk.ts";
import type { TestPerson } from "../testing/updates.ts";

let api: FakeApi;
let bot: TestBot;
let people: ReturnType<typeof talk>;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
  people = talk(bot, api);
});
beforeEach(() => {
  api.calls.length = 0;
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

/** Keeps a result with its two files; returns its id. */
async function keep(who: TestPerson, name: string, bytes = Buffer.from("a\r\n1\r\n")): Promise<number> {
  const { query } = bot.database;
  const csvResult = await addResult(query, {
    userId: who.id,
    name,
    rows: 3,
    summary: `<b>${name}</b> says a lot`,
  });
  const file = { userId: who.id, csvResult, keepDays: 30 };
  await addFile(query, { ...file, name: "a.png", mime: "image/png", bytes: Buffer.from("picture") });
  await addFile(query, { ...file, name: "a.csv", mime: "text/csv", bytes });
  return csvResult;
}
const left = async (who: TestPerson): Promise<unknown[]> =>
  (await bot.sql(`SELECT name FROM csv_results WHERE user_id = ${who.id} ORDER BY id`)).map(
    (row) => row["name"],
  );

test("who has no results is told how to get one", async () => {
  expect((await people.say(await people.known("Ada"), "/results")).text).toContain("up to 20 MB");
});

test("results are listed, the newest first, page by page", async () => {
  const ada = await people.known("Ada");
  for (let n = 1; n <= 10; n += 1) await keep(ada, `${n}.csv`);
  const first = [...(await people.say(ada, "/results")).buttons.keys()];
  expect(first.map((label) => label.split(" ·")[0])).toEqual([
    ...["10.csv", "9.csv", "8.csv", "7.csv", "6.csv", "5.csv", "4.csv", "3.csv", "Next ▶️"],
  ]);
  const second = [...(await people.press(ada, "results:page:1")).buttons.keys()];
  expect(second.map((label) => label.split(" ·")[0])).toEqual(["2.csv", "1.csv", "◀️ Back"]);
});

test("a result is shown again with its picture and its table", async () => {
  const ada = await people.known("Ada");
  const id = await keep(ada, "sales.csv");
  expect((await people.press(ada, `results:one:${id}`)).text).toContain("3 rows");
  api.calls.length = 0;
  await people.press(ada, `results:open:${id}`);
  expect(api.calls.map(({ method }) => method)).toEqual([
    ...["answerCallbackQuery", "sendMessage", "sendPhoto", "sendDocument"],
  ]);
  expect(api.calls[2]?.files["photo"]?.content.toString()).toBe("picture");
  expect(api.calls[3]?.files["document"]?.content.toString()).toBe("a\r\n1\r\n");
});

test("a result is deleted with its files, and somebody else's is nobody's", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const id = await keep(ada, "sales.csv");
  for (const action of ["one", "open", "delete"])
    expect((await people.press(grace, `results:${action}:${id}`)).notice).toContain("not here any more");
  expect(await left(ada)).toEqual(["sales.csv"]);
  expect((await people.press(ada, `results:delete:${id}`)).notice).toContain("Deleted");
  expect(await left(ada)).toEqual([]);
  expect(await bot.sql(`SELECT FROM files WHERE user_id = ${ada.id}`)).toHaveLength(0);
  expect((await people.press(ada, `results:open:${id}`)).notice).toContain("not here any more");
});

test("the oldest results go when there is no room: by the plan's number, and by their size", async () => {
  const ada = await people.known("Ada");
  for (let n = 1; n <= 4; n += 1) await keep(ada, `${n}.csv`);
  expect((await makeRoom(bot.database.query, ada.id, 3)).toSorted()).toEqual(["1.csv"]);
  expect(await left(ada)).toEqual(["2.csv", "3.csv", "4.csv"]);
  const large = Buffer.alloc(30 * 1024 * 1024);
  await keep(ada, "large.csv", large);
  await keep(ada, "larger.csv", large);
  expect((await makeRoom(bot.database.query, ada.id, limitsOf("free").keptResults)).toSorted()).toEqual([
    ...["2.csv", "3.csv", "4.csv", "large.csv"],
  ]);
  expect(await left(ada)).toEqual(["larger.csv"]);
});

test("results go after 30 days, with their files", async () => {
  const ada = await people.known("Ada");
  const id = await keep(ada, "old.csv");
  await keep(ada, "new.csv");
  await bot.sql(`UPDATE csv_results SET created_at = now() - interval '31 days' WHERE id = ${id}`);
  expect(await purgeResults(bot.database.query)).toBe(1);
  expect(await left(ada)).toEqual(["new.csv"]);
  expect(await bot.sql(`SELECT FROM files WHERE csv_result_id = ${id}`)).toHaveLength(0);
});
