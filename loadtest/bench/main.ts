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
import { table } from "../report/columns.ts";
import { type Contender, contenders } from "./contenders.ts";
import { HEADER, type Settings } from "./settings.ts";

/*
 * `npm run bench`: this bot, the same features as most bots have them, and the floor below which nothing can be, in turns on
 * the same Postgres, Redis, nginx and Bot API. One process of each.
 */
const ROUNDS = 3;
const PEOPLE = 20_000;
const TOKEN = `7000000001:${"SIMULATOR-".repeat(4).slice(0, 35)}`;
const SECRET = "bench-secret";

/** One run of one contender. */
interface Turn {
  /** Milliseconds of processor time for each update. */
  readonly process: number;
  readonly postgres: number;
  readonly result: Result;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const seed = `INSERT INTO users (id, user_type, name, about, skills, city, is_searching, last_active)
  SELECT 6000000000 + n, 'cofounder', 'Person ' || n, 'Builds things', ARRAY['rust', 'sql'], 'Riga', true,
    now() - n * interval '1 second' FROM generate_series(1, ${PEOPLE}) AS n`;

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

async function turn(contender: Contender, profile: string): Promise<Turn> {
  const database = await freshDatabase(postgres.port);
  await sql(postgres.port, database, seed, "ANALYZE", "CHECKPOINT");
  const settings: Settings = {
    ...{ port: await freePort(), postgresPort: postgres.port, database, redisPort: redis.port },
    ...{ redisPassword, apiUrl, token: TOKEN, secret: SECRET },
  };
  const { pid, stop } = await contender.start(settings);
  let turned: Turn | undefined;
  await withNginx([{ host: "127.0.0.1", port: settings.port }], async ({ gateway }) => {
    const webhook = `${gateway}/telegram`;
    const refused = await fetch(webhook, { method: "POST", headers: { [HEADER]: "wrong" } });
    if (refused.status !== 401)
      throw new Error(`${contender.name} answers ${refused.status} to a wrong secret`);
    const before = [pid, postgresPid].map(processSeconds);
    const target = { webhook, secret: SECRET, simulator: apiUrl };
    const folder = join(reports, `${contender.name}-${profile}`.replace(" ", "-"));
    const result = await load({ profile, target, k6: program, folder });
    const [own = 0, server = 0] = [pid, postgresPid]
      .map(processSeconds)
      .map((now, i) => now - (before[i] ?? 0));
    turned = { process: (own / result.updates) * 1000, postgres: (server / result.updates) * 1000, result };
  });
  await stop();
  await sql(postgres.port, "postgres", `DROP DATABASE ${database} WITH (FORCE)`);
  if (turned === undefined) throw new Error("the turn was not measured");
  return turned;
}

try {
  const costs = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  const knees = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const contender of contenders) {
      console.error(`round ${round} of ${ROUNDS}: ${contender.name}`);
      costs.get(contender.name)?.push(await turn(contender, "bench"));
      knees.get(contender.name)?.push(await turn(contender, "bench-knee"));
    }
  }
  const figures = contenders.map(({ name }) => {
    const of = (turns: readonly Turn[] | undefined, value: (turn: Turn) => number): number =>
      median((turns ?? []).map(value));
    const latency = (value: "p50" | "p95" | "p99") =>
      of(costs.get(name), ({ result }) => result.measured.fromDue?.[value] ?? NaN);
    return {
      name,
      process: of(costs.get(name), (one) => one.process),
      postgres: of(costs.get(name), (one) => one.postgres),
      knee: of(knees.get(name), ({ result }) => result.knee ?? 0),
      p50: latency("p50"),
      p95: latency("p95"),
      p99: latency("p99"),
    };
  });
  const columns = ["process", "postgres", "knee", "p50", "p95", "p99"] as const;
  const digits = (column: string): number => (column === "knee" ? 0 : 2);
  console.log(
    `Medians of ${ROUNDS} rounds: processor seconds for 1000 updates of the process and of Postgres, updates`,
  );
  console.log("per second at the knee (p95 above 250 ms), and milliseconds from due time at 150 a second.\n");
  console.log(
    table([
      ["", ...columns],
      ...figures.map((row) => [row.name, ...columns.map((column) => row[column].toFixed(digits(column)))]),
    ]),
  );
  const [own, ...others] = figures;
  if (own !== undefined) {
    console.log("\nlaunchlab against them: for times more than 1 is slower, for the knee it is faster.\n");
    console.log(
      table([
        ["", ...columns],
        ...others.map((row) => [
          row.name,
          ...columns.map((column) => (own[column] / row[column]).toFixed(2)),
        ]),
      ]),
    );
  }
} finally {
  simulator.kill("SIGTERM");
  await Promise.all([postgres.stop(), redis.stop()]);
  rmSync(reports, { recursive: true });
}
