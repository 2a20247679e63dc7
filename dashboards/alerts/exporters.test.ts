import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { createMetrics, metricList } from "../../app/metrics.ts";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { ended, startPostgres, type TestServer } from "../../test/support/postgres.ts";
import { redisPassword, startRedis } from "../../test/support/redis.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { exporters } from "./exporters.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-exporters-"));
const started: ChildProcess[] = [];

async function startNginx(): Promise<TestServer> {
  const { programs, env } = await provide(packages.nginx);
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const config = join(folder, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; pid ${folder}/nginx.pid; error_log stderr; events {} http { access_log off;
    ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
    server { listen 127.0.0.1:${port}; location / { stub_status; } } }`,
  );
  const child = spawn(programs["nginx"] ?? "nginx", ["-c", config, "-p", folder, "-e", "stderr"], {
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
  await until("nginx answers", () => answers(`http://127.0.0.1:${port}/`));
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
}

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

/** A Redis that follows one that is not there. */
async function startReplica(): Promise<TestServer> {
  const server = await startRedis();
  const client = new Redis({ host: "127.0.0.1", port: server.port, password: redisPassword });
  await client.replicaof("127.0.0.1", await freePort());
  client.disconnect();
  return server;
}

const redisExporter = {
  exporter: packages.redisExporter,
  arguments: (port: number) => [`--redis.addr=redis://127.0.0.1:${port}`],
  env: () => ({ REDIS_PASSWORD: redisPassword }),
  up: "redis_up",
};

const services = {
  postgres: {
    start: startPostgres,
    exporter: packages.postgresExporter,
    arguments: () => [],
    env: (port: number) => ({
      DATA_SOURCE_NAME: `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    }),
    up: "pg_up",
  },
  redis: { start: () => startRedis(), ...redisExporter },
  redisReplica: { start: startReplica, ...redisExporter },
  nginx: {
    start: startNginx,
    exporter: packages.nginxExporter,
    arguments: (port: number) => [`--nginx.scrape-uri=http://127.0.0.1:${port}/`],
    env: () => ({}),
    up: "nginx_up",
  },
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

test.each(["postgres", "redis", "redisReplica", "nginx"] as const)(
  "the exporter of %s has every series that is relied on, and tells when its service is down",
  async (name) => {
    const service = services[name];
    const { server, url } = await start(service);
    const found = await scrape(url);
    for (const [series, labels] of Object.entries<readonly string[]>(exporters[name])) {
      expect(found.has(series), series).toBe(true);
      for (const label of labels) expect(found.get(series)?.labels, series).toContain(label);
    }
    expect(found.get(service.up)?.value).toBe("1");
    await server.stop();
    await until(`${service.up} is 0`, async () => (await scrape(url)).get(service.up)?.value === "0");
  },
);

test("the bot exports the series of the Node client library that are relied on, and its own", async () => {
  const text = await createMetrics("test").registry.metrics();
  for (const series of [...Object.keys(exporters.node), ...metricList.map(({ name }) => name)]) {
    expect(text).toMatch(new RegExp(`^# TYPE ${series} `, "m"));
  }
});
