import type * as pulumi from "@pulumi/pulumi";
import type { Package } from "./process-provider/packages.ts";

/** What to run: an image, and what does the same on `local`: a package of the system, or our own source. */
export type Image = { readonly reference: string } & (
  | {
      readonly package: Package;
      /** Shell script that prepares the program as the image's own entrypoint does. */
      readonly entrypoint?: string;
    }
  /** Files and folders of the checkout that the image is built from; Node runs them. */
  | { readonly source: readonly string[] }
);

export interface Port {
  readonly name: string;
  /** Port inside a container. */
  readonly port: number;
  /**
   * Place in the block of ports that platforms on one machine use: `basePort` + slot + replica.
   */
  readonly slot: number;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ConfigFile {
  readonly path: string;
  readonly content: pulumi.Input<string>;
}

/** Where one replica finds itself: addresses and paths differ between platforms, and are only known here. */
export interface Placement {
  readonly replica: number;
  /** Address to listen on. */
  readonly host: string;
  /** Number to listen on for a port by name. */
  port(name: string): number;
  /** Absolute path of one of the workload's config files. */
  file(path: string): string;
  /** Absolute path of the file that holds a secret. */
  secret(name: string): string;
  /** Absolute path of the data folder. */
  readonly data: string;
}

export type Health =
  | { readonly kind: "http"; readonly port: string; readonly path: string }
  | { readonly kind: "tcp"; readonly port: string }
  | { readonly kind: "command"; readonly command: (at: Placement) => string[] };

export interface WorkloadArgs {
  /** service: replicas may come and go; stateful: one, with data; task: runs once and ends. */
  readonly kind: "service" | "stateful" | "task";
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
  readonly replicas?: number;
  /** Keeps its data in one folder or volume. @default false */
  readonly data?: boolean;
  /** @default none: running is enough */
  readonly health?: Health;
  /** Time to become healthy; for a task, to end. @default 60 */
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
  /** The platform's own resources, for whoever needs what this contract does not offer. */
  readonly nodes: readonly pulumi.Resource[];
}

export interface WorkloadOptions {
  readonly parent: pulumi.Resource;
  /** What has to run first. @default nothing */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Knows how to run one workload, never which. */
export interface Platform {
  run(name: string, args: WorkloadArgs, opts: WorkloadOptions): Workload;
  /** A random password of letters and digits, secret in the state. */
  password(name: string, length: number, parent?: pulumi.Resource): pulumi.Output<string>;
  /** The address that a workload's port will have, before it runs. */
  address(name: string, port: Port): Endpoint;
}

/** How a client reaches a data service. */
export interface Connection extends Endpoint {
  readonly user: string;
  readonly password: pulumi.Output<string>;
  readonly database: string;
  readonly tls: "disable" | "require" | "verify-full";
}

export const url = ({ host, port }: Endpoint, path = ""): string => `http://${host}:${port}${path}`;
