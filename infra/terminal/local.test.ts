import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { freePort, until } from "../../test/support/wait.ts";
import {
  childPid,
  sandbox,
  server,
  silent,
  supervisorPid,
  type Sandbox,
} from "../process-provider/fixture.ts";
import { isAlive, startedAt } from "../process-provider/identity.ts";
import { startProcess } from "../process-provider/process.ts";
import { readStatus, writeSpec, writeStatus } from "../process-provider/spec.ts";
import { localSite } from "./local.ts";
import type { Replica } from "./site.ts";

let box: Sandbox;
beforeEach(async () => (box = await sandbox()));
afterEach(() => box.remove());

async function replica(name: string): Promise<Replica> {
  const all = await localSite("test", box.root).workloads();
  const found = all.flatMap(({ replicas }) => replicas).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

it("knows of no workload where nothing was started", async () => {
  expect(await localSite("test", box.root).workloads()).toEqual([]);
});

it("groups replicas, asks each for its health, and says what it uses with its children", async () => {
  const ports = [await freePort(), await freePort()];
  for (const [i, port] of ports.entries()) {
    const health = { kind: "http", url: `http://127.0.0.1:${port}/` } as const;
    await startProcess(
      box.node(`console.log("hello"); ${server(port)}`, { name: `web-${i}`, ports: [port], health }),
      silent,
    );
  }
  const site = localSite("test", box.root);
  const [web, ...others] = await site.workloads();
  expect(others).toEqual([]);
  expect(web).toMatchObject({ name: "web", kind: "service", wanted: 2 });
  for (const one of web?.replicas ?? []) {
    expect(one).toMatchObject({ state: "healthy", restarts: 0 });
    expect(one.memoryBytes).toBeGreaterThan(10e6);
    expect(one.cpu).toBeGreaterThanOrEqual(0);
  }
  expect((await site.address("web-1")).url).toBe(`http://127.0.0.1:${ports[1]}`);
  expect((await site.logs()).map(({ name, workload }) => `${workload}/${name}`)).toEqual([
    "web/web-0",
    "web/web-1",
  ]);
});

it("says of one that hangs what does not answer, and what one that answers does without", async () => {
  const port = await freePort();
  let answer = { code: 200, body: "{}" };
  const http = createServer((_, response) => response.writeHead(answer.code).end(answer.body));
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const health = { kind: "http", url: `http://127.0.0.1:${port}/ready` } as const;
  await startProcess(box.sh(`exec ${box.sleep}`, { name: "bot", health }), silent);
  answer = { code: 200, body: '{"status":"degraded","degraded":["Redis is away"]}' };
  expect(await replica("bot")).toMatchObject({ state: "healthy", degraded: ["Redis is away"] });
  answer = { code: 503, body: "draining" };
  expect(await replica("bot")).toMatchObject({
    state: "unhealthy",
    detail: `${health.url} answered 503 draining`,
  });
  await new Promise((resolve) => http.close(resolve));
  expect(await replica("bot")).toMatchObject({ state: "unhealthy", detail: `${health.url} does not answer` });
});

it("counts restarts, and tells a program without a supervisor from a healthy one", async () => {
  const inputs = box.sh(`exec ${box.sleep}`, { name: "worker-0" });
  await startProcess(inputs, silent);
  process.kill(childPid(inputs), "SIGKILL");
  await until(
    "it runs again",
    () => readStatus(inputs.folder)?.state === "running" && readStatus(inputs.folder)?.restartsInAll === 1,
  );
  expect(await replica("worker-0")).toMatchObject({ state: "healthy", restarts: 1 });
  const supervisor = supervisorPid(inputs);
  process.kill(supervisor, "SIGKILL");
  await until("the supervisor is gone", () => !isAlive(supervisor));
  expect(await replica("worker-0")).toMatchObject({
    state: "down",
    detail: "its supervisor is gone; it runs on without one",
  });
});

it("tells tasks that ended well, programs that wait for their time, and those that were given up", async () => {
  const spec = (name: string, more: object = {}): void =>
    writeSpec(join(box.root, "run", name), {
      ...{
        name,
        command: ["true"],
        env: {},
        cwd: "/",
        task: false,
        stopSignal: "SIGTERM",
        stopSeconds: 1,
        log: "",
      },
      ...more,
    });
  const self = { pid: process.pid, started: startedAt(process.pid) ?? "" };
  const status = (name: string, more: object): void =>
    writeStatus(join(box.root, "run", name), { state: "running", supervisor: self, restarts: 0, ...more });
  spec("migrate", { task: true });
  status("migrate", { state: "exited", exitCode: 0 });
  expect(await replica("migrate")).toMatchObject({ state: "done" });
  status("migrate", { state: "exited", exitCode: 3 });
  expect(await replica("migrate")).toMatchObject({ state: "down", detail: "it ended with exit code 3" });
  spec("backup", { schedule: { pattern: "0 2 * * *", runSeconds: 60 } });
  status("backup", { state: "waiting" });
  expect(await replica("backup")).toMatchObject({ state: "waiting" });
  const [started, ended] = ["2026-11-22T02:00:00.000Z", "2026-11-22T02:01:00.000Z"];
  status("backup", { state: "waiting", runs: [{ started, ended, exitCode: 1 }] });
  expect(await replica("backup")).toMatchObject({
    state: "unhealthy",
    detail: `its run at ${started} ended with exit code 1`,
  });
  spec("redis");
  status("redis", { state: "failed", restarts: 10, signal: "SIGSEGV" });
  expect(await replica("redis")).toMatchObject({
    state: "down",
    detail: "it was given up after 10 restarts: SIGSEGV",
  });
  mkdirSync(join(box.root, "run", "half"));
  expect(await localSite("test", box.root).workloads()).toHaveLength(3);
});
