import k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { basePolicies } from "./kubernetes-network.ts";

export interface NamespaceArgs {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
}

/** A namespace that refuses pods with more rights than they need, and connections that nobody allowed. */
export class Namespace extends pulumi.ComponentResource {
  /** Its name, known once it is there. */
  readonly created: pulumi.Output<string>;
  readonly policies: readonly pulumi.Resource[];

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Namespace", name, {}, opts);
    const own = { parent: this, provider: args.provider };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.name,
          labels: Object.fromEntries(
            ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
          ),
        },
      },
      // Its end would be the end of the volumes in it.
      { ...own, retainOnDelete: true },
    );
    this.created = namespace.metadata.name;
    this.policies = Object.entries(basePolicies).map(
      ([policy, spec]) =>
        new k8s.networking.v1.NetworkPolicy(
          `${name}-${policy}`,
          { metadata: { name: policy, namespace: this.created }, spec },
          own,
        ),
    );
    this.registerOutputs({});
  }
}
