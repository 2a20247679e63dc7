import { bad, look, type Finding } from "../../../app/finding.ts";
import { listeningPorts } from "../../process-provider/ports.ts";
import { cacheFolder, checkout, ensureFolder } from "../../toolchain/folders.ts";
import { presentCli } from "../../toolchain/pulumi-cli.ts";
import { readStackFile } from "../../toolchain/stack-file.ts";
import { clusterOf, findSite, platformOf } from "../find-site.ts";
import { judge } from "../judge.ts";
import { kubectlOf } from "../kubectl.ts";
import { NotKnown } from "../site.ts";
import { gather, isUnknown, sourcesOf } from "../snapshot.ts";
import { certificate, configuration, valuesOf, webhook } from "./configuration.ts";
import { database, drift, health } from "./deployed.ts";
import { downloads } from "./downloads.ts";
import { clock, disk, memory, ports, ulimit, versions } from "./machine.ts";
import { clusterPrograms, dockerPrograms, localPrograms, pulumiCli } from "./programs.ts";

/** Something that is looked at by itself, beside all others. */
export interface Check {
  readonly about: string;
  /** Milliseconds; then it counts as not known. */
  readonly limit: number;
  readonly run: () => Promise<Finding[]>;
}

const QUICK_MS = 15_000;
/** The engine reads the program, and looks at each resource. */
const PREVIEW_MS = 120_000;

/** All that there is to look at on this machine, and in the stack. */
export function checksOf(stack: string): Check[] {
  const platform = platformOf(stack);
  const site = findSite(stack);
  const reach = downloads();
  const seen = gather(sourcesOf(stack));
  const isUp = async (): Promise<boolean> => {
    const { workloads } = await seen;
    return isUnknown(workloads) || workloads.length > 0;
  };
  const settings = presentCli().then((cli) => {
    if (cli === undefined)
      throw new NotKnown("the Pulumi CLI, which opens it, is not here", "`npm run up` gets it");
    return valuesOf(stack).then(configuration);
  });
  // Whoever asks sees it.
  settings.catch(() => undefined);
  const check = (about: string, run: Check["run"], limit = QUICK_MS): Check => ({ about, limit, run });
  const programs = {
    local: async () => localPrograms(await reach),
    docker: dockerPrograms,
    kubernetes: () => clusterPrograms(kubectlOf(clusterOf(stack))),
  }[platform];
  const block = Number(readStackFile(stack)?.["launchlab:basePort"] ?? 8400);

  return [
    check("Node", () => Promise.resolve(versions(process.env["npm_config_user_agent"]))),
    check("Pulumi CLI", async () => [await pulumiCli(await reach)]),
    check("programs", programs),
    check("downloads", async () => [(await reach).finding]),
    check("clock", async () => [clock((await reach).clockAhead)]),
    check("disk", async () => [await disk("disk", checkout)]),
    check("cache", async () => [await disk("cache", ensureFolder(cacheFolder()))]),
    check("open files", async () => [await ulimit()]),
    ...(platform === "kubernetes"
      ? []
      : [
          check("memory", async () => [memory(await isUp())]),
          check("ports", async () => ports(block, listeningPorts(), await site.ports())),
        ]),
    check("configuration", async () => (await settings).findings),
    check("certificate", async () => {
      const { config } = await settings;
      return config === undefined ? [] : [...certificate(config), ...(await webhook(config))];
    }),
    check("stack", async () => health(judge(await seen, site.advice))),
    check("database", async () => ((await isUp()) ? database(site) : []), 30_000),
    check("drift", async () => ((await isUp()) ? [await drift(stack, platform)] : []), PREVIEW_MS),
  ];
}

/** What a check has found; when it fails or takes too long, that. */
export async function findings({ about, limit, run }: Check): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    const words = `not known: no answer within ${limit / 1000} s`;
    timer = setTimeout(
      () => resolve([look(about, words, "try again when the machine has less to do")]),
      limit,
    );
  });
  const asked = run().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      bad(
        about,
        reason.split("\n")[0] ?? "",
        error instanceof NotKnown ? error.advice : "see docs/operations.md",
      ),
    ];
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
