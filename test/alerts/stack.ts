import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { z } from "zod";
import { readSpec, readStatus } from "../../infra/process-provider/spec.ts";
import { ALERT_CHAT } from "../../infra/services/simulator.ts";

/** A stack on the platform `local` whose programs can be made to fail. */
export interface Stack {
  /** Of the configuration that its own Prometheus has. */
  readonly prometheusConfig: string;
  readonly simulator: string;
  /** Name of its database. */
  readonly database: string;
  readonly databasePort: number;
  readonly redisPort: number;
  /** The file with the token that alerts are told with. */
  readonly tokenFile: string;
  readonly alertChat: string;
  /** Ends a program for good: what starts it again is held up. */
  down(name: string): void;
  /** Lets it be started again. */
  up(name: string): void;
  /** Ends a program, which is started again. */
  kill(name: string): void;
  /** Stops a program and its children in the middle of what they do, or lets them go on. */
  signal(name: string, signal: "SIGSTOP" | "SIGCONT"): void;
  /** Changes the configuration of nginx, which reads it again; returns what takes that back. */
  reconfigure(change: (config: string) => string): () => void;
  /** Id of the process of a program. */
  pid(name: string): number;
  /** Whether a replica of the bot is ready. */
  serves(name: string): Promise<boolean>;
  /** A connection to the database as its owner. */
  connect(): Promise<pg.Client>;
  /** Runs statements one after the other. */
  sql(...statements: string[]): Promise<void>;
  redis<T>(use: (redis: Redis) => Promise<T>): Promise<T>;
  /** Chooses what goes wrong at the simulator; `{}` for nothing. */
  faults(settings: object): Promise<void>;
  /** New people of the simulator, who write, each when told to. */
  people(count: number): Promise<((text: string) => Promise<void>)[]>;
  /** Texts of the messages in the chat of alerts. */
  alertTexts(): Promise<string[]>;
  /** Ends what recipes have left behind. */
  close(): Promise<void>;
}

const messages = z.object({ messages: z.array(z.looseObject({ text: z.string().default("") })) });

export function openStack(folder: string): Stack {
  const run = (name: string): string => join(folder, "run", name);
  const status = (name: string) => {
    const found = readStatus(run(name));
    if (found?.child === undefined) throw new Error(`${name} does not run`);
    return { supervisor: found.supervisor.pid, child: found.child.pid };
  };
  /** A program and its children; those of Postgres have process groups of their own. */
  const family = (name: string): number[] => {
    const { child } = status(name);
    const list = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    const pairs = list.map((line) => line.trim().split(/\s+/).map(Number));
    return [child, ...pairs.flatMap(([pid = 0, parent]) => (parent === child ? [pid] : []))];
  };
  const signal = (name: string, which: NodeJS.Signals): void => {
    for (const pid of family(name)) {
      try {
        process.kill(pid, which);
      } catch {
        // It ended meanwhile.
      }
    }
  };
  const held = new Map<string, number>();
  const open = new Set<pg.Client>();
  const env = readSpec(run("migrate")).env;
  const secret = (name: string, file: string): string =>
    readFileSync(join(run(name), "secrets", file), "utf8").trim();
  const redisSpec = readSpec(run("web-0")).env;
  const simulator = String(redisSpec["TELEGRAM_API_URL"]);

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${simulator}/simulator/api/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      host: env["DATABASE_HOST"],
      port: Number(env["DATABASE_PORT"]),
      user: env["DATABASE_USER"],
      database: env["DATABASE_NAME"],
      password: secret("migrate", "DATABASE_PASSWORD"),
    });
    // The server may be ended while we are connected.
    client.on("error", () => undefined);
    await client.connect();
    open.add(client);
    client.on("end", () => open.delete(client));
    return client;
  }

  const up = (name: string): void => {
    const supervisor = held.get(name);
    if (supervisor !== undefined) process.kill(supervisor, "SIGCONT");
    held.delete(name);
  };

  return {
    prometheusConfig: readFileSync(join(run("prometheus"), "files/prometheus.yml"), "utf8"),
    simulator,
    database: String(env["DATABASE_NAME"]),
    databasePort: Number(env["DATABASE_PORT"]),
    redisPort: Number(redisSpec["REDIS_PORT"]),
    tokenFile: join(run("alert-relay"), "secrets/ALERT_TOKEN"),
    alertChat: ALERT_CHAT,
    down(name) {
      const { supervisor } = status(name);
      process.kill(supervisor, "SIGSTOP");
      held.set(name, supervisor);
      signal(name, "SIGKILL");
    },
    up,
    kill: (name) => signal(name, "SIGKILL"),
    signal,
    reconfigure(change) {
      const file = join(run("gateway"), "files/nginx.conf");
      const config = readFileSync(file, "utf8");
      const apply = (text: string): void => {
        writeFileSync(file, text);
        process.kill(status("gateway").child, "SIGHUP");
      };
      const changed = change(config);
      if (changed === config) throw new Error("the configuration of nginx has no such part");
      apply(changed);
      return () => apply(config);
    },
    pid: (name) => status(name).child,
    serves: async (name) =>
      (await fetch(`http://127.0.0.1:${readSpec(run(name)).env["ADMIN_PORT"]}/ready`)).ok,
    connect,
    async sql(...statements) {
      const client = await connect();
      try {
        for (const statement of statements) await client.query(statement);
      } finally {
        await client.end();
      }
    },
    async redis(use) {
      const redis = new Redis({
        host: String(redisSpec["REDIS_HOST"]),
        port: Number(redisSpec["REDIS_PORT"]),
        username: "admin",
        password:
          /^user admin on >(\w+)/m.exec(readFileSync(join(run("redis"), "files/redis.conf"), "utf8"))?.[1] ??
          "",
        retryStrategy: null,
      });
      redis.on("error", () => undefined);
      try {
        return await use(redis);
      } finally {
        redis.disconnect();
      }
    },
    async faults(settings) {
      await call("PUT", "faults", settings);
    },
    people: (count) =>
      Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const { id } = z
            .looseObject({ id: z.number() })
            .parse(await call("POST", "people", { first_name: `Person ${i}` }));
          return async (text: string): Promise<void> => {
            await call("POST", `people/${id}/messages`, { text });
          };
        }),
      ),
    alertTexts: async () =>
      messages.parse(await call("GET", `groups/${ALERT_CHAT}/messages`)).messages.map(({ text }) => text),
    async close() {
      for (const name of held.keys()) up(name);
      await Promise.allSettled([...open].map((client) => client.end()));
    },
  };
}
