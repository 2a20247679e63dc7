import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./kubernetes-scope.ts";

/**
 * An identity that may ask the Kubernetes API which pods there are in its own namespace, and nothing else: they hold
 * no secrets. Only a pod that is given the account gets its token.
 */
export function createAccess({ name, metadata, opts }: Scope): {
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
    { metadata, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }] },
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
