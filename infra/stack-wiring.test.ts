import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { register, type Registration } from "./stack-fixture.ts";
import { stackFolder } from "./toolchain/folders.ts";

let stack: Registration;
beforeAll(async () => {
  stack = await register();
});

it("tells each program to listen on the ports that are checked for it, and asks there for its health", () => {
  for (const { name, ports, health, command, env, files } of stack.processes) {
    const told = JSON.stringify([command, env, files]);
    for (const port of ports) expect(told, name).toContain(String(port));
    if (health?.kind === "http") expect(ports, name).toContain(Number(new URL(health.url).port));
    if (health?.kind === "tcp") expect(ports, name).toContain(health.port);
  }
});

it("gives every listening program the loopback as its only address", () => {
  for (const { name, ports, command, env, files } of stack.processes) {
    const told = JSON.stringify([command, env, files]);
    expect(told, name).not.toMatch(/0\.0\.0\.0|\[::\]|listen_addresses=\*/);
    if (ports.length > 0) expect(told, name).toContain("127.0.0.1");
  }
});

it("scrapes every program that has figures, where it listens", () => {
  const config = stack.process("prometheus").files["prometheus.yml"] ?? "";
  const targets = [...config.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  expect(stack.processes.flatMap(({ ports }) => ports)).toEqual(expect.arrayContaining(targets));
  const exporters = ["postgres-exporter", "redis-exporter", "gateway-exporter", "node-exporter"];
  for (const name of ["web-0", "web-1", "worker-0", "prometheus", "alertmanager", ...exporters]) {
    expect(targets, name).toContain(stack.process(name).ports.at(-1));
  }
});

it("lets Prometheus read the rules that are written beside its configuration", () => {
  const { folder, files } = stack.process("prometheus");
  expect(files["prometheus.yml"]).toContain(join(folder, "files/rules.yml"));
  expect(files["rules.yml"]).toContain("alert");
});

it("keeps every file of a process in folders of its own", () => {
  const root = stackFolder("dev");
  for (const { name, folder, log, data, command, env } of stack.processes) {
    expect([dirname(folder), log]).toEqual([join(root, "run"), join(root, "log", `${name}.log`)]);
    if (data !== undefined) expect(data).toBe(join(root, "data", name));
    const paths = [...command, ...Object.values(env)].flatMap((text) =>
      text.includes(root) ? [text.slice(text.indexOf(root))] : [],
    );
    const own = [`${folder}/`, data ?? `${folder}/`];
    const foreign = paths.filter((path) => !own.some((one) => path.startsWith(one)));
    expect(foreign, name).toEqual([]);
  }
  expect(new Set(stack.processes.map(({ folder }) => folder)).size).toBe(stack.processes.length);
});

it("writes a file for every path below its folder that a command or variable names", () => {
  for (const { name, folder, command, env, files, secrets } of stack.processes) {
    const written = [
      ...Object.keys(files).map((path) => join(folder, "files", path)),
      ...Object.keys(secrets).map((secret) => join(folder, "secrets", secret)),
    ];
    const named = [...command, ...Object.values(env)].flatMap((text) => {
      const at = text.indexOf(`${folder}/`);
      return at < 0 ? [] : [join(text.slice(at).replace(/}$/, ""))];
    });
    const missing = named.filter(
      (path) => !written.some((one) => join(one, "/").startsWith(join(path, "/"))),
    );
    expect(missing, name).toEqual([]);
  }
});

it("gives the bot at most as many connections as Postgres has, at the smallest and at the largest size", async () => {
  for (const users of ["1", "20000"]) {
    const sized = await register({ config: { users } });
    const pools = sized.processes.map(({ env }) => Number(env["DATABASE_POOL_SIZE"] ?? 0));
    const limit = sized.process("postgres").command.find((flag) => flag.startsWith("max_connections="));
    expect(pools.reduce((sum, size) => sum + size, 0)).toBeLessThan(Number(limit?.split("=")[1]));
  }
});

it("lets the gateway write its log where the exporter listens", () => {
  const nginx = stack.process("gateway").files["nginx.conf"] ?? "";
  const [listen] = stack.process("gateway-exporter").command.filter((one) => one.startsWith("--listen="));
  for (const [, to] of nginx.matchAll(/syslog:server=([^,]+)/g)) expect(listen).toBe(`--listen=${to}`);
  expect(nginx).toContain("syslog:server=");
});

it("gives a replica longer to stop than the gateway waits for its answer", () => {
  const timeout = /proxy_read_timeout (\d+)s/.exec(stack.process("gateway").files["nginx.conf"] ?? "")?.[1];
  expect(stack.process("web-0").stopSeconds).toBeGreaterThan(Number(timeout));
});
