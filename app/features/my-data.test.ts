import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { jobKinds } from "../jobs/kinds.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { message, person, press, type TestPerson } from "../testing/updates.ts";
import { startWorker } from "../testing/worker.ts";

let api: FakeApi;
let bot: TestBot;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
  stopWorker = startWorker(bot, ...jobKinds);
});
afterAll(async () => {
  await stopWorker();
  await bot.close();
  await api.close();
});

const say = (who: TestPerson, text: string) => bot.deliver(message(who, text));

/** The file that a person gets. */
async function data(who: TestPerson): Promise<Record<string, Record<string, unknown>[]>> {
  api.calls.length = 0;
  await say(who, "/my_data");
  const call = await until("the file arrives", () =>
    api.calls.find(
      ({ method, payload }) => method === "sendDocument" && payload["chat_id"] === String(who.id),
    ),
  );
  expect(call.files["document"]).toMatchObject({ name: "my-data.json", mime: "application/json" });
  return JSON.parse(String(call.payload["document"])) as Record<string, Record<string, unknown>[]>;
}

test("a person gets everything that is stored about them, and nothing of others", async () => {
  const [ada, grace] = [person("en", "Ada"), person("en", "Grace")];
  for (const who of [ada, grace]) await say(who, "/start");
  await bot.sql(`UPDATE users SET name = 'Ada L', city = 'Рига' WHERE id = ${ada.id}`);
  await bot.sql(
    `INSERT INTO dead_letters (update_id, user_id, body, error) VALUES (${ada.id}, ${ada.id}, '{"text": "hi"}', 'x')`,
  );
  const all = await data(ada);
  expect(all["users"]).toEqual([
    expect.objectContaining({ id: ada.id, name: "Ada L", city: "Рига", username: ada.username }),
  ]);
  expect(all["dead_letters"]).toEqual([expect.objectContaining({ body: { text: "hi" } })]);
  expect(all["receipts"]).toHaveLength(2);
  expect(JSON.stringify(all)).not.toContain(String(grace.id));
});

test("it comes in the person's language, also to those who have deleted their profile, and once if asked twice", async () => {
  const ada = person("ru");
  await say(ada, "/start");
  await bot.sql(`UPDATE users SET dialogue = NULL WHERE id = ${ada.id}`);
  await bot.deliver(press(ada, "delete:yes"));
  expect((await data(ada))["users"]).toHaveLength(1);
  expect(api.calls.at(-1)?.payload["caption"]).toContain("Всё, что о вас хранится");

  await bot.sql("UPDATE jobs SET ended_at = NULL, outcome = NULL, run_at = now() + interval '1 hour'");
  await say(ada, "/my_data");
  expect(await bot.sql(`SELECT FROM jobs WHERE user_id = ${ada.id}`)).toHaveLength(1);
});

test("who was never here is invited to begin", async () => {
  const stranger = person();
  await say(stranger, "/my_data");
  expect(api.texts(stranger.id).at(-1)).toContain("/start");
});
