import { Cron } from "croner";
import { z } from "zod";
import { backupName } from "../../backup/catalogue.ts";
import { keptDatabase, listBackups, type ListedBackup } from "../../database/backup-list.ts";
import {
  addRequest,
  backupCauses,
  endedRequests,
  openRequests,
  requestKinds,
  requestStates,
  servedKinds,
  type BackupRequest,
  type NewRequest,
} from "../../database/backup-requests.ts";
import { backupStats } from "../../database/backup-runs.ts";
import {
  backupScheduleSchema,
  readBackupSchedule,
  writeBackupSchedule,
  type BackupSchedule,
} from "../../database/backup-schedule.ts";
import { Problem } from "../../problem.ts";
import { answers, answersAbout, moment } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const request = z
  .object({
    id: z.int(),
    kind: z.enum(requestKinds),
    cause: z.enum(backupCauses),
    name: z.string().nullable().meta({ description: "Of the backup" }),
    state: z.enum(requestStates),
    attempts: z.int(),
    step: z.string().nullable().meta({ description: "What is done right now" }),
    bytes: z.number().nullable().meta({ description: "Of this step" }),
    total_bytes: z.number().nullable().meta({ description: "Null where nobody knows it before the end" }),
    error: z.string().nullable().meta({ description: "Of the last attempt" }),
    asked_at: moment,
    began_at: moment.nullable(),
    ended_at: moment.nullable(),
  })
  .meta({ id: "BackupRequest" });
const backup = z
  .object({
    name: z.string(),
    created_at: moment,
    cause: z.enum(backupCauses).nullable(),
    bytes: z.number().nullable(),
    rows: z.number().nullable(),
    tables: z.int().nullable(),
    server: z.string().nullable().meta({ description: "Version of Postgres" }),
    problem: z.string().nullable().meta({ description: "Why it is of no use; null for a good one" }),
  })
  .meta({ id: "Backup" });
const schedule = z
  .object({
    daily: z.string().nullable().meta({ description: "Five fields of cron in UTC; null: never" }),
    weekly: z.string().nullable(),
    next_daily_at: moment.nullable(),
    next_weekly_at: moment.nullable(),
  })
  .meta({ id: "BackupSchedule" });
const status = z
  .object({
    serves: z.array(z.enum(requestKinds)).meta({ description: "What somebody takes up right now" }),
    schedule,
    open: z.array(request).meta({ description: "What waits or runs" }),
    ended: z.array(request).meta({ description: "The last ten, the newest first" }),
    last: z.array(
      z.object({
        kind: z.enum(["backup", "drill"]),
        succeeded_at: moment.meta({ description: "When the database was made, while none has" }),
        failed: z.boolean().meta({ description: "Whether the newest one did" }),
        seconds: z.number().nullable(),
        bytes: z.number().nullable(),
      }),
    ),
    good: z.int(),
    good_bytes: z.number(),
    useless: z.int(),
    kept_database: z
      .string()
      .nullable()
      .meta({ description: "What a restore put aside, until it is confirmed or rolled back" }),
  })
  .meta({ id: "BackupStatus" });

const shownRequest = (row: BackupRequest): z.infer<typeof request> => ({
  ...row,
  asked_at: row.asked_at.toISOString(),
  began_at: row.began_at?.toISOString() ?? null,
  ended_at: row.ended_at?.toISOString() ?? null,
});
const shownBackup = ({ created_at, cause, ...row }: ListedBackup): z.infer<typeof backup> => ({
  ...row,
  created_at: created_at.toISOString(),
  cause: backupCauses.find((one) => one === cause) ?? null,
});

const next = (cron: string | null): string | null =>
  cron === null ? null : (new Cron(cron, { timezone: "UTC" }).nextRun()?.toISOString() ?? null);
const shownSchedule = ({ daily, weekly }: BackupSchedule): z.infer<typeof schedule> => ({
  ...{ daily, weekly },
  next_daily_at: next(daily),
  next_weekly_at: next(weekly),
});

/** Backups: what there is, and what is asked of the processes that have them. */
export function backupRoutes(server: AdminServer, { database: { query } }: AdminTools): void {
  const tags = ["backups"];
  const owner = { needs: "owner" } as const;

  /** Asks for it, unless nobody would do it. The same once more is the request that is there already. */
  async function ask(wanted: NewRequest): Promise<z.infer<typeof request>> {
    const open = await openRequests(query);
    const same = open.find(({ kind, name }) => kind === wanted.kind && name === (wanted.name ?? null));
    if (same !== undefined) return shownRequest(same);
    if (wanted.kind !== "create" && open.some(({ kind }) => kind !== "create"))
      throw new Problem(409, "another restore, rollback or confirmation waits or runs; see the status");
    if (!(await servedKinds(query)).includes(wanted.kind)) {
      throw new Problem(
        409,
        wanted.kind === "create"
          ? "nobody makes backups here right now: are they on (launchlab:backups), and does `backup` run?"
          : "nobody restores here right now: the key is elsewhere, or `backup-restore` does not run. " +
              "With the key, `npm run backup -- restore` does it",
      );
    }
    const added = await addRequest(query, wanted);
    if (added === undefined) throw new Error("the database gave no row");
    return shownRequest(added);
  }

  server.get(
    "/api/backup/status",
    {
      config: { needs: "viewer" },
      schema: { tags, summary: "What is done, was done and is due next", response: answers(status) },
    },
    async () => {
      const [serves, due, open, ended, last, backups, kept_database] = await Promise.all([
        servedKinds(query),
        readBackupSchedule(query),
        openRequests(query),
        endedRequests(query, 10),
        backupStats({ query }, ["backup", "drill"]),
        listBackups(query),
        keptDatabase(query),
      ]);
      const good = backups.filter(({ problem }) => problem === null);
      return {
        serves,
        schedule: shownSchedule(due),
        open: open.map(shownRequest),
        ended: ended.map(shownRequest),
        last: last.map(({ kind, lastSuccess, failed, seconds = null, bytes = null }) => ({
          ...{ kind, failed, seconds, bytes },
          succeeded_at: new Date(lastSuccess * 1000).toISOString(),
        })),
        good: good.length,
        good_bytes: good.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
        useless: backups.length - good.length,
        kept_database,
      };
    },
  );
  server.get(
    "/api/backup/list",
    {
      config: { needs: "viewer" },
      schema: {
        tags,
        summary: "The backups, the newest first, as they were a few minutes ago",
        response: answers(z.object({ backups: z.array(backup) })),
      },
    },
    async () => ({ backups: (await listBackups(query)).map(shownBackup) }),
  );
  server.post(
    "/api/backup/create",
    {
      config: { needs: "operator" },
      schema: {
        tags,
        summary: "Make a backup as soon as nothing else runs; the status says how far it is",
        response: answersAbout(request),
      },
    },
    () => ask({ kind: "create", cause: "manual" }),
  );
  server.post(
    "/api/backup/schedule",
    {
      config: { needs: "operator" },
      schema: {
        tags,
        summary: "Say when backups are made by themselves; what is left out is as usual",
        body: backupScheduleSchema,
        response: answers(schedule),
      },
    },
    async ({ body }) => {
      await writeBackupSchedule(query, body);
      return shownSchedule(body);
    },
  );
  server.post(
    "/api/backup/restore/:filename",
    {
      config: owner,
      schema: {
        tags,
        summary: "Restore a backup, compare every table, and let it take the place of the live database",
        params: z.object({ filename: z.string().regex(backupName) }),
        response: answersAbout(request),
      },
    },
    async ({ params: { filename } }) => {
      const found = (await listBackups(query)).find(({ name }) => name === filename);
      if (found === undefined) throw new Problem(404, "there is no such backup: see the list for the names");
      if (found.problem !== null) throw new Problem(409, found.problem);
      const kept = await keptDatabase(query);
      if (kept !== null)
        throw new Problem(
          409,
          `the database ${kept} of the last restore is kept: confirm or roll back first`,
        );
      return ask({ kind: "restore", cause: "manual", name: filename });
    },
  );
  for (const [kind, summary] of [
    ["confirm", "Keep what was restored, and drop the database that was live before"],
    ["rollback", "Let the database that was live before and the one that is now change places"],
  ] as const) {
    server.post(
      `/api/backup/restore/${kind}`,
      { config: owner, schema: { tags, summary, response: answersAbout(request) } },
      async () => {
        if ((await keptDatabase(query)) === null) throw new Problem(409, "no database is kept");
        return ask({ kind, cause: "manual" });
      },
    );
  }
}
