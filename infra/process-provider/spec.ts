import type { HealthCheck } from "./health.ts";
import type { Identity } from "./identity.ts";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the supervisor runs. It stands on disk, so it holds no secret, only the names of secret files. */
export interface Spec {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Run as this user and group instead of the caller's. */
  readonly user?: number;
  /** A task runs once; anything else is started again when it ends, or when it is due. */
  readonly task: boolean;
  /** When the program is due, in UTC; it has to end within `runSeconds`. */
  readonly schedule?: { readonly pattern: string; readonly runSeconds: number };
  readonly stopSignal: NodeJS.Signals;
  readonly stopSeconds: number;
  readonly log: string;
  /** How to tell that it serves. @default running is enough */
  readonly health?: HealthCheck;
  /** What it listens on, on the loopback. Not known of one that an older version started, like its health. */
  readonly ports?: readonly number[];
}

/** `waiting`: for the next time that it is due. */
export type State = "starting" | "running" | "waiting" | "backoff" | "failed" | "exited" | "stopped";

/** One run of a program with a schedule; times in ISO 8601. */
export interface Run {
  readonly started: string;
  readonly ended: string;
  readonly exitCode?: number;
  readonly signal?: string;
}

/** What the supervisor last knew about its process. */
export interface Status {
  readonly state: State;
  readonly supervisor: Identity;
  /** The process itself; its pid is also its process group. */
  readonly child?: Identity;
  /** In a row: a program that ran for a minute has a fresh count. */
  readonly restarts: number;
  /** Since the supervisor began. Not known of a supervisor that an older version started. */
  readonly restartsInAll?: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Why the program could not be started at all. */
  readonly error?: string;
  /** Of a program with a schedule: the last runs, newest first, and when the next one is due (ISO 8601). */
  readonly runs?: readonly Run[];
  readonly next?: string;
}

const specFile = (folder: string): string => join(folder, "spec.json");
const statusFile = (folder: string): string => join(folder, "status.json");

/** Replaces the file in one step, so that a reader never sees half of it. */
function replaceFile(path: string, text: string): void {
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

export function writeSpec(folder: string, spec: Spec): void {
  mkdirSync(folder, { recursive: true });
  replaceFile(specFile(folder), JSON.stringify(spec, undefined, 2));
}

export function readSpec(folder: string): Spec {
  // Written by writeSpec above and by nobody else.
  return JSON.parse(readFileSync(specFile(folder), "utf8")) as Spec;
}

export function writeStatus(folder: string, status: Status): void {
  replaceFile(statusFile(folder), JSON.stringify(status, undefined, 2));
}

export function readStatus(folder: string): Status | undefined {
  // Written by writeStatus above and by nobody else.
  return readJson(statusFile(folder)) as Status | undefined;
}
