import type * as pulumi from "@pulumi/pulumi";
import { Cron } from "croner";
import { createHash } from "node:crypto";
import type { Package } from "./process-provider/packages.ts";

/** What to run: an image, and what does the same on `local`: a package of the system, or our own source. */
export type Image = {
  readonly reference: string;
  /** Number of the unprivileged user that the image is made for; not 0. */
  readonly user: number;
  /** What a container starts in place of the command's first word. @default that word, found on PATH */
  readonly start?: readonly string[];
  /** Folders besides /tmp that the program writes although nobody needs them later. @default none */
  readonly writable?: readonly string[];
  /** Folder that the image makes for its user's data. @default it keeps none */
  readonly data?: string;
  /**
   * Command with which the image itself asks a port of its own: is there a 2xx at the path, or, without one, does
   * anything listen? @default it has no such program
   */
  readonly probe?: (port: number, path?: string) => string[];
} & (
  | {
      readonly package: Package;
      /** Shell script that prepares the program as the image's own entrypoint does. */
      readonly entrypoint?: string;
    }
  /** Files and folders of the checkout that the image is built from; Node runs them. */
  | {
      readonly source: readonly string[];
      /** Its programs are on PATH, as they are in the image. @default none */
      readonly tools?: Package;
    }
);

export interface Port {
  readonly name: string;
  /** Port inside a container. */
  readonly port: number;
  /**
   * Place in the block of ports that platforms on one machine use: `basePort` + slot + replica.
   */
  readonly slot: number;
  /**
   * Names of the workloads that may connect, or `outside` for everybody. Enforced where the platform can.
   * @default nobody
   */
  readonly reachableFrom?: readonly string[];
  /** Where the outside finds it, on platforms that publish it. @default the platform's choice */
  readonly published?: Published | undefined;
  /** People open it with a browser: a platform on one machine lets that machine in. @default false */
  readonly page?: boolean;
}

/** An address of the outside's own. */
export interface Published {
  readonly host: string;
  readonly port: number;
}

/** Stands in `reachableFrom` for whoever comes from outside of the stack. */
export const outside = "outside";

/** Addresses out of the stack that a workload calls. */
export interface Destination {
  /** Networks in CIDR notation. */
  readonly networks: readonly string[];
  readonly port: number;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Only where the addresses behind the host's name change: the name server to ask for them, again and again. */
  readonly resolver?: string;
  /** Only where the host's name has one address for each replica, which come and go. */
  readonly several?: true;
  /** Only where the platform can be asked for the replicas behind it. */
  readonly pods?: Pods;
}

/** How the replicas behind an endpoint are found in the platform's own list. */
export interface Pods {
  readonly namespace: string;
  /** Labels that they have. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of their port. */
  readonly port: string;
}

/** What one replica needs. */
export interface Resources {
  /** Thousandths of a core that are kept for it; it may use more when there is more. */
  readonly cpuMillis: number;
  /** Megabytes (2^20 bytes) that are kept for it, and the limit that it is ended at. */
  readonly memoryMb: number;
}

/** A number of replicas that follows the load where the platform can; elsewhere it is `min`. */
export interface Autoscaled {
  readonly min: number;
  readonly max: number;
  /** Average use of `cpuMillis` in per cent that is kept up. @default the processor does not matter */
  readonly cpuPercent?: number;
  /** Followed where the platform is told who serves them. @default none */
  readonly metrics?: readonly ScalingMetric[];
}

/** A figure that each replica exports. Its mean over the replicas is kept at the target. */
export interface ScalingMetric {
  readonly name: string;
  /** What tells its series from those of other workloads. */
  readonly labels: Readonly<Record<string, string>>;
  readonly target: number;
  /** Address of the Prometheus that collects it. */
  readonly prometheus: string;
}

export type Replicas = number | Autoscaled;

/** A file that something in the platform made, and that only the platform can hand out. */
export interface PlatformFile {
  /** The object that holds it. */
  readonly secret: string;
  readonly key: string;
}

export type ConfigFile = { readonly path: string } & (
  | {
      readonly content: pulumi.Input<string>;
      /** The content holds a password. @default false */
      readonly secret?: boolean;
    }
  | { readonly from: PlatformFile }
);

/** Where one replica finds itself: addresses and paths differ between platforms, and are only known here. */
export interface Placement {
  readonly replica: number;
  /** Address to listen on. */
  readonly host: string;
  /** Number to listen on for a port by name. */
  port(name: string): number;
  /** Where this replica finds a port of its sidecar, by name. */
  sidecar(port: string): Endpoint;
  /** Absolute path of one of the workload's config files. */
  file(path: string): string;
  /** Absolute path of the file that holds a secret. */
  secret(name: string): string;
  /** Absolute path of the data folder. */
  readonly data: string;
  /** Absolute path of a folder for what is not needed after a restart. */
  readonly scratch: string;
  /** The files of `WorkloadArgs.certificate`. Throws when the platform has no certificate. */
  certificate(): CertificateFiles;
}

/** Absolute paths of a certificate with its chain, and of its private key, in PEM format. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export type Health =
  | {
      readonly kind: "http";
      readonly port: string;
      /** Answers 2xx when the program can do its work. */
      readonly path: string;
      /**
       * Answers 2xx as long as a restart would not help: it tests no other program.
       * @default none: only a program that ends is started again
       */
      readonly live?: string;
    }
  | { readonly kind: "tcp"; readonly port: string }
  | { readonly kind: "command"; readonly command: (at: Placement) => string[] };

/** A small program that belongs to one replica of another and starts after it. */
export interface Sidecar {
  readonly name: string;
  readonly image: Image;
  readonly ports: readonly Port[];
  readonly resources: Resources;
  readonly health: Health;
  /** `main` gives the address of a port of the replica that it belongs to. */
  readonly command: (at: Placement, main: (port: string) => Endpoint) => string[];
}

export interface WorkloadArgs {
  /**
   * service: replicas may come and go; stateful: one, with data; task: runs once and ends; cron: runs and ends
   * whenever it is due, one run at a time, and nobody waits for it.
   */
  readonly kind: "service" | "stateful" | "task" | "cron";
  /**
   * When a cron is due, in UTC: minute, hour, day of the month, month, day of the week (0 is Sunday).
   * @default none: needed by a cron, and by nothing else
   */
  readonly schedule?: string;
  readonly image: Image;
  readonly command: (at: Placement) => pulumi.Input<string>[];
  /** Plain values only. @default none */
  readonly env?: (at: Placement) => Record<string, pulumi.Input<string>>;
  /** Arrive as files that only the program may read; it finds the path in NAME_FILE. @default none */
  readonly secrets?: Record<string, pulumi.Input<string>>;
  /** Rendered by pure functions; a change replaces the workload, or reloads it (see `reload`). @default none */
  readonly files?: (at: Placement) => ConfigFile[];
  /** @default none */
  readonly ports?: readonly Port[];
  /** @default 1 */
  readonly replicas?: Replicas;
  /** How many more run where one address serves several replicas. @default 0 */
  readonly standby?: number;
  /** @default none */
  readonly sidecar?: Sidecar;
  readonly resources: Resources;
  /**
   * Keeps its data in one folder or volume, of this size where the platform limits it; or works on the data of
   * another workload, which it names and which has to be there before. @default none
   */
  readonly data?: { readonly gigabytes: number } | { readonly of: string };
  /**
   * Answers over TLS for this host name. A renewal replaces the files of `Placement.certificate` in place, so they are
   * to be read at each handshake. @default none
   */
  readonly certificate?: { readonly host: string } | undefined;
  /**
   * A group of workloads that do the same work: no two of them on one machine where there are enough machines, and
   * only one of them ended at a time when machines are emptied. @default none
   */
  readonly apart?: string;
  /** What it calls besides workloads. @default nothing */
  readonly calls?: readonly Destination[];
  /**
   * Asks the platform, where it can be asked, which replicas there are (`pods`), or how all objects of the stack that
   * run something are (`objects`). @default nothing
   */
  readonly discovers?: "pods" | "objects";
  /** @default none: running is enough */
  readonly health?: Health;
  /** Time to become healthy; for a task or a run of a cron, to end. @default 60 */
  readonly startSeconds?: number;
  /** Time between the stop signal and the kill. @default 10 */
  readonly stopSeconds?: number;
  /** Asks for a graceful stop. @default SIGTERM */
  readonly stopSignal?: "SIGTERM" | "SIGINT" | "SIGQUIT";
  /** Signal with which the program reads its files again. @default none: it is replaced */
  readonly reload?: "SIGHUP";
}

/** A running workload. */
export interface Workload {
  /** One address for all replicas, as far as the platform has such a thing; else the first replica. */
  endpoint(port: string): Endpoint;
  /** Every address that a client may balance over. */
  endpoints(port: string): Endpoint[];
  /** Its address for the people of the machine that it runs on; what `endpoint` says where none is made for them. */
  fromHost(port: string): Endpoint;
  /** The platform's own resources, for whoever needs what this contract does not offer. */
  readonly nodes: readonly pulumi.Resource[];
}

export interface WorkloadOptions {
  readonly parent: pulumi.Resource;
  /** What has to run first. @default nothing */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** A Postgres that outlives the loss of a server: one takes writes, and waits for one of the others to have them. */
export interface PostgresClusterArgs {
  /** The tag begins with the major version. */
  readonly image: string;
  readonly instances: number;
  readonly database: string;
  readonly user: string;
  readonly password: pulumi.Output<string>;
  readonly data: { readonly gigabytes: number };
  /** Of one instance. */
  readonly resources: Resources;
  readonly parameters: Readonly<Record<string, string>>;
  /** Workloads that connect without the pooler. */
  readonly reachableFrom: readonly string[];
  /** Workloads that read the figures of instances and poolers. */
  readonly watchedFrom: readonly string[];
  /** Shares few connections among many clients, transaction by transaction. */
  readonly pooler: {
    readonly image: string;
    readonly instances: number;
    /** Of one instance. */
    readonly resources: Resources;
    /** Connections of one instance to the database. */
    readonly poolSize: number;
    /** Connections of clients to one instance. */
    readonly maxClients: number;
    readonly reachableFrom: readonly string[];
  };
}

export interface PostgresCluster {
  /** The pooler. Nothing of a session is kept between two transactions. */
  readonly pooled: Endpoint;
  /** Whichever server takes writes. */
  readonly direct: Endpoint;
  /** Certificate of the authority that vouches for both. It is renewed, so it is to be read for each connection. */
  readonly ca: PlatformFile;
  readonly metrics: { readonly instances: Endpoint; readonly poolers: Endpoint };
  /** What has to run before a client does. */
  readonly nodes: readonly pulumi.Resource[];
}

/** What a monitoring that is there already is told about the stack. */
export interface MonitorArgs {
  readonly targets: readonly {
    readonly job: string;
    readonly pods: Pods;
    /** Of their series, besides `job`, `instance` and `namespace`. */
    readonly labels: Readonly<Record<string, string>>;
  }[];
  /** How often targets are read and rules evaluated. */
  readonly intervalSeconds: number;
  /** Groups of rules as in a rule file of Prometheus. */
  readonly ruleGroups: readonly { readonly name: string; readonly rules: readonly object[] }[];
  /** Dashboards of Grafana (JSON) by name. */
  readonly boards: Readonly<Record<string, string>>;
}

/** Knows how to run one workload, never which. */
export interface Platform {
  run(name: string, args: WorkloadArgs, opts: WorkloadOptions): Workload;
  /**
   * A random password of letters and digits, secret in the state. One that opens data which outlive the stack has to
   * live as long as they do: `kept`.
   */
  password(name: string, length: number, parent?: pulumi.Resource, kept?: boolean): pulumi.Output<string>;
  /** The address that a workload's port will have, before it runs. */
  address(name: string, port: Port): Endpoint;
  /** The one that `fromHost` will say of a port that is a page. */
  page(name: string, port: Port): Endpoint;
  /** Only where there is a monitoring that can be told. */
  monitor?(name: string, args: MonitorArgs, opts: WorkloadOptions): void;
  /** Only where something looks after such a cluster. */
  readonly postgresCluster?: (
    name: string,
    args: PostgresClusterArgs,
    opts: WorkloadOptions,
  ) => PostgresCluster;
}

/** How a client reaches a data service. */
export interface Connection extends Endpoint {
  readonly user: string;
  readonly password: pulumi.Output<string>;
  readonly database: string;
  readonly tls: "disable" | "require" | "verify-full";
  /** Who vouches for the server. @default those whom everybody trusts */
  readonly ca?: { readonly content: string } | { readonly from: PlatformFile };
  /** Where it is, unless a workload. @default a workload */
  readonly calls?: readonly Destination[];
}

export const url = ({ host, port }: Endpoint, path = ""): string => `http://${host}:${port}${path}`;

/** The number of replicas that a platform without autoscaling runs. */
export const atLeast = (replicas: Replicas): number =>
  typeof replicas === "number" ? replicas : replicas.min;

/** The port of this name. Throws when the workload has none. */
export function portOf({ ports = [], sidecar }: Pick<WorkloadArgs, "ports" | "sidecar">, name: string): Port {
  const port = [...ports, ...(sidecar?.ports ?? [])].find((one) => one.name === name);
  if (port === undefined) throw new Error(`the workload has no port named ${name}`);
  return port;
}

/** The schedule of a cron. Throws when it has none, or none that every platform understands. */
export function scheduleOf({ schedule = "" }: Pick<WorkloadArgs, "schedule">): string {
  const fields = schedule.split(" ");
  const wrong = new Error(
    `${JSON.stringify(schedule)} is no schedule: five fields of digits and * , - /, such as "0 2 * * 1"`,
  );
  // Kubernetes knows Sunday as 0 alone, and no letters but names.
  if (fields.length !== 5 || !/^[\d*,/ -]+$/.test(schedule) || fields[4]?.includes("7") === true) throw wrong;
  try {
    new Cron(schedule, { mode: "5-part", timezone: "UTC" });
  } catch {
    throw wrong;
  }
  return schedule;
}

/** Ten characters that change when the text does, fit for names. */
export const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 10);
