import { readFileSync } from "node:fs";
import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics, Operation } from "../metrics.ts";
import { classify, DatabaseUnavailable } from "./errors.ts";

export type Row = Record<string, unknown>;

/** Runs one statement. Throws DatabaseUnavailable, or pg's DatabaseError when the statement itself is refused. */
export type Query = <R extends pg.QueryResultRow>(
  operation: Operation,
  sql: string,
  values?: readonly unknown[],
) => Promise<R[]>;

export interface Transaction {
  readonly query: Query;
  /** Sends the last statements and the commit in one round trip; then the connection is back in the pool. */
  commit(last?: readonly { sql: string; values: readonly unknown[] }[]): Promise<Row[][]>;
  /** Undoes everything, stops a statement that still runs, and gives the connection back. Never throws. */
  rollback(): Promise<void>;
}

export interface Database {
  readonly query: Query;
  /**
   * Runs several statements without parameters in one round trip; returns the rows of each. Numbers may be
   * written into `sql`, texts never.
   */
  batch(operation: Operation, sql: string): Promise<Row[][]>;
  /** Opens a transaction and runs `sql` (as for `batch`) in it, all in one round trip. */
  begin(sql: string): Promise<{ tx: Transaction; rows: Row[][] }>;
  /** Time of the last answer from the database, in milliseconds of `performance.now()`. */
  lastAnswer(): number;
  updateMetrics(): void;
  close(): Promise<void>;
}

/**
 * Limits of one transaction. They are set inside the transaction because PgBouncer in transaction mode refuses
 * them at connect and would leak a plain SET to others, and because this needs no right to alter the role.
 * A statement stays well under the 8 s that a handler has, a lock wait under that again.
 */
const limits =
  "SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '3s'; " +
  "SET LOCAL idle_in_transaction_session_timeout = '10s'";

/**
 * A commit is never cancelled: while it waits for a standby, a cancel would make the row visible here although
 * the standby may not have it. The client's own limit then closes the connection, outcome unknown.
 */
const commitStatement = "SET LOCAL statement_timeout = 0; COMMIT";

/** Above every limit of the server, so that it only ends waits for a server that is gone. */
const clientTimeout = 12_000;

/** pg answers a text of several statements with a list, which its types do not say. */
const results = (result: pg.QueryResult<Row> | pg.QueryResult<Row>[]): Row[][] =>
  (Array.isArray(result) ? result : [result]).map(({ rows }) => rows);

// Ids of Telegram and counters fit a double (at most 52 bits), so bigint columns are plain numbers.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

export function connectionOptions(config: DatabaseConfig): pg.ClientConfig {
  const { caFile } = config;
  return {
    host: config.host,
    port: config.port,
    database: config.name,
    user: config.user,
    password: config.password,
    ssl:
      config.tls === "disable"
        ? false
        : {
            rejectUnauthorized: config.tls === "verify-full",
            // Read for each connection: the authority is renewed while the bot runs.
            ...(caFile !== undefined && {
              get ca() {
                return readFileSync(caFile, "utf8");
              },
            }),
          },
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    application_name: "launchlab",
    types,
  };
}

export function createDatabase(config: DatabaseConfig, metrics: Metrics, log: Log): Database {
  const pool = new pg.Pool({
    ...connectionOptions(config),
    max: config.poolSize,
    idleTimeoutMillis: 30_000,
    // Short enough that connections move to a new server or pooler soon after it takes over.
    maxLifetimeSeconds: 120,
    query_timeout: clientTimeout,
    // Statements are written without waiting for the answer to the one before. It also makes pg close the
    // connection at query_timeout instead of giving it back half read.
    pipeline: true,
  });
  let lastAnswer = -Infinity;
  // Without listeners a connection that breaks, idle or in use, would end the process.
  pool.on("error", (error) => log.warn({ err: error.message }, "an idle database connection broke"));
  pool.on("connect", (client) => {
    client.on("error", (error) => log.warn({ err: error.message }, "a database connection broke"));
  });

  async function timed<T>(operation: Operation, run: () => Promise<T>): Promise<T> {
    const stop = metrics.dbQueryDuration.startTimer({ operation });
    try {
      const result = await run();
      lastAnswer = performance.now();
      stop({ outcome: "ok" });
      return result;
    } catch (raw) {
      const error = classify(raw);
      const timeout =
        error instanceof DatabaseUnavailable &&
        (["57014", "55P03", "timeout"].includes(error.code) || /timeout/i.test(String(error.cause)));
      stop({ outcome: timeout ? "timeout" : "error" });
      throw error;
    }
  }

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "connect";
      // Whatever it is (a wrong password as well), no statement was refused: it is not the update's fault.
      throw new DatabaseUnavailable(code, error);
    }
  }

  async function once<T>(operation: Operation, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return timed(operation, async () => {
      const client = await connect();
      try {
        const result = await run(client);
        client.release();
        return result;
      } catch (error) {
        // It may be half read, or inside of a failed transaction: closed, not reused.
        client.release(true);
        throw error;
      }
    });
  }

  function transaction(client: pg.PoolClient, backend: number): Transaction {
    let open = true;
    let running = 0;
    const query: Query = <R extends pg.QueryResultRow>(
      operation: Operation,
      sql: string,
      values: readonly unknown[] = [],
    ) => {
      if (!open) return Promise.reject(new Error("the transaction is over"));
      running += 1;
      return timed(operation, async () => {
        try {
          return (await client.query<R>(sql, [...values])).rows;
        } finally {
          running -= 1;
        }
      });
    };
    return {
      query,
      commit: async (last = []) => {
        open = false;
        return timed("commit", async () => {
          const answers = await Promise.allSettled([
            ...last.map(({ sql, values }) => client.query<Row>(sql, [...values])),
            client.query<Row>(commitStatement),
          ]);
          const failed = answers.find((answer) => answer.status === "rejected");
          if (failed !== undefined) {
            const error = classify(failed.reason);
            // The commit may be on its way: closing is the only way to end the transaction for sure.
            client.release(true);
            throw error;
          }
          client.release();
          return answers.flatMap((answer) => (answer.status === "fulfilled" ? results(answer.value) : []));
        });
      },
      rollback: async () => {
        if (!open) return;
        open = false;
        try {
          if (running > 0) {
            // The server would go on with the statement and hold the person's lock until its timeout.
            await pool.query("SELECT pg_cancel_backend($1)", [backend]);
          }
          await client.query("ROLLBACK");
          client.release();
        } catch {
          client.release(true);
        }
      },
    };
  }

  return {
    query: <R extends pg.QueryResultRow>(
      operation: Operation,
      sql: string,
      values: readonly unknown[] = [],
    ) => once(operation, async (client) => (await client.query<R>(sql, [...values])).rows),
    batch: (operation, sql) => once(operation, async (client) => results(await client.query<Row>(sql))),
    begin: (sql) =>
      timed("begin", async () => {
        const client = await connect();
        try {
          // One simple query: the server stops at the first statement that fails, so nothing after it can
          // run outside of the transaction, and a pooler sees one message.
          const answer = results(
            await client.query<Row>(`BEGIN; ${limits}; SELECT pg_backend_pid() AS backend; ${sql}`),
          );
          const [own, ...rows] = answer.slice(4);
          return { tx: transaction(client, Number(own?.[0]?.["backend"])), rows };
        } catch (error) {
          client.release(true);
          throw error;
        }
      }),
    lastAnswer: () => lastAnswer,
    updateMetrics: () => {
      metrics.dbPoolConnections.set({ state: "idle" }, pool.idleCount);
      metrics.dbPoolConnections.set({ state: "used" }, pool.totalCount - pool.idleCount);
      metrics.dbPoolMaxConnections.set(config.poolSize);
      metrics.dbPoolWaiting.set(pool.waitingCount);
    },
    close: () => pool.end(),
  };
}
