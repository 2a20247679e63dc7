// The bot under load while its Postgres cluster loses servers: `npm run e2e -- failover`. It needs a cluster
// (KUBECONFIG) with the operator CloudNativePG, and the images of infra/images.ts where it gets images from.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { gatewayPort } from "../infra/services/gateway.ts";
import { FIRST_PERSON } from "../loadtest/k6/lib/people.ts";
import { openSink } from "../loadtest/simulator.ts";
import { kubectl } from "./kubectl.ts";
import { forwards } from "./platforms/forward.ts";
import { kubernetesDriver } from "./platforms/kubernetes.ts";
import { createSender, type Sender } from "./sender.ts";
import { until } from "./support/wait.ts";

const PEOPLE = 100;
/** Button presses a second over all people, 24 a minute for each. */
const RATE = 40;
/** Seconds of load before a fault and after the recovery. */
const CALM = 10;

const platform = kubernetesDriver();
const ports = forwards(platform.namespace);
const of = (...args: string[]): Promise<string> => kubectl(["-n", platform.namespace, ...args]);

const clusterSchema = z.object({
  status: z.object({
    phase: z.string().default(""),
    currentPrimary: z.string().default(""),
    targetPrimary: z.string().default(""),
    readyInstances: z.number().default(0),
    instanceNames: z.array(z.string()).default([]),
  }),
});
type Cluster = z.infer<typeof clusterSchema>["status"];
const cluster = async (): Promise<Cluster> =>
  clusterSchema.parse(JSON.parse(await of("get", "cluster.postgresql.cnpg.io/postgres", "-o", "json")))
    .status;
const standbyOf = ({ currentPrimary, instanceNames }: Cluster): string =>
  instanceNames.find((name) => name !== currentPrimary) ?? "";

/** Runs SQL as superuser beside the primary; the rows as text, columns apart by `|`. */
async function sql(text: string): Promise<string> {
  const { currentPrimary } = await cluster();
  const psql = ["psql", "-d", "launchlab", "-v", "ON_ERROR_STOP=1", "-qAt"];
  const pod = ["exec", "-i", currentPrimary, "-c", "postgres"];
  return (await kubectl(["-n", platform.namespace, ...pod, "--", ...psql], text)).trim();
}

/** Whether one server takes writes and two follow it. */
async function whole(): Promise<boolean> {
  // Asking costs processor time, which others need more now.
  await delay(1000);
  const { currentPrimary, targetPrimary, readyInstances, phase } = await cluster();
  if (currentPrimary !== targetPrimary || readyInstances < 3 || !phase.includes("healthy")) return false;
  return (await sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'")) === "2";
}

let sender: Sender;
/** Updates that were made, by person. */
const made = new Map<number, number>();
let updateId = 1_000_000;

/** A press on the button that changes whether the person looks for others, back and forth. */
function press(person: number): void {
  const from = { id: person, is_bot: false, first_name: "Somebody", language_code: "en" };
  const chat = { id: person, type: "private", first_name: "Somebody" };
  const date = Math.floor(Date.now() / 1000);
  updateId += 1;
  sender.send(person, {
    update_id: updateId,
    callback_query: {
      id: String(updateId),
      from,
      message: { message_id: 1, chat, date, text: "profile" },
      chat_instance: String(person),
      data: "edit:searching",
    },
  });
  made.set(person, (made.get(person) ?? 0) + 1);
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
const results: object[] = [];

/** Presses at a steady rate, whatever the bot does, while `fault` happens; notes the time without an acknowledgement. */
async function underLoad(fault: string, happen: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  const before = { ...sender.answers };
  let due = 0;
  const timer = setInterval(() => {
    // What a late timer missed is caught up with.
    for (; due < ((performance.now() - start) / 1000) * RATE; due += 1) press(FIRST_PERSON + (due % PEOPLE));
  }, 5);
  try {
    await delay(CALM * 1000);
    const at = performance.now();
    await happen();
    const done = performance.now();
    await until("three servers are there again", whole, 300_000);
    const again = performance.now();
    await delay(CALM * 1000);
    const times = sender.acknowledged.map((one) => one.at).filter((time) => time > at - 1000);
    const gaps = times.slice(1).map((time, i) => ({ end: time, ms: time - (times[i] ?? 0) }));
    const longest = gaps.toSorted((a, b) => b.ms - a.ms)[0] ?? { end: Number.NaN, ms: Number.NaN };
    const answered = Object.entries(sender.answers).map(([key, n]) => `${key}: ${n - (before[key] ?? 0)}`);
    const result = {
      fault,
      updates: due,
      "longest pause (s)": seconds(longest.ms),
      "its end after the fault (s)": seconds(longest.end - done),
      "whole again after (s)": seconds(again - done),
      answers: answered.join(", "),
    };
    results.push(result);
    console.log(JSON.stringify(result));
  } finally {
    clearInterval(timer);
  }
}

/** Waits until every update is acknowledged; then each has one receipt and one effect, and there is nothing else. */
async function expectNothingLostOrDoubled(): Promise<void> {
  await sender.settled();
  const counts = async (table: string): Promise<Map<number, number>> => {
    const rows = await sql(`SELECT user_id, count(*) FROM ${table} GROUP BY user_id`);
    return new Map(rows.split("\n").map((row) => row.split("|").map(Number) as [number, number]));
  };
  const [receipts, effects] = [await counts("receipts"), await counts("failover_effects")];
  const stored = (await sql("SELECT update_id FROM receipts")).split("\n").map(Number);
  const known = new Set(stored);
  const differing = (found: Map<number, number>, wrong: (n: number, m: number) => boolean): number[] =>
    [...made].flatMap(([id, n]) => (wrong(found.get(id) ?? 0, n) ? [id] : []));
  expect(sender.acknowledged.length).toBe([...made.values()].reduce((sum, n) => sum + n, 0));
  expect({
    lostUpdates: sender.acknowledged.filter(({ update }) => !known.has(update)).map(({ update }) => update),
    lostEffects: differing(effects, (found, wanted) => found < wanted),
    doubledEffects: differing(effects, (found, wanted) => found > wanted),
    otherReceipts: differing(receipts, (found, wanted) => found !== wanted),
    deadLetters: await sql("SELECT count(*) FROM dead_letters"),
  }).toEqual({ lostUpdates: [], lostEffects: [], doubledEffects: [], otherReceipts: [], deadLetters: "0" });
}

const kill = (pod: string): Promise<string> => of("delete", "pod", pod, "--grace-period=0", "--force");

beforeAll(async () => {
  await platform.prepare();
  await kubectl(["get", "crd", "clusters.postgresql.cnpg.io"]).catch((cause: unknown) => {
    const help =
      "install CloudNativePG 1.30 in the namespace cnpg-system, see https://cloudnative-pg.io/docs";
    throw new Error(`the cluster has no operator for Postgres: ${help}`, { cause });
  });
  await platform.configure("launchlab:postgresHa", "cloudnative-pg");
  // Also where there is but one node.
  await platform.configure("launchlab:postgresSpread", "preferred");
  await platform.configure("launchlab:rateLimit", "100");
  const { code, text } = await platform.up();
  expect(code, text).toBe(0);
  await until("three servers run", whole, 300_000);
  await openSink(platform.outputs.simulator);

  // A change back and forth would not show that it happened twice, so each is noted.
  const people = Array.from({ length: PEOPLE }, (_, n) => `(${FIRST_PERSON + n}, 'participant', 'Somebody')`);
  await sql(`
    CREATE TABLE failover_effects (user_id bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
    GRANT INSERT ON failover_effects TO PUBLIC;
    CREATE FUNCTION failover_note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO failover_effects (user_id) VALUES (NEW.id); RETURN NEW; END $$;
    CREATE TRIGGER failover_note AFTER UPDATE OF is_searching ON users
      FOR EACH ROW EXECUTE FUNCTION failover_note();
    INSERT INTO users (id, user_type, name) VALUES ${people.join(", ")};
  `);

  const gateway = (): Promise<string> => ports.open("service/gateway", gatewayPort.port);
  let address = await gateway();
  let opening: Promise<void> | undefined;
  sender = createSender({
    url: () => `${address}/telegram`,
    secret: platform.outputs.webhookSecret,
    refused: () =>
      (opening ??= gateway()
        .then((opened) => void (address = opened))
        .finally(() => (opening = undefined))),
  });
}, 900_000);

afterAll(async () => {
  console.table(results);
  ports.close();
  await platform.cleanUp();
});

it.each([1, 2, 3])("loses and doubles nothing when the primary is killed (%i)", async (n) => {
  const { currentPrimary } = await cluster();
  await underLoad(`primary killed (${n})`, () => kill(currentPrimary));
  expect((await cluster()).currentPrimary).not.toBe(currentPrimary);
  await expectNothingLostOrDoubled();
});

it("loses and doubles nothing when another server is made the primary", async () => {
  const next = standbyOf(await cluster());
  // As `kubectl cnpg promote` does.
  const status = {
    targetPrimary: next,
    targetPrimaryTimestamp: new Date().toISOString(),
    phase: "Switchover in progress",
    phaseReason: `Switching over to ${next}`,
  };
  const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
  await underLoad("switchover", () => of("patch", "cluster.postgresql.cnpg.io/postgres", ...patch));
  expect((await cluster()).currentPrimary).toBe(next);
  await expectNothingLostOrDoubled();
});

it("loses and doubles nothing when a standby is killed", async () => {
  const before = await cluster();
  await underLoad("standby killed", () => kill(standbyOf(before)));
  expect((await cluster()).currentPrimary).toBe(before.currentPrimary);
  await expectNothingLostOrDoubled();
});

it("ends no replica of the bot meanwhile", async () => {
  const counts = "jsonpath={.items[*].status.containerStatuses[*].restartCount}";
  for (const name of ["web", "worker"]) {
    const restarts = await of("get", "pods", "-l", `app.kubernetes.io/name=${name}`, "-o", counts);
    expect(restarts, name).toMatch(/^0( 0)*$/);
  }
});
