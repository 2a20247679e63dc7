import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshDatabase, migrateTemplate, sql } from "../../test/support/database.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { redisPassword, startRedis } from "../../test/support/redis.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { withNginx } from "../../infra/services/nginx-fixture.ts";
import { checkout } from "../../infra/toolchain/folders.ts";
import { k6 } from "../../infra/toolchain/k6.ts";
import { load } from "../load.ts";
import { processSeconds } from "../process-time.ts";
import type { Result } from "../result.ts";
import type { Contender, Started } from "./contenders.ts";
import { HEADER } from "./settings.ts";

const TOKEN = `7000000001:${"SIMULATOR-".repeat(4).slice(0, 35)}`;
const SECRET = "bench-secret";

/** One run of a profile. */
export interface Turn {
  /** Milliseconds of processor time of all processes for each update. */
  readonly process: number;
  readonly postgres: number;
  readonly result: Result;
}

export interface Entry {
  readonly contender: Contender;
  /** Processes behind nginx. @default 1 */
  readonly replicas?: number;
  /** People who are in the database already. */
  readonly people: number;
}

/** Processes that answer, on a database of their own. */
export interface Ring {
  readonly started: readonly Started[];
  turn(profile: string): Promise<Turn>;
}

export interface Arena {
  /** Starts the processes, lets `use` load them, and ends them. */
  enter<T>(entry: Entry, use: (ring: Ring) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const seed = (
  people: number,
) => `INSERT INTO users (id, user_type, name, about, skills, city, is_searching, last_active)
  SELECT 6000000000 + n, 'cofounder', 'Person ' || n, 'Builds things', ARRAY['rust', 'sql'], 'Riga', true,
    now() - n * interval '1 second' FROM generate_series(1, ${people}) AS n`;

/** Postgres, Redis, nginx and the Bot API, the same ones for all who enter. */
export async function openArena(): Promise<Arena> {
  const [postgres, redis, program] = await Promise.all([startPostgres(), startRedis(), k6()]);
  const reports = mkdtempSync(join(tmpdir(), "launchlab-bench-reports-"));
  const apiPort = await freePort();
  const simulator = spawn(process.execPath, [join(checkout, "simulator/alone.ts")], {
    env: { ...process.env, SIMULATOR_PORT: String(apiPort) },
    stdio: "ignore",
  });
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  await until("the simulator answers", () =>
    fetch(`${apiUrl}/simulator/api/stats`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await migrateTemplate(postgres.port);
  const [postmaster] = await sql(
    postgres.port,
    "postgres",
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid",
  );
  const postgresPid = Number(postmaster?.["pid"]);

  /** Loads what is behind a gateway. */
  async function turn(gateway: string, started: readonly Started[], profile: string): Promise<Turn> {
    const webhook = `${gateway}/telegram`;
    const refused = await fetch(webhook, { method: "POST", headers: { [HEADER]: "wrong" } });
    if (refused.status !== 401) throw new Error(`a wrong secret is answered with ${refused.status}`);
    const spent = () => ({
      own: started.reduce((sum, { pid }) => sum + processSeconds(pid), 0),
      server: processSeconds(postgresPid),
    });
    const before = spent();
    const target = { webhook, secret: SECRET, simulator: apiUrl };
    const result = await load({ profile, target, k6: program, folder: join(reports, profile) });
    const after = spent();
    const each = (seconds: number) => (seconds / result.updates) * 1000;
    return {
      process: each(after.own - before.own),
      postgres: each(after.server - before.server),
      result,
    };
  }

  return {
    enter: async ({ contender, replicas = 1, people }, use) => {
      const database = await freshDatabase(postgres.port);
      await sql(postgres.port, database, seed(people), "ANALYZE", "CHECKPOINT");
      const started: Started[] = [];
      try {
        for (let n = 0; n < replicas; n++)
          started.push(
            await contender.start({
              ...{ port: await freePort(), postgresPort: postgres.port, database, redisPort: redis.port },
              ...{ redisPassword, apiUrl, token: TOKEN, secret: SECRET },
            }),
          );
        let used: { value: Awaited<ReturnType<typeof use>> } | undefined;
        const upstream = started.map(({ port }) => ({ host: "127.0.0.1", port }));
        await withNginx(upstream, async ({ gateway }) => {
          used = { value: await use({ started, turn: (profile) => turn(gateway, started, profile) }) };
        });
        if (used === undefined) throw new Error("nothing was measured");
        return used.value;
      } finally {
        for (const one of started) await one.stop();
        await sql(postgres.port, "postgres", `DROP DATABASE ${database} WITH (FORCE)`);
      }
    },
    close: async () => {
      simulator.kill("SIGTERM");
      await Promise.all([postgres.stop(), redis.stop()]);
      rmSync(reports, { recursive: true });
    },
  };
}
