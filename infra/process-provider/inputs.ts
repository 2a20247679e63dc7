import { z } from "zod";
import type { Package } from "./packages.ts";

const packageSchema = z.custom<Package>(
  (value) => typeof value === "object" && value !== null && "programs" in value,
);

const healthSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("http"), url: z.string() }),
  z.object({ kind: z.literal("tcp"), port: z.number() }),
  z.object({ kind: z.literal("command"), command: z.array(z.string()).min(1).readonly() }),
]);

/** Inputs of the resource `process:index:Process`: one supervised process of this machine. */
export const processSchema = z.object({
  /** Unique in the stack; names the log. */
  name: z.string(),
  /** Absolute folder for its files, secrets and status. */
  folder: z.string(),
  /** Absolute path of its log. */
  log: z.string(),
  /** Absolute working directory. @default the package's own */
  cwd: z.string().optional(),
  /** A task runs once, has to end with exit code 0, and is not started again. */
  task: z.boolean(),
  /** Starts whenever it is due, in UTC, one run at a time; nobody waits for a run. @default runs all the time */
  schedule: z.string().optional(),
  /** Program and arguments; the program is looked up in `package`, or is `node`. */
  command: z.array(z.string()).min(1),
  package: packageSchema.optional(),
  /** Its programs are on PATH. */
  tools: packageSchema.optional(),
  /** Absolute path of a shell script that prepares and then executes the command, like an image's entrypoint. */
  entrypoint: z.string().optional(),
  env: z.record(z.string(), z.string()),
  /** Written to files that only the process may read; it finds the path in NAME_FILE. */
  secrets: z.record(z.string(), z.string()),
  /** Relative path -> content, below `folder`/files. */
  files: z.record(z.string(), z.string()),
  /** Ports of 127.0.0.1 that it will listen on. */
  ports: z.array(z.number()),
  /** Absolute data folder that the process must be able to write, if it keeps data. */
  data: z.string().optional(),
  health: healthSchema.optional(),
  /** Time to become healthy (or, for a task or a scheduled run, to end). */
  startSeconds: z.number(),
  /** Time to go on being healthy for, where it replaces another, before what comes next happens. @default none */
  settleSeconds: z.number().optional(),
  /** Time to stop before it is killed. */
  stopSeconds: z.number(),
  stopSignal: z.enum(["SIGTERM", "SIGINT", "SIGQUIT"]),
  /** With this signal the program reads changed `files` again, so a change of them needs no restart. */
  reload: z.enum(["SIGHUP"]).optional(),
  /** Changes when the program's own source does, so that it is replaced. */
  source: z.string().optional(),
});

export type ProcessInputs = z.infer<typeof processSchema>;

/** Inputs of `process:index:Folder`: data that outlives the process that uses it. */
export const folderSchema = z.object({
  path: z.string(),
  /** Survives the deletion of the resource. */
  keep: z.boolean(),
});

/** Inputs of `process:index:Password`. */
export const passwordSchema = z.object({
  length: z.number().int().min(8).max(256),
  /** Where the password is kept for the next time when `keep` is set. */
  path: z.string(),
  keep: z.boolean(),
});

/** Inputs of `process:index:Certificate`. */
export const certificateSchema = z.object({
  /** Name or address that it is for. */
  host: z.string(),
});
