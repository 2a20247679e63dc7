import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../test/support/database.ts";
import { countDeadLetters } from "./database/dead-letters.ts";
import { countActive } from "./database/users.ts";
import { intervalOf, lastSuccesses } from "./jobs/schedule-status.ts";
import { jobKinds, schedules } from "./jobs/kinds.ts";
import { jobNames } from "./metric-labels.ts";
import { createMetrics, metricList } from "./metrics.ts";
import { startBot, type TestBot } from "./testing/bot.ts";
import { startFakeApi, type FakeApi } from "./testing/fake-api.ts";
import { groupMessage, message, person, press, service } from "./testing/updates.ts";

test("everything in the list is exposed, and nothing else of ours", async () => {
  const metrics = createMetrics("1.2.3");
  const exposed = await metrics.registry.getMetricsAsJSON();
  const own = exposed.filter(({ name }) => name.startsWith("bot_"));
  expect(own.map(({ name }) => name).sort()).toEqual(metricList.map(({ name }) => name).sort());
  for (const { name, type, help } of metricList) {
    expect(own.find((metric) => metric.name === name)).toMatchObject({ type, help });
  }
});

test("counters start at 0, so that the first event is seen as an increase", async () => {
  const text = await createMetrics("1.2.3", "abcd").registry.metrics();
  for (const line of [
    'bot_updates_total{type="command",outcome="dead"} 0',
    'bot_telegram_api_requests_total{method="sendMessage",code="429"} 0',
    'bot_db_query_failures_total{operation="commit",outcome="timeout"} 0',
    'bot_handled_total{handler="/profile",outcome="error"} 0',
    "bot_dead_letters_total 0",
    'bot_update_duration_seconds_count{type="message"} 0',
    'bot_build_info{version="1.2.3",source="abcd"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

test("a replica that has done nothing has few series", async () => {
  const text = await createMetrics("1.2.3").registry.metrics();
  expect(text.match(/^bot_/gm)?.length).toBeLessThan(800);
});

test("jobs are counted by the names of all kinds that there are", () => {
  expect(jobKinds.map(({ kind }) => kind)).toEqual(jobNames);
});

let api: FakeApi;
let bot: TestBot;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

test("whatever comes, labels have no other values than those that are listed", async () => {
  const ada = person();
  for (const text of ["/start", "/profil", "/start@somebody_else", "hello", "/constructor", "x".repeat(4000)])
    await bot.deliver(message(ada, text));
  for (const data of ["search", "no:such:button", "answer:name:x"]) await bot.deliver(press(ada, data));
  await bot.deliver(groupMessage(ada, "hello"));
  await bot.deliver(service(ada, { new_chat_title: "x" }));
  await bot.deliver({ update_id: 1, poll: { id: "1" } });
  await bot.deliver("{");
  await bot.deliver({}, "wrong");
  for (const method of ["GET", "PUT", "OPTIONS", "PROPFIND"] as const)
    for (const url of ["/telegram", `/${ada.id}`, "/metrics"]) await bot.server.inject({ method, url });

  const known = new Map(metricList.map(({ name, labels }) => [name, new Map(Object.entries(labels))]));
  for (const metric of await bot.metrics.registry.getMetricsAsJSON()) {
    const labels = known.get(metric.name);
    for (const { labels: own } of labels === undefined ? [] : metric.values) {
      for (const [label, value] of Object.entries(own)) {
        const values = labels?.get(label);
        if (label !== "le" && values !== "configured")
          expect(values, `${metric.name} ${label}`).toContain(String(value));
      }
    }
  }
});

test("handlers are counted by their command, or else by their feature", async () => {
  const count = (handler: string) => bot.metric("bot_handled_total", { handler, outcome: "ok" }).then(Number);
  const before = { start: await count("/start"), unknown: await count("unknown"), help: await count("help") };
  const ada = person();
  await bot.deliver(message(ada, "/start"));
  await bot.deliver(message(ada, "/profil"));
  await bot.deliver(press(ada, "help"));
  expect(await count("/start")).toBe(before.start + 1);
  expect(await count("unknown")).toBe(before.unknown + 1);
  expect(await count("help")).toBe(before.help + 1);
});

test("people count as active in the spans of time in which they were here", async () => {
  await bot.sql("UPDATE users SET last_active = now() - interval '2 days'");
  const ago = async (minutes: number) => {
    const who = person();
    await bot.deliver(message(who, "/start"));
    await bot.sql(
      `UPDATE users SET last_active = now() - interval '${minutes} minutes' WHERE id = ${who.id}`,
    );
  };
  for (const minutes of [1, 30, 600]) await ago(minutes);
  expect(await countActive(bot.database)).toEqual({ "5m": 1, "1h": 2, "24h": 3 });
});

test("dead letters wait until somebody deletes them", async () => {
  await bot.sql("INSERT INTO dead_letters (update_id, user_id, body, error) VALUES (1, 1, '{}', 'x')");
  expect(await countDeadLetters(bot.database)).toBe(1);
  await bot.sql("DELETE FROM dead_letters");
  expect(await countDeadLetters(bot.database)).toBe(0);
});

test("a schedule counts from its last good run, and from the birth of the database before the first", async () => {
  await bot.sql("UPDATE migrations SET run_on = '2026-01-01T00:00:00Z'");
  await bot.sql(
    `INSERT INTO jobs (kind, key, ended_at, outcome) VALUES
       ('purge', 'purge@1', '2026-02-01T00:00:00Z', 'done'), ('purge', 'purge@2', '2026-03-01T00:00:00Z', 'failed')`,
  );
  const at = new Map((await lastSuccesses(bot.database.query, schedules)).map((row) => [row.kind, row.at]));
  expect(at.get("purge")).toBe(Date.UTC(2026, 1, 1) / 1000);
  expect(at.get("premium")).toBe(Date.UTC(2026, 0, 1) / 1000);
  expect(intervalOf({ kind: "purge", cron: "40 * * * *" })).toBe(3600);
  expect(intervalOf({ kind: "x", cron: "1-59/5 * * * *" })).toBe(300);
});
