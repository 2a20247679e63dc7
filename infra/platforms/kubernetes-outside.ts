import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { outside, type Port, type WorkloadArgs } from "../workload.ts";
import type { Scope } from "./kubernetes-scope.ts";

/** How the outside reaches what it may reach. */
export interface OutsideArgs {
  /** ClusterIP: by something in the cluster that passes on to the Service of the workload's name. @default ClusterIP */
  readonly serviceType?: "ClusterIP" | "NodePort" | "LoadBalancer";
  /** What the cloud's load balancer is told. @default nothing */
  readonly serviceAnnotations?: Readonly<Record<string, string>> | undefined;
  /** NAMESPACE/NAME of a Gateway that passes on, and ends TLS. @default none */
  readonly gatewayApi?: string | undefined;
}

const isOpen = ({ reachableFrom = [] }: Port): boolean => reachableFrom.includes(outside);

/**
 * Whether connections come through a load balancer that asks the nodes for health: it goes on sending to a replica
 * that leaves until it has asked a few times.
 */
export const isBalanced = (
  { ports = [] }: Pick<WorkloadArgs, "ports">,
  { serviceType }: OutsideArgs,
): boolean => ports.some(isOpen) && serviceType !== undefined && serviceType !== "ClusterIP";

/** Lets the outside in at the ports that allow it, and at no other. */
export function createOutside(
  { name, selector, metadata, opts }: Scope,
  { ports = [] }: Pick<WorkloadArgs, "ports">,
  { serviceType, serviceAnnotations = {}, gatewayApi }: OutsideArgs,
): pulumi.Resource[] {
  const open = ports.filter(isOpen);
  if (open.length === 0) return [];
  const own = { ...metadata, name: `${name}-outside` };
  if (gatewayApi !== undefined) {
    const [gatewayNamespace, gateway] = gatewayApi.split("/");
    const hosts = open.flatMap(({ published }) => published?.host ?? []);
    return [
      new k8s.apiextensions.CustomResource(
        own.name,
        {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          metadata: own,
          spec: {
            parentRefs: [{ namespace: gatewayNamespace, name: gateway }],
            hostnames: [...new Set(hosts)],
            rules: open.map(({ port }) => ({ backendRefs: [{ name, port }] })),
          },
        },
        opts,
      ),
    ];
  }
  if (serviceType === undefined || serviceType === "ClusterIP") return [];
  return [
    new k8s.core.v1.Service(
      own.name,
      {
        metadata: { ...own, annotations: serviceAnnotations },
        spec: {
          type: serviceType,
          // Only nodes with a replica take connections: the caller's address stays, and there is no second hop.
          externalTrafficPolicy: "Local",
          selector,
          ports: open.map(({ name: port, port: targetPort, published }) => ({
            name: port,
            port: published?.port ?? targetPort,
            targetPort,
          })),
        },
      },
      opts,
    ),
  ];
}
