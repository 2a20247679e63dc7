import { expect, test } from "vitest";
import { createHistory } from "./history.ts";
import { createLedger } from "./ledger.ts";
import { fakeClock } from "./fake-clock.ts";

test("latencies are quantiles of the time from creation to each step", async () => {
  const clock = fakeClock();
  const ledger = createLedger(clock);
  const created = clock.now();
  for (let id = 1; id <= 100; id++) {
    ledger.created({ update_id: id, type: "message", chat_id: id, summary: "", created });
  }
  for (let id = 1; id <= 100; id++) {
    await clock.pass(0.001);
    ledger.sending(id);
  }
  for (let id = 1; id <= 100; id++) ledger.replied(id, "sendMessage");
  await clock.pass(0.1);
  for (let id = 1; id <= 100; id++) ledger.acknowledged(id);
  expect(ledger.stats().latency_ms).toEqual({
    delivered: { p50: 50, p95: 95, p99: 99, max: 100 },
    replied: { p50: 100, p95: 100, p99: 100, max: 100 },
    acknowledged: { p50: 200, p95: 200, p99: 200, max: 200 },
  });
});

test("only the first delivery and the first reply have a time", async () => {
  const clock = fakeClock();
  const ledger = createLedger(clock);
  const created = clock.now();
  ledger.created({ update_id: 1, type: "message", chat_id: 7, summary: "", created });
  for (let i = 0; i < 3; i++) {
    await clock.pass(1);
    ledger.sending(1);
    ledger.replied(7, "sendMessage");
  }
  expect(ledger.get(1)).toMatchObject({ delivered: created + 1000, replied: created + 1000 });
});

test("only the last 5000 finished updates are kept, and all that are under way", () => {
  const ledger = createLedger(fakeClock());
  for (let id = 1; id <= 6000; id++) {
    ledger.created({ update_id: id, type: "message", chat_id: id, summary: "", created: 0 });
    if (id > 1) ledger.acknowledged(id);
  }
  expect(ledger.get(1)).toBeDefined();
  expect(ledger.get(1000)).toBeUndefined();
  expect(ledger.get(1001)).toBeDefined();
  expect(ledger.newest(2).map((e) => e.update_id)).toEqual([5999, 6000]);
});

test("what the bot sends to a chat is a reply to the update that it was last told of there", () => {
  const ledger = createLedger(fakeClock());
  for (const update_id of [1, 2, 3]) {
    ledger.created({ update_id, type: "message", chat_id: 7, summary: "", created: 0 });
  }
  ledger.sending(1);
  ledger.sending(2);
  ledger.replied(7, "sendMessage", 50);
  ledger.replied(7, "sendMessage", 51, 1);
  ledger.replied(8, "sendMessage", 52);
  expect([1, 2, 3].map((id) => ledger.get(id)?.replies.map((r) => r.message_id))).toEqual([[51], [50], []]);
});

test("only the last 1000 messages of a chat are kept", () => {
  let rev = 0;
  const history = createHistory(() => ++rev);
  for (let message_id = 1; message_id <= 1001; message_id++) {
    history.put({ message_id, from: "bot", sender: 1, text: "x", entities: [], keyboard: null, date: 0 });
  }
  const { messages } = history.since(0);
  expect(messages).toHaveLength(1000);
  expect(messages[0]?.message_id).toBe(2);
  expect(history.since(1000)).toMatchObject({ rev: 1001, messages: [{ message_id: 1001 }] });
});
