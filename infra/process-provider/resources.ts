import * as pulumi from "@pulumi/pulumi";
import type { ProcessInputs } from "./inputs.ts";

/** Each value, and each value in a list or map, may become known only while the stack is deployed. */
type Values = Record<string, pulumi.Input<string>>;

/** `ProcessInputs`, where values may become known only while the stack is deployed. */
export type ProcessArgs = Omit<ProcessInputs, "command" | "env" | "secrets" | "files"> & {
  readonly command: pulumi.Input<string>[];
  readonly env: Values;
  readonly secrets: Values;
  readonly files: Values;
};

/** A supervised process of this machine: its arguments are described in `inputs.ts`. */
export class Process extends pulumi.CustomResource {
  constructor(name: string, args: ProcessArgs, opts?: pulumi.CustomResourceOptions) {
    super("process:index:Process", name, args, opts);
  }
}

/** A data folder that outlives the processes that use it. */
export class Folder extends pulumi.CustomResource {
  declare readonly path: pulumi.Output<string>;

  constructor(name: string, args: { path: string; keep: boolean }, opts?: pulumi.CustomResourceOptions) {
    super("process:index:Folder", name, args, opts);
  }
}

/** A random password of letters and digits. */
export class Password extends pulumi.CustomResource {
  declare readonly result: pulumi.Output<string>;

  constructor(
    name: string,
    args: { length: number; path: string; keep: boolean },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(
      "process:index:Password",
      name,
      { ...args, result: undefined },
      {
        ...opts,
        additionalSecretOutputs: ["result"],
      },
    );
  }
}

/** A certificate that vouches for itself, with its private key, in PEM format. */
export class Certificate extends pulumi.CustomResource {
  declare readonly certificate: pulumi.Output<string>;
  declare readonly key: pulumi.Output<string>;

  constructor(name: string, args: { host: string }, opts?: pulumi.CustomResourceOptions) {
    super(
      "process:index:Certificate",
      name,
      { ...args, certificate: undefined, key: undefined },
      { ...opts, additionalSecretOutputs: ["key"] },
    );
  }
}
