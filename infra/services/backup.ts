import * as pulumi from "@pulumi/pulumi";
import { identityFrom, recipientOf } from "../backup-keys.ts";
import type { Config } from "../config.ts";
import type { Connection, Image, Placement, Platform, WorkloadArgs } from "../workload.ts";
import { databaseEnv, databaseFiles } from "./database-client.ts";

export interface BackupArgs {
  readonly platform: Platform;
  /** The bot's, with the programs of Postgres. */
  readonly image: Image;
  readonly config: Pick<Config, "backupRecipient" | "backupKeepDaily" | "backupKeepWeekly">;
  /** Opens the backups. @default generated, unless there is a recipient of somebody's own */
  readonly identity: pulumi.Output<string> | undefined;
  /** With sessions of its own: no pooler. */
  readonly database: Connection;
  /** What has to run before. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Encrypted backups of the database, by a schedule and whenever an operator asks for one; what restores them on request;
 * and a drill every week: is the newest one any good?
 */
export class Backup extends pulumi.ComponentResource {
  /** The age identity that opens the backups; undefined where only somebody else has it. */
  readonly identity: pulumi.Output<string> | undefined;
  /** Signs the manifests. */
  readonly signature: pulumi.Output<string>;

  constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Backup", name, {}, opts);
    const { platform, image, config, database } = args;
    const generated = (): pulumi.Output<string> =>
      platform.password(`${name}-identity`, 48, this, true).apply(identityFrom);
    const expected = config.backupRecipient;
    const identity = args.identity ?? (expected === undefined ? generated() : undefined);
    const recipient = identity?.apply((key) => recipientOf(key, expected)) ?? expected;
    if (recipient === undefined) throw new Error("there is nobody to encrypt the backups for");
    this.identity = identity;
    this.signature = platform.password(`${name}-signature`, 48, this, true);

    const common = {
      image,
      calls: database.calls ?? [],
      ...databaseFiles(database),
      env: (at: Placement): Record<string, string> => ({
        ...databaseEnv(database, at),
        BACKUP_FOLDER: at.data,
        BACKUP_KEEP_DAILY: String(config.backupKeepDaily),
        BACKUP_KEEP_WEEKLY: String(config.backupKeepWeekly),
      }),
      stopSeconds: 30,
    } satisfies Partial<WorkloadArgs>;
    const secrets = { DATABASE_PASSWORD: database.password, BACKUP_SIGNATURE: this.signature };
    const serve = () => ["node", "app/backup/main.ts", "serve"];

    const { nodes } = platform.run(
      name,
      {
        ...common,
        kind: "stateful",
        // The dump is written as it comes.
        resources: { cpuMillis: 50, memoryMb: 384 },
        // A dozen compressed backups, and the database once more while a drill runs.
        data: { gigabytes: 20 },
        // What encrypts cannot decrypt.
        secrets: { ...secrets, BACKUP_RECIPIENT: recipient },
        command: serve,
      },
      { parent: this, dependsOn: args.after },
    );
    if (identity !== undefined) {
      const opens = {
        ...common,
        data: { of: name },
        secrets: { ...secrets, BACKUP_IDENTITY: identity },
      } satisfies Partial<WorkloadArgs>;
      platform.run(
        `${name}-drill`,
        {
          ...opens,
          kind: "cron",
          // Mondays, an hour after the weekly backup.
          schedule: "0 4 * * 1",
          // It runs a Postgres of its own.
          resources: { cpuMillis: 200, memoryMb: 768 },
          command: () => ["node", "app/backup/main.ts", "drill"],
          startSeconds: 7200,
        },
        { parent: this, dependsOn: [...nodes] },
      );
      // Nobody can connect to it: it asks the database what to restore.
      platform.run(
        `${name}-restore`,
        { ...opens, kind: "service", resources: { cpuMillis: 50, memoryMb: 384 }, command: serve },
        { parent: this, dependsOn: [...nodes] },
      );
    }
    this.registerOutputs({});
  }
}
