import { bad, good, look, type Finding } from "../finding.ts";
import { schedules } from "../jobs/kinds.ts";
import { scheduleStatus } from "../jobs/schedule-status.ts";
import { knownMigrations, migrationsTable } from "./migrations.ts";
import type { Query } from "./pool.ts";

type Look = (query: Query) => Promise<Finding[]>;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const seconds = (value: number): string => `${value.toFixed(1)} s`;

async function one<R extends Record<string, unknown>>(query: Query, sql: string): Promise<R> {
  const [row] = await query<R>("check", sql);
  if (row === undefined) throw new Error("the database gave no row");
  return row;
}

const server: Look = async (query) => {
  const { version, number, standby, uptime } = await one<{
    version: string;
    number: number;
    standby: boolean;
    uptime: number;
  }>(
    query,
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number, " +
      "pg_is_in_recovery() AS standby, extract(epoch FROM now() - pg_postmaster_start_time())::float AS uptime",
  );
  const text = `PostgreSQL ${version}, for ${(uptime / 3600).toFixed(1)} h`;
  if (standby)
    return [bad("server", `${text}, a standby`, "give the address of the primary: the bot has to write")];
  return [
    number < 150_000 ? bad("server", text, "version 15 is the oldest that works") : good("server", text),
  ];
};

const encryption: Look = async (query) => {
  const { ssl, version, local } = await one<{ ssl: boolean; version: string | null; local: boolean }>(
    query,
    "SELECT ssl, version, coalesce(inet_client_addr() << '127.0.0.0/8' OR inet_client_addr() = '::1', true) AS local " +
      "FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
  );
  if (ssl) return [good("TLS", version ?? "on")];
  if (local) return [good("TLS", "off; nothing leaves the machine")];
  return [look("TLS", "off", "set DATABASE_TLS to verify-full where the network is not the stack's own")];
};

const migrations: Look = async (query) => {
  const known = await knownMigrations();
  const { exists } = await one<{ exists: boolean }>(
    query,
    `SELECT to_regclass('${migrationsTable}') IS NOT NULL AS exists`,
  );
  const rows = exists ? await query<{ name: string }>("check", `SELECT name FROM ${migrationsTable}`) : [];
  const applied = rows.map(({ name }) => name);
  const pending = known.filter((name) => !applied.includes(name));
  const strange = applied.filter((name) => !known.includes(name));
  if (pending.length > 0) {
    return [
      bad("migrations", `pending: ${pending.join(", ")}`, "run the role migrate; `npm run up` does it"),
    ];
  }
  if (strange.length > 0) {
    const what = "a newer version of the bot was here: bring it back, or do not run this one for long";
    return [look("migrations", `not of this version: ${strange.join(", ")}`, what)];
  }
  return [good("migrations", `all ${known.length} are there`)];
};

const extensions: Look = async (query) => {
  const { icu, names } = await one<{ icu: boolean; names: string[] }>(
    query,
    "SELECT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') AS icu, " +
      "(SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension) AS names",
  );
  if (!icu)
    return [bad("extensions", "Postgres was built without ICU", "take a build with it: the search needs it")];
  return [good("extensions", `${names.join(", ")}; the bot needs none`)];
};

const sizes: Look = async (query) => {
  const { total } = await one<{ total: number }>(
    query,
    "SELECT pg_database_size(current_database())::float AS total",
  );
  const tables = await query<{ name: string; bytes: number }>(
    "check",
    "SELECT relname AS name, pg_total_relation_size(relid)::float AS bytes FROM pg_stat_user_tables " +
      "ORDER BY bytes DESC LIMIT 3",
  );
  const largest = tables.map(({ name, bytes }) => `${name} ${megabytes(bytes)}`);
  return [good("size", [megabytes(total), ...largest].join(", "))];
};

const connections: Look = async (query) => {
  const { used, most } = await one<{ used: number; most: number }>(
    query,
    "SELECT count(*)::int AS used, current_setting('max_connections')::int AS most FROM pg_stat_activity " +
      "WHERE backend_type = 'client backend'",
  );
  const text = `${used} of ${most}`;
  return [
    used > most * 0.8
      ? look(
          "connections",
          text,
          "see who has them: SELECT usename, state, count(*) FROM pg_stat_activity GROUP BY 1, 2",
        )
      : good("connections", text),
  ];
};

const running: Look = async (query) => {
  const rows = await query<{ pid: number; user: string; state: string; age: number }>(
    "check",
    "SELECT pid, usename AS user, state, extract(epoch FROM now() - xact_start)::float AS age FROM pg_stat_activity " +
      "WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid() " +
      "AND xact_start < now() - interval '10 seconds' ORDER BY xact_start LIMIT 5",
  );
  if (rows.length === 0) return [good("transactions", "none is open for more than 10 s")];
  return rows.map(({ pid, user, state, age }) =>
    look(
      "transactions",
      `${pid} of ${user} is open for ${seconds(age)} (${state})`,
      `it keeps old rows and locks; unless it is a backup: SELECT pg_terminate_backend(${pid})`,
    ),
  );
};

const slow: Look = async (query) => {
  const { there } = await one<{ there: boolean }>(
    query,
    "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') " +
      "AND current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' AS there",
  );
  if (!there) {
    return [
      good("slow queries", "not counted (no pg_stat_statements); the server's log has those above 1 s"),
    ];
  }
  const rows = await query<{ text: string; mean: number; calls: number }>(
    "check",
    "SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 80) AS text, mean_exec_time AS mean, calls::float " +
      "FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) " +
      "AND mean_exec_time > 100 AND calls > 10 ORDER BY total_exec_time DESC LIMIT 5",
  );
  if (rows.length === 0) return [good("slow queries", "none takes more than 100 ms on average")];
  return rows.map(({ text, mean, calls }) =>
    look(
      "slow queries",
      `${mean.toFixed(0)} ms, ${calls} times: ${text}`,
      "look at its EXPLAIN (ANALYZE, BUFFERS)",
    ),
  );
};

const bloat: Look = async (query) => {
  const rows = await query<{ name: string; dead: number; share: number }>(
    "check",
    "SELECT relname AS name, n_dead_tup::float AS dead, (n_dead_tup::float / (n_live_tup + n_dead_tup)) AS share " +
      "FROM pg_stat_user_tables WHERE n_dead_tup > 10000 AND n_dead_tup > n_live_tup / 4 " +
      "ORDER BY n_dead_tup DESC LIMIT 5",
  );
  if (rows.length === 0) return [good("bloat", "no table has many dead rows")];
  return rows.map(({ name, dead, share }) =>
    look(
      "bloat",
      `${name}: ${dead} dead rows, ${(share * 100).toFixed(0)} %`,
      `VACUUM ${name}; if it comes back, look for long transactions and whether autovacuum is on`,
    ),
  );
};

const indexes: Look = async (query) => {
  const rows = await query<{ name: string }>(
    "check",
    "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid",
  );
  if (rows.length === 0) return [good("indexes", "all are valid")];
  return rows.map(({ name }) => bad("indexes", `${name} is not valid`, `REINDEX INDEX CONCURRENTLY ${name}`));
};

const scheduled: Look = async (query) => {
  const all = await scheduleStatus(query, schedules, new Date());
  const time = (date: Date | undefined): string =>
    date === undefined ? "-" : `${date.toISOString().slice(0, 16)}Z`;
  return all.map(({ kind, outcome, began, seconds: took, error, next }) => {
    const text = [
      `${outcome}${began === undefined ? "" : ` at ${time(began)}`}${took === undefined ? "" : ` in ${seconds(took)}`}`,
      `next at ${time(next)}`,
    ].join(", ");
    const about = `job ${kind}`;
    return outcome === "failed"
      ? look(about, `${text}: ${error ?? ""}`, "see the log of the worker")
      : good(about, text);
  });
};

const looks: readonly Look[] = [
  ...[server, encryption, migrations, extensions, sizes, connections],
  ...[running, slow, bloat, indexes],
];

/** Looks at the database from all sides, and changes nothing. */
export async function checkDatabase(query: Query): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const one of looks) found.push(...(await one(query)));
  if (found.some(({ about, state }) => about === "migrations" && state === "bad")) return found;
  return [...found, ...(await scheduled(query))];
}
