import { z } from "zod";
import { STACK_LABEL, WORKLOAD_LABEL } from "../platforms/docker-labels.ts";
import { docker } from "../toolchain/docker-engine.ts";
import { outputLines, stamped } from "./command.ts";
import { NotKnown, type LogSource, type Replica, type Site, type WorkloadStatus } from "./site.ts";

const portSchema = z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable();
const containersSchema = z.array(
  z.object({
    Id: z.string(),
    Name: z.string().transform((name) => name.replace(/^\//, "")),
    RestartCount: z.number(),
    State: z.object({
      Status: z.string(),
      ExitCode: z.number(),
      OOMKilled: z.boolean(),
      Error: z.string().default(""),
      Health: z
        .object({ Status: z.string(), Log: z.array(z.object({ Output: z.string() })).nullish() })
        .nullish(),
    }),
    Config: z.object({ Labels: z.record(z.string(), z.string()), Cmd: z.array(z.string()).nullish() }),
    HostConfig: z.object({ RestartPolicy: z.object({ Name: z.string() }) }),
    NetworkSettings: z.object({ Ports: z.record(z.string(), portSchema).nullish() }),
  }),
);
export type Container = z.infer<typeof containersSchema>[number];

const statsSchema = z.object({ ID: z.string(), CPUPerc: z.string(), MemUsage: z.string() });

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** "12.3MiB / 512MiB" -> bytes of the first. */
function bytesOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^([\d.]+)(\w+)/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Math.round(Number(digits) * factor);
}

/** By the short id. */
export function usageByContainer(text: string): ReadonlyMap<string, Pick<Replica, "cpu" | "memoryBytes">> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const { ID, CPUPerc, MemUsage } = statsSchema.parse(JSON.parse(line));
      const [cpu, memoryBytes] = [Number.parseFloat(CPUPerc) / 100, bytesOf(MemUsage)];
      const known = {
        ...(Number.isNaN(cpu) ? {} : { cpu }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      };
      return [ID.slice(0, 12), known] as const;
    }),
  );
}

/** Attached and not started again: `migrate`, for one. */
const isTask = ({ HostConfig }: Container): boolean => HostConfig.RestartPolicy.Name === "no";
/** The command of a program with a schedule begins with the scheduler's (platforms/docker-cron.ts). */
const isScheduled = ({ Config }: Container): boolean =>
  Config.Cmd?.some((part) => part.endsWith("/scheduler/main.mts")) === true;

function judge(container: Container): Pick<Replica, "state" | "detail"> {
  const { Status, ExitCode, OOMKilled, Error: reason, Health } = container.State;
  const how = OOMKilled ? "it needed more than its limit of memory" : `exit code ${ExitCode}`;
  if (Status === "exited" && isTask(container) && ExitCode === 0) return { state: "done" };
  if (Status === "restarting") return { state: "down", detail: `it ended (${how}), and is started again` };
  if (Status !== "running")
    return { state: "down", detail: reason === "" ? `it is ${Status} (${how})` : reason };
  if (Health?.Status === "starting") return { state: "starting", detail: "it has not answered yet" };
  if (Health?.Status === "unhealthy") {
    const said = Health.Log?.at(-1)?.Output.trim().slice(0, 200);
    return { state: "unhealthy", detail: said === undefined || said === "" ? "its check fails" : said };
  }
  return { state: isScheduled(container) ? "waiting" : "healthy" };
}

/** The containers that run a workload, by its name. Those that were only created hold files of others. */
export function workloadsOf(
  containers: readonly Container[],
  usage: ReadonlyMap<string, Pick<Replica, "cpu" | "memoryBytes">>,
): WorkloadStatus[] {
  const names = new Set(containers.map(({ Config }) => Config.Labels[WORKLOAD_LABEL] ?? ""));
  return [...names]
    .filter((name) => name !== "")
    .flatMap((name) => {
      const own = containers.filter(
        ({ Config, State }) => Config.Labels[WORKLOAD_LABEL] === name && State.Status !== "created",
      );
      const [first] = own;
      if (first === undefined) return [];
      const replicas = own.map((container): Replica => ({
        name: container.Name,
        ...judge(container),
        restarts: container.RestartCount,
        // What does not run is said to use nothing.
        ...(container.State.Status === "running" ? usage.get(container.Id.slice(0, 12)) : {}),
      }));
      const kind = isTask(first) ? "task" : isScheduled(first) ? "schedule" : "service";
      return [{ name, kind, wanted: replicas.length, replicas }];
    });
}

type Docker = typeof docker;

/** The stack as containers of an engine, by their labels. */
export function dockerSite(stack: string, ask: Docker = docker): Site {
  async function ids(): Promise<string[]> {
    const text = await ask("ps", "--all", "--quiet", "--filter", `label=${STACK_LABEL}=${stack}`);
    return text.split("\n").filter((id) => id !== "");
  }
  const inspect = async (found: readonly string[]): Promise<Container[]> =>
    found.length === 0 ? [] : containersSchema.parse(JSON.parse(await ask("inspect", ...found)));
  const containers = async (): Promise<Container[]> => inspect(await ids());
  const running = async (workload: string): Promise<Container> => {
    const found = (await containers()).find(
      ({ Config, State }) => Config.Labels[WORKLOAD_LABEL] === workload && State.Status === "running",
    );
    if (found !== undefined) return found;
    throw new NotKnown(`${workload} does not run`, `\`npm run up -- --stack ${stack}\``);
  };

  return {
    async workloads() {
      const found = await ids();
      if (found.length === 0) return [];
      const [all, stats] = await Promise.all([
        inspect(found),
        // It takes two seconds, and matters least.
        ask("stats", "--no-stream", "--format", "{{json .}}", ...found).catch(() => ""),
      ]);
      return workloadsOf(all, usageByContainer(stats));
    },
    async address(workload) {
      const { NetworkSettings } = await running(workload);
      // Of those that people open with a browser, one is published.
      const [published] = Object.values(NetworkSettings.Ports ?? {}).flatMap((bindings) => bindings ?? []);
      if (published === undefined)
        throw new NotKnown(`no port of ${workload} is open to this machine`, "see docs/operations.md");
      return { url: `http://${published.HostIp}:${published.HostPort}`, close: () => undefined };
    },
    ports: async () =>
      (await containers()).flatMap(({ NetworkSettings }) =>
        Object.values(NetworkSettings.Ports ?? {}).flatMap((bindings) =>
          (bindings ?? []).map(({ HostPort }) => Number(HostPort)),
        ),
      ),
    async logs() {
      const all = await containers();
      return all
        .filter(({ State, Config }) => State.Status !== "created" && WORKLOAD_LABEL in Config.Labels)
        .map(({ Id, Name, Config, State }): LogSource => ({
          name: Name,
          workload: Config.Labels[WORKLOAD_LABEL] ?? Name,
          over: !["running", "restarting"].includes(State.Status),
          async *read({ since, last, follow }, signal) {
            const from =
              since === undefined
                ? ["--tail", Number.isFinite(last) ? String(last) : "all"]
                : ["--since", since.toISOString()];
            const args = ["logs", "--timestamps", ...from, ...(follow ? ["--follow"] : []), Id];
            for await (const line of outputLines("docker", args, signal)) yield stamped(line);
          },
        }));
    },
    run: async (program) => ask("exec", (await running("worker")).Id, "node", ...program),
    advice: (workload) =>
      `\`npm run logs -- --stack ${stack} ${workload}\` says why; \`npm run up -- --stack ${stack}\` starts what is missing`,
  };
}
