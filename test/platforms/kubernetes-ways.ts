import { join } from "node:path";
import { pluginVersion } from "../../infra/toolchain/plugins.ts";
import { kubectl } from "../kubectl.ts";
import type { Finished, Running, Scratch } from "../scratch.ts";

/** How a stack gets to a cluster and away from it. */
export interface Way {
  readonly name: string;
  startUp(): Running;
  /** What an `up` says in the end. */
  readonly says: readonly string[];
  /** Succeeds when an `up` would change nothing, and everything is as it is recorded. */
  expectNoChange(): Promise<Finished>;
  /** What the way itself keeps about the stack, as text. */
  records(): Promise<string>;
  /** Removes everything but what is meant to stay. */
  destroy(): Promise<Finished>;
}

/** What the engine lacks for a platform, or undefined. Downloads plugins where that is possible. */
export async function missingPlugin(scratch: Scratch, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const plugin = ["plugin", "install", "resource", name, pluginVersion(name)];
    const { code } = await scratch.run("pulumi", ...plugin);
    if (code !== 0)
      return `the plugin ${name} ${pluginVersion(name)} is not installed, and its download failed`;
  }
  return undefined;
}

/** `npm run up`. */
export function engineWay(scratch: Scratch, stack: string): Way {
  const of = ["--stack", stack];
  return {
    name: "the engine",
    says: [`Stack ${stack} is up`, "✅ launchlab@v"],
    startUp: () => scratch.start("up", ...of, "--yes", "--skip-preview"),
    expectNoChange: () => scratch.run("preview", ...of, "--expect-no-changes"),
    async records() {
      const { code, text } = await scratch.run("pulumi", "stack", "export", ...of);
      if (code !== 0) throw new Error(text);
      return text;
    },
    destroy: () => scratch.run("destroy", ...of, "--yes", "--skip-preview", "--exclude-protected"),
  };
}

/** The rendered manifests and kubectl. */
export function manifestsWay(scratch: Scratch, stack: string, namespace: string): Way {
  const folder = join(scratch.folder, "manifests");
  const listed = ["-n", namespace, "--ignore-not-found", "--timeout=120s"];
  return {
    name: "rendered manifests",
    says: [],
    startUp: () => scratch.spawn("node", join(import.meta.dirname, "apply.ts"), stack, folder),
    expectNoChange: () => scratch.spawn("kubectl", "diff", "--server-side", "-f", folder).finished,
    async records() {
      const { code, text } = await scratch.spawn("sh", "-c", `cat "${folder}"/*.yaml`).finished;
      if (code !== 0) throw new Error(text);
      return text;
    },
    async destroy() {
      const kinds =
        "deployments,statefulsets,cronjobs,jobs,services,configmaps,horizontalpodautoscalers,poddisruptionbudgets";
      try {
        await kubectl(["delete", kinds, "-l", "app.kubernetes.io/part-of=launchlab", ...listed]);
        await kubectl(["delete", "networkpolicies", "--all", ...listed]);
        return { code: 0, text: "" };
      } catch (error) {
        return { code: 1, text: String(error) };
      }
    },
  };
}
