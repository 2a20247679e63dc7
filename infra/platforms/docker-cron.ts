import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { scheduleOf, type WorkloadArgs } from "../workload.ts";
import type { Upload } from "./docker-files.ts";

/** Megabytes of the program that waits for the time, beside the one that then runs. */
export const SCHEDULER_MB = 64;

const FOLDER = "/etc/launchlab/scheduler";
const croner = dirname(createRequire(import.meta.url).resolve("croner/package.json"));

const text = (path: string): string => readFileSync(path, "utf8");

/** The scheduler with its only library, for an image that has Node. */
export const schedulerUploads = (): Upload[] => [
  { file: `${FOLDER}/main.mts`, content: text(join(import.meta.dirname, "scheduler.ts")) },
  {
    file: `${FOLDER}/node_modules/croner/package.json`,
    content: JSON.stringify({ name: "croner", type: "module", exports: "./croner.js" }),
  },
  { file: `${FOLDER}/node_modules/croner/croner.js`, content: text(join(croner, "dist/croner.js")) },
];

/** What a container runs in place of the command, for as long as it lives. */
export const scheduled = (
  args: WorkloadArgs,
  command: readonly pulumi.Input<string>[],
): pulumi.Input<string>[] => [
  "node",
  `${FOLDER}/main.mts`,
  scheduleOf(args),
  String(args.startSeconds ?? 60),
  String(args.stopSeconds ?? 10),
  ...command,
];
