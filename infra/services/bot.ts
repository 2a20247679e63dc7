import * as pulumi from "@pulumi/pulumi";
import { outboxAgeLimit } from "../../dashboards/alerts/worker.ts";
import { TELEGRAM_CONNECTIONS, type Capacity } from "../capacity.ts";
import type { Config } from "../config.ts";
import { rotated } from "../rotation.ts";
import type { Logins } from "./postgres.ts";
import type { BackupKind } from "../config-backup.ts";
import { databaseEnv, databaseFiles } from "./database-client.ts";
import type {
  ConfigFile,
  Connection,
  Destination,
  Endpoint,
  Image,
  Placement,
  Platform,
} from "../workload.ts";
import type { RedisConnection } from "./redis.ts";

/** An OpenAI-compatible API. */
export interface MentorApi {
  readonly url: string;
  readonly model: string;
  readonly key: pulumi.Input<string>;
  /** Where that is, unless a workload. */
  readonly calls: readonly Destination[];
}

export interface BotArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
  readonly image: Image;
  readonly config: Pick<Config, "admins" | "rateLimit" | "premiumStars" | "logLevel" | "secretGeneration">;
  readonly token: pulumi.Input<string>;
  /** Where the bot calls the Bot API. */
  readonly telegramUrl: string;
  /** Where that is, unless a workload. */
  readonly calls: readonly Destination[];
  /** Undefined: the bot says that it has no mentor. */
  readonly mentor: MentorApi | undefined;
  /** Where Telegram posts the updates. */
  readonly webhookUrl: string;
  /** Where the gateway answers over TLS; undefined where something else does. */
  readonly gatewayTls: Endpoint | undefined;
  /** That of the gateway, when it vouches for itself: Telegram has to be told. @default an authority does */
  readonly webhookCertificate: pulumi.Output<string> | undefined;
  readonly database: Connection;
  /** Address of the Prometheus that collects the bot's figures. */
  readonly prometheus: string;
  /** Reaches the same database in sessions of its own: migrations hold locks from one transaction to the next. */
  readonly migrations: Connection;
  /** The users of the database that migrations make. @default none: `database` has a user that is there */
  readonly logins: Logins | undefined;
  /** What is done for the database's backups, so that somebody notices when it is not. */
  readonly backups: readonly BackupKind[];
  /** What has to run before the bot does. */
  readonly after: readonly pulumi.Resource[];
  readonly redis: RedisConnection;
}

const CERTIFICATE = "webhook-certificate.pem";

function redisEnv(redis: RedisConnection): Record<string, string> {
  const user = { REDIS_USER: redis.user };
  if ("endpoint" in redis)
    return { ...user, REDIS_HOST: redis.endpoint.host, REDIS_PORT: String(redis.endpoint.port) };
  const sentinels = redis.sentinels.map(({ host, port }) => `${host}:${port}`);
  return { ...user, REDIS_SENTINELS: sentinels.join(","), REDIS_PRIMARY: redis.primary };
}

/** The bot: `migrate` prepares the database, then `web` serves the webhook and `worker` does what can wait. */
export class Bot extends pulumi.ComponentResource {
  readonly webhooks: Endpoint[];
  /** Opens the admin API, as an owner. */
  readonly adminToken: pulumi.Output<string>;
  /** Health, metrics and admin API of the web replicas. */
  readonly webAdmins: Endpoint[];
  readonly workerAdmins: Endpoint[];
  /** What has run when the database is ready for everybody. */
  readonly migrated: readonly pulumi.Resource[];
  /** The secret that Telegram sends with each update. */
  readonly webhookSecret: pulumi.Output<string>;

  constructor(name: string, args: BotArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Bot", name, {}, opts);
    const { platform, capacity, image, config, database, migrations, redis, mentor, gatewayTls } = args;
    const calls = [...args.calls, ...(database.calls ?? [])];
    const webhookSecret = rotated(platform, `${name}-webhook-secret`, 48, config.secretGeneration, this);
    this.webhookSecret = webhookSecret.current;
    const adminToken = rotated(platform, `${name}-admin-token`, 48, config.secretGeneration, this);
    this.adminToken = adminToken.current;

    const serving = (role: "web" | "worker", at: Placement): Record<string, string> => ({
      ...databaseEnv(database, at),
      LOG_LEVEL: config.logLevel,
      ROLE: role,
      HTTP_HOST: at.host,
      ADMIN_PORT: String(at.port("admin")),
      DATABASE_POOL_SIZE: String(capacity.poolSize),
      ...redisEnv(redis),
      TELEGRAM_API_URL: args.telegramUrl,
      WEBHOOK_URL: args.webhookUrl,
      ...(args.webhookCertificate === undefined ? {} : { WEBHOOK_CERTIFICATE_FILE: at.file(CERTIFICATE) }),
      BOT_ADMINS: config.admins,
      PREMIUM_STARS: String(config.premiumStars),
      RATE_LIMIT_REQUESTS: String(config.rateLimit),
      REPLICAS: String(capacity.webReplicas),
      // The gateway takes the next replica on a 503, so a draining one need not serve on.
      DRAIN_SECONDS: "0",
    });
    const secrets = {
      BOT_TOKEN: args.token,
      // The first is registered at Telegram, all are accepted.
      WEBHOOK_SECRETS: webhookSecret.accepted().apply((values) => values.join("\n")),
      DATABASE_PASSWORD: database.password,
      REDIS_PASSWORD: redis.password,
      ...("endpoint" in redis ? {} : { REDIS_SENTINEL_PASSWORD: redis.sentinelPassword }),
    };
    const files = (): ConfigFile[] => [
      ...(databaseFiles(database).files?.() ?? []),
      ...(args.webhookCertificate === undefined
        ? []
        : [{ path: CERTIFICATE, content: args.webhookCertificate }]),
    ];
    const command = (): string[] => ["node", "app/main.ts"];
    const replica = {
      kind: "service",
      image,
      calls,
      files,
      secrets,
      command,
      health: { kind: "http", port: "admin", path: "/ready", live: "/health" },
      stopSeconds: 30,
    } as const;

    const migrate = platform.run(
      "migrate",
      {
        kind: "task",
        image,
        resources: { cpuMillis: 100, memoryMb: 256 },
        env: (at) => ({
          ...databaseEnv(migrations, at),
          LOG_LEVEL: config.logLevel,
          ROLE: "migrate",
          // Not beside the passwords: where Secrets keep their names, this alone runs it again for a new user.
          ...(args.logins === undefined ? {} : { DATABASE_LOGINS: args.logins.users.join(",") }),
        }),
        calls: migrations.calls ?? [],
        ...databaseFiles(migrations),
        secrets: {
          DATABASE_PASSWORD: migrations.password,
          ...(args.logins === undefined ? {} : { DATABASE_LOGIN_PASSWORDS: args.logins.passwords }),
        },
        command,
        startSeconds: 300,
      },
      { parent: this, dependsOn: args.after },
    );
    this.migrated = migrate.nodes;
    const web = platform.run(
      "web",
      {
        ...replica,
        secrets: {
          ...secrets,
          ADMIN_TOKENS: adminToken.accepted().apply((values) => values.join("\n")),
        },
        replicas: {
          min: capacity.webReplicas,
          max: capacity.maxWebReplicas,
          cpuPercent: 60,
          metrics: [
            {
              name: "bot_updates_in_flight",
              labels: { role: "web" },
              // An equal share: with all of them held, all replicas run. Each could take more (IN_FLIGHT_LIMIT), which
              // Telegram alone never asks.
              target: Math.floor(TELEGRAM_CONNECTIONS / capacity.maxWebReplicas),
              prometheus: args.prometheus,
            },
          ],
        },
        resources: { cpuMillis: 500, memoryMb: 512 },
        ports: [
          { name: "webhook", port: 8080, slot: 40, reachableFrom: ["gateway"] },
          { name: "admin", port: 8081, slot: 80, reachableFrom: ["prometheus"] },
        ],
        env: (at) => ({ ...serving("web", at), HTTP_PORT: String(at.port("webhook")) }),
      },
      { parent: this, dependsOn: [...migrate.nodes] },
    );
    const worker = platform.run(
      "worker",
      {
        ...replica,
        calls: [...calls, ...(mentor?.calls ?? [])],
        secrets: { ...secrets, ...(mentor === undefined ? {} : { MENTOR_KEY: mentor.key }) },
        replicas: {
          min: capacity.workerReplicas,
          max: capacity.maxWorkerReplicas,
          metrics: [
            {
              name: "bot_outbox_oldest_age_seconds",
              labels: { role: "worker" },
              // Long before the alert.
              target: outboxAgeLimit.value / 4,
              prometheus: args.prometheus,
            },
          ],
        },
        resources: { cpuMillis: 200, memoryMb: 512 },
        ports: [{ name: "admin", port: 8081, slot: 20, reachableFrom: ["prometheus"] }],
        env: (at) => ({
          ...serving("worker", at),
          // Files pass through as buffers that only a collection frees: a small young generation has one often.
          NODE_OPTIONS: "--max-semi-space-size=4",
          BACKUPS: args.backups.join(","),
          ...(mentor === undefined ? {} : { MENTOR_URL: mentor.url, MENTOR_MODEL: mentor.model }),
          ...(gatewayTls === undefined ? {} : { GATEWAY_TLS: `${gatewayTls.host}:${gatewayTls.port}` }),
        }),
      },
      { parent: this, dependsOn: [...migrate.nodes] },
    );
    this.webhooks = web.endpoints("webhook");
    this.webAdmins = web.endpoints("admin");
    this.workerAdmins = worker.endpoints("admin");
    this.registerOutputs({});
  }
}
