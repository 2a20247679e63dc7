import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, globSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isFree } from "../../infra/process-provider/ports.ts";
import { readStatus } from "../../infra/process-provider/spec.ts";
import { stackFolder } from "../../infra/toolchain/folders.ts";
import { freeBlock, scratchCheckout, type Finished } from "../scratch.ts";
import { answers } from "./answers.ts";
import { outputsSchema, type Driver } from "./driver.ts";
import { readableByOthers } from "./readable.ts";
import { secretsOf } from "./state.ts";

const STACK = "dev";
const PORTS = 120;
const WEB = [
  { name: "web-0", port: 80 },
  { name: "web-1", port: 81 },
];

const ownSchema = outputsSchema.extend({ webhook: z.url(), admin: z.url(), adminToken: z.string() });

/** Processes of this machine, in a copy of the checkout and a block of ports of their own. */
export function localDriver(): Driver {
  const scratch = scratchCheckout();
  const stack = stackFolder(STACK, scratch.folder);
  let basePort = 0;
  let outputs: z.infer<typeof ownSchema> | undefined;
  const known = (): z.infer<typeof ownSchema> => {
    if (outputs === undefined) throw new Error("the stack is not up");
    return outputs;
  };

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
  const configure = (key: string, value: string): Promise<void> => {
    const secret = key.startsWith("bot:") ? ["--secret"] : [];
    return succeed(scratch.run("pulumi", "config", "set", ...secret, key, value, "--stack", STACK));
  };
  const state = async (...options: string[]): Promise<string> => {
    const { code, text } = await scratch.run("pulumi", "stack", "export", ...options, "--stack", STACK);
    if (code !== 0) throw new Error(text);
    return text;
  };
  const pack = join(scratch.folder, "infra/policy/pulumi-analyzer-launchlab");
  let broken = 0;

  return {
    async prepare() {
      basePort = await freeBlock(PORTS);
      await succeed(scratch.run("pulumi", "stack", "select", "--create", "--stack", STACK));
      const config = {
        "launchlab:basePort": String(basePort),
        // With these the stack has all kinds of secrets.
        "launchlab:backups": "on",
        "launchlab:mentorUrl": `http://127.0.0.1:${basePort + 1}/v1`,
        "launchlab:mentorModel": "simulated",
        "bot:mentorKey": randomBytes(16).toString("hex"),
      };
      for (const [key, value] of Object.entries(config)) await configure(key, value);
    },
    configure,
    startUp: () => scratch.start("up"),
    async up() {
      const result = await scratch.run("up");
      if (result.code === 0)
        outputs = ownSchema.parse(JSON.parse((await scratch.run("outputs", "--json")).text));
      return result;
    },
    says: [`Stack ${STACK} is up`],
    partlyUp: () => Promise.resolve(globSync(join(stack, "run/*/status.json")).length > 0),
    get outputs() {
      return known();
    },
    // With the policies as the engine runs them, which `up` leaves out here.
    expectNoChange: () => scratch.run("preview", "--expect-no-changes", "--policy-pack", pack),
    ground: ["node"],
    status: () => scratch.run("status", "--json", "--stack", STACK),
    async requests() {
      return Number(/^\s*\d+ \d+ (\d+)/m.exec(await get(10, "/stub_status"))?.[1]);
    },
    async secrets() {
      const files = globSync(join(stack, "run/*/secrets/*"));
      const texts = files.flatMap((file) => readFileSync(file, "utf8").split("\n"));
      return [...texts, ...secretsOf(await state("--show-secrets"))];
    },
    async places() {
      const places: Record<string, string> = { state: await state(), ...(await answers(known())) };
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
      Object.assign(places, readableByOthers(join(scratch.folder, ".launchlab")), readableByOthers(stack));
      for (const command of ["status", "doctor", "check-database"])
        places[`npm run ${command}`] = (await scratch.run(command)).text;
      places["npm run preview"] = (await scratch.run("preview", "--diff")).text;
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
    faults: () => scratch.run("faults", "fast", "--rate", "100", "--stack", STACK),
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
