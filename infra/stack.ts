import * as pulumi from "@pulumi/pulumi";
import { capacity as capacityFor, type Capacity } from "./capacity.ts";
import { backupKinds } from "./config-backup.ts";
import { destinationOf, telegram } from "./destination.ts";
import { endsTls, publicAddress } from "./config-edge.ts";
import type { Config } from "./config.ts";
import { images } from "./images.ts";
import { withOverrides } from "./overrides.ts";
import { AlertRelay, alertTargets, receiversOf, type AlertTargets } from "./services/alert-relay.ts";
import { Alertmanager } from "./services/alertmanager.ts";
import { Backup, type BucketKeys } from "./services/backup.ts";
import { Bot, type MentorApi } from "./services/bot.ts";
import { Gateway, gatewayPort, gatewayTlsPort } from "./services/gateway.ts";
import { Grafana } from "./services/grafana.ts";
import { KubeStateMetrics } from "./services/kube-state-metrics.ts";
import { Monitoring } from "./services/monitoring.ts";
import { NodeExporter } from "./services/node-exporter.ts";
import { runPostgresExporter } from "./services/postgres-exporter.ts";
import { Postgres } from "./services/postgres.ts";
import { ownRunbooks, Prometheus, prometheusPort, type ScrapeJob } from "./services/prometheus.ts";
import { Redis } from "./services/redis.ts";
import { ALERT_CHAT, FIRST_PERSON, Simulator } from "./services/simulator.ts";
import { Viewer, viewerPort, viewerRunbooks } from "./services/viewer.ts";
import { url, type Endpoint, type Image, type Platform } from "./workload.ts";

export interface StackArgs {
  readonly name: string;
  readonly config: Config;
  readonly platform: Platform;
  /** A real bot's token; without one, a simulator stands in for Telegram. */
  readonly token: pulumi.Output<string> | undefined;
  /** Of the gateway, when it vouches for itself. @default none */
  readonly webhookCertificate?: pulumi.Output<string> | undefined;
  /** Of another bot, which tells of alerts in a chat. */
  readonly alertToken: pulumi.Output<string> | undefined;
  /** Opens the API of `mentorUrl`. */
  readonly mentorKey: pulumi.Output<string> | undefined;
  /** The password of a Postgres that is not a part of the stack. */
  readonly postgresPassword: pulumi.Output<string> | undefined;
  /** The age identity that opens the backups, when it is not generated. */
  readonly backupIdentity: pulumi.Output<string> | undefined;
  /** Of the bucket that the backups are copied to. */
  readonly bucketKeys: BucketKeys | undefined;
  /** Who shows the boards: Grafana, or what stands in for it. */
  readonly dashboards: "grafana" | "viewer" | "none";
}

/** Addresses and logins of a stack: what `pulumi stack output` shows. */
export interface StackOutputs {
  readonly webhook: string;
  readonly webhookSecret: pulumi.Output<string>;
  readonly admin: string;
  /** Opens the admin API there, as an owner. */
  readonly adminToken: pulumi.Output<string>;
  readonly simulator?: string;
  /** Not where the stack is watched by somebody else's. */
  readonly prometheus?: string;
  readonly alertmanager?: string;
  readonly grafana?: string;
  /** Password of Grafana's user `admin`. */
  readonly grafanaPassword?: pulumi.Output<string>;
  /** In place of Grafana. */
  readonly viewer?: string;
  /** What opens the backups, and what proves that they are ours: to be kept away from the cluster. */
  readonly backupIdentity?: pulumi.Output<string>;
  readonly backupSignature?: pulumi.Output<string>;
}

const one = (endpoint: Endpoint): ScrapeJob["targets"] => [{ endpoint }];

/** All services, wired together. */
export function createStack(args: StackArgs): StackOutputs {
  const { name, config, token, dashboards } = args;
  const { platform, finish } = withOverrides(args.platform, config);
  const capacity = capacityFor(config.users);
  const postgres = new Postgres("postgres", {
    platform,
    capacity,
    config,
    password: args.postgresPassword,
  });
  const redis = new Redis("redis", { platform, capacity, config });

  const botToken = token ?? pulumi.interpolate`${SIMULATED_BOT_ID}:${platform.password("bot-token", 35)}`;
  const own = config.monitoring === "own";
  const callers = ["web", "worker", ...(own ? [RELAY] : [])];
  const simulator =
    token === undefined ? new Simulator("simulator", { platform, botToken, callers }) : undefined;

  const botApi = {
    token: botToken,
    url: simulator === undefined ? "https://api.telegram.org" : url(simulator.endpoint),
    calls: simulator === undefined ? [telegram] : [],
  };
  const webhookBase = config.webhookUrl ?? url(platform.address("gateway", gatewayPort));
  const webhook = new URL("/telegram", webhookBase).href;
  const backups = backupKinds(config, args.backupIdentity !== undefined);
  const image = { ...images.bot, reference: config.botImage ?? images.bot.reference };
  const bot = new Bot("bot", {
    platform,
    capacity,
    image,
    // In the simulator somebody has to be able to try what admins do.
    config: { ...config, admins: config.admins || (simulator === undefined ? "" : FIRST_PERSON) },
    token: botApi.token,
    telegramUrl: botApi.url,
    calls: botApi.calls,
    mentor: mentorOf(args, simulator),
    webhookUrl: webhook,
    gatewayTls: endsTls(config) ? platform.address("gateway", gatewayTlsPort) : undefined,
    webhookCertificate: args.webhookCertificate,
    database: postgres.connection,
    migrations: postgres.direct,
    logins: postgres.logins,
    backups,
    redis: redis.connection,
    prometheus: config.prometheusUrl ?? url(platform.address("prometheus", prometheusPort)),
    // Not all of Postgres: its exporter waits for the users that migrations make.
    after: [...postgres.nodes, redis, ...(simulator === undefined ? [] : [simulator])],
  });
  const postgresMetrics = runPostgresExporter("postgres-exporter", {
    platform,
    parent: postgres,
    dependsOn: bot.migrated,
    database: postgres.monitor,
    settings: postgres.settings,
  });
  const gateway = new Gateway("gateway", {
    platform,
    capacity,
    config,
    image,
    upstream: bot.webhooks,
    callers: simulator === undefined ? [] : ["simulator"],
    published: publicAddress(config.webhookUrl),
    tls: endsTls(config),
  });

  const backup = backups.includes("backup")
    ? new Backup("backup", {
        platform,
        image: { ...images.backup, reference: config.botImage ?? images.backup.reference },
        config,
        identity: args.backupIdentity,
        bucketKeys: args.bucketKeys,
        database: postgres.backup,
        owner: postgres.direct,
        // Which makes the user, and the table by which it is asked.
        after: bot.migrated,
      })
    : undefined;

  const replicas = (role: string, endpoints: readonly Endpoint[]): ScrapeJob["targets"] =>
    endpoints.map((endpoint, replica) => ({
      endpoint,
      // Replicas that come and go have no number.
      labels: { role, ...(endpoint.several === undefined ? { replica: String(replica) } : {}) },
    }));
  const jobs: ScrapeJob[] = [
    { job: "bot", targets: [...replicas("web", bot.webAdmins), ...replicas("worker", bot.workerAdmins)] },
    { job: "postgres", targets: one(postgresMetrics) },
    ...postgres.memberMetrics.map(({ job, endpoint }) => ({ job, targets: one(endpoint) })),
    ...redis.jobs,
    { job: "nginx", targets: gateway.metrics.map((endpoint) => ({ endpoint })) },
    ...surroundings(platform, config),
  ];
  const runbookUrl = runbooksOf(config, platform, dashboards);
  const targets = alertTargets(
    config,
    args.alertToken,
    botApi,
    simulator === undefined ? undefined : ALERT_CHAT,
  );
  const watchers = own
    ? createWatchers({ name, platform, capacity, config, jobs, dashboards, runbookUrl, image, targets })
    : {};
  const grafana = dashboards === "grafana";
  if (!own) new Monitoring("monitoring", { platform, capacity, stack: name, jobs, grafana, runbookUrl });
  finish();

  return {
    webhook: config.webhookUrl === undefined ? url(gateway.fromHost, "/telegram") : webhook,
    webhookSecret: bot.webhookSecret,
    admin: url(bot.webAdmins[0] ?? gateway.endpoint),
    adminToken: bot.adminToken,
    ...(simulator === undefined ? {} : { simulator: url(simulator.page) }),
    ...watchers,
    ...(backup?.identity === undefined ? {} : { backupIdentity: backup.identity }),
    ...(backup === undefined ? {} : { backupSignature: backup.signature }),
  };
}

/** What the stack runs on: a machine, or a cluster that may be asked. Somebody else's monitoring has that already. */
function surroundings(
  platform: Platform,
  { platform: kind, monitoring, discovery, namespace }: Config,
): ScrapeJob[] {
  if (kind !== "kubernetes")
    return [{ job: "node", targets: one(new NodeExporter("node-exporter", { platform }).metrics) }];
  if (monitoring !== "own" || discovery !== "pods") return [];
  const { metrics } = new KubeStateMetrics("kube-state-metrics", { platform, namespace });
  return [{ job: "kube-state-metrics", targets: one(metrics) }];
}

/** Where the mentor's answers come from: the API of the configuration, or the simulator's own, which takes any key. */
function mentorOf({ config, mentorKey }: StackArgs, simulator: Simulator | undefined): MentorApi | undefined {
  const { mentorUrl, mentorModel } = config;
  if (mentorUrl !== undefined && mentorModel !== undefined && mentorKey !== undefined) {
    return { url: mentorUrl, model: mentorModel, key: mentorKey, calls: [destinationOf(mentorUrl)] };
  }
  if (simulator === undefined) return undefined;
  return { url: url(simulator.endpoint, "/v1"), model: "simulated", key: "simulated", calls: [] };
}

/** Where people find the runbook of an alert: where the configuration says, in the viewer, or beside our own Prometheus. */
function runbooksOf(
  { runbookUrl, monitoring }: Config,
  platform: Pick<Platform, "page">,
  dashboards: StackArgs["dashboards"],
): (alert: string) => string {
  const own = () =>
    dashboards === "viewer"
      ? url(platform.page("viewer", viewerPort), viewerRunbooks)
      : url(platform.page("prometheus", prometheusPort), ownRunbooks);
  // Somebody else's Prometheus serves none: then it is a path in this repository.
  const address = runbookUrl ?? (monitoring === "own" ? own() : "dashboards/runbooks/{alert}.md");
  return (alert) => address.replaceAll("{alert}", alert);
}

/** The stack's own monitoring. */
function createWatchers({
  name,
  platform,
  capacity,
  config,
  jobs,
  dashboards,
  runbookUrl,
  image,
  targets,
}: Pick<StackArgs, "name" | "platform" | "config" | "dashboards"> & {
  readonly capacity: Capacity;
  readonly jobs: readonly ScrapeJob[];
  readonly runbookUrl: (alert: string) => string;
  /** The bot's. */
  readonly image: Image;
  readonly targets: AlertTargets | undefined;
}): Pick<StackOutputs, "prometheus" | "alertmanager" | "grafana" | "grafanaPassword" | "viewer"> {
  const alertmanager = new Alertmanager("alertmanager", {
    platform,
    receivers: receiversOf(RELAY, platform, targets),
  });
  const prometheus = new Prometheus("prometheus", {
    platform,
    capacity,
    stack: name,
    alertmanager: alertmanager.endpoint,
    readers: config.autoscaling === "cpu" ? [] : ["autoscaler"],
    jobs: [...jobs, { job: "alertmanager", targets: one(alertmanager.endpoint) }],
    runbookUrl,
    // On a cluster others may reach it as well, and nobody loads it from here.
    remoteWrite:
      config.remoteWrite === "auto" ? config.platform !== "kubernetes" : config.remoteWrite === "on",
  });
  const shown = {
    platform,
    prometheus: prometheus.endpoint,
    alertmanager: alertmanager.endpoint,
    jobs: [...jobs.map(({ job }) => job), "alertmanager", "prometheus"],
  };
  const grafana = dashboards === "grafana" ? new Grafana("grafana", { ...shown, runbookUrl }) : undefined;
  const viewer = dashboards === "viewer" ? new Viewer("viewer", { ...shown, stack: name }) : undefined;
  const board = grafana ?? viewer;
  if (targets !== undefined) {
    new AlertRelay(RELAY, { platform, image, targets, grafana: board && url(board.page) });
  }
  return {
    prometheus: url(prometheus.page),
    alertmanager: url(alertmanager.page),
    ...(grafana === undefined ? {} : { grafana: url(grafana.page), grafanaPassword: grafana.password }),
    ...(viewer === undefined ? {} : { viewer: url(viewer.page) }),
  };
}

const RELAY = "alert-relay";

/** The simulated bot's id, the first part of its token. */
const SIMULATED_BOT_ID = "8000000001";
