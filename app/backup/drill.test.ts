import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { backupBench, never, programsOnPath, type BackupBench } from "../testing/backup.ts";
import { create } from "./create.ts";
import { drill, type Drilled } from "./drill.ts";

let bench: BackupBench;
beforeAll(async () => {
  await programsOnPath();
  bench = await backupBench(inject("servers").postgres);
});
afterAll(() => bench.remove());

const drillNow = (): Promise<Drilled> => drill(bench.config, bench.catalogue, never);

it("fails when there is no backup", async () => {
  await expect(drillNow()).rejects.toThrow("there is no good backup");
});

it("restores the newest backup into a server of its own, and leaves nothing behind", async () => {
  await create(bench.config, bench.catalogue, never, new Date("2026-03-01T02:00:00Z"));
  const { manifest } = await create(bench.config, bench.catalogue, never, new Date("2026-03-02T02:00:00Z"));
  const files = bench.files();
  mkdtempSync(join(bench.folder, "drill-"));
  const drilled = await drillNow();
  expect(drilled.manifest.name).toBe(manifest.name);
  expect(drilled.pagesChecked).toBe(true);
  // Nor what a killed one left.
  expect(bench.files()).toEqual(files);
});

it("fails when the newest backup is damaged", async () => {
  const { manifest } = await create(bench.config, bench.catalogue, never);
  const path = join(bench.folder, `${manifest.name}.dump.age`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await expect(drillNow()).rejects.toThrow("its SHA-256");
});
