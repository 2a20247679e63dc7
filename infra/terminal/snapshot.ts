import { alertmanagerAt } from "../../dashboards/viewer/alertmanager.ts";
import { lastDeployment, type Deployment } from "./deployment.ts";
import {
  figuresAt,
  type BackupRun,
  type Breaker,
  type Build,
  type Database,
  type Figures,
  type Queue,
  type Redis,
} from "./figures.ts";
import { findSite, platformOf, type PlatformName } from "./find-site.ts";
import { NotKnown, type Site, type WorkloadStatus } from "./site.ts";

/** A part that could not be learnt: why, and what to do about it. */
export interface Unknown {
  readonly unknown: string;
  readonly advice: string;
}
export type Part<T> = T | Unknown;
export const isUnknown = <T extends object>(part: Part<T>): part is Unknown => "unknown" in part;

export interface FiringAlert {
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  /** In ISO 8601. */
  readonly since: string;
  /** Nobody is told: of a silence, or of another alert that is the cause. */
  readonly quiet: boolean;
  readonly runbook?: string;
}

/** Everything that is known of a stack at one moment. */
export interface Snapshot {
  readonly stack: string;
  readonly platform: PlatformName;
  /** In ISO 8601. */
  readonly at: string;
  /** Empty when the stack is not up. */
  readonly workloads: Part<readonly WorkloadStatus[]>;
  readonly database: Part<Database>;
  readonly redis: Part<Redis>;
  readonly queue: Part<Queue>;
  /** Empty where no worker watches over backups. */
  readonly backups: Part<readonly BackupRun[]>;
  readonly breakers: Part<readonly Breaker[]>;
  /** What the replicas of the bot run. */
  readonly builds: Part<readonly Build[]>;
  readonly alerts: Part<readonly FiringAlert[]>;
  readonly deployment: Part<Deployment>;
}

/** What a stack is asked by. */
export interface Sources {
  readonly stack: string;
  readonly platform: PlatformName;
  readonly site: Site;
  readonly deployment: () => Promise<Deployment>;
  /** How long a part may take, in milliseconds. */
  readonly patience: number;
}

const PATIENCE_MS = 8000;

export const sourcesOf = (stack: string): Sources => ({
  stack,
  platform: platformOf(stack),
  site: findSite(stack),
  deployment: () => lastDeployment(stack),
  patience: PATIENCE_MS,
});

function unknown(error: unknown, advice: string): Unknown {
  const reason = error instanceof Error ? error.message : String(error);
  return { unknown: reason, advice: error instanceof NotKnown ? error.advice : advice };
}

/** The part, or why it is not known: in any case within so many milliseconds. */
async function within<T>(limit: number, ask: () => Promise<T>, advice: string): Promise<Part<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Unknown>((resolve) => {
    timer = setTimeout(() => resolve({ unknown: `no answer within ${limit / 1000} s`, advice }), limit);
  });
  const asked = ask().catch((error: unknown) => unknown(error, advice));
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

async function firing(base: string): Promise<FiringAlert[]> {
  const ranks = ["critical", "warning", "info"];
  const told = (await alertmanagerAt(base).alerts()).map(({ labels, annotations, startsAt, status }) => {
    const { runbook_url: runbook, summary = "" } = annotations;
    return {
      name: labels["alertname"] ?? "",
      severity: labels["severity"] ?? "info",
      ...{ summary, since: startsAt },
      quiet: status.silencedBy.length + status.inhibitedBy.length > 0,
      ...(runbook === undefined ? {} : { runbook }),
    };
  });
  return (
    told
      // The sign of life fires always.
      .filter(({ severity }) => severity !== "none")
      .sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity) || a.name.localeCompare(b.name))
  );
}

/** Asks all parts at once. Never throws: what does not answer in time is an `Unknown`. */
export async function gather({ stack, platform, site, deployment, patience }: Sources): Promise<Snapshot> {
  const logs = (workload: string): string => `\`npm run logs -- --stack ${stack} ${workload}\``;
  const part = <T>(ask: () => Promise<T>, advice: string): Promise<Part<T>> => within(patience, ask, advice);
  const open: (() => void)[] = [];
  const reach = async (workload: string): Promise<string> => {
    const address = await site.address(workload);
    open.push(address.close);
    return address.url;
  };
  const figures = reach("prometheus").then(figuresAt);
  // Whoever asks sees it.
  figures.catch(() => undefined);
  const figure = <T>(ask: (from: Figures) => Promise<T>): Promise<Part<T>> =>
    part(async () => ask(await figures), logs("prometheus"));
  try {
    const [workloads, database, redis, queue, backups, breakers, builds, alerts, last] = await Promise.all([
      part(() => site.workloads(), `is the platform ${platform} of Pulumi.${stack}.yaml reachable?`),
      figure((from) => from.database()),
      figure((from) => from.redis()),
      figure((from) => from.queue()),
      figure((from) => from.backups()),
      figure((from) => from.breakers()),
      figure((from) => from.builds()),
      part(async () => firing(await reach("alertmanager")), logs("alertmanager")),
      part(deployment, "`npm run pulumi -- stack history`"),
    ]);
    const at = new Date().toISOString();
    return {
      stack,
      platform,
      at,
      workloads,
      database,
      redis,
      queue,
      backups,
      breakers,
      builds,
      alerts,
      deployment: last,
    };
  } finally {
    for (const close of open) close();
  }
}
