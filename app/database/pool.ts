import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { Operation } from "../metric-labels.ts";
import type { Metrics } from "../metrics.ts";
import { classify, DatabaseUnavailable, forgotten, planless } from "./errors.ts";

export type Row = Record<string, unknown>;

/** Runs one statement. Throws DatabaseUnavailable, or pg's DatabaseError when the statement itself is refused. */
export type Query = <R extends pg.QueryResultRow>(
  operation: Operation,
  sql: string,
  values?: readonly unknown[],
) => Promise<R[]>;

export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface Transaction {
  readonly query: Query;
  /** Sends the last statements and the commit in one round trip; then the connection is back in the pool. */
  commit(last?: readonly Statement[]): Promise<Row[][]>;
  /** Undoes everything, stops a statement that still runs, and gives the connection back. Never throws. */
  rollback(): Promise<void>;
  /** Whether a statement has had no answer for longer than the server lets one run: the server is gone, or hangs. */
  overdue(): boolean;
}

export interface Database {
  readonly query: Query;
  /**
   * Runs several statements in one round trip; returns the rows of each. Those without values come as text, which may
   * hold several of them. Numbers may be written into it, texts never.
   */
  batch(operation: Operation, parts: readonly (string | Statement)[]): Promise<Row[][]>;
  /**
   * Opens a transaction, takes the lock of a person if there is one, and runs the statements, all in one round trip;
   * returns the rows of each.
   */
  begin(
    personId: number | undefined,
    statements: readonly Statement[],
  ): Promise<{ tx: Transaction; rows: Row[][] }>;
  /** Connections of the pool, and callers who wait for one. */
  readonly pool: () => {
    readonly used: number;
    readonly idle: number;
    readonly waiting: number;
    readonly size: number;
  };
  /** Time of the last answer from the database, in milliseconds of `performance.now()`. */
  lastAnswer(): number;
  updateMetrics(): void;
  close(): Promise<void>;
}

/** Milliseconds that the server lets a statement run. */
const statementLimit = 5000;

/**
 * Limits of one transaction. They are set inside the transaction because PgBouncer in transaction mode refuses
 * them at connect and would leak a plain SET to others, and because this needs no right to alter the role.
 * A statement stays well under the 8 s that a handler has, a lock wait under that again.
 */
const limits =
  `SET LOCAL statement_timeout = ${statementLimit}; SET LOCAL lock_timeout = '3s'; ` +
  "SET LOCAL idle_in_transaction_session_timeout = '10s'";

/**
 * A commit is never cancelled: while it waits for a standby, a cancel would make the row visible here although
 * the standby may not have it. The client's own limit then closes the connection, outcome unknown.
 */
const commitStatement = "SET LOCAL statement_timeout = 0; COMMIT";

/** Above every limit of the server, so that it only ends waits for a server that is gone. */
const clientTimeout = 12_000;

/**
 * Names of statements, by their text. The server plans a named one once for each connection: planning costs more than
 * running. A name stands for the same text in every process, so that no pooler can take one for another.
 */
const names = new Map<string, string>();
/** Enough for all there are; texts that are put together in more ways than that stay without a name. */
const mostNames = 500;

function nameOf(sql: string): string | undefined {
  let name = names.get(sql);
  if (name === undefined && names.size < mostNames) {
    name = `launchlab_${createHash("sha256").update(sql).digest("hex").slice(0, 16)}`;
    names.set(sql, name);
  }
  return name;
}

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
  let named = true;
  // Without listeners a connection that breaks, idle or in use, would end the process.
  pool.on("error", (error) => log.warn({ err: error.message }, "an idle database connection broke"));
  pool.on("connect", (client) => {
    client.on("error", (error) => log.warn({ err: error.message }, "a database connection broke"));
  });

  const run = <R extends pg.QueryResultRow>(client: pg.PoolClient, sql: string, values: readonly unknown[]) =>
    client.query<R>({ name: named ? nameOf(sql) : undefined, text: sql, values: [...values] });

  /** Nothing is sent later than the first answer; the server refuses what follows a failure in a transaction. */
  async function together(client: pg.PoolClient, parts: readonly (string | Statement)[]): Promise<Row[][]> {
    const { stream } = client.connection;
    // One write for all: each costs as much as a tenth of the whole update.
    stream.cork();
    const sent = parts.map((part) =>
      typeof part === "string" ? client.query<Row>(part) : run<Row>(client, part.sql, part.values),
    );
    stream.uncork();
    const answers = await Promise.allSettled(sent);
    return answers.flatMap((answer) => {
      if (answer.status === "rejected") throw answer.reason;
      return results(answer.value);
    });
  }

  /** Once more, when nothing was done because of a statement that the connection did not have, or had otherwise. */
  async function anew<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!forgotten(error)) throw error;
      return work();
    }
  }

  async function timed<T>(operation: Operation, run: () => Promise<T>): Promise<T> {
    const stop = metrics.dbQueryDuration.startTimer({ operation });
    try {
      const result = await run();
      lastAnswer = performance.now();
      stop();
      return result;
    } catch (raw) {
      const error = classify(raw);
      if (planless(error) && named) {
        named = false;
        log.warn("a pooler does not keep prepared statements; from now on each is planned each time");
      }
      const timeout =
        error instanceof DatabaseUnavailable &&
        (["57014", "55P03", "timeout"].includes(error.code) || /timeout/i.test(String(error.cause)));
      stop();
      metrics.dbQueryFailures.inc({ operation, outcome: timeout ? "timeout" : "error" });
      throw error;
    }
  }

  async function connect(): Promise<pg.PoolClient> {
    const stop = metrics.dbPoolWait.startTimer();
    try {
      return await pool.connect();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "connect";
      // Whatever it is (a wrong password as well), no statement was refused: it is not the update's fault.
      throw new DatabaseUnavailable(code, error);
    } finally {
      stop();
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
    const running = new Set<{ readonly since: number }>();
    let unusable = false;
    const query: Query = <R extends pg.QueryResultRow>(
      operation: Operation,
      sql: string,
      values: readonly unknown[] = [],
    ) => {
      if (!open) return Promise.reject(new Error("the transaction is over"));
      const statement = { since: performance.now() };
      running.add(statement);
      return timed(operation, async () => {
        try {
          return (await run<R>(client, sql, values)).rows;
        } catch (error) {
          unusable ||= forgotten(error);
          throw error;
        } finally {
          running.delete(statement);
        }
      });
    };
    const overdue = () => [...running].some(({ since }) => performance.now() - since > statementLimit);
    return {
      query,
      overdue,
      commit: async (last = []) => {
        open = false;
        return timed("commit", async () => {
          try {
            const rows = await together(client, [...last, commitStatement]);
            client.release();
            return rows;
          } catch (error) {
            // The commit may be on its way: closing is the only way to end the transaction for sure.
            client.release(true);
            throw error;
          }
        });
      },
      rollback: async () => {
        if (!open) return;
        open = false;
        // Nobody would hear that.
        if (overdue()) {
          client.release(true);
          return;
        }
        try {
          if (running.size > 0) {
            // The server would go on with the statement and hold the person's lock until its timeout.
            await pool.query("SELECT pg_cancel_backend($1)", [backend]);
          }
          await client.query("ROLLBACK");
          client.release(unusable);
        } catch {
          client.release(true);
        }
      },
    };
  }

  const state = () => ({
    used: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
    size: config.poolSize,
  });

  return {
    query: <R extends pg.QueryResultRow>(
      operation: Operation,
      sql: string,
      values: readonly unknown[] = [],
    ) => anew(() => once(operation, async (client) => (await run<R>(client, sql, values)).rows)),
    batch: (operation, parts) => once(operation, (client) => together(client, parts)),
    begin: (personId, statements) =>
      anew(() =>
        timed("begin", async () => {
          const client = await connect();
          try {
            const lock = personId === undefined ? "" : `, pg_advisory_xact_lock(${personId})`;
            // Everything after BEGIN is in the transaction, or is refused with it: nothing can run outside of it.
            const opening = `BEGIN; ${limits}; SELECT pg_backend_pid() AS backend${lock}`;
            const answer = await together(client, [opening, ...statements]);
            const [own, ...rows] = answer.slice(4);
            return { tx: transaction(client, Number(own?.[0]?.["backend"])), rows };
          } catch (error) {
            // That one can be kept; a pooler that loses many connections at once lets others wait.
            const kept =
              planless(error) &&
              (await client.query("ROLLBACK").then(
                () => true,
                () => false,
              ));
            client.release(!kept);
            throw error;
          }
        }),
      ),
    lastAnswer: () => lastAnswer,
    pool: state,
    updateMetrics: () => {
      const { used, idle, waiting, size } = state();
      metrics.dbPoolConnections.set({ state: "idle" }, idle);
      metrics.dbPoolConnections.set({ state: "used" }, used);
      metrics.dbPoolMaxConnections.set(size);
      metrics.dbPoolWaiting.set(waiting);
    },
    close: () => pool.end(),
  };
}
