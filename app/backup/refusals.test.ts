// What is no good backup is refused with the reason, and the live database stays as it is, and no other one is made.
import { generateX25519Identity } from "age-encryption";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { sql } from "../../test/support/database.ts";
import { backupBench, never, programsOnPath, signature, users, type BackupBench } from "../testing/backup.ts";
import { createCatalogue } from "./catalogue.ts";
import type { BackupConfig } from "./config.ts";
import { create } from "./create.ts";
import { folderTarget } from "./folder.ts";
import { restore } from "./restore.ts";

const port = inject("servers").postgres;
const foreign = "2099-01-01T02-00-00-000Z";
let bench: BackupBench;
let live: unknown;
let name: string;
/** The good backup, copied for each test. */
let folder: string;
let content: string;
let manifest: string;

beforeAll(async () => {
  await programsOnPath();
  bench = await backupBench(port);
  live = await sql(port, bench.database, users);
  ({ name } = (await create(bench.config, bench.catalogue, never)).manifest);
});
afterAll(() => bench.remove());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-backup-"));
  [content, manifest] = [join(folder, `${name}.dump.age`), join(folder, `${name}.json`)];
  for (const file of [content, manifest]) copyFileSync(file.replace(folder, bench.folder), file);
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Attempt {
  readonly which?: string;
  readonly changes?: Partial<BackupConfig>;
  readonly key?: string;
}

async function refused(reason: string, { which = name, changes = {}, key = signature }: Attempt = {}) {
  const catalogue = createCatalogue(folderTarget(folder), key);
  const restoring = restore({ ...bench.config, ...changes }, catalogue, which, bench.newName(), never);
  await expect(restoring).rejects.toThrow(reason);
  expect(await bench.databases()).toEqual([bench.database]);
  expect(await sql(port, bench.database, users)).toEqual(live);
}

function change(path: string, how: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, how(readFileSync(path)));
}

it("a wrong key", async () => {
  const identity = await generateX25519Identity();
  await refused(`wrong key: the backup is encrypted for ${bench.config.recipient}`, {
    changes: { identity },
  });
});

it("no key", async () => {
  await refused("BACKUP_IDENTITY_FILE is missing", { changes: { identity: undefined } });
});

it("a flipped byte", async () => {
  change(content, (bytes) => {
    bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
    return bytes;
  });
  await refused("its SHA-256 is not the one of its manifest");
});

it("a file that is cut off", async () => {
  const { length } = readFileSync(content);
  change(content, (bytes) => bytes.subarray(0, -10));
  await refused(`has ${length - 10} bytes instead of ${length}: it is cut off`);
});

it("content without a manifest", async () => {
  rmSync(manifest);
  await refused("has no manifest: it was never finished, or is not ours");
});

it("a manifest without content", async () => {
  rmSync(content);
  await refused(`the content of ${name} is missing`);
});

it("a manifest that was changed", async () => {
  change(manifest, (bytes) => Buffer.from(bytes.toString().replace('"rows": 500', '"rows": 501')));
  await refused(`the signature of the manifest of ${name} does not fit: it was changed`);
});

it("the backup of another stack", async () => {
  await refused("does not fit: it was changed, or comes from another stack", { key: "another stack's" });
});

it("an old backup under the name of a new one", async () => {
  renameSync(content, join(folder, `${foreign}.dump.age`));
  renameSync(manifest, join(folder, `${foreign}.json`));
  await refused(`the manifest of ${foreign} belongs to ${name}`, { which: foreign });
});

it.each([
  ["not json", "is not JSON"],
  ["{}", "is not signed"],
  ["[1]", "is not signed"],
  [`{"hmac": "${"0".repeat(64)}"}`, "does not fit"],
])("a foreign file beside %j", async (text, reason) => {
  writeFileSync(join(folder, `${foreign}.dump.age`), "-- \\! touch /tmp/owned");
  writeFileSync(join(folder, `${foreign}.json`), text);
  await refused(reason, { which: foreign });
});

it.each([
  "../../etc/passwd",
  "/etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "2026-03-04T02-00-00-123Z/../x",
  "2026-03-04T02-00-00-123Z\n",
  "2026-03-04T02-00-00-123Z\0",
  "2026-03-04T02-00-00-123Z.dump.age",
  "2026-03-04T02-00-00-123Z.json\0.dump.age",
  " 2026-03-04T02-00-00-123Z",
  "２０２６-03-04T02-00-00-123Z",
  "2026‐03‐04T02‐00‐00‐123Z",
  "٢٠٢٦-03-04T02-00-00-123Z",
  "\u202e2026-03-04T02-00-00-123Z",
  "2026-03-04Т02-00-00-123Z",
  "..\\..\\windows\\win.ini",
  "C:\\backup",
  "file:///etc/passwd",
  "|id",
  "$(id)",
  "-rf",
  "x".repeat(100_000),
  "",
])("the name %j", async (which) => {
  await refused("is not the name of a backup", { which });
});

it("a link to a file elsewhere", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "launchlab-elsewhere-"));
  renameSync(content, join(elsewhere, "content"));
  symlinkSync(join(elsewhere, "content"), content);
  await refused(`the content of ${name} is missing`);
  rmSync(elsewhere, { recursive: true });
});

it("a backup of a newer version of the bot", async () => {
  await sql(port, bench.database, "INSERT INTO migrations (name, run_on) VALUES ('999_future', now())");
  const newer = createCatalogue(folderTarget(folder), signature);
  const made = await create(bench.config, newer, never);
  await refused("was made by a newer version of the bot, with the migration 999_future", {
    which: made.manifest.name,
  });
  await sql(port, bench.database, "DELETE FROM migrations WHERE name = '999_future'");
});
