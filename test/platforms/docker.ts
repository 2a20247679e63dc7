import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { isFree } from "../../infra/process-provider/ports.ts";
import { docker, dockerEngine, engineProblems } from "../../infra/toolchain/docker-engine.ts";
import { freeBlock, scratchCheckout, type Finished } from "../scratch.ts";
import { outputsSchema, type Driver, type Outputs } from "./driver.ts";
import { engineWay, missingPlugin } from "./kubernetes-ways.ts";
import { secretsOf } from "./state.ts";

const PORTS = 10;

const containerSchema = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    State: z.object({
      Running: z.boolean(),
      Pid: z.number(),
      StartedAt: z.string(),
      Health: z.object({ Status: z.string() }).optional(),
    }),
  }),
);
type Container = z.infer<typeof containerSchema>[number];

/** What asks a port of a container, in an image that has bash. */
const ask = (port: number, path: string): string[] => [
  "bash",
  "-c",
  `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET ${path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3`,
];

/** What a container has said, to both of its outputs. */
const logOf = async (id: string): Promise<string> =>
  (await promisify(execFile)("sh", ["-c", `docker logs ${id} 2>&1`], { maxBuffer: 1e8 })).stdout;

/** What a process was started with; nothing when it has ended meanwhile, as probes do at any moment. */
const environmentOf = (pid: string): Promise<string> =>
  readFile(`/proc/${pid}/environ`, "utf8").catch((error: unknown) => {
    if (!/ENOENT|ESRCH/.test(String(error))) throw error;
    return "";
  });

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/**
 * Containers of the engine of DOCKER_HOST, which has to be this machine's, under a random name and in a block of ports
 * of their own. What the stack has to be told about the engine besides is JSON in E2E_CONFIG:
 * `{"launchlab:buildNetwork": "host"}`.
 */
export function dockerDriver(): Driver {
  const scratch = scratchCheckout();
  const stack = `e2e-${randomBytes(3).toString("hex")}`;
  const way = engineWay(scratch, stack);
  const mine = ["--filter", `label=launchlab.stack=${stack}`];
  let basePort = 0;
  let outputs: Outputs | undefined;

  const succeed = async (result: Promise<Finished>): Promise<string> => {
    const { code, text } = await result;
    if (code !== 0) throw new Error(text);
    return text;
  };
  const configure = async (key: string, value: string): Promise<void> => {
    await succeed(scratch.run("pulumi", "config", "set", key, value, "--stack", stack));
  };
  const ids = async (...filters: string[]): Promise<string[]> =>
    lines(await docker("ps", "--all", "--quiet", ...mine, ...filters));
  const of = async (workload: string): Promise<Container[]> => {
    const found = await ids("--filter", `label=launchlab.workload=${workload}`, "--filter", "status=running");
    return found.length === 0 ? [] : containerSchema.parse(JSON.parse(await docker("inspect", ...found)));
  };
  const one = async (workload: string): Promise<string> => {
    const [found] = await of(workload);
    if (found === undefined) throw new Error(`${workload} does not run`);
    return found.Id;
  };
  const isHealthy = ({ State }: Container): boolean => State.Running && State.Health?.Status === "healthy";
  /** The same container is another one after each start. */
  const nameOf = ({ Name, State }: Container): string => `${Name} ${State.StartedAt}`;
  const running = async (): Promise<string[]> => ids("--filter", "status=running");
  const left = async (): Promise<string[]> => {
    const networks = lines(await docker("network", "ls", "--format", "{{.Name}}", ...mine));
    const free = await Promise.all(Array.from({ length: PORTS }, (_, i) => isFree(basePort + i)));
    const ports = free.flatMap((isIt, i) => (isIt ? [] : [`port ${basePort + i}`]));
    return [...(await ids()), ...networks, ...ports];
  };

  return {
    async prepare() {
      const problems = engineProblems(await dockerEngine());
      if (problems.length > 0) throw new Error(problems.join("\n"));
      const problem = await missingPlugin(scratch, ["docker", "random"]);
      if (problem !== undefined) throw new Error(problem);
      basePort = await freeBlock(120);
      await succeed(scratch.run("pulumi", "stack", "select", "--create", "--stack", stack));
      const config = {
        "launchlab:platform": "docker",
        "launchlab:basePort": String(basePort),
        "launchlab:grafana": "off",
        ...z.record(z.string(), z.string()).parse(JSON.parse(process.env["E2E_CONFIG"] ?? "{}")),
      };
      for (const [key, value] of Object.entries(config)) await configure(key, value);
    },
    configure,
    startUp: () => way.startUp(),
    async up() {
      const result = await way.startUp().finished;
      if (result.code === 0) {
        const text = await succeed(scratch.run("outputs", "--json", "--stack", stack));
        outputs = outputsSchema.parse(JSON.parse(text));
      }
      return result;
    },
    says: way.says,
    partlyUp: async () => (await running()).length > 0,
    get outputs() {
      if (outputs === undefined) throw new Error("the stack is not up");
      return outputs;
    },
    expectNoChange: () => way.expectNoChange(),
    ground: ["node"],
    status: () => scratch.run("status", "--json", "--stack", stack),
    async requests() {
      const text = await docker("exec", await one("gateway"), ...ask(8081, "/stub_status"));
      return Number(/^\s*\d+ \d+ (\d+)/m.exec(text)?.[1]);
    },
    async secrets() {
      const args = ["stack", "export", "--show-secrets", "--stack", stack];
      const text = await succeed(scratch.run("pulumi", ...args));
      return secretsOf(text);
    },
    async places() {
      const places: Record<string, string> = { state: await way.records() };
      for (const kind of ["container", "network", "volume"]) {
        const all = kind === "container" ? ["--all"] : [];
        const found = lines(await docker(kind, "ls", "--quiet", ...all, ...mine));
        for (const id of found) places[`${kind} ${id}`] = await docker(kind, "inspect", id);
      }
      for (const id of await running()) {
        places[`log of ${id}`] = await logOf(id);
        places[`processes of ${id}`] = await docker("top", id, "-eo", "pid,args");
        const [, ...processes] = lines(places[`processes of ${id}`] ?? "");
        for (const line of processes) {
          const [pid = ""] = line.trim().split(/\s+/);
          places[`environment of ${pid}`] = await environmentOf(pid);
        }
      }
      for (const role of ["web", "worker"])
        for (const { Id } of await of(role))
          places[`metrics of ${role} ${Id}`] = await docker("exec", Id, ...ask(8081, "/metrics"));
      return places;
    },
    web: async () => (await of("web")).filter(isHealthy).map(nameOf),
    async kill(replica) {
      const found = (await of("web")).find((container) => nameOf(container) === replica);
      // Not by `docker kill`, which the engine takes for the wish that it stays away.
      if (found !== undefined) process.kill(found.State.Pid, "SIGKILL");
    },
    async breakSomething() {
      await docker("rm", "--force", await one("worker"));
    },
    expectNoDrift: () => scratch.run("refresh", "--preview-only", "--expect-no-changes", "--stack", stack),
    isWhole: async () => (await of("worker")).some(isHealthy),
    scales: false,
    checkBoards: () => scratch.run("dashboards:check", "--load", "--stack", stack),
    async data() {
      const psql = ["psql", "-U", "launchlab", "-h", "/var/run/postgresql", "-At", "-c"];
      return docker("exec", await one("postgres"), ...psql, "SELECT count(*) FROM users");
    },
    async migration() {
      const [migrate = ""] = await ids(
        "--filter",
        "label=launchlab.workload=migrate",
        "--filter",
        "status=exited",
      );
      return logOf(migrate);
    },
    destroyKeepingData: () => way.destroy(),
    destroy: () => way.destroy(),
    running,
    left,
    async cleanUp() {
      await scratch.run("pulumi", "state", "unprotect", "--all", "--yes", "--stack", stack);
      await way.destroy();
      const containers = await ids();
      if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
      for (const kind of ["network", "volume"]) {
        const found = lines(await docker(kind, "ls", "--quiet", ...mine));
        if (found.length > 0) await docker(kind, "rm", ...found);
      }
      scratch.remove();
    },
  };
}
