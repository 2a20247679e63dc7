import * as pulumi from "@pulumi/pulumi";
import { identityFrom, recipientOf } from "../backup-keys.ts";
import type { Config } from "../config.ts";
import type { Connection, Image, Placement, Platform, WorkloadArgs } from "../workload.ts";
import { destinationOf } from "../destination.ts";
import { databaseEnv, databaseFiles } from "./database-client.ts";

/** Of the bucket that the backups are copied to. */
export interface BucketKeys {
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;
}

export interface BackupArgs {
  readonly platform: Platform;
  /** The bot's, with the programs of Postgres. */
  readonly image: Image;
  readonly config: Pick<
    Config,
    | "backupRecipient"
    | "backupKeepDaily"
    | "backupKeepWeekly"
    | "backupBucket"
    | "backupEndpoint"
    | "backupRegion"
    | "backupPrefix"
    | "backupPathStyle"
  >;
  /** Opens the backups. @default generated, unless there is a recipient of somebody's own */
  readonly identity: pulumi.Output<string> | undefined;
  /** @default there is no bucket */
  readonly bucketKeys: BucketKeys | undefined;
  /** Of a user who may read everything, with sessions of its own: no pooler. */
  readonly database: Connection;
  /** Of the database's owner, to whom belongs what is restored. */
  readonly owner: Connection;
  /** What has to run before. */
  readonly after: readonly pulumi.Resource[];
}

/** What the programs have to know of the bucket; undefined where there is none. */
function bucketOf({ config, bucketKeys }: Pick<BackupArgs, "config" | "bucketKeys">) {
  const { backupBucket, backupEndpoint, backupRegion, backupPrefix, backupPathStyle } = config;
  if (backupBucket === undefined || backupEndpoint === undefined || bucketKeys === undefined)
    return undefined;
  const { accessKey, secretKey } = bucketKeys;
  return {
    endpoint: backupEndpoint,
    env: {
      BACKUP_BUCKET: backupBucket,
      BACKUP_BUCKET_ENDPOINT: backupEndpoint,
      ...(backupRegion === undefined ? {} : { BACKUP_BUCKET_REGION: backupRegion }),
      ...(backupPrefix === undefined ? {} : { BACKUP_BUCKET_PREFIX: backupPrefix }),
      ...(backupPathStyle === undefined ? {} : { BACKUP_BUCKET_PATH_STYLE: backupPathStyle }),
    },
    secrets: { BACKUP_ACCESS_KEY: accessKey, BACKUP_SECRET_KEY: secretKey },
  };
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
    const { platform, image, config, database, owner } = args;
    const generated = (): pulumi.Output<string> =>
      platform.password(`${name}-identity`, 48, this, true).apply(identityFrom);
    const expected = config.backupRecipient;
    const identity = args.identity ?? (expected === undefined ? generated() : undefined);
    const recipient = identity?.apply((key) => recipientOf(key, expected)) ?? expected;
    if (recipient === undefined) throw new Error("there is nobody to encrypt the backups for");
    this.identity = identity;
    this.signature = platform.password(`${name}-signature`, 48, this, true);

    const bucket = bucketOf(args);
    const common = (login: Connection, key: Record<string, pulumi.Input<string>>) =>
      ({
        image,
        calls: [...(login.calls ?? []), ...(bucket === undefined ? [] : [destinationOf(bucket.endpoint)])],
        ...databaseFiles(login),
        env: (at: Placement): Record<string, string> => ({
          ...databaseEnv(login, at),
          BACKUP_FOLDER: at.data,
          BACKUP_KEEP_DAILY: String(config.backupKeepDaily),
          BACKUP_KEEP_WEEKLY: String(config.backupKeepWeekly),
          ...bucket?.env,
        }),
        secrets: {
          DATABASE_PASSWORD: login.password,
          BACKUP_SIGNATURE: this.signature,
          ...bucket?.secrets,
          ...key,
        },
        stopSeconds: 30,
      }) satisfies Partial<WorkloadArgs>;
    const serve = () => ["node", "app/backup/main.ts", "serve"];

    const { nodes } = platform.run(
      name,
      {
        // What encrypts cannot decrypt.
        ...common(database, { BACKUP_RECIPIENT: recipient }),
        kind: "stateful",
        // The dump is written as it comes.
        resources: { cpuMillis: 50, memoryMb: 384 },
        // A dozen compressed backups, and the database once more while a drill runs.
        data: { gigabytes: 20 },
        command: serve,
      },
      { parent: this, dependsOn: args.after },
    );
    if (identity !== undefined) {
      const opens = (login: Connection) => ({
        ...common(login, { BACKUP_IDENTITY: identity }),
        data: { of: name },
      });
      platform.run(
        `${name}-drill`,
        {
          ...opens(database),
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
        { ...opens(owner), kind: "service", resources: { cpuMillis: 50, memoryMb: 384 }, command: serve },
        { parent: this, dependsOn: [...nodes] },
      );
    }
    this.registerOutputs({});
  }
}
