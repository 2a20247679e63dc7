import { describe, expect, it } from "vitest";
import { until } from "../../test/support/wait.ts";
import { entryDrawer, entryJson, type Entry } from "./log-entry.ts";
import { chosen, followLogs, pastLogs, type LogRequest } from "./read-logs.ts";
import type { LogSource, RawLine, Wanted } from "./site.ts";
import { since } from "./since.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 10, 22, 4, 0, second)).toISOString();
const line = (second: number, msg: string, level = "info"): RawLine => ({
  text: JSON.stringify({ level, time: at(second), msg }),
});
const source = (name: string, lines: readonly RawLine[], workload = name.replace(/-\d$/, "")): LogSource => ({
  name,
  workload,
  async *read({ since: from, last }: Wanted) {
    const all = from !== undefined || !Number.isFinite(last);
    yield* await Promise.resolve(all ? lines : lines.slice(-last));
  },
});
const request: LogRequest = { names: [], since: undefined, level: "trace", last: 100 };
const later = new Date(at(3000));
const said = (entries: readonly Entry[]): string[] =>
  entries.map((one) => `${one.source.name} ${one.message}`);

describe("what was written", () => {
  const web = source("web-0", [line(1, "a"), { text: "  at b" }, line(5, "c", "error"), { text: "  at d" }]);
  const other = source("web-1", [line(1, "e"), line(4, "f", "warn")]);

  it("is merged by time; lines without one stay behind the line that they belong to", async () => {
    expect(said(await pastLogs([web, other], request, later))).toEqual([
      "web-0 a",
      "web-0   at b",
      "web-1 e",
      "web-1 f",
      "web-0 c",
      "web-0   at d",
    ]);
  });

  it("is the last lines of all, those of a level with what belongs to them, or those since a time", async () => {
    expect(said(await pastLogs([web, other], { ...request, last: 3 }, later))).toEqual([
      "web-1 f",
      "web-0 c",
      "web-0   at d",
    ]);
    expect(said(await pastLogs([web, other], { ...request, level: "error", last: 1 }, later))).toEqual([
      "web-0   at d",
    ]);
    expect(said(await pastLogs([web, other], { ...request, level: "warn" }, later))).toEqual([
      "web-1 f",
      "web-0 c",
      "web-0   at d",
    ]);
    expect(
      said(await pastLogs([web, other], { ...request, since: new Date(at(4)), last: 1 }, later)),
    ).toEqual(["web-1 f", "web-0 c", "web-0   at d"]);
  });
});

it("chooses by workload, else by the beginning of the replica's name, and names what there is otherwise", () => {
  const all = [source("redis", []), source("redis-exporter", []), source("web-0", []), source("web-1", [])];
  expect(chosen(all, ["redis"]).map(({ name }) => name)).toEqual(["redis"]);
  expect(chosen(all, ["web"])).toHaveLength(2);
  expect(chosen(all, ["web-1", "redis-e"]).map(({ name }) => name)).toEqual(["web-1", "redis-exporter"]);
  expect(chosen(all, [])).toEqual(all);
  expect(() => chosen(all, ["nope"])).toThrow("there are redis, redis-exporter, web");
});

it("follows all replicas, and those that come later, in order, without what was shown before", async () => {
  const stop = new AbortController();
  const pushed = new Map<string, (line: RawLine) => void>();
  const live = (name: string): LogSource => ({
    ...source(name, []),
    async *read(_wanted, signal) {
      const lines: RawLine[] = [line(1, "before")];
      pushed.set(name, (one) => lines.push(one));
      while (!signal.aborted) {
        yield* lines.splice(0);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  });
  const sources = [live("web-0")];
  const seen: string[] = [];
  const following = (async () => {
    for await (const entry of followLogs(
      { logs: () => Promise.resolve(sources) },
      request,
      new Date(at(2)),
      stop.signal,
    ))
      seen.push(...said([entry]));
  })();
  await until("web-0 is read", () => pushed.has("web-0"));
  sources.push(live("web-1"));
  await until("web-1 is read", () => pushed.has("web-1"));
  pushed.get("web-0")?.(line(6, "second"));
  pushed.get("web-1")?.(line(5, "first"));
  await until("both are there", () => seen.length === 2);
  stop.abort();
  await following;
  expect(new Set(seen)).toEqual(new Set(["web-0 second", "web-1 first"]));
});

it("reads a log on that ended and came back, from its end", async () => {
  const stop = new AbortController();
  const asked: (Date | undefined)[] = [];
  const again: LogSource = {
    ...source("web-0", []),
    async *read({ since: from }) {
      asked.push(from);
      yield* await Promise.resolve([line(10 + asked.length, `run ${asked.length}`)]);
    },
  };
  const over = { ...source("migrate", [line(10, "once")]), over: true };
  const seen: string[] = [];
  const from = new Date(at(2));
  const following = (async () => {
    for await (const entry of followLogs(
      { logs: () => Promise.resolve([again, over]) },
      request,
      from,
      stop.signal,
    ))
      seen.push(...said([entry]));
  })();
  await until("it is read again", () => asked.length === 2);
  stop.abort();
  await following;
  expect(asked[0]).toEqual(from);
  expect(asked[1]?.getTime()).toBeGreaterThan(from.getTime());
  expect(seen.filter((text) => text === "migrate once")).toHaveLength(1);
});

describe("an entry", () => {
  const entry: Entry = {
    source: { name: "web-0", workload: "web" },
    time: new Date(at(1)),
    level: "warn",
    message: "late",
    fields: { update_id: 7 },
  };

  it("is drawn with its date once a day, its replica, level and fields", () => {
    const draw = entryDrawer(false);
    expect(draw(entry)).toEqual(["--- 2026-11-22 UTC", "04:00:01.000 web-0 WARN  late update_id=7"]);
    expect(draw({ ...entry, message: "again", fields: {} })).toEqual(["04:00:01.000 web-0 WARN  again"]);
  });

  it("is one JSON object with its replica", () => {
    expect(JSON.parse(entryJson(entry))).toEqual({
      replica: "web-0",
      time: at(1),
      level: "warn",
      msg: "late",
      update_id: 7,
    });
  });
});

it("understands times ago and dates, and nothing else", () => {
  const now = new Date(at(0));
  expect(since("90s", now)).toEqual(new Date(now.getTime() - 90_000));
  expect(since("2h", now)).toEqual(new Date(now.getTime() - 7_200_000));
  expect(since("2026-11-22T03:00:00Z", now)).toEqual(new Date("2026-11-22T03:00:00Z"));
  for (const text of ["", "10", "10 m", "yesterday", "2026-99-99"])
    expect(() => since(text, now)).toThrow("--since");
});
