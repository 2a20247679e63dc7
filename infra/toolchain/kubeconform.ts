import { existsSync } from "node:fs";
import { cacheFolder } from "./folders.ts";
import { goBuild, needGo } from "./go-build.ts";
import { withLock } from "./lock.ts";
import { onPath } from "./on-path.ts";

const VERSION = "0.8.0";
/** The oldest that reads its schemas and prints its findings as this one does. */
const OLDEST = "0.6.7";

/** Path of kubeconform: on PATH, in the cache, or built from its Go module. */
export async function kubeconform(say: (line: string) => void = console.error): Promise<string> {
  const present = await onPath("kubeconform", ["-v"], OLDEST);
  if (present !== undefined) return present;
  const target = cacheFolder("kubeconform", VERSION, "kubeconform");
  if (existsSync(target)) return target;
  await withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return;
    await needGo(
      "kubeconform is missing, and Go is not installed to build it. Install kubeconform " +
        "(https://github.com/yannh/kubeconform), or Go 1.26 or newer.",
    );
    say("Building kubeconform from its Go module, once for this user.");
    const ldflags = `-X main.version=v${VERSION}`;
    const program = {
      module: "kubeconform",
      package: "github.com/yannh/kubeconform/cmd/kubeconform",
      ldflags,
    };
    await goBuild(program, target, say);
  });
  return target;
}
