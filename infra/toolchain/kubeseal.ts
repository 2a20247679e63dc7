import { existsSync } from "node:fs";
import { cacheFolder } from "./folders.ts";
import { goBuild, needGo } from "./go-build.ts";
import { withLock } from "./lock.ts";
import { onPath } from "./on-path.ts";

const VERSION = "0.40.0";
/** The oldest that keeps a Secret's type and labels as this one does. */
const OLDEST = "0.17.0";

/** Path of kubeseal: on PATH, in the cache, or built from its Go module. Throws a MissingProgram. */
export async function kubeseal(say: (line: string) => void = console.error): Promise<string> {
  const present = await onPath("kubeseal", ["--version"], OLDEST);
  if (present !== undefined) return present;
  const target = cacheFolder("kubeseal", VERSION, "kubeseal");
  if (existsSync(target)) return target;
  await withLock(`${target}.lock`, async () => {
    if (existsSync(target)) return;
    await needGo(
      "kubeseal is missing, and Go is not installed to build it. Install kubeseal " +
        "(https://github.com/bitnami/sealed-secrets#kubeseal), or Go 1.26.8 or newer.",
    );
    say("Building kubeseal from its Go module, once for this user: about a minute on two cores.");
    await goBuild(
      { module: "kubeseal", package: "github.com/bitnami/sealed-secrets/cmd/kubeseal" },
      target,
      say,
    );
  });
  return target;
}
