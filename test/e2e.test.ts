// The whole stack from `up` to `destroy`, as its users see it. The platform is the parameter E2E_PLATFORM.
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { isFree } from "../infra/process-provider/ports.ts";
import { readStatus } from "../infra/process-provider/spec.ts";
import { stackFolder } from "../infra/toolchain/folders.ts";
import { newPerson } from "./person.ts";
import { freeBlock, scratchCheckout, type Finished } from "./scratch.ts";
import { until } from "./support/wait.ts";

const platform = process.env["E2E_PLATFORM"] ?? "local";
const PORTS = 120;

const outputsSchema = z.object({
  webhook: z.url(),
  webhookSecret: z.string(),
  admin: z.url(),
  simulator: z.url(),
  prometheus: z.url(),
  alertmanager: z.url(),
});

const scratch = scratchCheckout();
const stack = stackFolder("dev", scratch.folder);
let basePort = 0;
let outputs: z.infer<typeof outputsSchema>;

const processFolder = (name: string): string => join(stack, "run", name);

function childOf(name: string): number {
  const pid = readStatus(processFolder(name))?.child?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

function succeeded(result: Finished): void {
  expect(result.code, result.text).toBe(0);
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

async function ready(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
}

const config = (key: string, value: string): Promise<Finished> =>
  scratch.run("pulumi", "config", "set", key, value, "--stack", "dev");

/** Processes that were started from the scratch checkout. */
function ownProcesses(): string[] {
  const list = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return list.split("\n").filter((line) => line.includes(scratch.folder));
}

beforeAll(async () => {
  if (platform !== "local") throw new Error(`no end-to-end test for the platform ${platform} yet`);
  basePort = await freeBlock(PORTS);
});

afterAll(async () => {
  await scratch.run("destroy");
  scratch.remove();
});

describe("the stack on the local platform", () => {
  it("reports everything that is wrong with the configuration in one error, before anything starts", async () => {
    succeeded(await scratch.run("pulumi", "stack", "select", "--create", "--stack", "dev"));
    succeeded(await config("launchlab:users", "many"));
    succeeded(await config("launchlab:rateLimit", "1000"));
    succeeded(await config("launchlab:basePort", String(basePort)));
    const { code, text } = await scratch.run("up");
    expect(code).not.toBe(0);
    expect(text).toMatch(/launchlab:users must be a whole number/);
    expect(text).toMatch(/launchlab:rateLimit must be at most 100/);
    expect(text).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(existsSync(join(stack, "run"))).toBe(false);
    succeeded(await config("launchlab:users", "2000"));
    succeeded(await config("launchlab:rateLimit", "20"));
  });

  it("survives an `up` that is killed half way", async () => {
    const up = scratch.start("up");
    await until(
      "the first process runs",
      () => globSync(join(stack, "run/*/status.json")).length > 0,
      120_000,
    );
    process.kill(-(up.child.pid ?? 0), "SIGKILL");
    await up.finished;
    const again = await scratch.run("up");
    succeeded(again);
    expect(again.text).toMatch(/Stack dev is up/);
    expect(again.text).toContain("✅ launchlab@v");
    const shown = await scratch.run("outputs", "--json");
    outputs = outputsSchema.parse(JSON.parse(shown.text));
  });

  it("has nothing to change afterwards", async () => {
    succeeded(await scratch.run("preview", "--expect-no-changes"));
  });

  it("answers on the simulator's chat, through nginx, in the person's language", async () => {
    const handled = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${basePort + 10}/stub_status`)).text();
      return Number(/^\s*\d+ \d+ (\d+)/m.exec(text)?.[1]);
    };
    const before = await handled();
    const ada = await newPerson(outputs.simulator, "Ada");
    expect((await ada.say("/start")).text).toMatch(/Launch Lab/);
    const vera = await newPerson(outputs.simulator, "Vera", "ru");
    expect((await vera.say("/start")).text).toMatch(/[а-я]/i);
    expect((await handled()) - before).toBeGreaterThanOrEqual(2);
  });

  it("is watched: every target is up, the rules are evaluated, the alertmanager hears of it", async () => {
    const targets = z.object({
      data: z.object({
        activeTargets: z.array(z.object({ labels: z.record(z.string(), z.string()), health: z.string() })),
      }),
    });
    await until(
      "every target is up",
      async () => {
        const { activeTargets } = targets.parse(await json(`${outputs.prometheus}/api/v1/targets`)).data;
        const jobs = new Set(activeTargets.map((one) => one.labels["job"]));
        expect([...jobs].sort()).toEqual(["alertmanager", "bot", "nginx", "postgres", "prometheus", "redis"]);
        return activeTargets.every((one) => one.health === "up");
      },
      60_000,
    );
    const rules = z.object({
      data: z.object({
        groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })),
      }),
    });
    await until(
      "every rule was evaluated",
      async () => {
        const { groups } = rules.parse(await json(`${outputs.prometheus}/api/v1/rules`)).data;
        const all = groups.flatMap((group) => group.rules);
        return all.length >= 5 && all.every((rule) => rule.health === "ok");
      },
      60_000,
    );
    const alerts = z.array(z.object({ labels: z.record(z.string(), z.string()) }));
    await until(
      "the watchdog has arrived",
      async () => {
        const list = alerts.parse(await json(`${outputs.alertmanager}/api/v2/alerts`));
        return list.some((alert) => alert.labels["alertname"] === "Watchdog");
      },
      60_000,
    );
  });

  it("keeps its secrets out of the state, the process list, logs, files of others and metrics", async () => {
    const secrets = globSync(join(stack, "run/*/secrets/*")).flatMap((file) =>
      readFileSync(file, "utf8").split("\n"),
    );
    const values = [...new Set([...secrets, outputs.webhookSecret])].filter((value) => value.length >= 16);
    expect(values.length).toBeGreaterThanOrEqual(4);
    const exported = await scratch.run("pulumi", "stack", "export", "--stack", "dev");
    succeeded(exported);
    const places: Record<string, string> = { state: exported.text };
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        places[`command line of ${pid}`] = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        places[`environment of ${pid}`] = readFileSync(`/proc/${pid}/environ`, "utf8");
      } catch {
        // It ended meanwhile.
      }
    }
    for (const file of globSync([join(stack, "log/*"), join(stack, "run/*/spec.json")])) {
      places[file] = readFileSync(file, "utf8");
    }
    for (const port of [80, 81, 20]) {
      places[`metrics on ${port}`] = await (
        await fetch(`http://127.0.0.1:${basePort + port}/metrics`)
      ).text();
    }
    const leaks = Object.entries(places).filter(([, text]) => values.some((value) => text.includes(value)));
    expect(leaks.map(([place]) => place)).toEqual([]);
  });

  it("heals a web replica that was killed, while the chat goes on", async () => {
    const killed = childOf("web-0");
    process.kill(killed, "SIGKILL");
    const grace = await newPerson(outputs.simulator, "Grace");
    expect((await grace.say("/start")).text).toMatch(/Launch Lab/);
    await until(
      "the replica is back",
      async () => childOf("web-0") !== killed && (await ready(basePort + 80)),
    );
  });

  it("sees a dead supervisor as drift, and `up` heals it", async () => {
    const supervisor = readStatus(processFolder("web-1"))?.supervisor.pid ?? 0;
    process.kill(supervisor, "SIGKILL");
    const drift = await scratch.run("refresh", "--preview-only", "--expect-no-changes");
    expect(drift.code, drift.text).not.toBe(0);
    succeeded(await scratch.run("up"));
    expect(readStatus(processFolder("web-1"))?.supervisor.pid).not.toBe(supervisor);
    expect(await ready(basePort + 81)).toBe(true);
    succeeded(await scratch.run("preview", "--expect-no-changes"));
  });

  it("rolls the web replicas one by one when the configuration changes, and loses no update", async () => {
    const pids = [childOf("web-0"), childOf("web-1")];
    const people = await Promise.all(
      Array.from({ length: 40 }, (_, i) => newPerson(outputs.simulator, `Person ${i}`)),
    );
    succeeded(await config("launchlab:rateLimit", "60"));
    const roll = { running: true };
    let down = 0;
    const chats = people.map(async (person) => {
      let answers = 0;
      while (roll.running) {
        await person.say("/help");
        answers += 1;
        // Fifteen messages a minute stay below the limit of twenty.
        await delay(4000);
      }
      return answers;
    });
    const watch = (async () => {
      while (roll.running) {
        const up = await Promise.all([80, 81].map((port) => ready(basePort + port).catch(() => false)));
        if (!up.includes(true)) down += 1;
      }
    })();
    const result = await scratch.run("up").finally(() => (roll.running = false));
    const answers = await Promise.all(chats);
    await watch;
    succeeded(result);
    expect(pids).not.toContain(childOf("web-0"));
    expect(pids).not.toContain(childOf("web-1"));
    expect(answers.every((count) => count > 0)).toBe(true);
    expect(down).toBe(0);
    const stats = z.looseObject({
      updates: z.looseObject({ pending: z.number(), failed_attempts: z.number() }),
    });
    const { updates } = stats.parse(await json(`${outputs.simulator}/simulator/api/stats`));
    expect(updates).toMatchObject({ pending: 0, failed_attempts: 0 });
  });

  it("carries the load test `smoke`", async () => {
    const result = await scratch.run("load", "smoke");
    succeeded(result);
    expect(existsSync(join(scratch.folder, ".launchlab/load/smoke/report.html"))).toBe(true);
  });

  it("keeps the database and its password over `destroy` when asked to", async () => {
    const passwords = (): string =>
      readFileSync(join(processFolder("migrate"), "secrets/DATABASE_PASSWORD"), "utf8");
    const before = passwords();
    succeeded(await scratch.run("destroy", "--keep-data"));
    expect(ownProcesses()).toEqual([]);
    succeeded(await scratch.run("up"));
    expect(passwords()).toBe(before);
    expect(readFileSync(join(stack, "log/migrate.log"), "utf8").trimEnd()).toMatch(
      /The database is up to date\.$/,
    );
  });

  it("leaves nothing behind after `destroy` but its logs", async () => {
    succeeded(await scratch.run("destroy"));
    expect(ownProcesses()).toEqual([]);
    const free = await Promise.all(Array.from({ length: PORTS }, (_, i) => isFree(basePort + i)));
    expect(free.indexOf(false)).toBe(-1);
    const left = globSync("**/*", { cwd: stack }).filter(
      (path) => path.includes("/") && !path.startsWith("log/"),
    );
    expect(left).toEqual([]);
  });
});
