import { Agent, createServer, type IncomingMessage, request } from "node:http";
import { Redis } from "ioredis";
import pg from "pg";
import { z } from "zod";
import { addCalls, type Call, selectWaiting } from "../../app/database/outbox.ts";
import type { Statement } from "../../app/database/pool.ts";
import { receive } from "../../app/database/receipts.ts";
import { selectUser, touchUser } from "../../app/database/users.ts";
import { HEADER, page, POOL_SIZE, readSettings } from "./settings.ts";

/*
 * The floor: the statements, the calls to Redis and the calls to the Bot API of an update, in the order in which the bot
 * makes them, by bare node:http without any framework, and without what makes it a bot: no texts, no commands, no checks,
 * no figures, no limits, no retries.
 */
const { port, postgresPort, database, redisPort, redisPassword, apiUrl, token, secret } = readSettings();
const redis = new Redis({ port: redisPort, password: redisPassword, enableAutoPipelining: true });
const pool = new pg.Pool({
  ...{ host: "127.0.0.1", port: postgresPort, user: "postgres", database },
  ...{ max: POOL_SIZE, pipeline: true },
});
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const api = new URL(apiUrl);

const names = new Map<string, string>();
const named = ({ sql, values }: Statement) => {
  const name = names.get(sql) ?? `s${names.size}`;
  names.set(sql, name);
  return { name, text: sql, values: [...values] };
};

const rows = z.object({ rows: z.array(z.record(z.string(), z.unknown())) });

async function together(client: pg.PoolClient, parts: readonly (string | Statement)[]) {
  client.connection.stream.cork();
  const sent = parts.map((part) => client.query(typeof part === "string" ? { text: part } : named(part)));
  client.connection.stream.uncork();
  return Promise.all(sent);
}

function call({ method, payload }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ agent, hostname: api.hostname, port: api.port, method: "POST", path: `/bot${token}/${method}` },
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(payload) },
      },
      (incoming) => {
        incoming.resume();
        incoming.on("end", resolve);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}

const count =
  "local count = redis.call('incr', KEYS[1]) if count == 1 then redis.call('expire', KEYS[1], ARGV[1]) end return count";
const limits =
  "BEGIN; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '3s'; " +
  "SET LOCAL idle_in_transaction_session_timeout = '10s'; SELECT pg_backend_pid(), pg_advisory_xact_lock";
const readPeople =
  "SELECT id, user_type, name, username, about, skills, city, " +
  "(SELECT t.name FROM teams AS t JOIN team_members ON team_id = t.id WHERE user_id = users.id) AS team " +
  "FROM users JOIN unnest($1::bigint[]) WITH ORDINALITY AS found (id, place) USING (id) " +
  "WHERE is_searching AND deleted_at IS NULL AND blocked_at IS NULL AND id <> $2 ORDER BY place LIMIT 6";
const teamSize =
  "SELECT count(*)::int AS size FROM teams JOIN team_members ON team_id = teams.id WHERE owner_id = $1";
const create = "INSERT INTO users (id, username, language) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

const ids = JSON.stringify(
  (await pool.query<{ id: string }>("SELECT id FROM users WHERE is_searching LIMIT 50")).rows.map(
    ({ id }) => id,
  ),
);
await redis.set("bench:search", ids);

interface Sender {
  readonly id: number;
  readonly username: string;
}
interface Update {
  readonly update_id: number;
  readonly message?: { readonly from: Sender; readonly text: string };
  readonly callback_query?: { readonly id: string; readonly from: Sender };
}

async function handle(update: Update): Promise<void> {
  const { message, callback_query: press } = update;
  const { id, username } = message?.from ?? press?.from ?? { id: 0, username: "" };
  await redis.eval(count, 1, `bench:${id}`, 60);
  const client = await pool.connect();
  const opened = await together(client, [
    `${limits}(${id})`,
    receive(update.update_id, id),
    selectUser(id),
    selectWaiting(id),
  ]);
  const found = z.tuple([z.unknown(), rows, rows, rows]).parse(opened);
  const known = found[2].rows[0];
  if (message?.text === "/search" || press !== undefined) {
    const cached = z.array(z.string()).parse(JSON.parse((await redis.get("bench:search")) ?? "[]"));
    await client.query(named({ sql: readPeople, values: [cached, id] }));
    await client.query(named({ sql: teamSize, values: [id] }));
  }
  if (known === undefined) await client.query(named({ sql: create, values: [id, username, "en"] }));
  const answer =
    press === undefined
      ? { chatId: id, method: "sendMessage", payload: JSON.stringify({ chat_id: id, ...page }) }
      : {
          chatId: id,
          method: "editMessageText",
          payload: JSON.stringify({ chat_id: id, message_id: 1, ...page }),
        };
  const spinner = press && {
    ...{ chatId: id, method: "answerCallbackQuery" },
    payload: JSON.stringify({ callback_query_id: press.id }),
  };
  const calls: Call[] = spinner === undefined ? [answer] : [spinner, answer];
  const committed = await together(client, [
    ...(known?.["stale"] === true ? [touchUser(id, username, "en")] : []),
    addCalls(update.update_id, calls, id),
    "SET LOCAL statement_timeout = 0; COMMIT",
  ]);
  client.release();
  for (const one of calls) await call(one);
  const added = rows.parse(committed.at(-2)).rows.map((row) => row["id"]);
  const noting = await pool.connect();
  await together(noting, [
    "BEGIN; SET LOCAL synchronous_commit = off",
    { sql: "DELETE FROM outbox WHERE id = ANY($1::bigint[])", values: [added] },
    "COMMIT",
  ]);
  noting.release();
}

async function bodyOf(incoming: IncomingMessage): Promise<Update> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += String(chunk);
  return JSON.parse(text) as Update;
}

createServer((incoming, response) => {
  if (incoming.headers[HEADER] !== secret) {
    response.writeHead(401).end();
    return;
  }
  bodyOf(incoming)
    .then(handle)
    .then(
      () => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
}).listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit());
