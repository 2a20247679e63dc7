import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST_PERSON, PEOPLE_RANGE, personOf, roundOf, updateIdOf } from "./k6/lib/people.ts";
import { arrivals, conditionOf, dueAt, optionsOf, part, ramp, SHOW, startOf } from "./k6/lib/profile.ts";
import { kindOf, kinds, updateOf } from "./k6/lib/updates.ts";
import { profileOf, profiles } from "./k6/profiles/all.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test("everybody acts exactly once in a round", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 3000 }), fc.nat(50), (people, round) => {
      const acting = range(people).map((i) => personOf(round * people + i, people));
      expect(acting.toSorted((a, b) => a - b)).toEqual(range(people));
    }),
    { numRuns: 50 },
  );
});

test("2000 people pause for 3 to 10 s and stay below 20 updates in any minute", () => {
  const perSecond = 4000 / 13;
  const times = new Map<number, number[]>();
  for (const i of range(40_000)) {
    const person = personOf(i, 2000);
    times.set(person, [...(times.get(person) ?? []), i / perSecond]);
  }
  const pauses = [...times.values()].flatMap((at) => at.slice(1).map((t, i) => t - (at[i] ?? 0)));
  expect(Math.min(...pauses)).toBeGreaterThan(3);
  expect(Math.max(...pauses)).toBeLessThan(10);
  // Not a metronome: pauses differ.
  expect(new Set(pauses.map((p) => p.toFixed(1))).size).toBeGreaterThan(20);
});

test("the same person starts first and then does everything, callbacks included", () => {
  expect(kindOf(3, 0)).toBe("start");
  expect(new Set(range(20).map((round) => kindOf(3, round + 1)))).toEqual(new Set(kinds));
  expect(roundOf(4001, 2000)).toBe(2);
});

test("update ids of a run are unique over all scenarios, and of two runs as well", () => {
  const scenarios = ["every", "warmup", "people"];
  const run = (startedMs: number): number[] =>
    scenarios.flatMap((scenario) =>
      range(2000).map((n) => updateIdOf(scenarios, scenario, n, startedMs * 1000)),
    );
  const ids = [...run(1_790_000_000_000), ...run(1_790_000_000_100)];
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(Number.isSafeInteger)).toBe(true);
});

test("updates look as the Bot API sends them, from people of the range that the simulator forgets", () => {
  for (const kind of kinds) {
    const update = updateOf({ person: 42, kind, updateId: 1_790_000_000_000_000, now: 1_790_000_000 });
    const content = kind === "page" || kind === "invite" ? "callback_query" : "message";
    expect(Object.keys(update)).toEqual(["update_id", content]);
    expect(update[content]).toMatchObject({
      from: { id: FIRST_PERSON + 42, is_bot: false, language_code: "ru" },
    });
  }
  expect(FIRST_PERSON).toBe(PEOPLE_RANGE.from);
  expect(updateOf({ person: 1, kind: "start", updateId: 7, now: 0 })).toMatchObject({
    message: {
      chat: { id: FIRST_PERSON + 1, type: "private" },
      text: "/start",
      entities: [{ type: "bot_command", offset: 0, length: 6 }],
    },
  });
});

test("a file is a document that the simulator keeps, sent by one of the people", () => {
  const kind = { id: "BQAC1", size: 1_000_000 };
  expect(updateOf({ person: 42, kind, updateId: 7, now: 0 })).toMatchObject({
    update_id: 7,
    message: {
      from: { id: FIRST_PERSON + 42 },
      document: { file_id: "BQAC1", file_name: "metrics.csv", mime_type: "text/csv", file_size: 1_000_000 },
    },
  });
});

test.each(profiles.filter(({ files }) => files !== undefined))(
  "$name uploads all its files within its time, and nobody sends two",
  ({ files, scenarios, people, seconds }) => {
    const { scenario = "", count = 0 } = files ?? {};
    const definition = scenarios[scenario];
    expect(definition?.exec).toBe("upload");
    expect(count).toBeLessThanOrEqual(people);
    expect(definition && dueAt(definition, count)).toBe(seconds * 1000);
  },
);

test.each(profiles.filter(({ files }) => files !== undefined))(
  "$name makes everybody known before they upload: a stranger is asked to say hello first",
  ({ files, scenarios }) => {
    const { warmup } = scenarios;
    const start = startOf(scenarios[files?.scenario ?? ""]);
    expect(warmup && dueAt(warmup, files?.count ?? Infinity)).toBeLessThan(start * 1000);
  },
);

test.each(profiles)("$name judges no metric that may have no samples", (profile) => {
  const { thresholds } = optionsOf(profile, kinds);
  for (const [metric, all] of Object.entries(thresholds)) {
    const conditions = all.map(conditionOf);
    if (conditions.every((condition) => condition === SHOW || condition.startsWith("count"))) continue;
    // Checks are made by the iterations of their scenario, all others by those of the judged one.
    const scenario = /scenario:(\w+)/.exec(metric)?.[1] ?? "every";
    const partners = ["answers", "iterations"].flatMap((name) => thresholds[part(name, { scenario })] ?? []);
    expect(
      [...conditions, ...partners.map(conditionOf)].some((condition) =>
        /^(count>=[1-9]|max>0$)/.test(condition),
      ),
      `${metric} has no partner`,
    ).toBe(true);
  }
});

/** What k6 can tell of each type of metric. */
const told = {
  trend: /^(avg|min|max|med|p\([\d.]+\))[<>=]/,
  counter: /^(count|rate)[<>=]/,
  rate: /^rate[<>=]/,
};
const types: Readonly<Record<string, keyof typeof told>> = {
  from_due: "trend",
  from_due_curve: "trend",
  http_req_duration: "trend",
  answers: "counter",
  iterations: "counter",
  dropped_iterations: "counter",
  accepted: "rate",
  checks: "rate",
};

test.each(profiles)("$name promises only what k6 can tell", (profile) => {
  for (const [metric, all] of Object.entries(optionsOf(profile, kinds).thresholds)) {
    const type = types[metric.replace(/\{.*/, "")];
    expect(type, metric).toBeDefined();
    for (const condition of all.map(conditionOf)) expect(condition, metric).toMatch(told[type ?? "trend"]);
  }
});

test.each(profiles)(
  "$name measures from due time with no dropped update and Telegram's 100 connections",
  (profile) => {
    const scenario = profile.judged;
    expect(profile.thresholds[part("dropped_iterations", { scenario })]).toContain("count==0");
    expect(profile.thresholds[part("accepted", { scenario })]).toContain("rate>=0.95");
    expect(profile.thresholds[part("from_due", { scenario })]).toContain("p(95)<3000");
    expect(profile.scenarios[scenario]).toMatchObject({
      executor: expect.stringMatching(/-arrival-rate$/) as string,
      preAllocatedVUs: 100,
      maxVUs: 100,
    });
  },
);

test("an iteration is due when k6 starts it: evenly at a constant rate, ever sooner while the rate grows", () => {
  expect(dueAt(arrivals({ count: 4000, seconds: 13 }, 60, 0), 4000)).toBe(13_000);
  const stages = [
    { rate: 100, seconds: 10 },
    { rate: 100, seconds: 5 },
    { rate: 0, seconds: 10 },
  ];
  const scenario = ramp(0, stages, 0);
  // 500 iterations in the first 10 s, 500 in the next 5, 500 while it goes down; half of them before the steep part.
  const times = [0, 125, 500, 750, 1000, 1500].map((n) => dueAt(scenario, n));
  expect(times).toEqual([0, 5000, 10_000, 12_500, 15_000, 25_000]);
});

test("an unknown profile is answered with the list of profiles", () => {
  expect(() => profileOf("user2000")).toThrow(
    /no profile user2000; there are:\n {2}smoke: .*\n {2}documents: .*\n {2}users2000: /,
  );
  expect(() => profileOf(undefined)).toThrow("no profile given");
});
