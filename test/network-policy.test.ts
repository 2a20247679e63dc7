// Who may talk to whom, tried out on a cluster: the rendered policies around pods that only listen and connect.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { podsOf } from "../infra/platforms/kubernetes-fixture.ts";
import { clusterConfig, register } from "../infra/stack-fixture.ts";
import type { Manifest } from "../infra/render/cluster-mocks.ts";
import { checkout } from "../infra/toolchain/folders.ts";
import { apply, kubectl } from "./kubectl.ts";
import { reached, start, targetsOf, type Actor } from "./network-pods.ts";
import { until } from "./support/wait.ts";

const GOLDEN = readFileSync(join(checkout, "infra/platforms/golden/connectivity.txt"), "utf8");
const NOT_ENFORCED =
  "NOT TESTED: this cluster accepts network policies and does not enforce them; every pod reaches every other";
/** For what takes a second where nothing else runs. */
const LIMIT_MS = 120_000;
const DNS = "kube-system/kube-dns:53/udp,53/tcp";

const namespace = `launchlab-policies-${randomBytes(4).toString("hex")}`;
const elsewhere = `${namespace}-elsewhere`;

let policies: Manifest[];
let stack: Actor[];
let actors: Actor[];
let targets: Map<string, string>;

/** Has no role; whoever gets into the namespace is this. */
const intruder: Actor = {
  namespace,
  name: "intruder",
  title: "intruder",
  labels: { "app.kubernetes.io/part-of": "launchlab" },
  ports: [{ name: "http", port: 8080 }],
};
/** The same pod in another namespace, as anybody who may create pods there can have it. */
const foreign = (actor: Actor): Actor => ({
  ...actor,
  namespace: elsewhere,
  title: `elsewhere/${actor.name}`,
});
const named = (name: string): Actor => {
  const found = stack.find((actor) => actor.name === name);
  if (found === undefined) throw new Error(`the stack has no ${name}`);
  return found;
};

/**
 * One connection as the golden file writes it. None where no policy has a say: between two ends out of the namespace,
 * and of a pod with itself.
 */
function line(from: Actor, to: string): string[] {
  const foreigner = /^(elsewhere|kube-system|kubernetes)\b/.test(to);
  const free = from.namespace === elsewhere ? foreigner : to.startsWith(`${from.title}:`);
  return free ? [] : [`${from.title} -> ${to}`];
}

/** Every connection that a pod can make right now. */
async function connections(): Promise<string[]> {
  const lines = await Promise.all(
    actors.map(async (from) => (await reached(from, targets)).flatMap((to) => line(from, to))),
  );
  return lines.flat().sort();
}

/** What the golden file says, as far as a cluster without the internet can show it. */
function allowed(): string[] {
  const network = (end: string): boolean => isIP(end.split("/")[0] ?? "") !== 0;
  const strangers = actors.filter((actor) => actor.namespace === elsewhere);
  const lines = GOLDEN.trim()
    .split("\n")
    .flatMap((one) => {
      const [from = "", to = ""] = one.split(" -> ");
      if (from === "0.0.0.0/0" || from.startsWith("not launchlab/"))
        return strangers.map(({ title }) => `${title} -> ${to}`);
      return network(from) || network(to) ? [] : [one];
    });
  return [...new Set([...lines, `intruder -> ${DNS}`])].sort();
}

beforeAll(async () => {
  const { manifests } = await register({
    config: { ...clusterConfig, namespace, webhookUrl: "https://bot.example.org" },
    token: `8000000001:${"aB3_-".repeat(7)}`,
  });
  policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
  stack = podsOf(manifests).map(({ name, labels, pod }) => ({
    namespace,
    name,
    title: name,
    labels,
    ports: pod.containers.flatMap(({ ports }) =>
      ports.map((port) => ({ name: port.name, port: port.containerPort })),
    ),
  }));
  actors = [...stack, intruder, foreign(named("web")), foreign(named("postgres"))];
  for (const name of [namespace, elsewhere]) await kubectl(["create", "namespace", name]);
  await start(actors);
  targets = await targetsOf(actors);
});

afterAll(async () => {
  await kubectl(["delete", "namespace", namespace, elsewhere, "--ignore-not-found", "--wait=false"]);
});

it("without policies every pod reaches every port, the names and the cluster itself", async () => {
  const all = actors.flatMap((from) => [...targets.values(), DNS].flatMap((to) => line(from, to)));
  await until(
    "everything is open",
    async () => {
      expect(await connections()).toEqual(all.sort());
      return true;
    },
    LIMIT_MS,
  );
});

describe("with the policies of the stack", () => {
  let enforced = false;

  /** One policy of the simplest kind tells whether the cluster heeds any. */
  async function enforces(): Promise<boolean> {
    const from = named("web");
    const canary = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "canary", namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    };
    await apply(canary);
    const stopped = async (): Promise<boolean> => !(await reached(from, targets)).includes("intruder:http");
    // Asked once more at the end, so that a broken kubectl is an error and no answer.
    const answer = await until("a connection is stopped", stopped, 15_000).catch(stopped);
    await kubectl(["delete", "networkpolicy", "canary", "-n", namespace]);
    return answer;
  }

  beforeAll(async () => {
    enforced = await enforces();
    if (enforced) await apply(...policies);
    else console.warn(NOT_ENFORCED);
  });

  beforeEach((context) => context.skip(!enforced, NOT_ENFORCED));

  it("exactly the connections of the golden file can be made", async () => {
    await until(
      "the policies are in force",
      async () => {
        expect(await connections()).toEqual(allowed());
        return true;
      },
      LIMIT_MS,
    );
  });

  it("a further replica becomes ready, as the kubelet may ask it, and gets no more than the first", async () => {
    const web = named("web");
    const replica = { ...web, name: "web-2" };
    await start([replica]);
    const first = allowed().filter((one) => one.startsWith("web -> "));
    await until(
      "the policies hold for it",
      async () => {
        const lines = (await reached(replica, targets)).map((to) => `web -> ${to}`);
        expect(lines.sort()).toEqual(first);
        return true;
      },
      LIMIT_MS,
    );
  });
});
