import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { startAdmin, type TestAdmin } from "../testing/admin.ts";

const servers = inject("servers");
const folder = mkdtempSync(join(tmpdir(), "launchlab-admin-"));
let database: string;
let admin: TestAdmin;

beforeAll(async () => {
  writeFileSync(join(folder, "password"), "x");
  database = await freshDatabase(servers.postgres);
  admin = await startAdmin({ servers, database });
});
afterAll(async () => {
  await admin.close();
  rmSync(folder, { recursive: true });
});

/** Runs the real command as `migrate` does. */
async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = {
    PATH: process.env["PATH"],
    ROLE: "migrate",
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: String(servers.postgres),
    DATABASE_NAME: database,
    DATABASE_USER: "postgres",
    DATABASE_PASSWORD_FILE: join(folder, "password"),
  };
  const program = join(import.meta.dirname, "main.ts");
  return promisify(execFile)(process.execPath, [program, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout.trim(), err: stderr }),
    (cause: unknown) => {
      const error = cause as { code: number; stdout: string; stderr: string };
      return {
        code: error.code,
        out: error.stdout.trim(),
        err: error.stderr,
      };
    },
  );
}

it("a token is made, shown once, replaced and revoked", async () => {
  const { out: token, err } = await command(
    "token",
    "create",
    "--role",
    "operator",
    "--expires",
    "7d",
    "--name",
    "ci",
  );
  expect(err).toContain("This is shown once");
  const status = async (text: string): Promise<number> =>
    (await admin.ask("GET /api/audit", { token: text })).status;
  expect(await status(token)).toBe(200);
  const id = token.split("_")[1] ?? "";
  const { out: list } = await command("token", "list");
  expect(list).toMatch(new RegExp(`^${id}  operator  until \\S+  ci$`, "m"));
  expect(list).not.toContain(token);
  const { out: next } = await command("token", "rotate", id, "--overlap", "1h");
  expect([await status(token), await status(next)]).toEqual([200, 200]);
  expect((await command("token", "revoke", id)).code).toBe(0);
  expect([await status(token), await status(next)]).toEqual([401, 200]);
});

it("what it does is in the audit, which it can look through", async () => {
  await command("token", "create", "--role", "viewer");
  const [entry] = await admin.sql("SELECT * FROM audit ORDER BY id DESC LIMIT 1");
  expect(entry).toMatchObject({ actor: "command", action: "token create", result: "done" });
  expect((await command("audit", "verify")).out).toMatch(
    /^\d+ entries, none changed; the last is [0-9a-f]{64}$/,
  );
  await admin.sql(
    "ALTER TABLE audit DISABLE TRIGGER audit_stays",
    "UPDATE audit SET actor = 'x' WHERE id = (SELECT max(id) FROM audit)",
  );
  const { code, err } = await command("audit", "verify");
  expect(code).toBe(1);
  expect(err).toContain("the audit was changed");
});

it.each([
  [[], "usage: admin COMMAND"],
  [["token", "create"], "say which role"],
  [["token", "create", "--role", "king"], "say which role"],
  [["token", "create", "--role", "viewer", "--expires", "0d"], "0d has to be 1d to 366d"],
  [["token", "create", "--role", "viewer", "--expires", "soon"], "soon has to be 1d to 366d"],
  [["token", "revoke", "'; DROP TABLE admin_tokens"], "no token with this id is valid"],
  [["token", "list", "x", "y"], "usage: admin COMMAND"],
  [["audit", "--quickly"], "Unknown option '--quickly'"],
])("%j is refused, with what to do and no stack trace", async (args, told) => {
  const { code, err } = await command(...args);
  expect(code).toBe(1);
  expect(err).toContain(told);
  expect(err).not.toMatch(/^ +at .*:\d+:\d+/m);
});
