import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { reachable } from "./download.ts";
import { checkout, ensureFolder } from "./folders.ts";
import { goBuild } from "./go-build.ts";
import { withLock } from "./lock.ts";
import { onPath, versionOf } from "./on-path.ts";
import { patiently } from "./patiently.ts";

/** The CLI and the SDK are released together; the pair of one version is the tested one. */
export function sdkVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const version = /"@pulumi\/pulumi":"([^"]+)"/.exec(JSON.stringify(manifest))?.[1];
  if (version === undefined) throw new Error("package.json does not pin @pulumi/pulumi");
  return version;
}

async function official(version: string, root: string): Promise<boolean> {
  if (!(await reachable(`https://get.pulumi.com/releases/sdk/pulumi-v${version}-linux-x64.tar.gz`)))
    return false;
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  // Runs the vendor's installation script; the version is the one of this SDK.
  await PulumiCommand.install({ root });
  return true;
}

async function fromModules(version: string, bin: string, say: (line: string) => void): Promise<void> {
  say("Building the Pulumi CLI from Go modules, once for this user: about 4 minutes on two cores.");
  const ldflags = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  // The last release whose Go module holds the Node language host; newer ones exist only as downloads.
  const host = "pulumi-language-nodejs";
  const hostPackage = `github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/${host}`;
  await goBuild({ module: "language-nodejs", package: hostPackage }, join(bin, host), say);
  const cli = { module: "pulumi", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", ldflags };
  await goBuild(cli, join(bin, "pulumi"), say);
}

/** Where a version is, or will be. */
function installation(version: string) {
  const root = join(homedir(), ".pulumi", "versions", version);
  const cli = join(root, "bin", "pulumi");
  const installed = (): boolean =>
    existsSync(cli) && existsSync(join(dirname(cli), "pulumi-language-nodejs"));
  return { root, cli, installed };
}

/** Path of the Pulumi CLI, on PATH or in the user's folder of installed versions; undefined where neither has it. */
export async function presentCli(): Promise<string | undefined> {
  const version = sdkVersion();
  const { cli, installed } = installation(version);
  return (await onPath("pulumi", ["version"], version)) ?? (installed() ? cli : undefined);
}

/**
 * Path of the Pulumi CLI: on PATH, in the user's folder of installed versions, downloaded from its vendor, or
 * built from Go modules where that download is not reachable.
 */
export async function pulumiCli(say: (line: string) => void): Promise<string> {
  const present = await presentCli();
  if (present !== undefined) return present;
  const version = sdkVersion();
  const { root, cli, installed } = installation(version);
  ensureFolder(dirname(cli));
  await withLock(`${root}.lock`, async () => {
    if (installed()) return;
    say(`Getting the Pulumi CLI ${version} ...`);
    try {
      if (await patiently(say, () => official(version, root))) return;
    } catch (error) {
      say(`Its download failed (${error instanceof Error ? error.message : String(error)}).`);
    }
    if ((await versionOf("go", ["version"])) === undefined) {
      throw new Error(
        `the Pulumi CLI ${version} is missing, its download (get.pulumi.com) is not reachable, and Go is not ` +
          "installed to build it. Install one of: the Pulumi CLI (https://www.pulumi.com/docs/install/), or Go " +
          "1.25 or newer with access to a Go module proxy.",
      );
    }
    await fromModules(version, dirname(cli), say);
  });
  return cli;
}
