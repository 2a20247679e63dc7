// The whole stack from `up` to `destroy`, as its users see it, on the platform that E2E_PLATFORM names.
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { capacity } from "../infra/capacity.ts";
import { ALERT_CHAT } from "../infra/services/simulator.ts";
import { newPerson, type Person } from "./person.ts";
import { dockerDriver } from "./platforms/docker.ts";
import type { Driver } from "./platforms/driver.ts";
import { kubernetesDriver } from "./platforms/kubernetes.ts";
import { localDriver } from "./platforms/local.ts";
import type { Finished } from "./scratch.ts";
import { until } from "./support/wait.ts";
import { browserMissing, startBrowser } from "./browser.ts";
import { walk } from "./walk.ts";

const platform = process.env["E2E_PLATFORM"] ?? "local";
const drivers: Record<string, () => Driver> = {
  local: localDriver,
  docker: dockerDriver,
  kubernetes: kubernetesDriver,
};
const create = drivers[platform];
if (create === undefined)
  throw new Error(`no platform ${platform}: there are ${Object.keys(drivers).join(", ")}`);
const driver = create();
/** Milliseconds for what a busy machine or a cluster needs time for. */
const PATIENCE = 240_000;

function succeeded(result: Finished): void {
  expect(result.code, result.text).toBe(0);
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

const figures: string[] = [];
/** Does it, and keeps how long it took for the end of the report. */
async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await act();
  figures.push(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

const people = (count: number): Promise<Person[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => newPerson(driver.outputs.simulator, `Person ${i}`)));

/** Asks again and again for as long as it is wanted, and returns how many answers came. */
async function chatWhile(person: Person, wanted: { readonly running: boolean }): Promise<number> {
  let answers = 0;
  while (wanted.running) {
    await person.say("/help");
    answers += 1;
    // Fifteen messages a minute stay below the limit of twenty.
    await delay(4000);
  }
  return answers;
}

const statsSchema = z.object({
  updates: z.looseObject({ acknowledged: z.number(), pending: z.number(), failed_attempts: z.number() }),
});
const stats = async (): Promise<z.infer<typeof statsSchema>["updates"]> =>
  statsSchema.parse(await json(`${driver.outputs.simulator}/simulator/api/stats`)).updates;

const entriesSchema = z.array(
  z.looseObject({
    attempts: z.array(
      z.looseObject({ at: z.number(), ms: z.number(), status: z.union([z.number(), z.string()]) }),
    ),
  }),
);
/** What the simulator was answered when it was not 2xx, for the report of a test that failed. */
async function failedAttempts(): Promise<string[]> {
  const entries = await json(`${driver.outputs.simulator}/simulator/api/updates?limit=1000`);
  return entriesSchema
    .parse(entries)
    .flatMap(({ attempts }) => attempts)
    .filter(({ status }) => typeof status !== "number" || status < 200 || status > 299)
    .map(({ at, ms, status }) => `${new Date(at).toISOString()}: ${status} after ${ms} ms`);
}

beforeAll(() => driver.prepare());

afterAll(async () => {
  await driver.cleanUp();
  console.log(`\nFigures of ${platform}\n  ${figures.join("\n  ")}`);
});

describe(`the stack on the platform ${platform}`, () => {
  it("reports everything that is wrong with the configuration in one error, before anything starts", async () => {
    await driver.configure("launchlab:users", "many");
    await driver.configure("launchlab:rateLimit", "1000");
    const { code, text } = await driver.up();
    expect(code).not.toBe(0);
    expect(text).toMatch(/launchlab:users must be a whole number/);
    expect(text).toMatch(/launchlab:rateLimit must be at most 100/);
    expect(text).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(await driver.left()).toEqual([]);
    await driver.configure("launchlab:users", "2000");
    // Some tests do more in a minute than a person can.
    await driver.configure("launchlab:rateLimit", "100");
  });

  it("survives an `up` that is killed half way", async () => {
    const up = driver.startUp();
    const early = up.finished.then(({ text }) => Promise.reject(new Error(text)));
    early.catch(() => undefined);
    await Promise.race([until("something runs", () => driver.partlyUp(), PATIENCE), early]);
    process.kill(-(up.child.pid ?? 0), "SIGKILL");
    await up.finished;
    const again = await timed("up, after one that was killed", () => driver.up());
    succeeded(again);
    for (const words of driver.says) expect(again.text).toContain(words);
  });

  it("has nothing to change afterwards", async () => {
    succeeded(await timed("preview without a change", () => driver.expectNoChange()));
  });

  it("answers on the simulator's chat, through nginx, in the person's language", async () => {
    const before = await driver.requests();
    const ada = await newPerson(driver.outputs.simulator, "Ada");
    expect((await ada.say("/start")).text).toMatch(/Launch Lab/);
    const vera = await newPerson(driver.outputs.simulator, "Vera", "ru");
    expect((await vera.say("/start")).text).toMatch(/[а-я]/i);
    expect((await driver.requests()) - before).toBeGreaterThanOrEqual(2);
  });

  it("does on the chat page whatever people ask of it", async (ctx) => {
    const missing = browserMissing();
    if (missing !== undefined) ctx.skip(missing);
    const browser = await startBrowser();
    try {
      // To be kept with the documentation.
      const folder = process.env["WALK_PICTURES"];
      await walk(browser, driver.outputs.simulator, async (page, name) => {
        if (folder === undefined) return;
        await page.locator("#toasts > *").waitFor({ state: "detached" });
        await page
          .getByRole("main")
          .screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
      });
    } finally {
      await browser.close();
    }
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
        const { activeTargets } = targets.parse(
          await json(`${driver.outputs.prometheus}/api/v1/targets`),
        ).data;
        const jobs = new Set(activeTargets.map((one) => one.labels["job"]));
        const all = ["alertmanager", "bot", "nginx", "postgres", "prometheus", "redis", ...driver.ground];
        expect([...jobs].sort()).toEqual(all.sort());
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
        const { groups } = rules.parse(await json(`${driver.outputs.prometheus}/api/v1/rules`)).data;
        const all = groups.flatMap((group) => group.rules);
        return all.length >= 5 && all.every((rule) => rule.health === "ok");
      },
      60_000,
    );
    const alerts = z.array(z.object({ labels: z.record(z.string(), z.string()) }));
    await until(
      "the watchdog has arrived",
      async () => {
        const list = alerts.parse(await json(`${driver.outputs.alertmanager}/api/v2/alerts`));
        return list.some((alert) => alert.labels["alertname"] === "Watchdog");
      },
      60_000,
    );
  });

  it("is well, as its status says", async () => {
    const seen = z.object({
      problems: z.array(z.unknown()),
      workloads: z.array(z.object({ name: z.string(), wanted: z.number() })),
      database: z.object({ connections: z.number() }),
      redis: z.object({ keys: z.number() }),
    });
    await until(
      "all is well",
      async () => {
        const { code, text } = await driver.status();
        expect(code, text).toBe(0);
        const { problems, workloads } = seen.parse(JSON.parse(text));
        expect(problems).toEqual([]);
        expect(workloads).toContainEqual(expect.objectContaining({ name: "web", wanted: 2 }));
        return true;
      },
      PATIENCE,
    );
  });

  it("tells of an alert in the chat of those who run it", async () => {
    const labels = {
      alertname: "Rehearsal",
      severity: "critical",
      service: "bot",
      job: "bot",
      stack: platform,
    };
    const body = JSON.stringify([{ labels, annotations: { summary: "Only a test" } }]);
    const headers = { "content-type": "application/json" };
    const url = `${driver.outputs.alertmanager}/api/v2/alerts`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(200);
    const chat = z.object({ messages: z.array(z.looseObject({ text: z.string().default("") })) });
    await timed("an alert is told", () =>
      until(
        "the alert has arrived",
        async () => {
          const view = await json(`${driver.outputs.simulator}/simulator/api/groups/${ALERT_CHAT}/messages`);
          return chat.parse(view).messages.some(({ text }) => text.includes("Rehearsal"));
        },
        60_000,
      ),
    );
  });

  it("keeps its secrets out of the state, the process list, logs, files of others and metrics", async () => {
    const secrets = [...(await driver.secrets()), driver.outputs.webhookSecret];
    const values = [...new Set(secrets)].filter((value) => value.length >= 16);
    expect(values.length).toBeGreaterThanOrEqual(10);
    const places = Object.entries(await driver.places());
    expect(places.length).toBeGreaterThan(10);
    const leaks = places.filter(([, text]) => values.some((value) => text.includes(value)));
    expect(leaks.map(([place]) => place)).toEqual([]);
  });

  it("heals a web replica that was killed, while the chat goes on", async () => {
    const before = await driver.web();
    const [killed = ""] = before;
    await driver.kill(killed);
    const grace = await newPerson(driver.outputs.simulator, "Grace");
    expect((await grace.say("/start")).text).toMatch(/Launch Lab/);
    await timed("a killed replica is replaced", () =>
      until(
        "the replica is back",
        async () => {
          const now = await driver.web();
          return now.length >= before.length && !now.includes(killed);
        },
        PATIENCE,
      ),
    );
  });

  it("sees what died as drift, and `up` heals it", async () => {
    await driver.breakSomething();
    // Where the platform keeps no record of what was there, an alert says it.
    await until("the status says so", async () => (await driver.status()).code === 1, PATIENCE);
    const drift = await driver.expectNoDrift();
    expect(drift.code, drift.text).not.toBe(0);
    succeeded(await timed("up, to heal", () => driver.up()));
    expect(await driver.isWhole()).toBe(true);
    succeeded(await driver.expectNoChange());
  });

  const { restartMachine } = driver;
  if (restartMachine !== undefined) {
    it("comes back by itself after its machine was switched off and on", async () => {
      const before = await driver.data();
      await timed("the machine off and on, until the stack is whole", () => restartMachine());
      expect(await driver.data()).toEqual(before);
      const lise = await newPerson(driver.outputs.simulator, "Lise");
      expect((await lise.say("/start")).text).toMatch(/Launch Lab/);
      succeeded(await driver.expectNoChange());
    });
  }

  if (driver.scales) {
    it("starts more web replicas when there is more to do, which is no change of the stack", async () => {
      const { webReplicas } = capacity(2000);
      // Some 50 updates a second.
      const chatting = await people(200);
      const load = { running: true };
      const chats = chatting.map((person) => chatWhile(person, load));
      await timed(`more than ${webReplicas} web replicas`, () =>
        until("there are more replicas", async () => (await driver.web()).length > webReplicas, PATIENCE),
      ).finally(() => (load.running = false));
      await Promise.all(chats);
      succeeded(await driver.expectNoChange());
    });
  }

  it("rolls the web replicas one by one when configuration and secrets change, and loses no update", async () => {
    const before = await driver.web();
    const chatting = await people(40);
    const first = await stats();
    await driver.configure("launchlab:rateLimit", "60");
    await driver.configure("launchlab:secretGeneration", "2");
    const roll = { running: true };
    let down = 0;
    const chats = chatting.map((person) => chatWhile(person, roll));
    const watch = (async () => {
      while (roll.running) {
        if ((await driver.web()).length === 0) down += 1;
        await delay(50);
      }
    })();
    const result = await timed("up, with a roll of the web replicas under load", async () => {
      const done = await driver.up();
      // On a cluster the last of them serves on for a moment, so that everybody learns that it leaves.
      if (done.code === 0)
        await until(
          "the old replicas have left",
          async () => (await driver.web()).every((replica) => !before.includes(replica)),
          PATIENCE,
        );
      return done;
    }).finally(() => (roll.running = false));
    const answers = await Promise.all(chats);
    await watch;
    succeeded(result);
    const after = await driver.web();
    expect(after.length).toBeGreaterThanOrEqual(2);
    expect(answers.every((count) => count > 0)).toBe(true);
    expect(down).toBe(0);
    const last = await stats();
    figures.push(
      `updates during the roll: ${last.acknowledged - first.acknowledged}, failed: ${last.failed_attempts - first.failed_attempts}`,
    );
    expect(await failedAttempts()).toEqual([]);
    expect(last).toMatchObject({ pending: 0, failed_attempts: 0 });
  });

  const { smoke } = driver;
  if (smoke !== undefined) {
    it("carries the load test `smoke`", async () => {
      succeeded(await smoke());
    });
  }

  const { faults } = driver;
  if (faults !== undefined) {
    it("loses no update and does none twice, whatever fails under load", async () => {
      succeeded(await timed("the fast faults", () => faults()));
    }, 600_000);
  }

  const { checkBoards } = driver;
  if (checkBoards !== undefined) {
    it("has something to show on every board, and a runbook for every alert", async () => {
      succeeded(await timed("a check of all boards", () => checkBoards()));
    });
  }

  it("keeps the database and its password over `destroy` when asked to", async () => {
    const before = await driver.data();
    succeeded(await timed("destroy", () => driver.destroyKeepingData()));
    expect(await driver.running()).toEqual([]);
    succeeded(await timed("up, on kept data", () => driver.up()));
    expect(await driver.data()).toEqual(before);
    expect((await driver.migration()).trimEnd()).toMatch(/The database is up to date\.$/);
  });

  it("leaves nothing behind after `destroy` but what is meant to stay", async () => {
    succeeded(await driver.destroy());
    await until(
      "all has ended",
      async () => {
        expect(await driver.left()).toEqual([]);
        return true;
      },
      60_000,
    );
  });
});
