import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { sql } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { backupBench, never, programsOnPath, users, type BackupBench } from "../testing/backup.ts";
import { isGood } from "./catalogue.ts";
import type { BackupConfig } from "./config.ts";
import { create } from "./create.ts";
import { restore } from "./restore.ts";
import { alone, withSession } from "./session.ts";

const port = inject("servers").postgres;
let bench: BackupBench;
beforeAll(programsOnPath);
beforeEach(async () => {
  bench = await backupBench(port);
});
afterEach(() => bench.remove());

const backUp = async (now?: Date, changes: Partial<BackupConfig> = {}): Promise<string> =>
  (await create({ ...bench.config, ...changes }, bench.catalogue, never, now)).manifest.name;
const restoreNew = (name: string): Promise<string> =>
  restore(bench.config, bench.catalogue, name, bench.newName(), never);

describe("a backup", () => {
  it("brings a lost table back, row by row, beside the live database", async () => {
    const before = await sql(port, bench.database, users);
    const name = await backUp();
    await sql(port, bench.database, "DROP TABLE users CASCADE");
    const target = await restoreNew(name);
    expect(await sql(port, target, users)).toEqual(before);
    expect(await sql(port, target, "SELECT count(*)::int AS n FROM outbox")).toEqual([{ n: 20 }]);
    expect(await sql(port, bench.database, "SELECT to_regclass('users') AS users")).toEqual([
      { users: null },
    ]);
  });

  it("is one encrypted file and a manifest that says what is in it", async () => {
    const name = await backUp(new Date("2026-03-04T02:00:00.123Z"));
    expect(name).toBe("2026-03-04T02-00-00-123Z");
    expect(bench.files()).toEqual([`${name}.dump.age`, `${name}.json`]);
    const manifest: unknown = JSON.parse(readFileSync(join(bench.folder, `${name}.json`), "utf8"));
    expect(manifest).toMatchObject({
      created: "2026-03-04T02:00:00.123Z",
      database: bench.database,
      recipient: bench.config.recipient,
      migrations: expect.arrayContaining(["001_core"]) as unknown,
      tables: expect.arrayContaining([
        { name: "public.users", rows: 500, checksum: expect.stringMatching(/^\d+$/) as unknown },
        { name: "public.outbox", rows: 20, checksum: expect.stringMatching(/^\d+$/) as unknown },
        { name: "public.receipts", rows: 0, checksum: "0" },
      ]) as unknown,
    });
    const content = readFileSync(join(bench.folder, `${name}.dump.age`));
    expect(content.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    expect(content.includes("PGDMP")).toBe(false);
  });

  it("is what one moment saw, whatever is written meanwhile", async () => {
    const writing = new AbortController();
    const writer = (async () => {
      for (let id = 1000; !writing.signal.aborted; id += 1)
        await sql(
          port,
          bench.database,
          `WITH new AS (INSERT INTO users (id) VALUES (${id}) RETURNING id)
           INSERT INTO outbox (chat_id, method, payload) SELECT id, 'sendMessage', '{}' FROM new`,
        );
    })();
    const name = await backUp();
    writing.abort();
    await writer;
    // The comparison of every table with the manifest is a part of it.
    const target = await restoreNew(name);
    const [row] = await sql(
      port,
      target,
      "SELECT (SELECT count(*) FROM users) - (SELECT count(*) FROM outbox) AS n",
    );
    expect(row?.["n"]).toBe("480");
  });

  it("is made by one at a time", async () => {
    await withSession(bench.config.database, (client) =>
      alone(client, () =>
        expect(backUp()).rejects.toThrow("another backup, restore or drill of this database runs"),
      ),
    );
    expect(bench.files()).toEqual([]);
    await backUp();
  });

  it("takes the place of those that are too old, and of nothing else", async () => {
    const keep = { daily: 2, weekly: 1 };
    writeFileSync(join(bench.folder, "notes.txt"), "ours");
    const names: string[] = [];
    for (const day of ["02", "03", "04"])
      names.push(await backUp(new Date(`2026-03-${day}T02:00:00Z`), { keep }));
    expect((await bench.catalogue.list()).map(({ name }) => name)).toEqual(names.slice(1));
    expect(bench.files()).toContain("notes.txt");
  });

  it("never takes the place of the last good one when it fails", async () => {
    const keep = { daily: 1, weekly: 1 };
    const good = await backUp(new Date("2026-03-02T02:00:00Z"), { keep });
    const failing = backUp(new Date("2026-03-09T02:00:00Z"), { keep, recipient: "age1not-a-recipient" });
    await expect(failing).rejects.toThrow("not a valid age recipient");
    expect((await bench.catalogue.list()).filter(isGood).map(({ name }) => name)).toEqual([good]);
  });

  it("that is stopped leaves nothing behind", async () => {
    const holder = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: bench.database });
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE users");
    const stop = new AbortController();
    const backup = create(bench.config, bench.catalogue, stop.signal);
    backup.catch(() => undefined);
    await until("pg_dump waits for the table", async () => {
      const rows = await sql(
        port,
        "postgres",
        `SELECT FROM pg_stat_activity WHERE datname = '${bench.database}' AND application_name = 'launchlab-backup' AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    stop.abort();
    await expect(backup).rejects.toThrow();
    await holder.end();
    expect(bench.files()).toEqual([]);
  });

  it("finds what an interrupted one left, and removes it", async () => {
    writeFileSync(join(bench.folder, "2026-03-04T02-00-00-000Z.dump.age.part"), "half");
    const name = await backUp();
    expect(bench.files()).toEqual([`${name}.dump.age`, `${name}.json`]);
  });

  it("of a database that is away says so", async () => {
    const nowhere = { ...bench.config.database, name: "nowhere" };
    await expect(backUp(undefined, { database: nowhere })).rejects.toThrow(
      'the database nowhere cannot be reached: database "nowhere" does not exist',
    );
  });
});
