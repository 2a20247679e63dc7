import { z } from "zod";
import type { Pod } from "./pods.ts";
import type { Resource } from "./rule.ts";

const containerSchema = z.object({
  image: z.string(),
  entrypoints: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  envs: z.array(z.string()).default([]),
  user: z.string().default("0"),
  readOnly: z.boolean().default(false),
  privileged: z.boolean().default(false),
  memory: z.number().optional(),
  cpuShares: z.number().optional(),
  capabilities: z.object({ drops: z.array(z.string()).default([]) }).default({ drops: [] }),
  securityOpts: z.array(z.string()).default([]),
  networkMode: z.string().optional(),
  pidMode: z.string().optional(),
  ipcMode: z.string().optional(),
  ports: z.array(z.object({ ip: z.string().optional(), external: z.number().optional() })).default([]),
  volumes: z.array(z.object({ hostPath: z.string().optional() })).default([]),
  mounts: z.array(z.object({ type: z.string(), source: z.string().optional() })).default([]),
  start: z.boolean().default(true),
  uploads: z.array(z.object({ file: z.string(), content: z.string() })).default([]),
});
export type DockerContainer = z.infer<typeof containerSchema>;

/** Without what is null: the plugin writes null for everything that was left out. */
function stated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stated);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, stated(one)]));
}

/** The container of a Docker engine that the resource is; undefined for other resources. */
export const dockerContainer = ({ type, props }: Resource): DockerContainer | undefined =>
  type === "docker:index/container:Container" ? containerSchema.parse(stated(props)) : undefined;

/** A volume of a Docker engine. */
export const isVolume = ({ type }: Resource): boolean => type === "docker:index/volume:Volume";

const text = (amount: number | undefined): string | undefined =>
  amount === undefined ? undefined : String(amount);

/** What a container of Docker would be as a pod. One that is never started only holds files. */
export function podOfDocker(name: string, container: DockerContainer): Pod | undefined {
  if (!container.start) return undefined;
  const [uid = ""] = container.user.split(":");
  const memory = text(container.memory);
  const folders = [
    ...container.volumes.flatMap(({ hostPath }) => hostPath ?? []),
    ...container.mounts.flatMap(({ type, source }) => (type === "bind" ? (source ?? "") : [])),
  ];
  return {
    initContainers: [],
    containers: [
      {
        name,
        image: container.image,
        command: container.entrypoints,
        args: container.command,
        env: container.envs.map((line) => {
          const [key = "", ...value] = line.split("=");
          return { name: key, value: value.join("=") };
        }),
        ports: [],
        resources: { requests: { cpu: text(container.cpuShares), memory }, limits: { memory } },
        securityContext: {
          runAsNonRoot: uid !== "root",
          ...(/^\d+$/.test(uid) ? { runAsUser: Number(uid) } : {}),
          readOnlyRootFilesystem: container.readOnly,
        },
      },
    ],
    securityContext: {},
    hostNetwork: container.networkMode === "host",
    hostPID: container.pidMode === "host",
    hostIPC: container.ipcMode === "host",
    volumes: folders.map((path) => ({ name: path, hostPath: { path } })),
  };
}
