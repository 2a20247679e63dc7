import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readStatus } from "../../../infra/process-provider/spec.ts";
import { STACK } from "../../scratch-stack.ts";
import { until } from "../../support/wait.ts";
import { passing, type Row, type Whole } from "../row.ts";

/** What a change of the replicas may cost: each ends in order, and says that it leaves. */
const rolled = { unseen: true } as const;
/** People of stacks with two and with six web replicas. */
const USERS = { two: "2000", six: "8000" };

async function run({ checkout }: Whole, script: string, ...args: string[]): Promise<void> {
  const { code, text } = await checkout.run(script, ...args, "--stack", STACK);
  if (code !== 0) throw new Error(text);
}

/** Changes the configuration, and brings the stack to that. */
async function change(lab: Whole, key: string, value: string): Promise<void> {
  await run(lab, "pulumi", "config", "set", `launchlab:${key}`, value);
  await run(lab, "up");
}

/** Ends everything at once but the simulator, which stands for Telegram. */
function powerOff({ runs }: Whole): void {
  const running = readdirSync(runs)
    .filter((name) => name !== "simulator")
    .flatMap((name) => {
      const { supervisor, child } = readStatus(join(runs, name)) ?? {};
      // Of a program, with all that it has started.
      return [supervisor?.pid, child && -child.pid].flatMap((pid) => pid ?? []);
    });
  for (const pid of running) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It had ended before.
    }
  }
}

export const wholeRows: Readonly<Record<string, Row<Whole>>> = {
  "rolling-deploy": passing(
    "the replicas are replaced one by one",
    (lab) => change(lab, "premiumStars", "251"),
    rolled,
  ),
  "secrets-rotated": passing("all secrets change, with those before valid meanwhile", async (lab) => {
    await change(lab, "secretGeneration", "2");
    const [secret = ""] = readFileSync(join(lab.runs, "web-0/secrets/WEBHOOK_SECRETS"), "utf8").split("\n");
    lab.load.secret(secret);
  }),
  "up-killed": passing(
    "`npm run up` is killed half way through the replicas, then run again",
    async (lab) => {
      const replica = (): number => lab.stack.pid("web-0");
      const before = replica();
      await run(lab, "pulumi", "config", "set", "launchlab:premiumStars", "252");
      const up = lab.checkout.start("up", "--stack", STACK);
      await until("the first replica is a new one", () => replica() !== before, 120_000);
      process.kill(-(up.child.pid ?? 0), "SIGKILL");
      await up.finished;
      await run(lab, "up");
    },
  ),
  scaled: passing(
    "from two web replicas to six and back; Postgres restarts, as its size changes too",
    async (lab) => {
      await change(lab, "users", USERS.six);
      await change(lab, "users", USERS.two);
    },
  ),
  "power-off": passing(
    "everything is killed at once (SIGKILL), and started again after 10 s",
    async (lab) => {
      powerOff(lab);
      await pause(10_000);
      await run(lab, "up");
    },
    { doubled: { most: 400, why: "messages left, and the database could not note it" } },
  ),
};
