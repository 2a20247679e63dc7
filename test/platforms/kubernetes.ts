import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { images } from "../../infra/images.ts";
import { kubectl } from "../kubectl.ts";
import { scratchCheckout } from "../scratch.ts";
import { until } from "../support/wait.ts";
import type { Driver, Outputs } from "./driver.ts";
import { forwards } from "./forward.ts";
import { engineWay, manifestsWay, missingPlugin, type Way } from "./kubernetes-ways.ts";

const STACK = "e2e";
/** What the stack makes in its namespace and takes away again; Secrets and volumes are looked at by themselves. */
const KINDS = [
  "deployments",
  "statefulsets",
  "jobs",
  "cronjobs",
  "pods",
  "services",
  "configmaps",
  "horizontalpodautoscalers",
  "poddisruptionbudgets",
  "networkpolicies",
];

/** When each container that runs was started. */
const STARTED = "jsonpath={.items[*].status.containerStatuses[*].state['running'].startedAt}";

/** Quoted: an `off` of its own is a boolean to some readers of YAML. */
const asText = (stack: object): string => stringify(stack, { defaultStringType: "QUOTE_DOUBLE" });

const metadata = z.object({
  name: z.string(),
  uid: z.string(),
  deletionTimestamp: z.string().optional(),
});
const podList = z.object({
  items: z.array(
    z.object({
      metadata,
      spec: z.object({ containers: z.array(z.object({ name: z.string() })) }),
      status: z.object({
        phase: z.string(),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      }),
    }),
  ),
});
const autoscalerList = z.object({
  items: z.array(
    z.object({
      spec: z.object({ minReplicas: z.number() }),
      status: z.object({ currentReplicas: z.number().default(0) }),
    }),
  ),
});
type Autoscaler = z.infer<typeof autoscalerList>["items"][number];
const hasBegun = ({ spec, status }: Autoscaler): boolean => status.currentReplicas >= spec.minReplicas;

type Pod = z.infer<typeof podList>["items"][number];

/**
 * A namespace of its own, with a random name, on the cluster that KUBECONFIG and its current context name. The images
 * have to be there, or where the cluster gets them; E2E_BOT_IMAGE names the bot's. E2E_CONFIG is what the stack has to be
 * told about the cluster besides, as JSON: `{"launchlab:storageClass": "fast"}`. E2E_RESTART is a command that switches the
 * machines of the cluster off and on again; only a cluster that nobody else uses has one.
 */
export function kubernetesDriver(): Driver & { readonly namespace: string } {
  const scratch = scratchCheckout();
  const namespace = `launchlab-e2e-${randomBytes(3).toString("hex")}`;
  const file = join(scratch.folder, `Pulumi.${STACK}.yaml`);
  const ports = forwards(namespace);
  const told = z.record(z.string(), z.string()).parse(JSON.parse(process.env["E2E_CONFIG"] ?? "{}"));
  let way: Way | undefined;
  let api = "";
  let outputs: Outputs | undefined;

  const chosen = (): Way => {
    if (way === undefined) throw new Error("the cluster was not looked for");
    return way;
  };
  const of = (...args: string[]): Promise<string> => kubectl(["-n", namespace, ...args]);
  const configure = (key: string, value: string): void => {
    const stack = z.looseObject({ config: z.record(z.string(), z.unknown()) });
    const { config, ...rest } = stack.parse(parse(readFileSync(file, "utf8")));
    writeFileSync(file, asText({ ...rest, config: { ...config, [key]: value } }));
  };
  const podsOf = async (name: string): Promise<Pod[]> => {
    const selector = `labelSelector=app.kubernetes.io/name%3D${name}`;
    const response = await fetch(`${api}/api/v1/namespaces/${namespace}/pods?${selector}`);
    return podList.parse(await response.json()).items;
  };
  const isReady = ({ metadata: { deletionTimestamp }, status }: Pod): boolean =>
    deletionTimestamp === undefined &&
    status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
  const metricsOf = async (pod: string, port: number): Promise<string> => {
    const response = await fetch(`${await ports.open(`pod/${pod}`, port)}/metrics`);
    return response.text();
  };
  const names = async (kind: string): Promise<string[]> =>
    (await of("get", kind, "-o", "name")).split("\n").filter((name) => name !== "");
  const autoscalers = async (): Promise<Autoscaler[]> =>
    autoscalerList.parse(JSON.parse(await of("get", "horizontalpodautoscalers", "-o", "json"))).items;
  const running = async (): Promise<string[]> => names("pods");
  /** Everything that stands in a Secret and looks generated. */
  const secrets = async (): Promise<string[]> => {
    const list = z.object({ items: z.array(z.object({ data: z.record(z.string(), z.string()) })) });
    const { items } = list.parse(JSON.parse(await of("get", "secrets", "-o", "json")));
    const texts = items.flatMap(({ data }) => Object.values(data).map((value) => atob(value)));
    return texts.flatMap((text) => text.match(/[A-Za-z0-9]{32,}/g) ?? []);
  };
  /** Waits until all is in place that an `up` or a start of the machine has begun. */
  const rolledOut = async (): Promise<void> => {
    // The autoscaler brings the only replica that a new Deployment has to the least number.
    await until("every autoscaler has begun", async () => (await autoscalers()).every(hasBegun), 120_000);
    // kubectl does not wait at all, and the engine's plugin too short when it looks before the rollout has begun.
    for (const workload of [...(await names("deployments")), ...(await names("statefulsets"))])
      await of("rollout", "status", workload, "--timeout=300s");
  };
  const open = async (): Promise<void> => {
    const [simulator, prometheus, alertmanager] = await Promise.all([
      ports.open("service/simulator", 8081),
      ports.open("service/prometheus", 9090),
      ports.open("service/alertmanager", 9093),
    ]);
    const secret = await of("get", "secrets", "-o", "json");
    const list = z.object({ items: z.array(z.looseObject({ data: z.record(z.string(), z.string()) })) });
    const [webhookSecret = ""] = list
      .parse(JSON.parse(secret))
      .items.flatMap(({ data }) => data["WEBHOOK_SECRETS"] ?? [])
      .map((value) => atob(value).split("\n")[0] ?? "");
    outputs = { simulator, prometheus, alertmanager, webhookSecret };
  };
  const restart = process.env["E2E_RESTART"];
  /** Why pods do not start, in the kubelet's words. */
  const waiting = async (): Promise<string> =>
    of(
      "get",
      "pods",
      "-o",
      'jsonpath={range .items[*]}{.metadata.name}{": "}{.status.containerStatuses[*].state.waiting.message}{"\\n"}{end}',
    ).catch(String);

  return {
    namespace,
    async prepare() {
      const context = (
        await kubectl(["config", "current-context"]).catch((error: unknown) => {
          throw new Error(
            "no cluster: set KUBECONFIG to the kubeconfig of one where you may make namespaces, and put kubectl on " +
              "PATH; docs/operations.md says which images it needs",
            { cause: error },
          );
        })
      ).trim();
      api = await ports.api();
      const problem =
        process.env["E2E_WAY"] === "manifests"
          ? "E2E_WAY says so"
          : await missingPlugin(scratch, ["kubernetes", "random"]);
      way = problem === undefined ? engineWay(scratch, STACK) : manifestsWay(scratch, STACK, namespace);
      console.log(
        `On ${context}, namespace ${namespace}, with ${way.name}${problem === undefined ? "" : ` (${problem})`}.`,
      );
      const config = {
        "kubernetes:strictMode": "true",
        "launchlab:platform": "kubernetes",
        "launchlab:kubeconfig": process.env["KUBECONFIG"] ?? join(homedir(), ".kube/config"),
        "launchlab:kubeContext": context,
        "launchlab:namespace": namespace,
        "launchlab:botImage": process.env["E2E_BOT_IMAGE"] ?? images.bot.reference,
        "launchlab:grafana": "off",
        // A stack for 2000 people, on a node that is as small as they come.
        "launchlab:cpuReservation": "10",
        // So that 50 updates a second are a reason for one more replica.
        "launchlab:resources": JSON.stringify({ web: { cpuMillis: 50 } }),
        ...told,
      };
      writeFileSync(file, asText({ config }));
    },
    configure(key, value) {
      configure(key, value);
      return Promise.resolve();
    },
    startUp: () => chosen().startUp(),
    async up() {
      const result = await chosen().startUp().finished;
      if (result.code !== 0) return { ...result, text: `${result.text}\n${await waiting()}` };
      try {
        await rolledOut();
      } catch (error) {
        return { code: 1, text: `${String(error)}\n${await waiting()}` };
      }
      await open();
      return result;
    },
    get says() {
      return chosen().says;
    },
    async partlyUp() {
      return (await fetch(`${api}/api/v1/namespaces/${namespace}`)).ok && (await running()).length > 0;
    },
    get outputs() {
      if (outputs === undefined) throw new Error("the stack is not up");
      return outputs;
    },
    expectNoChange: () => chosen().expectNoChange(),
    // Only where the API may be asked.
    ground: told["launchlab:discovery"] === "dns" ? [] : ["kube-state-metrics"],
    status: () => scratch.run("status", "--json", "--stack", STACK),
    async requests() {
      const gateways = (await podsOf("gateway")).filter(isReady);
      const texts = await Promise.all(gateways.map(({ metadata: { name } }) => metricsOf(name, 9113)));
      return texts.reduce(
        (sum, text) => sum + Number(/^nginx_http_requests_total (\d+)/m.exec(text)?.[1]),
        0,
      );
    },
    secrets,
    async places() {
      const places: Record<string, string> = { records: await chosen().records() };
      for (const kind of [...KINDS, "events", "endpointslices"])
        places[kind] = await of("get", kind, "-o", "json");
      const { items } = podList.parse(JSON.parse(await of("get", "pods", "-o", "json")));
      for (const { metadata: pod, spec, status } of items) {
        for (const { name } of spec.containers) {
          const place = `${pod.name}/${name}`;
          places[`log of ${place}`] = await of("logs", pod.name, "-c", name);
          if (status.phase !== "Running") continue;
          const inside = ["exec", pod.name, "-c", name, "--", "cat", "/proc/1/cmdline", "/proc/1/environ"];
          // Some images hold one program and nothing else; their environment is the one of the pod's own text.
          places[`process of ${place}`] = await of(...inside).catch(String);
        }
      }
      for (const role of ["web", "worker"])
        for (const { metadata: pod } of (await podsOf(role)).filter(isReady))
          places[`metrics of ${pod.name}`] = await metricsOf(pod.name, 8081);
      return places;
    },
    web: async () => (await podsOf("web")).filter(isReady).map(({ metadata: { name } }) => name),
    async kill(replica) {
      await of("delete", "pod", replica, "--grace-period=0", "--force");
    },
    async breakSomething() {
      await of("delete", "deployment", "worker");
    },
    expectNoDrift: () => chosen().expectNoChange(),
    isWhole: async () => (await podsOf("worker")).some(isReady),
    restartMachine:
      restart === undefined
        ? undefined
        : async () => {
            ports.close();
            const since = new Date().toISOString();
            await promisify(execFile)("sh", ["-c", restart]);
            api = await ports.api();
            // Until the machine has looked at its pods, the cluster takes them for ready as they were.
            await until(
              "every container has started again",
              async () => {
                const started = await of(
                  "get",
                  "pods",
                  "--field-selector=status.phase=Running",
                  "-o",
                  STARTED,
                );
                return started.split(" ").every((time) => time > since);
              },
              300_000,
            );
            await rolledOut();
            await open();
          },
    scales: true,
    // What the chats of the tests before have left to see: load comes from outside of the cluster.
    checkBoards: () => {
      const { prometheus } = outputs ?? {};
      return scratch.run("dashboards:check", "--stack", STACK, "--prometheus", String(prometheus));
    },
    async data() {
      const psql = ["psql", "-U", "launchlab", "-h", "/var/run/postgresql", "-At", "-c"];
      return of("exec", "postgres-0", "--", ...psql, "SELECT count(*) FROM users");
    },
    migration: () => of("logs", "-l", "app.kubernetes.io/name=migrate", "--tail=-1"),
    async destroyKeepingData() {
      ports.close();
      api = await ports.api();
      const result = await chosen().destroy();
      // A pod that ends is deleted after its last second.
      await until("all pods have ended", async () => (await running()).length === 0, 120_000);
      return result;
    },
    destroy: () => chosen().destroy(),
    running,
    async left() {
      const all = (await Promise.all(KINDS.map(names))).flat();
      return all.filter((name) => name !== "configmap/kube-root-ca.crt");
    },
    async cleanUp() {
      ports.close();
      // A pooler leaves after more than two minutes.
      await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--timeout=300s"]);
      scratch.remove();
    },
  };
}
