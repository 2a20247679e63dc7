import type { ContainerArgs } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Health, Image, Placement, WorkloadArgs } from "../workload.ts";

/** What does not depend on where the container is. */
type Ways = Omit<ContainerArgs, "image">;

/** How often a container is asked for its health, for how long it may think, and how often it may fail. */
const HEALTH = { interval: "3s", timeout: "3s", retries: 3 };
/** Of what nobody needs after a restart; it counts as memory of the container. */
const SCRATCH = "rw,noexec,nosuid,nodev,size=256m,mode=1777";
export const SCRATCH_FOLDER = "/tmp";

/** As Go writes it, and so as the engine gives it back: 1m30s. */
const durationOf = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;

/** The question of a container to itself; undefined where the image has nothing to ask with. */
function questionOf(health: Health, image: Image, at: Placement): string[] | undefined {
  if (health.kind === "command") return health.command(at);
  return image.probe?.(at.port(health.port), health.kind === "http" ? health.path : undefined);
}

function healthOf({ kind, health, image, startSeconds = 60 }: Running, at: Placement): Ways {
  const question = health && questionOf(health, image, at);
  // Also against a question that the image itself brings along, whose times would be taken for a change.
  if (kind === "task" || question === undefined)
    return { healthcheck: { tests: ["NONE"], startPeriod: durationOf(60), ...HEALTH } };
  return {
    healthcheck: { tests: ["CMD", ...question], startPeriod: durationOf(startSeconds), ...HEALTH },
    wait: true,
    waitTimeout: startSeconds + 30,
  };
}

export interface Running extends Pick<WorkloadArgs, "kind" | "image" | "resources" | "health"> {
  readonly command: readonly pulumi.Input<string>[];
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly startSeconds?: number | undefined;
  readonly stopSeconds?: number | undefined;
  readonly stopSignal?: string | undefined;
}

/** What every container has, whatever runs in it. */
export function containerOf(args: Running, at: Placement): Ways {
  const { kind, image, resources } = args;
  const [program, ...rest] = args.command;
  const { start = program === undefined ? [] : [program] } = image;
  const stopSeconds = args.stopSeconds ?? 10;
  const once: Ways = {
    attach: true,
    logs: true,
    mustRun: false,
    restart: "no",
  };
  return {
    entrypoints: [...start],
    command: rest,
    envs: Object.entries(args.env).map(([name, value]) =>
      typeof value === "string" ? `${name}=${value}` : pulumi.interpolate`${name}=${value}`,
    ),
    // By number, with a group of the same: without one, a user that the image does not list is in root's.
    user: `${image.user}:${image.user}`,
    readOnly: true,
    tmpfs: Object.fromEntries(
      // With an owner: the mode is that of the folder in the image, where it has one.
      [SCRATCH_FOLDER, ...(image.writable ?? [])].map((path) => [
        path,
        `${SCRATCH},uid=${image.user},gid=${image.user}`,
      ]),
    ),
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    memory: resources.memoryMb,
    // No swap: what needs more than its limit is ended and shows, instead of becoming slow.
    memorySwap: resources.memoryMb,
    // As Kubernetes reserves it: who asks for more gets more when there is not enough for all.
    cpuShares: Math.max(2, Math.round((resources.cpuMillis * 1024) / 1000)),
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
    stopSignal: args.stopSignal ?? "SIGTERM",
    stopTimeout: stopSeconds,
    destroyGraceSeconds: stopSeconds,
    ...(kind === "task" ? once : { restart: "unless-stopped" }),
    ...healthOf(args, at),
    // Reaps what the runs of a cron leave behind.
    ...(kind === "cron" ? { init: true } : {}),
  };
}
