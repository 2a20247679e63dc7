import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { download, reachable } from "./download.ts";
import { cacheFolder } from "./folders.ts";
import { goBuild } from "./go-build.ts";
import { withLock } from "./lock.ts";
import { onPath, versionOf } from "./on-path.ts";

const VERSION = "2.2.0";

async function official(target: string): Promise<boolean> {
  // The vendor's archives for other systems have other formats; there k6 comes from a package manager.
  if (process.platform !== "linux") return false;
  const base = `https://github.com/grafana/k6/releases/download/v${VERSION}`;
  const arch = process.arch === "arm64" ? "arm64" : "amd64";
  const url = `${base}/k6-v${VERSION}-linux-${arch}.tar.gz`;
  if (!(await reachable(url))) return false;
  const folder = `${target}.new`;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "k6.tar.gz");
  await download(url, `${base}/k6-v${VERSION}-checksums.txt`, file);
  execFileSync("tar", ["-xzf", file, "-C", folder]);
  const program = globSync(join(folder, "*/k6"))[0];
  if (program === undefined) throw new Error(`${url} holds no k6`);
  renameSync(program, target);
  rmSync(folder, { recursive: true });
  return true;
}

/** Path of k6: on PATH, in the cache, downloaded from its vendor, or built from Go modules. */
export async function k6(say: (line: string) => void = console.error): Promise<string> {
  const present = await onPath("k6", ["version"], VERSION);
  if (present !== undefined) return present;
  const target = cacheFolder("k6", VERSION, "k6");
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  await withLock(`${target}.lock`, async () => {
    if (existsSync(target) || (await official(target))) return;
    if ((await versionOf("go", ["version"])) === undefined) {
      throw new Error(
        `k6 ${VERSION} is missing, its download is not reachable, and Go is not installed to build it. Install k6 ` +
          "(https://grafana.com/docs/k6/latest/set-up/install-k6/), or Go 1.25 or newer.",
      );
    }
    say("Building k6 from Go modules, once for this user: about 2 minutes on two cores.");
    await goBuild({ module: "k6", package: "go.k6.io/k6/v2" }, target, say);
  });
  return target;
}
