// Tokens of the admin API, and whether the audit is whole: one command, then the end.
import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { loadConfig } from "../config.ts";
import { createDatabase, type Database } from "../database/pool.ts";
import { createMetrics } from "../metrics.ts";
import { appendAudit, verifyAudit } from "./audit.ts";
import {
  createToken,
  lifetime,
  listTokens,
  revokeToken,
  roles,
  rotateToken,
  type FreshToken,
  type Token,
} from "./tokens.ts";

const usage = `usage: admin COMMAND
  token create --role ROLE [--expires DAYSd] [--name NAME]   for ${lifetime.default} days, unless told otherwise; shown once
  token list
  token rotate ID [--overlap HOURSh]   another in its place; the old one is good for 24 hours more, unless told otherwise
  token revoke ID
  audit verify                         was anything of the audit changed or removed?
ROLE is one of ${roles.join(", ")}.`;

class UsageError extends Error {
  constructor(problem?: string) {
    super(problem === undefined ? usage : `${problem}\n${usage}`);
  }
}

function number(text: string | undefined, unit: string, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(new RegExp(`^(\\d{1,4})${unit}$`).exec(text)?.[1]);
  if (value >= min && value <= max) return value;
  throw new UsageError(`${text} has to be ${min}${unit} to ${max}${unit}`);
}

const day = (date: Date): string => `${date.toISOString().slice(0, 16)}Z`;

const line = ({ id, name, role, expiresAt, revokedAt }: Token): string =>
  [
    id,
    role.padEnd(8),
    revokedAt !== null
      ? `revoked ${day(revokedAt)}`
      : `${expiresAt > new Date() ? "until" : "ended"} ${day(expiresAt)}`,
    name,
  ].join("  ");

function tell(made: FreshToken): void {
  console.log(made.text);
  console.error(`${line(made)}\nThis is shown once: keep it where secrets are kept.`);
}

function known<T>(token: T | undefined): T {
  if (token === undefined) throw new UsageError("no token with this id is valid; see `token list`");
  return token;
}

/** Does something that changes tokens, between two entries of the audit. */
async function audited<T>(
  database: Database,
  action: string,
  parameters: object,
  work: () => Promise<T>,
): Promise<T> {
  const { username } = userInfo();
  const entry = {
    requestId: randomUUID(),
    caller: { id: "command", name: username, role: "owner" },
    origin: hostname(),
    ...{ action, parameters },
  };
  await appendAudit(database, { ...entry, result: "begun" });
  try {
    const result = await work();
    await appendAudit(database, { ...entry, result: "done" });
    return result;
  } catch (error) {
    await appendAudit(database, { ...entry, result: "failed" });
    throw error;
  }
}

async function run(database: Database, args: string[]): Promise<void> {
  let parsed;
  try {
    const text = { type: "string" } as const;
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { role: text, expires: text, name: text, overlap: text },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : undefined);
  }
  const { values, positionals } = parsed;
  const [what, command, id = "", ...rest] = positionals;
  if (rest.length > 0) throw new UsageError();
  const { query } = database;
  switch (`${what} ${command}`) {
    case "token create": {
      const role = roles.find((one) => one === values.role);
      if (role === undefined) throw new UsageError("say which role: --role");
      const { min, max } = lifetime;
      const days = number(values.expires, "d", lifetime.default, min, max);
      const { name = userInfo().username } = values;
      if (name.length > 64) throw new UsageError("a name has at most 64 characters");
      const make = () => createToken(query, name, role, days);
      tell(await audited(database, "token create", { name, role, days }, make));
      break;
    }
    case "token list":
      for (const token of await listTokens(query)) console.log(line(token));
      break;
    case "token rotate": {
      const hours = number(values.overlap, "h", 24, 0, 168);
      const rotate = async () => known(await rotateToken(query, id, hours));
      tell(await audited(database, "token rotate", { id, hours }, rotate));
      break;
    }
    case "token revoke": {
      const revoke = async () => known(await revokeToken(query, id));
      console.log(line(await audited(database, "token revoke", { id }, revoke)));
      break;
    }
    case "audit verify": {
      const { entries, head, broken } = await verifyAudit(query);
      if (broken !== null)
        throw new Error(`entry ${broken} does not follow from those before: the audit was changed`);
      console.log(`${entries} entries, none changed${head === null ? "" : `; the last is ${head}`}`);
      break;
    }
    default:
      throw new UsageError();
  }
}

try {
  const config = loadConfig(process.env);
  const database = createDatabase(
    { ...config.database, poolSize: 1 },
    createMetrics("admin"),
    pino({ level: "silent" }),
  );
  try {
    await run(database, process.argv.slice(2));
  } finally {
    await database.close();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
