import type * as pulumi from "@pulumi/pulumi";

/** What all objects of one workload have in common. */
export interface Scope {
  /** The workload's, and of its objects unless they say otherwise. */
  readonly name: string;
  /** Known once the namespace is there. */
  readonly namespace: pulumi.Output<string>;
  readonly labels: Record<string, string>;
  /** The labels by which its pods are found. */
  readonly selector: Record<string, string>;
  readonly metadata: {
    readonly name: string;
    readonly namespace: pulumi.Output<string>;
    readonly labels: Record<string, string>;
  };
  readonly opts: pulumi.CustomResourceOptions;
}
