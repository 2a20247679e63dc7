import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { sql } from "../../test/support/database.ts";
import { setLogins } from "../database/logins.ts";
import { backupBench, programsOnPath, signature, type BackupBench } from "../testing/backup.ts";

const port = inject("servers").postgres;
const main = join(import.meta.dirname, "main.ts");
let bench: BackupBench;
let secrets: string;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  await programsOnPath();
  bench = await backupBench(port);
  const user = `${bench.database}_backup_1`;
  await setLogins(bench.config.database, [{ kind: "backup", user, password: "not-asked-for" }]);
  secrets = mkdtempSync(join(tmpdir(), "launchlab-secrets-"));
  const file = (name: string, content: string): string => {
    writeFileSync(join(secrets, name), content);
    return join(secrets, name);
  };
  env = {
    PATH: process.env["PATH"],
    LD_LIBRARY_PATH: process.env["LD_LIBRARY_PATH"],
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: String(port),
    DATABASE_NAME: bench.database,
    // Who may read everything, and change nothing but the notes.
    DATABASE_USER: user,
    DATABASE_PASSWORD_FILE: file("password", "x"),
    BACKUP_FOLDER: bench.folder,
    BACKUP_SIGNATURE_FILE: file("signature", signature),
    BACKUP_RECIPIENT_FILE: file("recipient", bench.config.recipient),
    BACKUP_IDENTITY_FILE: file("identity", bench.config.identity),
  };
});
afterAll(async () => {
  await bench.remove();
  rmSync(secrets, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program to its end; `limit` is a shell's `ulimit`. */
const run = (args: readonly string[], limit = ":"): Promise<Ended> =>
  new Promise((resolve) => {
    const script = `${limit}; exec "$@"`;
    execFile("/bin/sh", ["-c", script, "sh", process.execPath, main, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
const runs = async (): Promise<unknown[]> =>
  sql(port, bench.database, "SELECT kind, name, bytes > 0 AS bytes, error FROM backup_runs ORDER BY id");

it("makes, lists, verifies and tries a backup, and notes in the database how it went", async () => {
  const created = await run(["create"]);
  expect(created).toMatchObject({ code: 0, err: "" });
  const [name = ""] = created.out.split(":");
  expect((await run(["list"])).out).toContain(`${name} `);
  expect((await run(["verify", "newest"])).out).toContain(`${name} is what was written, and opens: `);
  expect((await run(["drill"])).out).toContain(`${name} can be restored: `);
  expect(await runs()).toEqual([
    { kind: "backup", name, bytes: true, error: null },
    { kind: "drill", name, bytes: true, error: null },
  ]);
});

it("that has no room says so, notes it, and leaves the folder as it was", async () => {
  await sql(
    port,
    bench.database,
    `INSERT INTO users (id, about)
     SELECT n, (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 15) WHERE n > 0)
     FROM generate_series(1000, 3000) n`,
  );
  const before = bench.files();
  // In blocks of 512 bytes or of 1024, depending on the shell; the backup is larger either way.
  const { code, err } = await run(["create"], "ulimit -f 100");
  expect([code, err]).toEqual([
    1,
    `there is no room for a backup in ${bench.folder} (EFBIG): free some, or keep fewer backups\n`,
  ]);
  expect(bench.files()).toEqual(before);
  expect((await runs()).at(-1)).toMatchObject({
    kind: "backup",
    name: null,
    error: expect.stringContaining("no room") as unknown,
  });
});

it.each([[["restore"]], [["drill", "--into", "x"]], [["list", "--force"]]])(
  "shows how it is used when it is called with %j",
  async (args) => {
    const { code, err } = await run(args);
    expect([code, err.slice(0, 21)]).toEqual([1, "usage: backup COMMAND"]);
  },
);
