import { existsSync } from "node:fs";
import { bad, good, look, type Finding } from "../../../app/finding.ts";
import { packages } from "../../packages.ts";
import { atLeast, find, type Package } from "../../process-provider/packages.ts";
import { docker, dockerEngine, engineProblems } from "../../toolchain/docker-engine.ts";
import { engine } from "../../toolchain/engine.ts";
import { versionOf } from "../../toolchain/on-path.ts";
import { missingPlugins } from "../../toolchain/plugins.ts";
import { presentCli, sdkVersion } from "../../toolchain/pulumi-cli.ts";
import type { Kubectl } from "../kubectl.ts";
import type { Downloads } from "./downloads.ts";

/** What is needed to build the Pulumi CLI. */
const GO = "1.25";
const OLDEST_CLUSTER = "1.34";

/** The Pulumi CLI, or how `up` will get it. */
export function cli(present: string | undefined, reach: Downloads, go: string | undefined): Finding {
  const version = sdkVersion();
  if (present !== undefined) return good("Pulumi CLI", present);
  if (reach.pulumi) return look("Pulumi CLI", `${version} is not here`, "`npm run up` downloads it");
  if (go !== undefined && atLeast(go, GO) && reach.modules)
    return look(
      "Pulumi CLI",
      `${version} is not here`,
      "`npm run up` builds it from Go modules, in some 4 minutes",
    );
  const ways = `its download is not reached, and Go ${GO} with a module proxy is not at hand`;
  return bad(
    "Pulumi CLI",
    `${version} is not here, ${ways}`,
    "install it: https://www.pulumi.com/docs/install",
  );
}

export const pulumiCli = async (reach: Downloads): Promise<Finding> =>
  cli(await presentCli(), reach, await versionOf("go", ["version"]));

/** A program of the local platform, or how `up` will get it. */
function program(pkg: Package, found: string | undefined, reach: Downloads, apt: boolean): Finding {
  if (found !== undefined) return good(pkg.name, found);
  const missing = `${pkg.minimum} or newer is not here`;
  if (apt && pkg.debian !== undefined)
    return look(pkg.name, missing, "`npm run up` unpacks the system's package");
  if (reach.releases && pkg.archive !== undefined)
    return look(pkg.name, missing, "`npm run up` downloads it");
  return bad(
    pkg.name,
    missing,
    `install it: ${pkg.debian?.[0] ?? pkg.homebrew ?? pkg.programs[0] ?? pkg.name}`,
  );
}

/** The programs that the local platform runs. Grafana has a stand-in. */
export async function localPrograms(reach: Downloads): Promise<Finding[]> {
  const { grafana, ...needed } = packages;
  const apt = existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg");
  const [shown, ...others] = await Promise.all([
    find(grafana).then((found) =>
      good("Grafana", found?.version ?? "not here: the viewer shows the boards in its place"),
    ),
    ...Object.values<Package>(needed).map(async (pkg) =>
      program(pkg, (await find(pkg))?.version, reach, apt),
    ),
  ]);
  return [...others, shown];
}

async function plugins(names: readonly string[]): Promise<Finding> {
  if ((await presentCli()) === undefined)
    return look("plugins", "not known without the Pulumi CLI", "`npm run up`");
  const missing = await missingPlugins(await engine(() => undefined), names);
  return missing.length === 0
    ? good("plugins", names.join(", "))
    : look(
        "plugins",
        `not here: ${missing.join(", ")}`,
        "`npm run up` gets them, or says where they are to be had",
      );
}

/** The engine of DOCKER_HOST, and what the stack needs to talk to it. */
export async function dockerPrograms(): Promise<Finding[]> {
  const cliVersion = await docker("version", "--format", "{{.Client.Version}}").catch(() => undefined);
  try {
    const found = await dockerEngine();
    const problems = engineProblems(found);
    const text = `${found.version} on ${found.host}, ${found.os}/${found.arch}`;
    return [
      problems.length === 0 ? good("Docker", text) : bad("Docker", text, problems.join("; ")),
      await plugins(["docker", "random"]),
    ];
  } catch (error) {
    const [reason = "", advice = "see docs/operations.md"] = (
      error instanceof Error ? error.message : String(error)
    ).split("\n");
    return [bad("Docker", cliVersion === undefined ? reason : `no engine answers: ${reason}`, advice)];
  }
}

/** kubectl, the cluster that it reaches, and the plugins. */
export async function clusterPrograms(kubectl: Kubectl): Promise<Finding[]> {
  const text = await kubectl("version", "--output=json");
  const { serverVersion } = JSON.parse(text) as { serverVersion: { gitVersion: string } };
  const version = serverVersion.gitVersion.replace(/^v/, "");
  return [
    atLeast(version, OLDEST_CLUSTER)
      ? good("cluster", `Kubernetes ${version}`)
      : bad("cluster", `Kubernetes ${version}`, `take ${OLDEST_CLUSTER} or newer`),
    await plugins(["kubernetes", "random"]),
  ];
}
