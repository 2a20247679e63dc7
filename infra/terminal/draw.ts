import { styleText } from "node:util";
import type { Problem } from "../../app/finding.ts";
import { format } from "../../dashboards/viewer/page/units.ts";
import type { Deployment } from "./deployment.ts";
import type { BackupRun, Build, Database, Queue, Redis } from "./figures.ts";
import { isWell } from "./judge.ts";
import type { Replica, WorkloadStatus } from "./site.ts";
import { isUnknown, type FiringAlert, type Part, type Snapshot } from "./snapshot.ts";

type Style = Parameters<typeof styleText>[0];
type State = "good" | "look" | "bad";

export const signs: Readonly<Record<State, string>> = { good: "✓", look: "!", bad: "✗" };
export const styles: Readonly<Record<State, Style>> = { good: "green", look: "yellow", bad: "red" };

export interface Screen {
  /** Characters in a line; longer ones are cut. */
  readonly width: number;
  readonly colour: boolean;
}

/** Styles text where colours are wanted. */
export const painter =
  (colour: boolean) =>
  (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;

const bytes = (value: number): string => format(value, "bytes");
const seconds = (value: number): string => format(value, "seconds");
const ago = (time: string, now: string): string =>
  `${seconds((Date.parse(now) - Date.parse(time)) / 1000)} ago`;

/** The state that says most about a workload: that of its poorest replica. */
const ORDER = [
  "down",
  "unhealthy",
  "starting",
  "waiting",
  "done",
  "healthy",
] as const satisfies Replica["state"][];

interface Row {
  readonly state: State;
  readonly cells: readonly string[];
}

function row({ name, wanted, replicas }: WorkloadStatus): Row {
  const well = replicas.filter(isWell).length;
  const poorest = ORDER.find((state) => replicas.some((one) => one.state === state)) ?? "down";
  const known = (of: (one: Replica) => number | undefined): number[] =>
    replicas.map(of).filter((value) => value !== undefined);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [cpu, memory] = [known((one) => one.cpu), known((one) => one.memoryBytes)];
  const state = well >= wanted && well === replicas.length ? "good" : poorest === "starting" ? "look" : "bad";
  return {
    state,
    cells: [
      name,
      `${well}/${wanted}`,
      well < wanted && poorest === "healthy" ? "missing" : poorest,
      String(sum(replicas.map(({ restarts }) => restarts))),
      cpu.length === 0 ? "-" : `${(sum(cpu) * 100).toFixed(1)} %`,
      memory.length === 0 ? "-" : bytes(sum(memory)),
    ],
  };
}

const TITLES = ["WORKLOAD", "WELL", "STATE", "RESTARTS", "CPU", "MEMORY"];
/** Numbers stand at the right of their columns. */
const NUMBERS = [1, 3, 4, 5];

function table(workloads: readonly WorkloadStatus[], { width, colour }: Screen): string[] {
  const paint = painter(colour);
  const rows = workloads.toSorted((a, b) => a.name.localeCompare(b.name)).map(row);
  const widths = TITLES.map((title, i) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)),
  );
  // On a narrow terminal the last columns are left out.
  let columns = TITLES.length;
  const wide = (count: number): number => widths.slice(0, count).reduce((sum, one) => sum + one + 2, 0);
  while (columns > 3 && wide(columns) > width) columns -= 1;
  const line = (cells: readonly string[]): string =>
    cells
      .slice(0, columns)
      .map((cell, i) => (NUMBERS.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ");
  return [
    paint("dim", `  ${line(TITLES)}`),
    ...rows.map(({ state, cells }) => `${paint(styles[state], signs[state])} ${line(cells)}`),
  ];
}

const database = ({
  up,
  connections,
  maxConnections,
  bytes: size,
  longestTransaction = 0,
}: Database): string =>
  [
    up ? "answers" : "does not answer",
    connections !== undefined && `${connections} of ${maxConnections ?? "?"} connections`,
    size !== undefined && bytes(size),
    longestTransaction > 10 && `a transaction is open for ${seconds(longestTransaction)}`,
  ]
    .filter((text) => typeof text === "string")
    .join(", ");

const redis = ({ up, memoryBytes, maxMemoryBytes = 0, clients, keys }: Redis): string =>
  [
    up ? "answers" : "does not answer",
    memoryBytes !== undefined &&
      `${bytes(memoryBytes)}${maxMemoryBytes > 0 ? ` of ${bytes(maxMemoryBytes)}` : ""}`,
    clients !== undefined && `${clients} clients`,
    keys !== undefined && `${keys} keys`,
  ]
    .filter((text) => typeof text === "string")
    .join(", ");

function queue({ jobs, oldestJob, outbox, oldestMessage, deadLetters, atTelegram }: Queue): string {
  const kinds = Object.entries(jobs).map(([kind, waiting]) => `${waiting} ${kind}`);
  const due = kinds.length === 0 ? "no job waits" : `${kinds.join(", ")} for ${seconds(oldestJob)}`;
  const unsent = outbox === 0 ? "no message" : `${outbox} messages for ${seconds(oldestMessage)}`;
  const waiting = atTelegram === undefined ? "" : `, ${atTelegram} updates at Telegram`;
  return `${due}, ${unsent} unsent, ${deadLetters} dead letters${waiting}`;
}

const backups = (runs: readonly BackupRun[]): string =>
  runs.length === 0
    ? "none are made"
    : runs
        .map(({ kind, last, failed }) => {
          const how =
            last === undefined
              ? "none yet"
              : `${seconds(last.age)} ago (${bytes(last.bytes)} in ${seconds(last.seconds)})`;
          return `last ${kind}: ${how}${failed ? ", the newest failed" : ""}`;
        })
        .join("; ");

function alerts(firing: readonly FiringAlert[], now: string): string {
  if (firing.length === 0) return "none fires";
  return firing
    .map(
      ({ name, severity, since, quiet }) =>
        `${name} (${severity}${quiet ? ", quiet" : ""}, since ${ago(since, now)})`,
    )
    .join(", ");
}

function deployment(
  { kind, result, started, ended, revision, dirty, message, changes }: Deployment,
  now: string,
): string {
  const changed = Object.entries(changes).filter(([what]) => what !== "same");
  const did = changed.map(([what, number]) => `${number} ${what}`).join(", ");
  const from =
    revision === undefined ? "" : ` of ${revision.slice(0, 8)}${dirty === true ? " with changes" : ""}`;
  const words = message === undefined ? "" : ` "${message}"`;
  return `${kind} ${result} ${ago(ended ?? started, now)}${did === "" ? "" : ` (${did})`}${from}${words}`;
}

const builds = (all: readonly Build[]): string =>
  all.map(({ version, source, replicas }) => `${replicas} × ${version} (${source})`).join(", ") || "-";

/** Each part below the table: what it is called among the problems, its title, and its text. */
function parts(snapshot: Snapshot): { about: string; title: string; text: string }[] {
  const { at } = snapshot;
  const part = <T extends object>(
    about: string,
    title: string,
    known: Part<T>,
    text: (known: T) => string,
  ) => ({
    about,
    title,
    text: isUnknown(known) ? `not known: ${known.unknown}` : text(known),
  });
  return [
    part("database", "Database", snapshot.database, database),
    part("redis", "Redis", snapshot.redis, redis),
    part("queue", "Queue", snapshot.queue, queue),
    part("backups", "Backups", snapshot.backups, backups),
    part("breakers", "Breakers", snapshot.breakers, (all) =>
      all.map(({ name, state }) => `${name} ${state}`).join(", "),
    ),
    part("alerts", "Alerts", snapshot.alerts, (all) => alerts(all, at)),
    part("builds", "Bot", snapshot.builds, builds),
    part("deployment", "Deployed", snapshot.deployment, (last) => deployment(last, at)),
  ];
}

/** Problems with what to do, as `doctor` shows them as well. */
export function drawProblems(problems: readonly Problem[], { colour }: Screen): string[] {
  const paint = painter(colour);
  return problems.flatMap(({ about, state, found, advice }) => [
    `${paint(styles[state], signs[state])} ${about}: ${found}`,
    paint("dim", `  → ${advice}`),
  ]);
}

/** Cut at the width, without counting colours; these do not run on into the next line. */
export function cut(line: string, { width, colour }: Screen): string {
  const reset = colour ? "\u001b[0m" : "";
  let room = width;
  let out = "";
  // eslint-disable-next-line no-control-regex
  for (const piece of line.split(/(\u001b\[[\d;]*m)/)) {
    if (piece.startsWith("\u001b")) out += piece;
    else if (piece.length <= room) {
      out += piece;
      room -= piece.length;
    } else return `${out}${piece.slice(0, Math.max(0, room - 1))}…${reset}`;
  }
  return out;
}

/** One screen about a stack, by lines. */
export function draw(snapshot: Snapshot, problems: readonly Problem[], screen: Screen): string[] {
  const paint = painter(screen.colour);
  const { stack, platform, at, workloads } = snapshot;
  const worst = problems.some(({ state }) => state === "bad") ? "bad" : problems.length > 0 ? "look" : "good";
  const verdict = {
    good: "all is well",
    look: "works, with something to look at",
    bad: "something is wrong",
  }[worst];
  const head = `${paint("bold", stack)} on ${platform}, ${at.slice(0, 19).replace("T", " ")} UTC: ${paint(styles[worst], verdict)}`;
  const known = isUnknown(workloads) ? undefined : workloads;
  const below = known?.length === 0 ? [] : parts(snapshot);
  const stateOf = (about: string): State => {
    const own = problems.filter((one) => one.about.split(", ").includes(about));
    return own.some(({ state }) => state === "bad") ? "bad" : own.length > 0 ? "look" : "good";
  };
  const width = Math.max(0, ...below.map(({ title }) => title.length));
  const lines = [
    head,
    "",
    // First: a small terminal has no room for the rest.
    ...(problems.length === 0 ? [] : [...drawProblems(problems, screen), ""]),
    ...(known === undefined || known.length === 0 ? [] : [...table(known, screen), ""]),
    ...below.map(({ about, title, text }) => {
      const state = stateOf(about);
      return `${paint(styles[state], signs[state])} ${title.padEnd(width)}  ${text}`;
    }),
  ];
  return lines.map((line) => cut(line, screen));
}
