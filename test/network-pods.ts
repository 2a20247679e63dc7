// Pods that stand in for the stack's: the same labels and ports, and a program that tries every connection.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { images } from "../infra/images.ts";
import { apply, kubectl } from "./kubectl.ts";

const PROBE = [
  "node",
  "--input-type=module-typescript",
  "-e",
  readFileSync(join(import.meta.dirname, "network-probe.ts"), "utf8"),
];

export interface Actor {
  readonly namespace: string;
  readonly name: string;
  /** How the lines of the golden file call it. */
  readonly title: string;
  readonly labels: Record<string, string>;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

const manifestOf = ({ namespace, name, labels, ports }: Actor): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "main",
        image: process.env["E2E_BOT_IMAGE"] ?? images.bot.reference,
        imagePullPolicy: "IfNotPresent",
        command: [...PROBE, "listen", ...ports.map(({ port }) => String(port))],
        readinessProbe: ports.slice(0, 1).map(({ port }) => ({ tcpSocket: { port }, periodSeconds: 1 }))[0],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  },
});

const namespacesOf = (actors: readonly Actor[]): string[] => [
  ...new Set(actors.map(({ namespace }) => namespace)),
];

/** Creates the pods and waits until all answer the kubelet. */
export async function start(actors: readonly Actor[]): Promise<void> {
  await apply(...actors.map(manifestOf));
  const wait = ["wait", "--for=condition=Ready", "pod", "--all", "--timeout=180s"];
  await Promise.all(namespacesOf(actors).map((namespace) => kubectl([...wait, "-n", namespace])));
}

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string(), name: z.string() }),
      status: z.object({ podIP: z.string() }),
    }),
  ),
});
const serviceSchema = z.object({ spec: z.object({ clusterIP: z.string() }) });

const json = async (...args: string[]): Promise<unknown> =>
  JSON.parse(await kubectl(["get", ...args, "-o", "json"]));

/** Address and title of everything that the actors may try to connect to. */
export async function targetsOf(actors: readonly Actor[]): Promise<Map<string, string>> {
  const lists = await Promise.all(
    namespacesOf(actors).map(async (namespace) => podsSchema.parse(await json("pods", "-n", namespace))),
  );
  const pods = lists.flatMap(({ items }) => items);
  const ports = actors.flatMap((actor) => {
    const pod = pods.find(
      ({ metadata }) => metadata.namespace === actor.namespace && metadata.name === actor.name,
    );
    return actor.ports.map(
      ({ name, port }) => [`${pod?.status.podIP ?? ""}:${port}`, `${actor.title}:${name}`] as const,
    );
  });
  const { clusterIP } = serviceSchema.parse(await json("service", "kubernetes", "-n", "default")).spec;
  return new Map([...ports, [`${clusterIP}:443`, "kubernetes:https"]]);
}

/** Which of the targets the actor can connect to: titles. */
export async function reached(
  { namespace, name }: Actor,
  targets: ReadonlyMap<string, string>,
): Promise<string[]> {
  const out = await kubectl(["exec", "-n", namespace, name, "--", ...PROBE, "probe", ...targets.keys()]);
  const lines = out.trim().split("\n");
  const names = ["udp", "tcp"].filter((protocol) => lines.includes(`dns/${protocol}`));
  return [
    ...lines.flatMap((line) => targets.get(line) ?? []),
    ...(names.length === 0
      ? []
      : [`kube-system/kube-dns:${names.map((protocol) => `53/${protocol}`).join(",")}`]),
  ];
}
