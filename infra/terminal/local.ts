import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { probe } from "../process-provider/health.ts";
import { isRunning } from "../process-provider/identity.ts";
import { readSpec, readStatus, type Spec, type Status } from "../process-provider/spec.ts";
import { stackFolder } from "../toolchain/folders.ts";
import { readLog } from "./log-files.ts";
import { NotKnown, type LogSource, type Replica, type Site, type WorkloadStatus } from "./site.ts";
import { usageOf, type Usage } from "./usage.ts";

type Judged = Pick<Replica, "state" | "detail" | "degraded">;

const readinessSchema = z.object({ degraded: z.array(z.string()).min(1) });

/** What the bot's own readiness says besides yes or no. */
async function readiness(url: string): Promise<Pick<Replica, "degraded">> {
  try {
    const answer: unknown = await (await fetch(url, { signal: AbortSignal.timeout(2000) })).json();
    return readinessSchema.safeParse(answer).data ?? {};
  } catch {
    // Other programs say nothing of the kind.
    return {};
  }
}

/** web-0 and web-1 are replicas of web. */
const workloadOf = (name: string): string => name.replace(/-\d+$/, "");

const endOf = ({ exitCode, signal }: { exitCode?: number; signal?: string }): string =>
  signal === undefined ? `exit code ${String(exitCode)}` : signal;

/** The last run of a program with a schedule. */
function judgeRuns({ runs: [last] = [] }: Status): Judged {
  if (last === undefined || last.exitCode === 0) return { state: "waiting" };
  return { state: "unhealthy", detail: `its run at ${last.started} ended with ${endOf(last)}` };
}

async function judge(spec: Spec, status: Status | undefined): Promise<Judged> {
  if (status === undefined) return { state: "down", detail: "it has no status" };
  if (status.error !== undefined) return { state: "down", detail: `it cannot be started: ${status.error}` };
  if (status.state === "failed")
    return { state: "down", detail: `it was given up after ${status.restarts} restarts: ${endOf(status)}` };
  if (spec.task) {
    if (status.state !== "exited") return { state: "starting", detail: "it has not ended yet" };
    return status.exitCode === 0
      ? { state: "done" }
      : { state: "down", detail: `it ended with ${endOf(status)}` };
  }
  const runs = status.child !== undefined && isRunning(status.child);
  if (!isRunning(status.supervisor)) {
    const orphan = runs ? "; it runs on without one" : "";
    return { state: "down", detail: `its supervisor is gone${orphan}` };
  }
  if (status.state === "backoff")
    return { state: "down", detail: `it ended with ${endOf(status)}, and is started again` };
  if (spec.schedule !== undefined) return judgeRuns(status);
  if (!runs) return { state: "starting", detail: "it is being started" };
  const { health } = spec;
  if (health === undefined) return { state: "healthy" };
  // Twice: on a busy machine it may be this program that was late.
  const problem = (await probe(health, spec.env)) && (await probe(health, spec.env));
  if (problem !== undefined) return { state: "unhealthy", detail: problem };
  return { state: "healthy", ...(health.kind === "http" ? await readiness(health.url) : {}) };
}

/** The stack as processes of this machine, by the folders of their supervisors. */
export function localSite(stack: string, root = stackFolder(stack)): Site {
  const specs = (): { spec: Spec; status: Status | undefined }[] =>
    globSync(join(root, "run/*/spec.json"))
      .sort()
      .flatMap((file) => {
        try {
          return [{ spec: readSpec(dirname(file)), status: readStatus(dirname(file)) }];
        } catch {
          // A crash left it half written; `up` makes it anew.
          return [];
        }
      });

  async function replicaOf(
    { spec, status }: ReturnType<typeof specs>[number],
    used: Promise<ReadonlyMap<number, Usage>>,
  ): Promise<Replica> {
    const judged = await judge(spec, status);
    const usage = (await used).get(status?.child?.pid ?? 0);
    return {
      name: spec.name,
      ...judged,
      restarts: status?.restartsInAll ?? status?.restarts ?? 0,
      ...(judged.state === "down" ? {} : usage),
    };
  }

  return {
    async workloads() {
      const all = specs();
      const running = all.flatMap(({ status }) =>
        status?.child !== undefined && isRunning(status.child) ? [status.child.pid] : [],
      );
      const used = usageOf(running);
      const groups = new Map<string, { spec: Spec; replicas: Promise<Replica>[] }>();
      for (const one of all) {
        const name = workloadOf(one.spec.name);
        const group = groups.get(name) ?? { spec: one.spec, replicas: [] };
        group.replicas.push(replicaOf(one, used));
        groups.set(name, group);
      }
      return Promise.all(
        [...groups].map(async ([name, { spec, replicas }]): Promise<WorkloadStatus> => {
          const kind = spec.task ? "task" : spec.schedule === undefined ? "service" : "schedule";
          return { name, kind, wanted: replicas.length, replicas: await Promise.all(replicas) };
        }),
      );
    },
    address(workload) {
      const [port] = specs().find(({ spec }) => spec.name === workload)?.spec.ports ?? [];
      if (port === undefined)
        throw new NotKnown(`${workload} is not a part of the stack`, `\`npm run up -- --stack ${stack}\``);
      return Promise.resolve({ url: `http://127.0.0.1:${port}`, close: () => undefined });
    },
    ports: () =>
      Promise.resolve(
        specs().flatMap(({ spec, status }) =>
          status?.child !== undefined && isRunning(status.child) ? (spec.ports ?? []) : [],
        ),
      ),
    logs: () =>
      Promise.resolve(
        globSync(join(root, "log/*.log"))
          .sort()
          .map((path): LogSource => {
            const name = basename(path, ".log");
            return {
              name,
              workload: workloadOf(name),
              read: (wanted, signal) => readLog(path, wanted, signal),
            };
          }),
      ),
    async run(program) {
      // The owner of the database sees most.
      const spec = specs().find((one) => one.spec.name === "migrate")?.spec;
      if (spec === undefined)
        throw new NotKnown(`stack ${stack} is not up`, `\`npm run up -- --stack ${stack}\``);
      const { env, cwd, user } = spec;
      const child = spawn(process.execPath, program, {
        ...{ cwd, env, stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 },
        ...(user === undefined ? {} : { uid: user, gid: user }),
      });
      return text(child.stdout);
    },
    advice: (workload) =>
      `\`npm run logs -- ${workload}\` says why; \`npm run up -- --stack ${stack}\` starts what is missing`,
  };
}
