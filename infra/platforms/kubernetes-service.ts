import k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Port, WorkloadArgs } from "../workload.ts";
import type { Scope } from "./kubernetes-scope.ts";

/** The Service that names every replica for those who balance, retry or watch: one address for all would hide them. */
export const eachOf = (workload: string, port: string): string => `${workload}-${port}`;

/** The Services of a workload: one of its name, and one for each port where there are several replicas. */
export function createServices(
  { name, selector, metadata, opts }: Scope,
  args: Pick<WorkloadArgs, "ports" | "sidecar" | "health">,
  several: boolean,
): pulumi.Resource[] {
  const sidecarPorts = args.sidecar?.ports ?? [];
  const ports = [...(args.ports ?? []), ...sidecarPorts];
  const service = (
    own: string,
    some: readonly Port[],
    more: types.input.core.v1.ServiceSpec,
  ): pulumi.Resource =>
    new k8s.core.v1.Service(
      own,
      {
        metadata: { ...metadata, name: own },
        spec: {
          selector,
          ports: some.map(({ name: port, port: number }) => ({
            name: port,
            port: number,
            targetPort: number,
          })),
          ...more,
        },
      },
      opts,
    );

  const made: pulumi.Resource[] = [];
  // Also where there is but one replica: the address stays when its pod is replaced, and names need no time to follow.
  if (ports.length > 0) made.push(service(name, ports, {}));
  if (several) {
    const watched = args.health !== undefined && "port" in args.health ? args.health.port : undefined;
    for (const port of ports) {
      made.push(
        service(eachOf(name, port.name), [port], {
          clusterIP: "None",
          // Whoever asks for the health wants to see those that are not ready as well.
          publishNotReadyAddresses: port.name === watched || sidecarPorts.includes(port),
        }),
      );
    }
  }
  return made;
}
