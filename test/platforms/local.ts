import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isFree } from "../../infra/process-provider/ports.ts";
import { readStatus } from "../../infra/process-provider/spec.ts";
import { stackFolder } from "../../infra/toolchain/folders.ts";
import { freeBlock, scratchCheckout, type Finished } from "../scratch.ts";
import { outputsSchema, type Driver, type Outputs } from "./driver.ts";

const STACK = "dev";
const PORTS = 120;
const WEB = [
  { name: "web-0", port: 80 },
  { name: "web-1", port: 81 },
];

/** Processes of this machine, in a copy of the checkout and a block of ports of their own. */
export function localDriver(): Driver {
  const scratch = scratchCheckout();
  const stack = stackFolder(STACK, scratch.folder);
  let basePort = 0;
  let outputs: Outputs | undefined;

  const processFolder = (name: string): string => join(stack, "run", name);
  const childOf = (name: string): number => {
    const pid = readStatus(processFolder(name))?.child?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  };
  const supervisorOf = (name: string): number => {
    const pid = readStatus(processFolder(name))?.supervisor.pid;
    if (pid === undefined) throw new Error(`${name} has no supervisor`);
    return pid;
  };
  const get = async (slot: number, path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${basePort + slot}${path}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.text();
  };
  /** Processes that were started from the scratch checkout. */
  const running = (): Promise<string[]> => {
    const list = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
    return Promise.resolve(list.split("\n").filter((line) => line.includes(scratch.folder)));
  };
  const succeed = async (result: Promise<Finished>): Promise<void> => {
    const { code, text } = await result;
    if (code !== 0) throw new Error(text);
  };
  const configure = (key: string, value: string): Promise<void> =>
    succeed(scratch.run("pulumi", "config", "set", key, value, "--stack", STACK));
  const pack = join(scratch.folder, "infra/policy/pulumi-analyzer-launchlab");
  let broken = 0;

  return {
    async prepare() {
      basePort = await freeBlock(PORTS);
      await succeed(scratch.run("pulumi", "stack", "select", "--create", "--stack", STACK));
      await configure("launchlab:basePort", String(basePort));
    },
    configure,
    startUp: () => scratch.start("up"),
    async up() {
      const result = await scratch.run("up");
      if (result.code === 0)
        outputs = outputsSchema.parse(JSON.parse((await scratch.run("outputs", "--json")).text));
      return result;
    },
    says: [`Stack ${STACK} is up`],
    partlyUp: () => Promise.resolve(globSync(join(stack, "run/*/status.json")).length > 0),
    get outputs() {
      if (outputs === undefined) throw new Error("the stack is not up");
      return outputs;
    },
    // With the policies as the engine runs them, which `up` leaves out here.
    expectNoChange: () => scratch.run("preview", "--expect-no-changes", "--policy-pack", pack),
    ground: ["node"],
    status: () => scratch.run("status", "--json", "--stack", STACK),
    async requests() {
      return Number(/^\s*\d+ \d+ (\d+)/m.exec(await get(10, "/stub_status"))?.[1]);
    },
    secrets: () =>
      Promise.resolve(
        globSync(join(stack, "run/*/secrets/*")).flatMap((file) => readFileSync(file, "utf8").split("\n")),
      ),
    async places() {
      const { code, text } = await scratch.run("pulumi", "stack", "export", "--stack", STACK);
      if (code !== 0) throw new Error(text);
      const places: Record<string, string> = { state: text };
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
          places[`command line of ${pid}`] = readFileSync(`/proc/${pid}/cmdline`, "utf8");
          places[`environment of ${pid}`] = readFileSync(`/proc/${pid}/environ`, "utf8");
        } catch {
          // It ended meanwhile.
        }
      }
      for (const file of globSync([join(stack, "log/*"), join(stack, "run/*/spec.json")]))
        places[file] = readFileSync(file, "utf8");
      for (const slot of [80, 81, 20]) places[`metrics on ${slot}`] = await get(slot, "/metrics");
      return places;
    },
    async web() {
      const ready = await Promise.all(
        WEB.map(async ({ name, port }) => {
          try {
            await get(port, "/ready");
            return String(childOf(name));
          } catch {
            return undefined;
          }
        }),
      );
      return ready.filter((pid) => pid !== undefined);
    },
    kill: (replica) => Promise.resolve(void process.kill(Number(replica), "SIGKILL")),
    breakSomething() {
      broken = supervisorOf("web-1");
      process.kill(broken, "SIGKILL");
      return Promise.resolve();
    },
    expectNoDrift: () => scratch.run("refresh", "--preview-only", "--expect-no-changes"),
    async isWhole() {
      await get(81, "/ready");
      return supervisorOf("web-1") !== broken;
    },
    scales: false,
    async smoke() {
      const result = await scratch.run("load", "smoke");
      const report = join(scratch.folder, ".launchlab/load/smoke/report.html");
      return existsSync(report) ? result : { code: 1, text: `${result.text}\nthere is no ${report}` };
    },
    checkBoards: () => scratch.run("dashboards:check", "--load"),
    data: () =>
      Promise.resolve(readFileSync(join(processFolder("migrate"), "secrets/DATABASE_PASSWORD"), "utf8")),
    migration: () => Promise.resolve(readFileSync(join(stack, "log/migrate.log"), "utf8")),
    destroyKeepingData: () => scratch.run("destroy", "--keep-data"),
    destroy: () => scratch.run("destroy"),
    running,
    async left() {
      const free = await Promise.all(Array.from({ length: PORTS }, (_, i) => isFree(basePort + i)));
      const ports = free.flatMap((one, i) => (one ? [] : [`port ${basePort + i}`]));
      const files = globSync("**/*", { cwd: stack }).filter(
        (path) => path.includes("/") && !path.startsWith("log/"),
      );
      return [...(await running()), ...ports, ...files];
    },
    async cleanUp() {
      await scratch.run("destroy");
      scratch.remove();
    },
  };
}
