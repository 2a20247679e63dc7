import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { addCalls, claim } from "./outbox.ts";

const { postgres } = inject("servers");
const chat = 42;
let api: FakeApi;
let bot: TestBot;
let holder: pg.Client;

beforeAll(async () => {
  api = await startFakeApi();
  const database = await freshDatabase(postgres);
  bot = await startBot({ servers: inject("servers"), database, apiUrl: api.url });
  holder = new pg.Client({ host: "127.0.0.1", port: postgres, user: "postgres", database });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await bot.close();
  await api.close();
});

const add = (text: string, leasedChat?: number) =>
  bot.database.batch("outbox_claim", [
    addCalls(undefined, [{ chatId: chat, method: "sendMessage", payload: `{"text":"${text}"}` }], leasedChat),
  ]);

test("a call is leased and not forgotten when another sender is done in the middle of the claim", async () => {
  await add("of the other sender", chat);
  await add("waits for it");
  expect(await claim(bot.database, chat)).toEqual({ entries: [], busy: true });

  // Lets the claim see that somebody is busy, and holds it back before it leases.
  await holder.query("BEGIN; LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE");
  const claimed = claim(bot.database, chat);
  await until("the claim waits", async () => {
    const { rows } = await holder.query(
      "SELECT FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'",
    );
    return rows.length === 1;
  });
  await holder.query("DELETE FROM outbox WHERE leased_until IS NOT NULL; COMMIT");
  const { entries, busy } = await claimed;
  expect(entries.map(({ payload }) => payload)).toEqual(['{"text":"waits for it"}']);
  expect(busy).toBe(false);
});
