import type { BackupKind } from "../../app/config.ts";
import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, overTime, ratio, select, since } from "../promql.ts";
import { from, value } from "./text.ts";

/** It goes on growing when nobody looks any more. */
const age = (kind: BackupKind) =>
  since(max(["job"], select("bot_backup_last_success_timestamp_seconds", { kind })));

export const backupAge = age("backup");
/** A day, and two hours for the backup itself. */
export const backupAgeLimit: Threshold = { unit: "seconds", is: "above", value: 26 * 3600 };
export const drillAge = age("drill");
/** A week and a day: one that failed may be repeated on the next working day. */
export const drillAgeLimit: Threshold = { unit: "seconds", is: "above", value: 8 * 86_400 };

export const failed = max(["job", "kind"], select("bot_backup_failed"));
export const failedLimit: Threshold = { unit: "count", is: "above", value: 0.5 };

const size = select("bot_backup_size_bytes", { kind: "backup" });
/** Of the largest of 8 days. */
export const sizeShare = ratio(max(["job"], size), max(["job"], overTime("max", size, "8d")));
export const sizeShareLimit: Threshold = { unit: "ratio", is: "below", value: 0.5 };

const labels = { job: "bot" };
const workers = from({ job: "bot", instance: "worker-0", role: "worker" });
const series = (kind: string, samples: string) => ({
  [`bot_backup_last_success_timestamp_seconds{job="bot",instance="worker-0",role="worker",kind="${kind}"}`]:
    samples,
});
const jobs = (key: string) => ({ board: "jobs", key });

/** Without backups there is no such series, and neither of these fires. */
export const backupAlerts: readonly Alert[] = [
  {
    name: "BackupTooOld",
    service: "postgres",
    severity: "critical",
    expr: breach(backupAge, backupAgeLimit),
    for: "5m",
    summary: `The newest backup of the database is ${value("seconds")} old`,
    description:
      "What was written since is lost if the database is. The backup fails, or does not run at all; its log says why.",
    normal: "below 24 h",
    threshold: backupAgeLimit,
    panel: jobs("backup-age"),
    inhibits: ["BackupFailed"],
    fires: [
      {
        when: "last night's backup failed",
        samples: series("backup", "-93585x61"),
        from: "30s",
        labels,
        summary: "The newest backup of the database is 1d 2h 5m 15s old",
      },
    ],
    quiet: [
      {
        when: "the backup takes two hours",
        samples: series("backup", "-86400x40 600x20"),
        at: ["5m", "12m"],
      },
      { when: "only the drill is late", samples: series("drill", "-950400x61"), at: ["10m"] },
      {
        when: "no backups are made here",
        samples: { 'up{job="bot",instance="worker-0"}': "1x60" },
        at: ["10m"],
      },
    ],
  },
  {
    name: "RestoreDrillTooOld",
    service: "postgres",
    severity: "warning",
    expr: breach(drillAge, drillAgeLimit),
    for: "5m",
    summary: `No backup has been restored for ${value("seconds")}`,
    description:
      "Nobody knows whether the backups are any good. The drill fails, or does not run at all; its log says why.",
    normal: "below 7 d",
    threshold: drillAgeLimit,
    panel: jobs("drill-age"),
    fires: [
      {
        when: "the last drill failed",
        samples: series("drill", "-691185x61"),
        from: "30s",
        labels,
        summary: "No backup has been restored for 8d 0h 5m 15s",
      },
    ],
    quiet: [
      { when: "the drill is a day late", samples: series("drill", "-604800x61"), at: ["10m"] },
      { when: "only the backup is late", samples: series("backup", "-950400x61"), at: ["10m"] },
      {
        when: "no backups are made here",
        samples: { 'up{job="bot",instance="worker-0"}': "1x60" },
        at: ["10m"],
      },
    ],
  },
  {
    name: "BackupFailed",
    service: "postgres",
    severity: "warning",
    expr: breach(failed, failedLimit),
    for: "0s",
    summary: "The last {{ $labels.kind }} failed",
    description:
      "The one before is still there. The log of the run says why it failed; a second one in a row makes the newest backup too old.",
    normal: "0",
    threshold: failedLimit,
    panel: jobs("backup-failed"),
    fires: [
      {
        when: "the volume is full",
        samples: workers("bot_backup_failed", "0x4 1x40", ',kind="backup"'),
        from: "75s",
        labels: { job: "bot", kind: "backup" },
        summary: "The last backup failed",
      },
    ],
    quiet: [
      {
        when: "both went well",
        samples: {
          ...workers("bot_backup_failed", "0x40", ',kind="backup"'),
          ...workers("bot_backup_failed", "0x40", ',kind="drill"'),
        },
        at: ["5m"],
      },
      { when: "no backups are made here", samples: workers("up", "1x40"), at: ["5m"] },
    ],
  },
  {
    name: "BackupShrunk",
    service: "postgres",
    severity: "warning",
    expr: breach(sizeShare, sizeShareLimit),
    for: "10m",
    summary: `The newest backup has ${value("ratio")} of the size of earlier ones`,
    description:
      "Much was deleted, or the backup has only a part of the database. Compare before the old backups are deleted in their turn.",
    normal: "90 to 100 %",
    threshold: sizeShareLimit,
    panel: jobs("backup-share"),
    fires: [
      {
        when: "two thirds are missing",
        samples: workers("bot_backup_size_bytes", "9e8x20 3e8x60", ',kind="backup"'),
        from: "315s",
        labels,
        summary: "The newest backup has 33.33% of the size of earlier ones",
      },
    ],
    quiet: [
      {
        when: "a third was deleted",
        samples: workers("bot_backup_size_bytes", "9e8x20 6e8x60", ',kind="backup"'),
        at: ["16m", "19m"],
      },
      {
        when: "a small backup was drilled",
        samples: {
          ...workers("bot_backup_size_bytes", "9e8x80", ',kind="backup"'),
          ...workers("bot_backup_size_bytes", "9e8x20 1e8x60", ',kind="drill"'),
        },
        at: ["16m", "19m"],
      },
      {
        when: "the first was made",
        samples: workers("bot_backup_size_bytes", "_x10 9e8x70", ',kind="backup"'),
        at: ["16m"],
      },
    ],
  },
];
