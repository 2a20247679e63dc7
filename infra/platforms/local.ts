import type * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import type { HealthCheck } from "../process-provider/health.ts";
import type { ProcessInputs } from "../process-provider/inputs.ts";
import { Folder, Password, Process } from "../process-provider/resources.ts";
import { checkout, stackFolder } from "../toolchain/folders.ts";
import { hashFiles } from "../source-hash.ts";
import {
  atLeast,
  portOf,
  scheduleOf,
  type CertificateFiles,
  type Endpoint,
  type Health,
  type Image,
  type Placement,
  type Platform,
  type Port,
  type Workload,
  type WorkloadArgs,
} from "../workload.ts";

/**
 * Seconds that a new replica serves for before the next one is replaced. The gateway leaves out one that was away for
 * 2 s, and must not lose the other meanwhile.
 */
const SETTLE_SECONDS = 5;
const HOST = "127.0.0.1";

export interface LocalArgs {
  readonly stack: string;
  /** First of the 120 ports that the stack takes. */
  readonly basePort: number;
  /** Data folders and passwords survive `destroy`. */
  readonly keepData: boolean;
  /** For workloads that answer over TLS; whoever renews it replaces the files. @default none */
  readonly certificate?: CertificateFiles | undefined;
}

/** Runs workloads as supervised processes of this machine, on 127.0.0.1. */
export function localPlatform({ stack, basePort, keepData, certificate }: LocalArgs): Platform {
  const root = stackFolder(stack);

  const endpointOf = (port: Port, replica: number): Endpoint => ({
    host: HOST,
    port: basePort + port.slot + replica,
  });

  const place = (name: string, args: WorkloadArgs, replica: number): Placement => ({
    replica,
    host: HOST,
    port: (port) => endpointOf(portOf(args, port), replica).port,
    sidecar: (port) => endpointOf(portOf(args, port), 0),
    file: (path) => join(root, "run", name, "files", path),
    secret: (secret) => join(root, "run", name, "secrets", secret),
    data: join(root, "data", args.data !== undefined && "of" in args.data ? args.data.of : name),
    scratch: join(root, "run", name, "files"),
    certificate: () => {
      if (certificate === undefined) throw new Error(`there is no certificate for ${name}`);
      return certificate;
    },
  });

  const healthOf = (health: Health, at: Placement): HealthCheck => {
    switch (health.kind) {
      case "http":
        return { kind: "http", url: `http://${HOST}:${at.port(health.port)}${health.path}` };
      case "tcp":
        return { kind: "tcp", port: at.port(health.port) };
      case "command":
        return { kind: "command", command: health.command(at) };
    }
  };

  const startReplica = (
    name: string,
    args: WorkloadArgs,
    replica: number,
    opts: pulumi.CustomResourceOptions,
  ): Process => {
    const at = place(name, args, replica);
    const files = Object.fromEntries(
      (args.files?.(at) ?? []).map((file) => {
        if ("from" in file) throw new Error(`${name}: there is no ${file.from.secret} on this platform`);
        return [file.path, file.content];
      }),
    );
    return new Process(
      name,
      {
        name,
        folder: join(root, "run", name),
        log: join(root, "log", `${name}.log`),
        task: args.kind === "task",
        ...(args.kind === "cron" ? { schedule: scheduleOf(args) } : {}),
        command: args.command(at),
        ...programOf(args.image),
        env: args.env?.(at) ?? {},
        secrets: args.secrets ?? {},
        files,
        ports: (args.ports ?? []).map((port) => endpointOf(port, replica).port),
        ...(args.data === undefined ? {} : { data: at.data }),
        ...(args.health === undefined ? {} : { health: healthOf(args.health, at) }),
        startSeconds: args.startSeconds ?? 60,
        ...(atLeast(args.replicas ?? 1) > 1 ? { settleSeconds: SETTLE_SECONDS } : {}),
        stopSeconds: args.stopSeconds ?? 10,
        stopSignal: args.stopSignal ?? "SIGTERM",
        ...(args.reload === undefined ? {} : { reload: args.reload }),
      },
      opts,
    );
  };

  return {
    run(name, args, opts): Workload {
      const count = atLeast(args.replicas ?? 1);
      const nodes: pulumi.Resource[] = [];
      const { parent, dependsOn = [] } = opts;
      if (args.data !== undefined && "gigabytes" in args.data) {
        const path = place(name, args, 0).data;
        nodes.push(new Folder(`${name}-data`, { path, keep: keepData }, { parent }));
      }
      for (let replica = 0; replica < count; replica += 1) {
        // Each waits for the one before it: they are replaced one by one, and the others serve meanwhile.
        const before = nodes.at(-1);
        const waits = before === undefined ? [...dependsOn] : [...dependsOn, before];
        const own = args.replicas === undefined ? name : `${name}-${replica}`;
        nodes.push(startReplica(own, args, replica, { parent, dependsOn: waits }));
      }
      const { sidecar } = args;
      if (sidecar !== undefined) {
        const command = (at: Placement): string[] =>
          sidecar.command(at, (port) => endpointOf(portOf(args, port), 0));
        const waits = [...dependsOn, ...nodes];
        const own: WorkloadArgs = { kind: "service", ...sidecar, command };
        nodes.push(startReplica(sidecar.name, own, 0, { parent, dependsOn: waits }));
      }
      return {
        nodes,
        endpoint: (port) => endpointOf(portOf(args, port), 0),
        fromHost: (port) => endpointOf(portOf(args, port), 0),
        endpoints: (port) =>
          Array.from({ length: count }, (_, replica) => endpointOf(portOf(args, port), replica)),
      };
    },
    password(name, length, parent) {
      const path = join(root, "kept", name);
      return new Password(name, { length, path, keep: keepData }, parent && { parent }).result;
    },
    address: (_name, port) => endpointOf(port, 0),
    page: (_name, port) => endpointOf(port, 0),
  };
}

/** What decides which program runs, and when it has changed. */
function programOf(image: Image): Pick<ProcessInputs, "cwd" | "package" | "tools" | "entrypoint" | "source"> {
  if ("source" in image) {
    const { source, tools } = image;
    return { cwd: checkout, source: hashFiles(checkout, source), ...(tools === undefined ? {} : { tools }) };
  }
  const { package: program, entrypoint } = image;
  return { package: program, ...(entrypoint === undefined ? {} : { entrypoint }) };
}
