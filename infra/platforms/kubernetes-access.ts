import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { WorkloadArgs } from "../workload.ts";
import type { Scope } from "./kubernetes-scope.ts";

/** None of these holds a secret. */
const asked = {
  pods: [["", ["pods"]]],
  objects: [
    ["", ["pods", "persistentvolumeclaims"]],
    ["apps", ["deployments", "statefulsets"]],
    ["autoscaling", ["horizontalpodautoscalers"]],
    ["batch", ["jobs"]],
  ],
} as const satisfies Record<
  NonNullable<WorkloadArgs["discovers"]>,
  readonly (readonly [string, readonly string[]])[]
>;

/**
 * An identity that may ask the Kubernetes API for these in its own namespace, and for nothing else. Only a pod that is
 * given the account gets its token.
 */
export function createAccess(
  { name, metadata, opts }: Scope,
  discovers: keyof typeof asked,
): {
  readonly account: pulumi.Output<string>;
  readonly nodes: pulumi.Resource[];
} {
  const account = new k8s.core.v1.ServiceAccount(
    name,
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const role = new k8s.rbac.v1.Role(
    name,
    {
      metadata,
      rules: asked[discovers].map(([group, resources]) => ({
        apiGroups: [group],
        resources: [...resources],
        verbs: ["get", "list", "watch"],
      })),
    },
    opts,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: metadata.namespace }],
    },
    opts,
  );
  return { account: account.metadata.name, nodes: [account, role, binding] };
}
