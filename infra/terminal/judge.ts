import { bad, look, type Problem } from "../../app/finding.ts";
import { backupAgeLimit, drillAgeLimit } from "../../dashboards/alerts/backup.ts";
import { overdueLimit } from "../../dashboards/alerts/jobs.ts";
import { deadLettersLimit, outboxAgeLimit, pendingUpdatesLimit } from "../../dashboards/alerts/worker.ts";
import { format } from "../../dashboards/viewer/page/units.ts";
import type { BackupRun, Queue } from "./figures.ts";
import type { Replica, Site, WorkloadStatus } from "./site.ts";
import { isUnknown, type Part, type Snapshot } from "./snapshot.ts";

export const isWell = ({ state }: Replica): boolean =>
  state === "healthy" || state === "done" || state === "waiting";

function degraded({ name, replicas }: WorkloadStatus, advice: Site["advice"]): Problem[] {
  const reasons = new Set(replicas.flatMap((one) => one.degraded ?? []));
  return [...reasons].map((reason) => look(name, reason, advice(name)));
}

function workload({ name, wanted, replicas }: WorkloadStatus, advice: Site["advice"]): Problem[] {
  const missing = wanted - replicas.filter(isWell).length;
  const poor = replicas.filter((one) => !isWell(one));
  if (missing <= 0 && poor.length === 0) return [];
  const words = poor.map((one) => `${one.name}: ${one.detail ?? one.state}`);
  const count = `${Math.max(0, wanted - missing)} of ${wanted} well`;
  const found = wanted === 1 && poor.length === 1 ? (poor[0]?.detail ?? "") : [count, ...words].join("; ");
  const starts = poor.length > 0 && poor.every(({ state }) => state === "starting");
  return [starts ? look(name, found, "wait a moment") : bad(name, found, advice(name))];
}

function queue({ oldestJob, oldestMessage, deadLetters, atTelegram = 0 }: Queue): Problem[] {
  return [
    oldestJob > overdueLimit.value &&
      look(
        "queue",
        `a job is due for ${format(oldestJob, "seconds")}`,
        "see dashboards/runbooks/JobsOverdue.md",
      ),
    oldestMessage > outboxAgeLimit.value &&
      look(
        "queue",
        `a message is unsent for ${format(oldestMessage, "seconds")}`,
        "see dashboards/runbooks/OutboxStale.md",
      ),
    deadLetters > deadLettersLimit.value &&
      look("queue", `${deadLetters} updates were given up`, "see dashboards/runbooks/DeadLettersWaiting.md"),
    atTelegram > pendingUpdatesLimit.value &&
      look("queue", `${atTelegram} updates wait at Telegram`, "does it reach the webhook? `npm run doctor`"),
  ].filter((problem) => problem !== false);
}

function backup({ kind, age, failed }: BackupRun, stack: string): Problem[] {
  const limit = kind === "drill" ? drillAgeLimit.value : backupAgeLimit.value;
  const name = kind === "drill" ? "restore drill" : "backup";
  const logs = `\`npm run logs -- --stack ${stack} backup\` says why`;
  if (age > limit) return [bad("backups", `no good ${name} for ${format(age, "seconds")}`, logs)];
  return failed ? [look("backups", `the last ${name} failed`, logs)] : [];
}

/** What is wrong with a stack, or worth a look, with what to do. Empty when all is well. */
export function judge(snapshot: Snapshot, advice: Site["advice"]): Problem[] {
  const { stack, workloads, database, redis, deployment } = snapshot;
  if (!isUnknown(workloads) && workloads.length === 0)
    return [bad("stack", `${stack} is not up`, `\`npm run up -- --stack ${stack}\``)];
  /** Of a part that is known. */
  const of = <T extends object>(part: Part<T>, problems: (known: T) => Problem[]): Problem[] =>
    isUnknown(part) ? [] : problems(part);
  return [
    ...(isUnknown(workloads)
      ? [bad("workloads", `not known: ${workloads.unknown}`, workloads.advice)]
      : workloads.flatMap((one) => [...workload(one, advice), ...degraded(one, advice)])),
    ...of(database, ({ up }) =>
      up ? [] : [bad("database", "Postgres does not answer its exporter", advice("postgres"))],
    ),
    ...of(redis, ({ up, replicasWithout }) => {
      if (!up)
        return [
          bad(
            "redis",
            "it does not answer its exporter; the bot goes on without it, slower",
            advice("redis"),
          ),
        ];
      return replicasWithout > 0
        ? [look("redis", `${replicasWithout} replicas of the bot do without it`, advice("redis"))]
        : [];
    }),
    ...of(snapshot.queue, queue),
    ...of(snapshot.backups, (runs) => runs.flatMap((run) => backup(run, stack))),
    ...of(snapshot.breakers, (all) =>
      all.flatMap(({ name, state }) =>
        state === "open"
          ? [
              look(
                "breakers",
                `that of the ${name} is open: people are told that it is away`,
                advice("worker"),
              ),
            ]
          : [],
      ),
    ),
    ...of(snapshot.alerts, (all) =>
      all.flatMap(({ name, severity, summary, quiet, runbook }) => {
        if (quiet || severity === "info") return [];
        const make = severity === "critical" ? bad : look;
        return [make("alerts", `${name}: ${summary}`, runbook ?? `dashboards/runbooks/${name}.md`)];
      }),
    ),
    ...of(deployment, ({ kind, result }) =>
      result === "failed"
        ? [look("deployment", `the last ${kind} failed`, `\`npm run up -- --stack ${stack}\``)]
        : [],
    ),
    ...unknowns(snapshot),
  ];
}

/** Parts that are not known, together where they have the same reason: each is worth a look. */
function unknowns({
  database,
  redis,
  queue: jobs,
  backups,
  breakers,
  builds,
  alerts,
  deployment,
}: Snapshot): Problem[] {
  const parts = { database, redis, queue: jobs, backups, breakers, builds, alerts, deployment };
  const byReason = Object.groupBy(
    Object.entries(parts).flatMap(([about, part]) => (isUnknown(part) ? [{ about, ...part }] : [])),
    ({ unknown, advice }) => `${unknown} ${advice}`,
  );
  return Object.values(byReason).flatMap((same = []) => {
    const [first] = same;
    if (first === undefined) return [];
    return [look(same.map(({ about }) => about).join(", "), `not known: ${first.unknown}`, first.advice)];
  });
}
