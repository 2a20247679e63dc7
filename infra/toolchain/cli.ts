import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { packages } from "../packages.ts";
import { provide } from "../process-provider/packages.ts";
import { dockerEngine, engineProblems } from "./docker-engine.ts";
import { failedContainers } from "./docker-failed.ts";
import { removeLeftovers } from "./docker-leftovers.ts";
import { engine, hasStaleLock, type Engine } from "./engine.ts";
import { checkout } from "./folders.ts";
import { stackOutputs } from "./outputs.ts";
import { preparePlugins } from "./plugins.ts";
import { readStackFile } from "./stack-file.ts";

const DEV = "dev";
/** An executable in place of a folder, so that neither a runner in the CLI's folder nor ts-node is needed. */
const PACK = ["--policy-pack", join(checkout, "infra/policy/pulumi-analyzer-launchlab")];
const say = (line: string): void => console.error(line);

/** `--stack NAME` may stand anywhere; everything else goes to the CLI as it is. */
function takeStack(args: readonly string[]): { stack: string; rest: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: { stack: { type: "string", short: "s" } },
  });
  const token = tokens.find((one) => one.kind === "option" && one.name === "stack");
  if (token?.kind !== "option" || token.value === undefined) return { stack: DEV, rest: [...args] };
  const length = token.inlineValue ? 1 : 2;
  return { stack: token.value, rest: args.filter((_, i) => i < token.index || i >= token.index + length) };
}

const pendingSchema = z.object({
  deployment: z.object({ pending_operations: z.array(z.unknown()).nullish() }),
});

async function prepareStack(pulumi: Engine, stack: string): Promise<void> {
  const backend = pulumi.backend.replace(/^file:\/\/|\?.*$/g, "");
  if (!existsSync(join(backend, ".pulumi/stacks/launchlab", `${stack}.json`))) {
    await pulumi.read(["stack", "select", "--create", "--stack", stack]);
  }
  if (hasStaleLock(stack, backend)) {
    say(`The last run on stack ${stack} was killed: removing its lock.`);
    await pulumi.read(["cancel", "--yes", "--stack", stack]);
  }
}

/**
 * Lets the next update of a cluster take over what a killed one has created without noting it. Only then: otherwise an
 * object that is there already belongs to somebody else.
 */
async function adoptionOf(pulumi: Engine, stack: string): Promise<Record<string, string>> {
  const state = pendingSchema.parse(JSON.parse(await pulumi.read(["stack", "export", "--stack", stack])));
  if ((state.deployment.pending_operations ?? []).length === 0) return {};
  say("The last update was killed: taking over what it had begun.");
  return { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" };
}

/** Makes sure of the Docker engine and of the plugins. Throws with all that is wrong. Returns what the CLI is told. */
async function prepareDocker(pulumi: Engine): Promise<Record<string, string>> {
  const found = await dockerEngine();
  const problems = engineProblems(found);
  if (problems.length > 0)
    throw new Error(`The stack cannot run on the Docker engine ${found.host}:\n  ${problems.join("\n  ")}`);
  say(`Docker ${found.version} on ${found.host} (${found.os}/${found.arch})`);
  await preparePlugins(pulumi, ["docker", "random"], say);
  // The plugin does not know the contexts of the Docker CLI.
  return { DOCKER_HOST: found.host };
}

/** Ends what a killed update left behind. Returns arguments that make the next one try again what has failed. */
async function mendDocker(pulumi: Engine, stack: string): Promise<string[]> {
  const state: unknown = JSON.parse(await pulumi.read(["stack", "export", "--stack", stack]));
  await removeLeftovers(state);
  return failedContainers(state).flatMap((urn) => ["--replace", urn]);
}

/** Fetches the programs of the local platform, so that the engine's own progress starts with everything there. */
async function preparePrograms(): Promise<void> {
  const { grafana, ...needed } = packages;
  await Promise.all(Object.values(needed).map((one) => provide(one, (line) => say(`${one.name}: ${line}`))));
  try {
    await provide(grafana, (line) => say(`Grafana: ${line}`));
  } catch {
    say(
      "Grafana: no binary can be had here; the viewer shows its boards (install Grafana to have it instead).",
    );
  }
}

const LABELS: Record<string, string> = {
  simulator: "Chat page (Telegram simulator)",
  webhook: "Webhook behind nginx",
  admin: "Bot health, metrics",
  prometheus: "Prometheus",
  alertmanager: "Alertmanager",
  grafana: "Grafana (user admin, password: npm run outputs)",
  viewer: "Dashboards (viewer, in place of Grafana)",
};

async function printAddresses(stack: string): Promise<void> {
  const outputs = await stackOutputs(stack);
  console.log(`\nStack ${stack} is up:`);
  for (const [key, label] of Object.entries(LABELS)) {
    const value = outputs[key];
    if (typeof value === "string") console.log(`  ${label.padEnd(48)} ${value}`);
  }
  console.log("\nStop it with `npm run destroy`, see its logs with `npm run logs`.");
}

const platformOf = (stack: string): string => readStackFile(stack)?.["launchlab:platform"] ?? "local";

async function main(command: string, args: readonly string[]): Promise<number> {
  if (command === "pulumi") return (await engine(say)).run(args);
  const { stack, rest } = takeStack(args);
  const pulumi = await engine(say);
  await prepareStack(pulumi, stack);
  // The development stack is nobody's production: it needs no confirmation.
  const yes = stack === DEV && !rest.includes("--yes") && !rest.includes("-y") ? ["--yes"] : [];
  const platform = platformOf(stack);
  const local = platform === "local";
  const deploys = ["up", "preview", "refresh", "destroy"].includes(command);
  const env: Record<string, string> = {
    // The local platform brings its own plugin; those of other platforms are large and need not be downloaded.
    ...(local ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
    ...(platform === "docker" && deploys ? await prepareDocker(pulumi) : {}),
  };
  const again = platform === "docker" && deploys ? await mendDocker(pulumi, stack) : [];
  // It adds seconds, and nobody's production is local: there the tests alone hold the rules.
  const policies = local ? [] : PACK;
  switch (command) {
    case "up": {
      if (local) await preparePrograms();
      const adoption = platform === "kubernetes" ? await adoptionOf(pulumi, stack) : {};
      const all = { ...env, ...adoption };
      const code = await pulumi.run(["up", "--stack", stack, ...policies, ...again, ...yes, ...rest], all);
      if (code === 0) await printAddresses(stack);
      return code;
    }
    case "preview":
      return pulumi.run(["preview", "--stack", stack, ...policies, ...again, ...rest], env);
    case "refresh":
      return pulumi.run(["refresh", "--stack", stack, ...yes, ...rest], env);
    case "destroy": {
      const keep = rest.includes("--keep-data");
      const others = rest.filter((arg) => arg !== "--keep-data");
      return pulumi.run(
        ["destroy", "--stack", stack, ...yes, ...others],
        keep ? { ...env, LAUNCHLAB_KEEP_DATA: "1" } : env,
      );
    }
    case "outputs":
      return pulumi.run(["stack", "output", "--show-secrets", "--stack", stack, ...rest]);
    default:
      say("usage: npm run up | preview | refresh | destroy | outputs | pulumi [-- arguments]");
      return 2;
  }
}

const [command = "", ...args] = process.argv.slice(2);
try {
  process.exitCode = await main(command, args);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
