import { createHash } from "node:crypto";
import type { Database, Query } from "../database/pool.ts";
import type { Caller } from "./tokens.ts";

/** Something that an operator did, or tried. */
export interface Entry {
  readonly requestId: string;
  readonly caller: Pick<Caller, "id" | "name"> & { readonly role: string };
  /** The address that it came from. */
  readonly origin: string;
  readonly action: string;
  /** Values under the names of secrets are not kept. */
  readonly parameters: object;
  /** `begun`, then the status of the answer. */
  readonly result: string;
}

export interface AuditRow {
  readonly id: number;
  readonly at: Date;
  readonly request_id: string;
  readonly actor: string;
  readonly actor_name: string;
  readonly role: string;
  readonly origin: string;
  readonly action: string;
  /** JSON. */
  readonly parameters: string;
  readonly result: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

export interface Verdict {
  readonly entries: number;
  /** Hash of the last one, in hex. Whoever keeps it can tell later that nothing was cut off. */
  readonly head: string | null;
  /** The first one that was changed, or before which one is missing. */
  readonly broken: number | null;
}

const start: Buffer = Buffer.alloc(32);
const secretName = /token|secret|password|authorization|identity|^key$/i;
/** Characters of parameters that are kept. */
const longest = 4000;
const page = 1000;

const hashOf = (row: Omit<AuditRow, "id" | "hash">): Buffer =>
  createHash("sha256")
    .update(
      JSON.stringify([
        row.previous.toString("hex"),
        row.at.toISOString(),
        ...[row.request_id, row.actor, row.actor_name, row.role],
        ...[row.origin, row.action, row.parameters, row.result],
      ]),
    )
    .digest();

const redacted = (parameters: object): string =>
  JSON.stringify(parameters, (name, value: unknown) => (secretName.test(name) ? "[redacted]" : value)).slice(
    0,
    longest,
  );

/** Writes an entry behind the last one; returns its hash in hex. */
export async function appendAudit(database: Database, entry: Entry): Promise<string> {
  const { caller } = entry;
  const { tx, rows } = await database.begin(undefined, [
    // One after the other: each has to know the one before.
    { sql: "SELECT pg_advisory_xact_lock(hashtext('launchlab audit'))", values: [] },
    { sql: "SELECT hash FROM audit ORDER BY id DESC LIMIT 1", values: [] },
  ]);
  const row = {
    at: new Date(),
    request_id: entry.requestId,
    actor: caller.id,
    actor_name: caller.name,
    role: caller.role,
    origin: entry.origin,
    action: entry.action,
    parameters: redacted(entry.parameters),
    result: entry.result,
    previous: (rows[1]?.[0]?.["hash"] as Buffer | undefined) ?? start,
  };
  const hash = hashOf(row);
  const names = Object.keys(row);
  await tx.commit([
    {
      sql: `INSERT INTO audit (${names.join(", ")}, hash) VALUES (${[...names, "hash"].map((_, i) => `$${i + 1}`).join(", ")})`,
      values: [...Object.values(row), hash],
    },
  ]);
  return hash.toString("hex");
}

/** The newest entries before an id, the newest first. */
export const listAudit = (query: Query, before: number, limit: number): Promise<AuditRow[]> =>
  query("audit", "SELECT * FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2", [before, limit]);

/** Walks the chain from its start. */
export async function verifyAudit(query: Query): Promise<Verdict> {
  let [entries, last, head]: [number, number, Buffer] = [0, 0, start];
  const verdict = (broken: number | null): Verdict => ({
    entries,
    head: entries === 0 ? null : head.toString("hex"),
    broken,
  });
  for (;;) {
    const rows = await query<AuditRow>("audit", "SELECT * FROM audit WHERE id > $1 ORDER BY id LIMIT $2", [
      last,
      page,
    ]);
    for (const row of rows) {
      if (!row.previous.equals(head) || !row.hash.equals(hashOf(row))) return verdict(row.id);
      [entries, last, head] = [entries + 1, row.id, row.hash];
    }
    if (rows.length < page) return verdict(null);
  }
}
