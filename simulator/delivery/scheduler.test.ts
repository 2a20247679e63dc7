import { expect, test } from "vitest";
import { fakeClock } from "../fake-clock.ts";
import { startScheduler, type Outcome, type Parcel } from "./scheduler.ts";

const answer = (status: number, extra: Partial<Extract<Outcome, { kind: "answer" }>> = {}): Outcome => ({
  kind: "answer",
  status,
  reason: status === 200 ? "OK" : "Error",
  retryAfter: 0,
  contentType: "",
  body: Buffer.alloc(0),
  keepAlive: true,
  ...extra,
});

/** A bot that answers with `respond`, or is answered for by hand when that gives nothing. */
function setUp({
  maxConnections = 40,
  respond,
}: { maxConnections?: number; respond?: (id: number, attempt: number) => Outcome | undefined } = {}) {
  const clock = fakeClock();
  const start = clock.now();
  const sent: { id: number; at: number }[] = [];
  const held = new Map<number, (outcome: Outcome) => void>();
  const log = { acknowledged: [] as number[], expired: [] as number[], failed: [] as string[], gone: 0 };
  const connections: { opened: number; closed: boolean; cut: () => void }[] = [];
  const scheduler = startScheduler({
    clock,
    maxConnections,
    random: () => 0.5,
    connect(cut) {
      const connection = { opened: (clock.now() - start) / 1000, closed: false, cut };
      connections.push(connection);
      return {
        post(body) {
          const id = Number(body);
          sent.push({ id, at: (clock.now() - start) / 1000 });
          const outcome = respond?.(id, sent.filter((s) => s.id === id).length);
          return outcome !== undefined
            ? Promise.resolve(outcome)
            : new Promise((resolve) => held.set(id, resolve));
        },
        close: () => (connection.closed = true),
        address: () => undefined,
      };
    },
    cut: () => false,
    sending: () => undefined,
    attempted: () => undefined,
    acknowledged: ({ id }) => log.acknowledged.push(id),
    expired: ({ id }) => log.expired.push(id),
    failed: (message) => log.failed.push(message),
    gone() {
      log.gone++;
      scheduler.stop();
    },
  });
  const add = (id: number, queue: number, life = 86_400): void => {
    const parcel: Parcel = { id, queue, body: String(id), expires: clock.now() + life * 1000 };
    scheduler.add(parcel);
  };
  return {
    ...{ clock, scheduler, sent, held, log, connections, add },
    ids: () => sent.map((s) => s.id),
    times: (id = 1) => sent.filter((s) => s.id === id).map((s) => s.at),
    async answer(id: number, outcome: Outcome = answer(200)) {
      held.get(id)?.(outcome);
      await clock.pass(0);
    },
  };
}

/** Brings the webhook to life, so that it gets more than one connection. */
async function warmUp(bot: ReturnType<typeof setUp>): Promise<void> {
  bot.add(0, -1);
  await bot.answer(0);
}

test("updates of one queue go out in order, the next only after 2xx", async () => {
  const bot = setUp();
  await warmUp(bot);
  bot.add(1, 7);
  bot.add(2, 7);
  await bot.clock.pass(5);
  expect(bot.ids()).toEqual([0, 1]);
  await bot.answer(1, answer(204));
  expect(bot.ids()).toEqual([0, 1, 2]);
  expect(bot.log.acknowledged).toEqual([0, 1]);
});

test("a failed update blocks its queue and no other", async () => {
  const bot = setUp({ respond: (id) => answer(id === 1 ? 500 : 200) });
  bot.add(0, -1);
  await bot.clock.pass(0);
  bot.add(1, 7);
  bot.add(2, 7);
  bot.add(3, 8);
  await bot.clock.pass(1);
  expect(bot.log.acknowledged).toEqual([0, 3]);
  expect(bot.ids()).not.toContain(2);
});

test("different queues of one person are under way at once", async () => {
  const bot = setUp();
  await warmUp(bot);
  bot.add(1, 5);
  bot.add(2, 5 + 3 * 2 ** 33);
  await bot.clock.pass(0);
  expect(bot.ids()).toEqual([0, 1, 2]);
});

test("there are never more requests under way than max_connections", async () => {
  const bot = setUp({ maxConnections: 3 });
  await warmUp(bot);
  for (let id = 1; id <= 5; id++) bot.add(id, id);
  await bot.clock.pass(5);
  expect(bot.ids()).toEqual([0, 1, 2, 3]);
  await bot.answer(2);
  expect(bot.ids()).toEqual([0, 1, 2, 3, 4]);
  expect(bot.connections).toHaveLength(3);
});

test("while the webhook is alive, at most 10 connections are opened in half a second", async () => {
  const bot = setUp({ maxConnections: 100 });
  await warmUp(bot);
  for (let id = 1; id <= 25; id++) bot.add(id, id);
  await bot.clock.pass(0.49);
  expect(bot.connections).toHaveLength(11); // one is from the warm-up
  await bot.clock.pass(0.01);
  expect(bot.connections).toHaveLength(21);
  await bot.clock.pass(0.5);
  expect(bot.connections).toHaveLength(25);
});

test("ten seconds after the last success only one connection is opened, and a new one every two seconds", async () => {
  const bot = setUp({ respond: () => ({ kind: "broken", error: "Connection refused" }) });
  for (let id = 1; id <= 5; id++) bot.add(id, id);
  await bot.clock.pass(6);
  expect(bot.connections.map((c) => c.opened)).toEqual([0, 2, 4, 6]);
  expect(bot.log.failed[0]).toBe("Connection refused");
});

test("a silent webhook gets one update at a time, until the first success", async () => {
  const bot = setUp();
  for (let id = 1; id <= 5; id++) bot.add(id, id);
  await bot.clock.pass(20);
  expect(bot.ids()).toEqual([1]);
  await bot.answer(1);
  expect(bot.ids()).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  [9.9, [0, 1, 2, 3]],
  [10.1, [0, 1]],
])("a webhook whose last success is %d s ago is sent %j at once", async (silence, expected) => {
  const bot = setUp({ respond: (id) => (id === 0 ? answer(200, { keepAlive: false }) : undefined) });
  await warmUp(bot);
  await bot.clock.pass(silence);
  for (let id = 1; id <= 3; id++) bot.add(id, id);
  expect(bot.ids()).toEqual(expected);
});

test("a failure is retried at once, then after 2, 4, 8 seconds and so on, and after 60 to 120 in the end", async () => {
  const bot = setUp({ respond: () => answer(500) });
  bot.add(1, 1);
  await bot.clock.pass(400);
  expect(bot.times()).toEqual([0, 0, 2, 6, 14, 30, 62, 126, 216, 306, 396]);
  expect(bot.log.failed[0]).toBe("Wrong response from the webhook: 500 Error");
});

test("the next update of a queue starts with a fresh delay", async () => {
  const bot = setUp({ respond: (id, n) => answer(id === 1 && n === 5 ? 200 : 500) });
  bot.add(1, 1);
  bot.add(2, 1);
  await bot.clock.pass(20);
  expect(bot.times(1)).toEqual([0, 0, 2, 6, 14]);
  expect(bot.times(2)).toEqual([14, 14, 16, 20]);
});

test("Retry-After is obeyed, for its queue only and for an hour at most", async () => {
  const bot = setUp({
    respond: (id, n) => (id < 3 && n === 1 ? answer(429, { retryAfter: id === 1 ? 30 : 9000 }) : answer(200)),
  });
  bot.add(1, 1);
  bot.add(2, 2);
  bot.add(3, 3);
  await bot.clock.pass(5000);
  expect(bot.times(1)).toEqual([0, 30]);
  expect(bot.times(2)).toEqual([0, 3600]);
  expect(bot.times(3)).toEqual([0]);
});

test("an update that would be retried after its end is given up, and the next one goes out", async () => {
  const bot = setUp({ respond: (id) => answer(id === 1 ? 500 : 200) });
  bot.add(1, 1, 150);
  bot.add(2, 1);
  await bot.clock.pass(200);
  // The next attempt would be at 216 s.
  expect(bot.times(1)).toEqual([0, 0, 2, 6, 14, 30, 62, 126]);
  expect(bot.log.expired).toEqual([1]);
  expect(bot.times(2)).toEqual([126]);
});

test("an update that is already too old is never sent", async () => {
  const bot = setUp();
  bot.add(1, 1, -1);
  await bot.clock.pass(0);
  expect(bot.ids()).toEqual([]);
  expect(bot.log.expired).toEqual([1]);
});

test("23 hours of 410 remove the webhook; another answer in between starts the count anew", async () => {
  const hours = 3600;
  const steadily = setUp({ respond: () => answer(410) });
  steadily.add(1, 1);
  await steadily.clock.pass(22.9 * hours);
  expect(steadily.log.gone).toBe(0);
  await steadily.clock.pass(0.2 * hours);
  expect(steadily.log.gone).toBe(1);

  let time = 0;
  const once = setUp({ respond: () => answer(time > 10 * hours && time < 10.1 * hours ? 500 : 410) });
  once.add(1, 1, 48 * hours);
  for (; time < 32 * hours; time += 60) await once.clock.pass(60);
  expect(once.log.gone).toBe(0);
});

test("a connection that the bot closes after its answer is replaced", async () => {
  const bot = setUp({ respond: () => answer(200, { keepAlive: false }) });
  bot.add(1, 1);
  bot.add(2, 1);
  await bot.clock.pass(0);
  expect(bot.log.acknowledged).toEqual([1, 2]);
  expect(bot.connections.slice(0, 2).map((c) => c.closed)).toEqual([true, true]);
});

test("a connection that the bot closes while it is idle is not used again", async () => {
  const bot = setUp();
  await warmUp(bot);
  bot.connections[0]?.cut();
  await bot.clock.pass(20);
  bot.add(1, 1);
  await bot.answer(1);
  expect(bot.connections).toHaveLength(2);
  expect(bot.log.acknowledged).toEqual([0, 1]);
});

test("updates wait unloaded while twice as many queues as connections are stuck", async () => {
  const bot = setUp({ maxConnections: 2, respond: (id) => answer(id <= 4 ? 500 : 200) });
  for (let id = 1; id <= 5; id++) bot.add(id, id);
  await bot.clock.pass(60);
  expect(bot.ids()).not.toContain(5);
});

test("after stop nothing is sent, and late answers count for nothing", async () => {
  const bot = setUp();
  bot.add(1, 1);
  bot.add(2, 1);
  await bot.clock.pass(0);
  bot.scheduler.stop();
  await bot.answer(1);
  await bot.clock.pass(100);
  expect(bot.ids()).toEqual([1]);
  expect(bot.log.acknowledged).toEqual([]);
  expect(bot.connections[0]?.closed).toBe(true);
});
