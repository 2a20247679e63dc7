import { z } from "zod";
import { dockerContainer } from "../docker.ts";
import { podOf } from "../pods.ts";
import { isProcess, type Resource, type ResourceRule } from "../rule.ts";

const processSchema = z.object({
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.string()),
});

/** Every address of the machine, as an address to listen on; `0.0.0.0/0` is a network. */
const EVERYWHERE = /(?<![\d.])0\.0\.0\.0(?![\d./])|\[::\]:/;

function checkProcess(resource: Resource): string[] {
  const { command, env, files } = processSchema.parse(resource.props);
  const texts = { command: command.join(" "), ...env, ...files };
  return Object.entries(texts).flatMap(([where, text]) =>
    EVERYWHERE.test(text)
      ? [`${where} names every address of this machine: listen on 127.0.0.1, which others cannot reach`]
      : [],
  );
}

function checkPod(resource: Resource): string[] {
  const pod = podOf(resource);
  if (pod === undefined) return [];
  const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((key) => pod[key] === true);
  const ports = [...pod.initContainers, ...pod.containers].flatMap(({ name, ports: own }) =>
    own.flatMap(({ hostPort }) => (hostPort === undefined ? [] : [`hostPort ${hostPort} of ${name}`])),
  );
  const paths = pod.volumes.flatMap(({ hostPath }) =>
    hostPath === undefined ? [] : [`hostPath ${hostPath.path}`],
  );
  return [...shared, ...ports, ...paths].map(
    (what) => `${what} opens the node to the pod, or the pod to everybody: use a Service or a volume`,
  );
}

function checkPorts(resource: Resource): string[] {
  return (dockerContainer(resource)?.ports ?? []).flatMap(({ ip, external }) =>
    ip === undefined
      ? [`port ${external} is open at every address of the machine: say which one, such as 127.0.0.1`]
      : [],
  );
}

export const noHostAccess: ResourceRule = {
  name: "no-host-access",
  description:
    "No pod or container uses namespaces or folders of its machine, or ports that nobody chose; no local process " +
    "listens to the network.",
  check: (resource) =>
    isProcess(resource) ? checkProcess(resource) : [...checkPod(resource), ...checkPorts(resource)],
};
