import { afterAll, beforeEach, afterEach, describe, expect, inject, it } from "vitest";
import pg from "pg";
import { pino } from "pino";
import { z } from "zod";
import { databaseConfig, freshDatabase } from "../../test/support/database.ts";
import { setLogins } from "../database/logins.ts";
import { audit as auditJob } from "../jobs/audit.ts";
import { schedules } from "../jobs/kinds.ts";
import { createApi } from "../telegram/api.ts";
import { startAdmin, type TestAdmin } from "../testing/admin.ts";
import { appendAudit, verifyAudit, type AuditRow } from "./audit.ts";

const servers = inject("servers");
let name: string;
let admin: TestAdmin;
const clients: pg.Client[] = [];
const quiet = pino({ level: "silent" });

beforeEach(async () => {
  name = await freshDatabase(servers.postgres);
  admin = await startAdmin({ servers, database: name });
});
afterEach(async () => {
  await admin.close();
});
afterAll(async () => {
  for (const client of clients) await client.end();
});

const append = (parameters: object = {}): Promise<string> =>
  appendAudit(admin.database, {
    requestId: "r",
    caller: { id: "test", name: "test", role: "owner" },
    origin: "here",
    action: "test",
    parameters,
    result: "done",
  });
const verify = () => verifyAudit(admin.database.query);
const rows = async (): Promise<AuditRow[]> =>
  (await admin.sql("SELECT * FROM audit ORDER BY id")) as unknown as AuditRow[];

describe("a change", () => {
  it("is in the audit before it is done, and how it ended: by whom, what, from where", async () => {
    const { headers } = await admin.ask("POST /api/tokens", "owner", { name: "new", role: "viewer" });
    expect(headers["cache-control"]).toBe("no-store");
    const [begun, ended] = await rows();
    expect(begun).toMatchObject({
      actor_name: "owner",
      role: "owner",
      origin: "127.0.0.1",
      action: "POST /api/tokens",
      parameters: '{"name":"new","role":"viewer","days":90}',
      result: "begun",
    });
    expect(ended).toMatchObject({ request_id: begun?.request_id, result: "200" });
  });

  it("that a role may not do is in it as well, one without a token or that is not valid is not", async () => {
    await admin.ask("POST /api/tokens", "viewer", { name: "new", role: "owner" });
    await admin.ask("POST /api/tokens", "nobody", { name: "new", role: "owner" });
    await admin.ask("POST /api/tokens", "owner", { name: "", role: "owner" });
    await admin.ask("GET /api/tokens");
    expect((await rows()).map(({ actor_name, result }) => [actor_name, result])).toEqual([["viewer", "403"]]);
  });

  it("is not done when it cannot be in the audit", async () => {
    await admin.sql("ALTER TABLE audit RENAME TO away");
    const { status } = await admin.ask("POST /api/tokens", "owner", { name: "new", role: "viewer" });
    expect(status).toBe(500);
    expect(await admin.sql("SELECT FROM admin_tokens WHERE name = 'new'")).toEqual([]);
  });
});

describe("the chain", () => {
  it("holds with many who write at once", async () => {
    await Promise.all(Array.from({ length: 20 }, () => append()));
    expect(await verify()).toMatchObject({ entries: 20, broken: null });
  });

  it.each([
    ["changed", "UPDATE audit SET actor = 'nobody' WHERE id = 2", 2],
    ["removed", "DELETE FROM audit WHERE id = 2", 3],
    ["moved", "UPDATE audit SET at = at + interval '1 second' WHERE id = 2", 2],
    [
      "added by hand",
      `INSERT INTO audit (at, request_id, actor, actor_name, role, origin, action, parameters, result, previous, hash)
       SELECT at, request_id, actor, actor_name, role, origin, action, parameters, result, hash, hash
       FROM audit ORDER BY id DESC LIMIT 1`,
      4,
    ],
  ])("shows an entry that was %s by who may do all", async (_what, statement, broken) => {
    for (const n of [1, 2, 3]) await append({ n });
    expect(await verify()).toMatchObject({ broken: null });
    await admin.sql("ALTER TABLE audit DISABLE TRIGGER audit_stays", statement);
    expect(await verify()).toMatchObject({ broken });
    expect((await admin.ask("GET /api/audit/verify")).json()).toMatchObject({
      valid: false,
      broken_at: broken,
    });
  });

  it("ends with the hash that was told, so that a cut shows", async () => {
    await append();
    const head = await append();
    expect(await verify()).toEqual({ entries: 2, head, broken: null });
    await admin.sql("ALTER TABLE audit DISABLE TRIGGER audit_stays", "DELETE FROM audit WHERE id = 2");
    expect((await verify()).head).not.toBe(head);
  });

  it("is walked through every night by a job, which fails when it was changed", async () => {
    const walk = () =>
      auditJob.run({
        ...{ id: 1, payload: {} as never, userId: undefined, mentor: undefined },
        ...{
          database: admin.database,
          api: createApi("http://127.0.0.1:9", "1:x", admin.metrics),
          log: quiet,
        },
        ...{ signal: new AbortController().signal, check: () => Promise.resolve() },
      });
    await append();
    await append();
    await walk();
    await admin.sql(
      "ALTER TABLE audit DISABLE TRIGGER audit_stays",
      "UPDATE audit SET actor = 'x' WHERE id = 2",
    );
    await expect(walk()).rejects.toThrow("entry 2 of the audit was changed");
    expect(schedules.map(({ kind }) => kind)).toContain(auditJob.kind);
  });

  it("is empty before the first entry", async () => {
    expect(await verify()).toEqual({ entries: 0, head: null, broken: null });
  });
});

describe("the table", () => {
  const changes = ["UPDATE audit SET actor = ''", "DELETE FROM audit", "TRUNCATE audit"];

  it.each(changes)("refuses %s, even from a superuser", async (statement) => {
    await append();
    await expect(admin.sql(statement)).rejects.toThrow("append-only");
  });

  it("lets the bot's login add and read, and nothing else", async () => {
    const user = `${name}_bot_1`;
    await setLogins(databaseConfig(servers.postgres, name), [{ kind: "bot", user, password: "x" }]);
    const client = new pg.Client({
      host: "127.0.0.1",
      port: servers.postgres,
      database: name,
      user,
      password: "x",
    });
    clients.push(client);
    await client.connect();
    await client.query("SELECT FROM audit");
    for (const statement of changes)
      await expect(client.query(statement)).rejects.toThrow("permission denied for table audit");
  });
});

it("values under the names of secrets are not kept, and long ones are cut", async () => {
  await append({
    name: "a",
    token: "s1",
    deep: [{ PassWord: "s2" }],
    api_secret: "s3",
    long: "x".repeat(9000),
  });
  const [row] = await rows();
  expect(row?.parameters).toHaveLength(4000);
  expect(row?.parameters).toContain('"name":"a"');
  expect(row?.parameters).not.toMatch(/s1|s2|s3/);
});

it("the list has the newest first, page by page", async () => {
  for (const n of [1, 2, 3]) await append({ n });
  const shape = z.object({ entries: z.array(z.object({ id: z.number() })) });
  const page = async (query: string) =>
    shape.parse((await admin.ask(`GET /api/audit?${query}`)).json()).entries.map(({ id }) => id);
  expect(await page("limit=2")).toEqual([3, 2]);
  expect(await page("limit=2&before=2")).toEqual([1]);
});
