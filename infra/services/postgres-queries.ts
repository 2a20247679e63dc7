/** What a column of an answer becomes. */
type Column = "LABEL" | "GAUGE";

interface Question {
  readonly query: string;
  readonly columns: Readonly<Record<string, Column>>;
}

const PRESENT = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END";

/**
 * What the exporter asks besides its own questions, by the prefix of its series: their names and labels are then the
 * same for every version of it. None of them locks a table or waits for a lock.
 */
const questions: Readonly<Record<string, Question>> = {
  postgres_server: {
    query:
      "SELECT extract(epoch FROM pg_postmaster_start_time()) AS start_time_seconds, " +
      "(SELECT max(age(datfrozenxid)) FROM pg_database) AS oldest_transaction_id_age, " +
      "(SELECT max(mxid_age(datminmxid)) FROM pg_database) AS oldest_multixact_id_age",
    columns: {
      start_time_seconds: "GAUGE",
      oldest_transaction_id_age: "GAUGE",
      oldest_multixact_id_age: "GAUGE",
    },
  },
  // A backup is one long transaction, and meant to be.
  postgres_sessions: {
    query:
      "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)) " +
      "FILTER (WHERE application_name <> 'pg_dump'), 0) AS longest_transaction_seconds, " +
      "coalesce(max(extract(epoch FROM clock_timestamp() - state_change)) " +
      "FILTER (WHERE state LIKE 'idle in transaction%'), 0) AS longest_idle_transaction_seconds " +
      "FROM pg_stat_activity WHERE backend_type = 'client backend'",
    columns: { longest_transaction_seconds: "GAUGE", longest_idle_transaction_seconds: "GAUGE" },
  },
  postgres_locks: {
    query:
      "SELECT count(*) AS waiting, " +
      "coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0) AS longest_wait_seconds " +
      "FROM pg_locks WHERE NOT granted",
    columns: { waiting: "GAUGE", longest_wait_seconds: "GAUGE" },
  },
  postgres_wal: {
    query: "SELECT coalesce(sum(size), 0) AS size_bytes FROM pg_ls_waldir()",
    columns: { size_bytes: "GAUGE" },
  },
  // Partitions are counted with their table. Sizes are those of the last vacuum: asking for them now needs a lock.
  postgres_table: {
    query:
      "SELECT coalesce(parent.relname, own.relname) AS relation, sum(stat.n_dead_tup) AS dead_rows, " +
      "sum(stat.n_live_tup) AS live_rows, " +
      "sum(own.relpages::bigint) * current_setting('block_size')::int AS size_bytes, " +
      "sum(stat.autovacuum_count) AS autovacuums " +
      "FROM pg_stat_user_tables stat JOIN pg_class own ON own.oid = stat.relid " +
      "LEFT JOIN pg_inherits ON inhrelid = stat.relid LEFT JOIN pg_class parent ON parent.oid = inhparent " +
      "GROUP BY 1",
    columns: {
      relation: "LABEL",
      dead_rows: "GAUGE",
      live_rows: "GAUGE",
      size_bytes: "GAUGE",
      autovacuums: "GAUGE",
    },
  },
  // A backup that streams is in this list as well.
  postgres_standby: {
    query:
      `SELECT application_name AS standby, coalesce(max(pg_wal_lsn_diff(${PRESENT}, replay_lsn)), 0) AS lag_bytes, ` +
      "coalesce(max(extract(epoch FROM replay_lag)), 0) AS lag_seconds " +
      "FROM pg_stat_replication WHERE state IN ('streaming', 'catchup') GROUP BY 1",
    columns: { standby: "LABEL", lag_bytes: "GAUGE", lag_seconds: "GAUGE" },
  },
  postgres_slot: {
    query:
      `SELECT slot_name AS slot, coalesce(pg_wal_lsn_diff(${PRESENT}, restart_lsn), 0) AS retained_bytes ` +
      "FROM pg_replication_slots",
    columns: { slot: "LABEL", retained_bytes: "GAUGE" },
  },
};

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * Whether each setting has another value than it was given, or gets one at the next start; sizes may be written anyhow.
 * What the command line says, a reload marks as waiting for a restart when the file says something else: it stays as it is.
 */
function settings(wanted: Readonly<Record<string, string>>): Question {
  const rows = Object.entries(wanted).map(([name, value]) => `(${text(name)}, ${text(value)})`);
  return {
    query:
      "SELECT setting.name AS setting, ((setting.pending_restart AND setting.source <> 'command line') " +
      "OR CASE WHEN value ~ '^[0-9]+[kMG]B$' " +
      "THEN pg_size_bytes(current_setting(setting.name)) <> pg_size_bytes(value) " +
      "ELSE current_setting(setting.name) <> value END)::int AS drift " +
      `FROM (VALUES ${rows.join(", ")}) AS wanted (name, value) JOIN pg_settings setting USING (name)`,
    columns: { setting: "LABEL", drift: "GAUGE" },
  };
}

/**
 * The exporter's file of questions (JSON, which is YAML as well). `wanted`: settings that the server was given.
 * @default somebody else gives them
 */
export function renderQueries(wanted: Readonly<Record<string, string>> | undefined): string {
  const all = { ...questions, ...(wanted === undefined ? {} : { postgres_setting: settings(wanted) }) };
  const file = Object.entries(all).map(([name, { query, columns }]) => [
    name,
    {
      query,
      metrics: Object.entries(columns).map(([column, usage]) => ({
        [column]: { usage, description: column.replaceAll("_", " ") },
      })),
    },
  ]);
  return `${JSON.stringify(Object.fromEntries(file), null, 2)}\n`;
}
