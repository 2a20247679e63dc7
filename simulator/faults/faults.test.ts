import { expect, test } from "vitest";
import { createEvents } from "../events.ts";
import { fakeClock } from "../fake-clock.ts";
import { createFaults } from "./faults.ts";
import { faultSettings } from "./settings.ts";

function setUp(settings: object) {
  const clock = fakeClock();
  const events = createEvents();
  const seen: { type: string; data: object }[] = [];
  events.subscribe((event) => seen.push(event));
  const faults = createFaults(clock, events);
  const set = (next: object): void => faults.set(faultSettings.parse(next));
  set(settings);
  return { clock, faults, seen, set };
}

/** What happens to that many calls of sendMessage. */
async function calls({ faults }: ReturnType<typeof setUp>, count: number): Promise<string[]> {
  const kinds: string[] = [];
  for (let i = 0; i < count; i++) {
    kinds.push((await faults.active().botApi?.("sendMessage"))?.kind ?? "none");
  }
  return kinds;
}

const count = (kinds: string[], kind: string): number => kinds.filter((k) => k === kind).length;

test("nothing that is off is there to be asked", () => {
  const { faults } = setUp({});
  const { botApi, openai, flood, duplicate, cutDelivery, idJump } = faults.active();
  expect([botApi, openai, flood, duplicate, cutDelivery, idJump]).toEqual(Array(6).fill(undefined));
});

test("shares are of all calls, and counted", async () => {
  const bot_api = {
    too_many_requests: { share: 0.2, retry_after: 7 },
    server_errors: 0.1,
    html_errors: 0.1,
    cuts: 0.1,
  };
  const world = setUp({ bot_api });
  const kinds = await calls(world, 2000);
  expect(count(kinds, "too_many_requests") / 2000).toBeCloseTo(0.2, 1);
  expect(count(kinds, "none") / 2000).toBeCloseTo(0.5, 1);
  for (const kind of ["server_error", "html_error", "cut"]) {
    expect(count(kinds, kind) / 2000).toBeCloseTo(0.1, 1);
    expect(world.faults.counts()).toMatchObject({ [kind]: count(kinds, kind) });
  }
});

test("the same seed makes the same faults, another seed others", async () => {
  const bot_api = { server_errors: 0.5 };
  const world = setUp({ seed: 7, bot_api });
  const first = await calls(world, 50);
  world.set({ seed: 7, bot_api, delivery: { duplicates: 0.5 } });
  world.faults.active().duplicate?.({});
  expect(await calls(world, 50)).toEqual(first);
  world.set({ seed: 8, bot_api });
  expect(await calls(world, 50)).not.toEqual(first);
});

test("only the named methods fail", async () => {
  const { faults } = setUp({ bot_api: { methods: ["sendMessage"], server_errors: 1 } });
  expect(await faults.active().botApi?.("SENDMESSAGE")).toEqual({ kind: "server_error" });
  expect(await faults.active().botApi?.("getMe")).toBeUndefined();
});

test("latency is waited for, within its limits", async () => {
  const world = setUp({ bot_api: { latency_ms: { min: 100, max: 300 } } });
  let answered = 0;
  for (let i = 0; i < 100; i++)
    void world.faults
      .active()
      .botApi?.("x")
      .then(() => answered++);
  await world.clock.pass(0.0999);
  expect(answered).toBe(0);
  await world.clock.pass(0.1);
  expect(answered).toBeGreaterThan(20);
  expect(answered).toBeLessThan(80);
  await world.clock.pass(0.1001);
  expect(answered).toBe(100);
});

test("changes and faults are told", async () => {
  const world = setUp({ bot_api: { server_errors: 1 } });
  await calls(world, 1);
  expect(world.seen.map((e) => e.type)).toEqual(["faults", "fault"]);
  expect(world.seen[0]?.data).toMatchObject({ bot_api: { server_errors: 1, cuts: 0 } });
  expect(world.seen[1]?.data).toEqual({ kind: "server_error", at: world.clock.now(), method: "sendMessage" });
});
