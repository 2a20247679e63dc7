import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { setLogins } from "../../app/database/logins.ts";
import { startExporter } from "../../app/gateway-exporter/exporter.ts";
import { createMetrics, metricList } from "../../app/metrics.ts";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { nodeOptions } from "../../infra/services/node-exporter.ts";
import { withNginx } from "../../infra/services/nginx-fixture.ts";
import { renderQueries } from "../../infra/services/postgres-queries.ts";
import { databaseConfig } from "../../test/support/database.ts";
import { ended, startPostgres, type TestServer } from "../../test/support/postgres.ts";
import { redisPassword, startRedis } from "../../test/support/redis.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { exporters } from "./exporters.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-exporters-"));
const started: ChildProcess[] = [];

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** Series with their labels, as an exporter writes them. */
async function scrape(url: string): Promise<Map<string, { labels: Set<string>; value: string }>> {
  const text = await (await fetch(url)).text();
  const found = new Map<string, { labels: Set<string>; value: string }>();
  for (const line of text.split("\n")) {
    const match = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/i.exec(line);
    if (match === null) continue;
    const [, name = "", labels = "", value = ""] = match;
    found.set(name, { labels: new Set(labels.match(/\w+(?==")/g)), value });
  }
  return found;
}

async function expectSeries(url: string, wanted: Readonly<Record<string, readonly string[]>>): Promise<void> {
  // Some begin to exist a moment after the program does.
  await until("all series are there", async () => {
    const found = await scrape(url);
    return Object.keys(wanted).every((series) => found.has(series));
  }).catch(() => undefined);
  const found = await scrape(url);
  for (const [series, labels] of Object.entries(wanted)) {
    expect(found.has(series), series).toBe(true);
    for (const label of labels) expect(found.get(series)?.labels, series).toContain(label);
  }
}

async function startRedisThat(does: (client: Redis) => Promise<unknown>): Promise<TestServer> {
  const server = await startRedis();
  const client = new Redis({ host: "127.0.0.1", port: server.port, password: redisPassword });
  await does(client);
  client.disconnect();
  return server;
}

const startWithLog = () => startRedisThat((client) => client.config("SET", "appendonly", "yes"));
/** It follows one that is not there. */
const startReplica = () => startRedisThat(async (client) => client.replicaof("127.0.0.1", await freePort()));

async function sql(port: number, statement: string): Promise<void> {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  client.on("error", () => undefined);
  await client.connect();
  await client.query(statement);
  await client.end();
}

const monitor = { kind: "monitor", user: "postgres_monitor_1", password: "not-asked-for" } as const;

async function startPostgresWithLogin(): Promise<TestServer> {
  const server = await startPostgres();
  await setLogins(databaseConfig(server.port, "postgres"), [monitor]);
  return server;
}

async function startPostgresWithTable(): Promise<TestServer> {
  const server = await startPostgresWithLogin();
  await sql(server.port, "CREATE TABLE one ()");
  return server;
}

/** A Postgres from which somebody reads the log of changes, as a standby does. */
async function startPrimary(): Promise<TestServer> {
  const server = await startPostgresWithLogin();
  await sql(server.port, "SELECT pg_create_physical_replication_slot('standby', true)");
  const { programs, env } = await provide(packages.postgres);
  const place = ["-h", "127.0.0.1", "-p", String(server.port), "-U", "postgres"];
  const reader = spawn(
    join(dirname(programs["pg_dump"] ?? ""), "pg_receivewal"),
    ["-D", mkdtempSync(join(folder, "log-")), "-n", "--slot=standby", ...place],
    { env: { ...process.env, ...env }, stdio: "ignore" },
  );
  started.push(reader);
  return server;
}

const postgresExporter = {
  exporter: packages.postgresExporter,
  arguments: () => {
    const queries = join(folder, "queries.yaml");
    writeFileSync(queries, renderQueries({ work_mem: "4MB" }));
    return [`--extend.query-path=${queries}`];
  },
  env: (port: number) => ({
    DATA_SOURCE_NAME: `postgresql://${monitor.user}@127.0.0.1:${port}/postgres?sslmode=disable`,
  }),
  up: "pg_up",
};

const redisExporter = {
  exporter: packages.redisExporter,
  arguments: (port: number) => [`--redis.addr=redis://127.0.0.1:${port}`, "--redis.user=exporter"],
  env: () => ({ REDIS_PASSWORD: redisPassword }),
  up: "redis_up",
};

const services = {
  postgres: { start: startPostgresWithLogin, ...postgresExporter },
  postgresTables: { start: startPostgresWithTable, ...postgresExporter },
  postgresStandbys: { start: startPrimary, ...postgresExporter },
  redis: { start: startWithLog, ...redisExporter },
  redisReplica: { start: startReplica, ...redisExporter },
};

async function start(service: (typeof services)[keyof typeof services]) {
  const server = await service.start();
  const port = await freePort();
  const { programs, env } = await provide(service.exporter);
  const [program = ""] = Object.values(programs);
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const child = spawn(program, [listen, ...service.arguments(server.port)], {
    env: { ...process.env, ...env, ...service.env(server.port) },
    stdio: "ignore",
  });
  started.push(child);
  const url = `http://127.0.0.1:${port}/metrics`;
  await until(`${program} answers`, () => answers(url));
  return { server, url };
}

afterAll(async () => {
  for (const child of started) child.kill("SIGTERM");
  await Promise.all(started.map(ended));
  rmSync(folder, { recursive: true });
});

test.each(["postgres", "postgresTables", "postgresStandbys", "redis", "redisReplica"] as const)(
  "the exporter of %s has every series that is relied on, and tells when its service is down",
  async (name) => {
    const service = services[name];
    const { server, url } = await start(service);
    await expectSeries(url, exporters[name]);
    expect((await scrape(url)).get(service.up)?.value).toBe("1");
    await server.stop();
    await until(`${service.up} is 0`, async () => (await scrape(url)).get(service.up)?.value === "0");
  },
);

test("the exporter of nginx has every series that is relied on", async () => {
  const port = await freePort();
  await withNginx([{ host: "127.0.0.1", port }], async ({ status }) => {
    const server = await startExporter({ host: "127.0.0.1", port }, `${status}/stub_status`);
    await expectSeries(`http://127.0.0.1:${port}/metrics`, exporters.nginx);
    server.close();
  });
});

test("the exporter of a machine has every series that is relied on", async () => {
  const { programs, env } = await provide(packages.nodeExporter);
  const port = await freePort();
  const [program = ""] = Object.values(programs);
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  started.push(
    spawn(program, [listen, ...nodeOptions], { env: { ...process.env, ...env }, stdio: "ignore" }),
  );
  const url = `http://127.0.0.1:${port}/metrics`;
  await until("it answers", () => answers(url));
  await expectSeries(url, exporters.nodeExporter);
});

test("Prometheus and Alertmanager have every series about themselves that is relied on", async () => {
  const [prometheus, alertmanager] = await Promise.all([
    provide(packages.prometheus),
    provide(packages.alertmanager),
  ]);
  const [rules, config, receivers] = ["rules.json", "prometheus.json", "alertmanager.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(rules, JSON.stringify({ groups: [{ name: "g", rules: [{ record: "one", expr: "1" }] }] }));
  const ports = await Promise.all([freePort(), freePort()]);
  const alerting = { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports[1]}`] }] }] };
  writeFileSync(config, JSON.stringify({ rule_files: [rules], alerting }));
  writeFileSync(receivers, JSON.stringify({ route: { receiver: "none" }, receivers: [{ name: "none" }] }));
  const run = (found: typeof prometheus, name: string, port: number, options: string[]): string => {
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    const env = { ...process.env, ...found.env };
    const cwd = found.root ?? "/";
    started.push(spawn(found.programs[name] ?? name, [listen, ...options], { env, cwd, stdio: "ignore" }));
    return `http://127.0.0.1:${port}/metrics`;
  };
  const urls = {
    prometheusServer: run(prometheus, "prometheus", ports[0], [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "tsdb")}`,
    ]),
    alertmanager: run(alertmanager, "alertmanager", ports[1], [
      `--config.file=${receivers}`,
      `--storage.path=${join(folder, "alerts")}`,
      "--cluster.listen-address=",
    ]),
  };
  for (const name of ["prometheusServer", "alertmanager"] as const) {
    await until(`${name} answers`, () => answers(urls[name]));
    await expectSeries(urls[name], exporters[name]);
  }
});

test("the bot exports the series of the Node client library that are relied on, and its own", async () => {
  const text = await createMetrics("test").registry.metrics();
  for (const series of [...Object.keys(exporters.node), ...metricList.map(({ name }) => name)]) {
    // A histogram is named without the endings of its series.
    expect(text).toMatch(new RegExp(`^# TYPE ${series.replace(/_sum$/, "")} `, "m"));
  }
});
