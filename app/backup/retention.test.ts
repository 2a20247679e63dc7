import { describe, expect, it } from "vitest";
import { expired } from "./retention.ts";

const keep = { daily: 7, weekly: 4 };
const at = (text: string): { created: Date } => ({ created: new Date(text) });
/** One backup at 2:00 of each day, beginning with this one, oldest first. */
const daily = (first: string, count: number): { created: Date }[] =>
  Array.from({ length: count }, (_, i) => ({
    created: new Date(Date.parse(`${first}T02:00:00Z`) + i * 86_400_000),
  }));
const days = (all: readonly { created: Date }[]): string[] =>
  all.map(({ created }) => created.toISOString().slice(0, 10)).sort();
const kept = (all: { created: Date }[], limits = keep): string[] => {
  const gone = new Set(expired(all, limits));
  return days(all.filter((one) => !gone.has(one)));
};

describe("of daily backups", () => {
  it("stay those of the last seven days, and the Sundays of the weeks before", () => {
    // 28 February 2026 is a Saturday.
    expect(kept(daily("2026-01-01", 59))).toEqual([
      "2026-02-08",
      "2026-02-15",
      ...days(daily("2026-02-22", 7)),
    ]);
  });

  it("are never more than the days and weeks that are asked for", () => {
    for (let count = 1; count < 100; count += 7)
      expect(kept(daily("2026-01-01", count)).length).toBeLessThanOrEqual(11);
  });

  it("go day by day as they would all at once", () => {
    const all = daily("2026-01-01", 100);
    let there: typeof all = [];
    for (const one of all) {
      there.push(one);
      const gone = new Set(expired(there, keep));
      there = there.filter((other) => !gone.has(other));
      expect(there).toContain(one);
    }
    expect(days(there)).toEqual(kept(all));
  });
});

it("of a week the one of its schedule stays rather than the newest", () => {
  // Mondays: 2, 9 and 16 February 2026.
  const all = daily("2026-02-02", 21);
  const weekly = ["02", "09", "16"].map((day) => ({
    ...at(`2026-02-${day}T03:00:00Z`),
    manifest: { cause: "weekly" as const },
  }));
  const gone = new Set<object>(expired([...all, ...weekly], { daily: 1, weekly: 3 }));
  expect([...all, ...weekly].filter((one) => !gone.has(one))).toEqual([all.at(-1), ...weekly]);
});

it("the newest stays, however old it is, and a pause costs nothing", () => {
  expect(expired([at("2020-01-01T02:00:00Z")], keep)).toEqual([]);
  expect(kept([...daily("2026-01-01", 7), at("2026-07-01T02:00:00Z")], { daily: 8, weekly: 1 })).toHaveLength(
    8,
  );
});

it("of several of one day the newest stays, once they are a day old", () => {
  const [morning, noon, night] = ["T02:00:00Z", "T12:00:00Z", "T23:59:59Z"].map((time) =>
    at(`2026-03-04${time}`),
  );
  const all = [noon, night, morning].filter((one) => one !== undefined);
  expect(expired(all, keep)).toEqual([]);
  const later = at("2026-03-05T12:00:00Z");
  expect(expired([...all, later], keep)).toEqual([noon, morning]);
});

it("nothing goes where there is nothing", () => {
  expect(expired([], keep)).toEqual([]);
});
