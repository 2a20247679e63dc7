import docker, { type types } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  atLeast,
  outside,
  portOf,
  type Endpoint,
  type Platform,
  type Placement,
  type Port,
  type Sidecar,
  type Workload,
  type WorkloadArgs,
  type WorkloadOptions,
} from "../workload.ts";
import { containerOf, SCRATCH_FOLDER } from "./docker-container.ts";
import { scheduled, SCHEDULER_MB, schedulerUploads } from "./docker-cron.ts";
import {
  certificatePlaces,
  createHolder,
  filePlaces,
  uploadsOf,
  type CertificateTexts,
} from "./docker-files.ts";
import { createImages, type ImageArgs } from "./docker-image.ts";
import { STACK_LABEL, WORKLOAD_LABEL } from "./docker-labels.ts";
import { createNetworks, isPublished, type Membership } from "./docker-network.ts";
import { createTasks } from "./docker-task.ts";
import { randomPassword } from "./random-password.ts";

export interface DockerArgs extends ImageArgs {
  /** The one engine, named by the caller. */
  readonly provider: pulumi.ProviderResource;
  /** Tells its containers and volumes from those of other stacks. */
  readonly stack: string;
  /** First of the 120 ports of the engine's machine that the stack takes. */
  readonly basePort: number;
  /** Where the engine's machine lets the outside in. @default 127.0.0.1 and the first port */
  readonly gatewayAddress?: { readonly host: string; readonly port: number } | undefined;
  /** For workloads that answer over TLS. @default none */
  readonly certificate?: CertificateTexts | undefined;
}

const HOST = "127.0.0.1";
/** The name server that the engine gives to each container. */
const NAME_SERVER = "127.0.0.11";

interface Label {
  readonly label: string;
  readonly value: string;
}

/** Runs workloads as containers of one Docker engine. */
export function dockerPlatform(args: DockerArgs): Platform {
  const { provider, stack, basePort } = args;
  const base = new pulumi.ComponentResource("launchlab:index:Docker", "docker");
  const stackLabel: Label = { label: STACK_LABEL, value: stack };
  const shared = { parent: base, provider };
  const networks = createNetworks({ labels: [stackLabel], opts: shared });
  const imageOf = createImages(args, shared);
  const tasks = createTasks();

  const endpointOf = (name: string, { port }: Port): Endpoint => ({
    host: name,
    port,
    resolver: NAME_SERVER,
  });
  const fromHostOf = (port: Port): Endpoint =>
    port.reachableFrom?.includes(outside) === true && args.gatewayAddress !== undefined
      ? args.gatewayAddress
      : { host: HOST, port: basePort + port.slot };

  const place = (
    workload: Pick<WorkloadArgs, "ports" | "sidecar" | "image">,
    replica: number,
  ): Placement => ({
    replica,
    host: "0.0.0.0",
    port: (port) => portOf(workload, port).port,
    sidecar: (port) => {
      if (workload.sidecar === undefined) throw new Error(`there is no sidecar with a port named ${port}`);
      return endpointOf(workload.sidecar.name, portOf(workload, port));
    },
    ...filePlaces,
    get data() {
      const { data, reference } = workload.image;
      if (data === undefined) throw new Error(`the image ${reference} has no folder for data`);
      return data;
    },
    scratch: SCRATCH_FOLDER,
    certificate: () => certificatePlaces,
  });

  const publishedBy = ({ ports = [] }: Pick<WorkloadArgs, "ports">): types.input.ContainerPort[] =>
    ports.filter(isPublished).map((port) => {
      const { host, port: external } = fromHostOf(port);
      return { internal: port.port, external, ip: host, protocol: "tcp" };
    });

  const joining = (
    members: readonly Membership[],
    aliases: readonly string[],
  ): Pick<docker.ContainerArgs, "networkMode" | "networksAdvanced"> =>
    members.length === 0
      ? { networkMode: "none" }
      : {
          networksAdvanced: members.map(({ network, named }) => ({
            name: network.name,
            ...(named ? { aliases: [...aliases] } : {}),
          })),
        };

  /** Folders of data by the workload that keeps them. */
  const volumes = new Map<string, docker.Volume>();
  const volumeOf = (name: string): docker.Volume => {
    const volume = volumes.get(name);
    if (volume === undefined) throw new Error(`${name} keeps no data yet`);
    return volume;
  };

  function start(
    own: string,
    workload: WorkloadArgs,
    at: Placement,
    members: Pick<docker.ContainerArgs, "networkMode" | "networksAdvanced">,
    labels: readonly Label[],
    { parent, dependsOn = [] }: WorkloadOptions,
  ): docker.Container {
    const { kind, resources, data } = workload;
    const image = imageOf(workload.image);
    const opts = { parent, provider };
    const command = workload.command(at);
    const env = workload.env?.(at) ?? {};
    const secrets = Object.keys(workload.secrets ?? {}).map(
      (name) => [`${name}_FILE`, at.secret(name)] as const,
    );
    const isCron = kind === "cron";
    const uploads = [
      ...uploadsOf(own, workload, at, args.certificate),
      ...(isCron ? schedulerUploads() : []),
    ];
    const files =
      uploads.length === 0
        ? undefined
        : createHolder(`${own}-files`, { image, uploads, labels: [...labels] }, opts);
    const ports = publishedBy(workload);
    const memoryMb = resources.memoryMb + (isCron ? SCHEDULER_MB : 0);
    const dataVolume = data && volumeOf("of" in data ? data.of : own).name;
    const container = new docker.Container(
      own,
      {
        image,
        ...containerOf(
          {
            ...workload,
            command: isCron ? scheduled(workload, command) : command,
            env: { ...env, ...Object.fromEntries(secrets) },
            resources: { ...resources, memoryMb },
          },
          at,
        ),
        ...members,
        ...(ports.length === 0 ? {} : { ports }),
        volumes: [
          ...(files === undefined ? [] : [files.volume]),
          ...(dataVolume === undefined ? [] : [{ volumeName: dataVolume, containerPath: at.data }]),
        ],
        labels: [...labels],
      },
      {
        ...opts,
        dependsOn: tasks.done([...dependsOn, ...(files === undefined ? [] : [files.holder])]),
        // A port of the machine and a folder of data have room for one.
        deleteBeforeReplace: ports.length > 0 || data !== undefined,
        // The plugin takes changes of these for done without doing anything.
        replaceOnChanges: ["healthcheck", "init", "tmpfs"],
      },
    );
    return kind === "task" ? tasks.add(own, container) : container;
  }

  function run(name: string, workload: WorkloadArgs, { parent, dependsOn = [] }: WorkloadOptions): Workload {
    const members = networks.join(name, workload, parent);
    const labels: Label[] = [stackLabel, { label: WORKLOAD_LABEL, value: name }];
    const nodes: pulumi.Resource[] = [];
    const count = atLeast(workload.replicas ?? 1);
    const { data, sidecar } = workload;
    if (data !== undefined && "gigabytes" in data) {
      // Its name is the engine's own, so that two stacks never meet in one.
      const volume = new docker.Volume(
        `${name}-data`,
        { labels },
        { parent, provider, protect: true, retainOnDelete: true },
      );
      volumes.set(name, volume);
      nodes.push(volume);
    }
    for (let replica = 0; replica < count; replica += 1) {
      const own = workload.replicas === undefined ? name : `${name}-${replica}`;
      // Each waits for the one before it: they are replaced one by one.
      const opts = { parent, dependsOn: [...dependsOn, ...nodes] };
      const networked = joining(members, [...new Set([own, name])]);
      nodes.push(start(own, workload, place(workload, replica), networked, labels, opts));
    }
    if (sidecar !== undefined) nodes.push(startSidecar(name, workload, sidecar, members, parent, nodes));
    const hostOf = (port: string): string =>
      sidecar?.ports.some((one) => one.name === port) === true ? sidecar.name : name;
    const endpoint = (port: string): Endpoint => endpointOf(hostOf(port), portOf(workload, port));
    return {
      nodes,
      endpoint,
      endpoints: (port) =>
        workload.replicas === undefined
          ? [endpoint(port)]
          : Array.from({ length: count }, (_, replica) =>
              endpointOf(`${name}-${replica}`, portOf(workload, port)),
            ),
      fromHost: (port) => {
        const found = portOf(workload, port);
        return isPublished(found) ? fromHostOf(found) : endpoint(port);
      },
    };
  }

  function startSidecar(
    name: string,
    main: WorkloadArgs,
    sidecar: Sidecar,
    members: readonly Membership[],
    parent: pulumi.Resource,
    dependsOn: readonly pulumi.Resource[],
  ): docker.Container {
    const labels: Label[] = [stackLabel, { label: WORKLOAD_LABEL, value: sidecar.name }];
    const command = (at: Placement): string[] =>
      sidecar.command(at, (port) => endpointOf(name, portOf(main, port)));
    // Those in which the replica is known to others, who read the sidecar as well.
    const networked = joining(
      members.filter(({ named }) => named),
      [sidecar.name],
    );
    const own: WorkloadArgs = { kind: "service", ...sidecar, command };
    return start(sidecar.name, own, place(own, 0), networked, labels, { parent, dependsOn });
  }

  return { run, password: randomPassword, address: endpointOf, page: (_name, port) => fromHostOf(port) };
}
