import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { newestOf } from "./deployment.ts";
import { cut, draw } from "./draw.ts";
import { judge } from "./judge.ts";
import type { Snapshot } from "./snapshot.ts";
import { hasColour } from "./terminal.ts";

const snapshot: Snapshot = {
  stack: "dev",
  platform: "local",
  at: "2026-11-22T05:00:00.000Z",
  workloads: [
    {
      name: "web",
      kind: "service",
      wanted: 2,
      replicas: [
        { name: "web-0", state: "healthy", restarts: 1, cpu: 0.05, memoryBytes: 100 * 2 ** 20 },
        { name: "web-1", state: "down", restarts: 0, detail: "its supervisor is gone" },
      ],
    },
    {
      name: "backup",
      kind: "schedule",
      wanted: 1,
      replicas: [{ name: "backup", state: "waiting", restarts: 0 }],
    },
  ],
  database: { up: true, connections: 20, maxConnections: 110, bytes: 2 ** 23 },
  redis: { up: false, replicasWithout: 2 },
  queue: { jobs: { csv: 2 }, oldestJob: 4, outbox: 0, oldestMessage: 0, deadLetters: 0, atTelegram: 0 },
  backups: [{ kind: "backup", age: 3600, failed: false, last: { age: 3600, bytes: 2 ** 20, seconds: 2 } }],
  breakers: [{ name: "mentor", state: "closed" }],
  builds: [{ version: "0.1.0", source: "7babe959", replicas: 3 }],
  alerts: { unknown: "Alertmanager does not answer", advice: "look at its log" },
  deployment: {
    kind: "update",
    result: "succeeded",
    started: "2026-11-22T04:00:00.000Z",
    ended: "2026-11-22T04:10:00.000Z",
    revision: "84075e1",
    dirty: false,
    message: "Add it",
    changes: { create: 3, same: 40 },
  },
};
const problems = judge(snapshot, (workload) => `look at ${workload}`);

it("draws one screen: what runs, the parts, and what to do", () => {
  expect(draw(snapshot, problems, { width: Infinity, colour: false })).toEqual([
    "dev on local, 2026-11-22 05:00:00 UTC: something is wrong",
    "",
    "✗ web: 1 of 2 well; web-1: its supervisor is gone",
    "  → look at web",
    "✗ redis: it does not answer its exporter; the bot goes on without it, slower",
    "  → look at redis",
    "! alerts: not known: Alertmanager does not answer",
    "  → look at its log",
    "",
    "  WORKLOAD  WELL  STATE    RESTARTS    CPU   MEMORY",
    "✓ backup     1/1  waiting         0      -        -",
    "✗ web        1/2  down            1  5.0 %  100 MiB",
    "",
    "✓ Database  answers, 20 of 110 connections, 8 MiB",
    "✗ Redis     does not answer",
    "✓ Queue     2 csv for 4 s, no message unsent, 0 dead letters, 0 updates at Telegram",
    "✓ Backups   last backup: 60 min ago (1 MiB in 2 s)",
    "✓ Breakers  mentor closed",
    "! Alerts    not known: Alertmanager does not answer",
    "✓ Bot       3 × 0.1.0 (7babe959)",
    '✓ Deployed  update succeeded 50 min ago (3 create) of 84075e1 "Add it"',
  ]);
});

it("leaves columns out and cuts lines on a narrow terminal, with colours or without", () => {
  for (const colour of [false, true]) {
    const lines = draw(snapshot, problems, { width: 34, colour }).map((line) =>
      stripVTControlCharacters(line),
    );
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(34);
    expect(lines).toContain("  WORKLOAD  WELL  STATE  ");
    expect(lines).toContain("✓ Database  answers, 20 of 110 co…");
  }
  expect(cut("abc", { width: 3, colour: false })).toBe("abc");
  expect(cut("\u001b[31mabcd\u001b[39m", { width: 3, colour: true })).toBe("\u001b[31mab…\u001b[0m");
});

it("draws nothing but the reason where there is no stack, or none can be seen", () => {
  const screen = { width: Infinity, colour: false };
  const none = { ...snapshot, workloads: [] };
  expect(
    draw(
      none,
      judge(none, () => ""),
      screen,
    ).slice(2),
  ).toEqual(["✗ stack: dev is not up", "  → `npm run up -- --stack dev`", ""]);
  const hidden = { ...snapshot, workloads: { unknown: "no engine answers", advice: "start it" } };
  expect(
    draw(
      hidden,
      judge(hidden, () => ""),
      screen,
    ),
  ).toContain("✗ workloads: not known: no engine answers");
});

it("keeps colours from those who want none", () => {
  expect(hasColour({ isTTY: true }, {})).toBe(true);
  expect(hasColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(hasColour({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(hasColour({ isTTY: false }, {})).toBe(false);
});

it("reads the newest entry of the engine's history", () => {
  const entry = {
    kind: "update",
    startTime: "2026-11-22T04:00:00.000Z",
    message: "Add it\n\nBecause.",
    environment: { "git.head": "84075e1", "git.dirty": "true" },
    config: { "launchlab:users": { value: "1", secret: false } },
    result: "failed",
    endTime: "2026-11-22T04:10:00.000Z",
    resourceChanges: { create: 3 },
  };
  expect(newestOf(JSON.stringify([entry]))).toEqual({
    kind: "update",
    result: "failed",
    started: "2026-11-22T04:00:00.000Z",
    ended: "2026-11-22T04:10:00.000Z",
    revision: "84075e1",
    dirty: true,
    message: "Add it",
    changes: { create: 3 },
  });
  expect(newestOf("[]")).toBeUndefined();
});
