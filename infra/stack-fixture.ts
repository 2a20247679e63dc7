// Registers the whole stack against Pulumi's mocks and keeps what would have gone to the engine.
import docker from "@pulumi/docker";
import k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import proto from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { vi } from "vitest";
import { z } from "zod";
import { gatewayAddressOf } from "./config-docker.ts";
import { certificateFiles, certificateTexts } from "./config-edge.ts";
import { loadConfig, type Config } from "./config.ts";
import { neighboursOf } from "./config-monitoring.ts";
import { builds } from "./images.ts";
import { dockerPlatform } from "./platforms/docker.ts";
import { kubernetesPlatform } from "./platforms/kubernetes.ts";
import { localPlatform } from "./platforms/local.ts";
import { processSchema, type ProcessInputs } from "./process-provider/inputs.ts";
import { Certificate } from "./process-provider/resources.ts";
import { unwrap } from "./process-provider/secrets.ts";
import { clusterMocks, type Manifest } from "./render/cluster-mocks.ts";
import { createStack, type StackArgs, type StackOutputs } from "./stack.ts";
import type { Platform } from "./workload.ts";

const PROCESS = "process:index:Process";
const CONTAINER = "docker:index/container:Container";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const inputsSchema = z.record(z.string(), z.unknown());

export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Name of the parent; undefined for the stack itself. */
  readonly parent: string | undefined;
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Undefined where that is left to the plugin. */
  readonly deleteBeforeReplace: boolean | undefined;
  /** Name of the provider that the program gave; undefined for the default one. */
  readonly provider: string | undefined;
  /** Secrets still wrapped, as the engine gets them. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Registration {
  readonly resources: readonly Registered[];
  readonly outputs: StackOutputs;
  named(name: string): Registered;
  /** The checked inputs of a process, secrets in plain text. */
  process(name: string): ProcessInputs;
  readonly processes: readonly ProcessInputs[];
  /** What would go to the cluster, secrets in plain text. */
  readonly manifests: readonly Manifest[];
  /** What the engine would be asked to run, by its name, secrets in plain text. */
  readonly containers: ReadonlyMap<string, Container>;
}

const fields = z.record(z.string(), z.string());
const containerSchema = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  entrypoints: z.array(z.string()).default([]),
  envs: z.array(z.string()).default([]),
  labels: z.array(z.object({ label: z.string(), value: z.string() })),
  networkMode: z.string().optional(),
  networksAdvanced: z
    .array(z.object({ name: z.string(), aliases: z.array(z.string()).default([]) }))
    .default([]),
  ports: z.array(z.object({ ip: z.string(), internal: z.number(), external: z.number() })).default([]),
  start: z.boolean().default(true),
  uploads: z.array(z.object({ file: z.string(), content: z.string(), permissions: z.string() })).default([]),
  volumes: z.array(fields).default([]),
});
export type Container = z.infer<typeof containerSchema>;

/** Waits until every resource has been registered. The next stack gets mocks of its own. */
const settle = (): Promise<void> => pulumi.runtime.disconnect();

/** What the mocked stacks on Kubernetes have to be told. */
export const clusterConfig = {
  platform: "kubernetes",
  kubeconfig: "/nowhere",
  kubeContext: "test",
  botImage: "registry.example.org/bot:1.0.0",
} as const;

const PASSWORDS = ["process:index:Password", "random:index/randomPassword:RandomPassword"];

function platformOf(config: Config, selfSigned: Certificate | undefined): Platform {
  if (config.platform === "local")
    return localPlatform({ stack: "dev", ...config, certificate: certificateFiles(config) });
  if (config.platform === "docker")
    return dockerPlatform({
      ...config,
      stack: "dev",
      builds,
      buildNetwork: undefined,
      gatewayAddress: gatewayAddressOf(config.gatewayAddress),
      certificate: selfSigned ?? certificateTexts(config),
      provider: new docker.Provider("engine", {}),
    });
  return kubernetesPlatform({
    ...config,
    neighbours: neighboursOf(config),
    provider: new k8s.Provider("cluster", {}),
  });
}

const nameIn = (urn: string): string | undefined => urn.split("::")[3];

/** The password that the mocks make for the resource of this name. */
export const passwordOf = (name: string): string => `planted-${name}`;

export interface Options {
  readonly config?: Partial<Record<keyof Config, string>>;
  readonly token?: string;
  readonly alertToken?: string;
  readonly mentorKey?: string;
  readonly postgresPassword?: string;
  readonly backupIdentity?: string;
  /** Both keys of the bucket. */
  readonly bucketKeys?: { readonly accessKey: string; readonly secretKey: string };
  readonly dashboards?: StackArgs["dashboards"];
}

export async function register(options: Options = {}): Promise<Registration> {
  const {
    config = {},
    token,
    alertToken,
    mentorKey,
    postgresPassword,
    backupIdentity,
    bucketKeys,
    dashboards = "grafana",
  } = options;
  const spy = vi.spyOn(MockMonitor.prototype, "registerResource");
  const requests = (): proto.RegisterResourceRequest[] =>
    spy.mock.calls.flatMap(([request]: unknown[]) =>
      request instanceof proto.RegisterResourceRequest ? [request] : [],
    );
  const manifests: Manifest[] = [];
  const cluster = clusterMocks((manifest) => manifests.push(manifest));
  await pulumi.runtime.setMocks(
    {
      call: ({ token: called }) => {
        throw new Error(`unexpected call of ${called}`);
      },
      newResource: (args) => {
        const { type, name } = args;
        if (type.startsWith("kubernetes:")) return cluster.newResource(args);
        const state = inputsSchema.parse(args.inputs);
        // The engine's plugin names what has no name, and tells how a task ended.
        if (type.startsWith("docker:"))
          return { id: name, state: { name: `${name}-1`, ...state, exitCode: 0 } };
        if (type === "process:index:Certificate")
          return {
            id: name,
            state: { ...state, certificate: "planted CERTIFICATE", key: pulumi.secret("planted-key") },
          };
        if (!PASSWORDS.includes(type)) return { id: `${name}-id`, state };
        // The engine itself marks as secret what the resource declares; the mocks do not.
        const request = requests().findLast((one) => one.getName() === name);
        const secret = request?.getAdditionalsecretoutputsList().includes("result") === true;
        const result = passwordOf(name);
        return { id: name, state: { ...state, result: secret ? pulumi.secret(result) : result } };
      },
    },
    "launchlab",
    "dev",
  );
  const read = (key: string): string | undefined =>
    Object.entries(config).find(([name]) => name === key)?.[1];
  const checked = loadConfig(read, {
    hasPassword: postgresPassword !== undefined,
    hasToken: token !== undefined,
    hasAlertToken: alertToken !== undefined,
    hasMentorKey: mentorKey !== undefined,
    hasIdentity: backupIdentity !== undefined,
    bucketSecrets: bucketKeys === undefined ? [] : ["backup:accessKey", "backup:secretKey"],
  });
  const selfSigned =
    checked.tlsSelfSigned === undefined ? undefined : new Certificate("gateway-certificate", { host: "bot" });
  const args: StackArgs = {
    name: "dev",
    config: checked,
    platform: platformOf(checked, selfSigned),
    webhookCertificate: selfSigned?.certificate,
    token: token === undefined ? undefined : pulumi.secret(token),
    alertToken: alertToken === undefined ? undefined : pulumi.secret(alertToken),
    mentorKey: mentorKey === undefined ? undefined : pulumi.secret(mentorKey),
    postgresPassword: postgresPassword === undefined ? undefined : pulumi.secret(postgresPassword),
    backupIdentity: backupIdentity === undefined ? undefined : pulumi.secret(backupIdentity),
    bucketKeys: bucketKeys && {
      accessKey: pulumi.secret(bucketKeys.accessKey),
      secretKey: pulumi.secret(bucketKeys.secretKey),
    },
    dashboards,
  };
  let outputs: StackOutputs;
  try {
    outputs = createStack(args);
  } finally {
    // What a stack has registered before it is refused must not reach the mocks of the next one.
    await settle();
  }
  const resources = requests().map((request) => ({
    type: request.getType(),
    name: request.getName(),
    parent: nameIn(request.getParent()),
    protect: request.getProtect() === true,
    retainOnDelete: request.getRetainondelete() === true,
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    provider: nameIn(request.getProvider()),
    dependsOn: request.getDependenciesList().flatMap((urn) => nameIn(urn) ?? []),
    inputs: inputsSchema.parse(request.getObject()?.toJavaScript() ?? {}),
  }));
  spy.mockRestore();
  const named = (name: string): Registered => {
    const found = resources.find((one) => one.name === name && one.type.startsWith("process:"));
    if (found === undefined) throw new Error(`the stack has no resource ${name}`);
    return found;
  };
  const process = (name: string): ProcessInputs => processSchema.strict().parse(unwrap(named(name).inputs));
  return {
    resources,
    outputs,
    named,
    process,
    manifests,
    containers: new Map(
      resources
        .filter(({ type }) => type === CONTAINER)
        .map(({ name, inputs }) => [name, containerSchema.parse(unwrap(inputs))]),
    ),
    processes: resources.filter(({ type }) => type === PROCESS).map(({ name }) => process(name)),
  };
}

/** What stands open in the state: the value without everything that is wrapped as secret. */
export function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, open(item)]));
}

export function valueOf<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  return new Promise((resolve) => {
    output.apply((value) => {
      void pulumi.isSecret(output).then((secret) => resolve({ value, secret }));
    });
  });
}
