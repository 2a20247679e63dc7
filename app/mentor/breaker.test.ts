import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BreakerOpen, createBreaker } from "./breaker.ts";

class Failure extends Error {}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-05-01T10:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

function setUp() {
  const breaker = createBreaker(Failure);
  const end = (work: () => Promise<string>): Promise<string> =>
    breaker.run(work).catch((error: unknown) => (error instanceof Error ? error.constructor.name : "?"));
  return {
    breaker,
    succeed: () => end(() => Promise.resolve("done")),
    fail: () => end(() => Promise.reject(new Failure())),
    other: () => end(() => Promise.reject(new TypeError())),
    state: () => breaker.status().state,
  };
}

async function opened() {
  const one = setUp();
  for (let n = 0; n < 5; n += 1) await one.fail();
  return one;
}

test("four failures in a row leave it closed, a success begins the count anew, and the fifth opens it", async () => {
  const { fail, succeed, state, breaker } = setUp();
  for (let n = 0; n < 4; n += 1) expect(await fail()).toBe("Failure");
  expect(await succeed()).toBe("done");
  for (let n = 0; n < 4; n += 1) await fail();
  expect(breaker.status()).toEqual({ state: "closed", failures_in_a_row: 4, openings: 0 });
  await fail();
  expect(state()).toBe("open");
  expect(await succeed()).toBe("BreakerOpen");
});

test("what is no failure of the other side does not count", async () => {
  const { other, state } = setUp();
  for (let n = 0; n < 9; n += 1) expect(await other()).toBe("TypeError");
  expect(state()).toBe("closed");
});

test("it says when it opened and when it tries again, after 60 s and not before", async () => {
  const { breaker, succeed, state } = await opened();
  expect(breaker.status()).toEqual({
    state: "open",
    failures_in_a_row: 5,
    openings: 1,
    opened_at: "2026-05-01T10:00:00.000Z",
    next_try_at: "2026-05-01T10:01:00.000Z",
  });
  pass(59.9);
  expect(await succeed()).toBe("BreakerOpen");
  pass(0.1);
  // Also when nobody calls.
  expect(state()).toBe("half-open");
  expect(breaker.status()).not.toHaveProperty("next_try_at");
  expect(await succeed()).toBe("done");
});

test("two successes close it, one is not enough", async () => {
  const { succeed, state, breaker } = await opened();
  pass(60);
  await succeed();
  expect(state()).toBe("half-open");
  await succeed();
  expect(breaker.status()).toMatchObject({ state: "closed", failures_in_a_row: 0, openings: 1 });
});

test("one failure opens it again for 60 s", async () => {
  const { succeed, fail, breaker } = await opened();
  pass(60);
  await succeed();
  expect(await fail()).toBe("Failure");
  expect(breaker.status()).toMatchObject({
    state: "open",
    openings: 2,
    opened_at: "2026-05-01T10:01:00.000Z",
    next_try_at: "2026-05-01T10:02:00.000Z",
  });
  pass(59);
  expect(await succeed()).toBe("BreakerOpen");
});

test("while two calls decide, a third is refused at once", async () => {
  const { breaker, succeed, state } = await opened();
  pass(60);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const trials: boolean[] = [];
  const deciding = [1, 2].map(() =>
    breaker.run((trial) => {
      trials.push(trial);
      return released;
    }),
  );
  expect(await succeed()).toBe("BreakerOpen");
  release();
  await Promise.all(deciding);
  expect(trials).toEqual([true, true]);
  expect(state()).toBe("closed");
  await expect(breaker.run((trial) => Promise.resolve(trial))).resolves.toBe(false);
});

test("an open breaker has its own error", async () => {
  const { breaker } = await opened();
  await expect(breaker.run(() => Promise.resolve())).rejects.toBeInstanceOf(BreakerOpen);
});
