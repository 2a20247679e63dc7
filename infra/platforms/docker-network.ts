import docker, { type types } from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { outside, type Port, type WorkloadArgs } from "../workload.ts";

/** A network that a workload is in, and whether the others there know it by its name. */
export interface Membership {
  readonly network: docker.Network;
  readonly named: boolean;
}

export interface Networks {
  /** The networks of a workload, made when they are needed. */
  join(
    name: string,
    args: Pick<WorkloadArgs, "ports" | "sidecar" | "calls">,
    parent: pulumi.Resource,
  ): Membership[];
}

export interface NetworkArgs {
  readonly labels: types.input.NetworkLabel[];
  readonly opts: pulumi.CustomResourceOptions;
}

/** Whether something out of the stack comes in at the port. */
export const isPublished = ({ reachableFrom = [], page = false }: Port): boolean =>
  page || reachableFrom.includes(outside);

/**
 * One network for each workload that others call, with its callers, and without a way out of it; and one for those that
 * the outside reaches or that reach it, in which they do not see each other. A network has a fixed membership from the
 * start of a container, so of two workloads the one that is run later joins the network of the other.
 */
export function createNetworks({ labels, opts }: NetworkArgs): Networks {
  const own = new Map<string, docker.Network>();
  const seen = new Set<string>();
  /** Networks that workloads still to come will join, by their names. */
  const awaited = new Map<string, docker.Network[]>();
  let gate: docker.Network | undefined;

  const openGate = (): docker.Network => {
    gate ??= new docker.Network(
      "outside",
      { driver: "bridge", options: { "com.docker.network.bridge.enable_icc": "false" }, labels },
      opts,
    );
    return gate;
  };

  return {
    join(name, { ports = [], sidecar, calls = [] }, parent) {
      const all = [...ports, ...(sidecar?.ports ?? [])];
      const callers = new Set(all.flatMap(({ reachableFrom = [] }) => reachableFrom));
      callers.delete(outside);
      const joined: Membership[] = (awaited.get(name) ?? []).map((network) => ({ network, named: false }));
      const late: string[] = [];
      for (const caller of callers) {
        const network = own.get(caller);
        if (network !== undefined) joined.push({ network, named: true });
        else if (seen.has(caller)) throw new Error(`${caller} calls ${name}, and has to be run after it`);
        else late.push(caller);
      }
      seen.add(name);
      if (late.length > 0) {
        const network = new docker.Network(
          name,
          { driver: "bridge", internal: true, labels },
          { ...opts, parent },
        );
        own.set(name, network);
        joined.push({ network, named: true });
        for (const caller of late) awaited.set(caller, [...(awaited.get(caller) ?? []), network]);
      }
      if (all.some(isPublished) || calls.length > 0) joined.push({ network: openGate(), named: false });
      return joined;
    },
  };
}
