import type { BackupKind } from "../../app/config.ts";
import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, select, since } from "../promql.ts";
import { value } from "./text.ts";

/** It goes on growing when nobody looks any more. */
const age = (kind: BackupKind) =>
  since(max(["job"], select("bot_backup_last_success_timestamp_seconds", { kind })));

export const backupAge = age("backup");
/** A day, and two hours for the backup itself. */
export const backupAgeLimit: Threshold = { unit: "seconds", is: "above", value: 26 * 3600 };
export const drillAge = age("drill");
/** A week and a day: one that failed may be repeated on the next working day. */
export const drillAgeLimit: Threshold = { unit: "seconds", is: "above", value: 8 * 86_400 };

const labels = { job: "bot" };
const series = (kind: string, samples: string) => ({
  [`bot_backup_last_success_timestamp_seconds{job="bot",instance="worker-0",role="worker",kind="${kind}"}`]:
    samples,
});
const overview = (key: string) => ({ board: "overview", key });

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
    panel: overview("backup-age"),
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
    panel: overview("drill-age"),
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
];
