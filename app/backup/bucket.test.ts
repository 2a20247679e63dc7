import { readFileSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { sql } from "../../test/support/database.ts";
import { s3Keys, startS3, type S3Server } from "../../test/support/s3.ts";
import { backupBench, never, programsOnPath, users, type BackupBench } from "../testing/backup.ts";
import { backUp } from "./back-up.ts";
import { bucketTarget, type BucketConfig } from "./bucket.ts";
import type { BackupConfig } from "./config.ts";
import { create } from "./create.ts";
import { openPlaces } from "./places.ts";
import { restore } from "./restore.ts";
import type { Target } from "./target.ts";

const port = inject("servers").postgres;
/** The smallest part that the protocol allows, but for the last one. */
const PART = 5 * 1024 * 1024;
let s3: S3Server;
let proxy: Server;
/** Of the requests that came through the proxy. */
let asked: string[];
/** Answers it instead of the server. */
let breaks: (line: string) => boolean;
let bucket: BucketConfig;
let target: Target;
let bench: BackupBench;
let count = 0;

beforeAll(async () => {
  await programsOnPath();
  s3 = await startS3();
  proxy = createServer((from, to) => {
    const line = `${from.method} ${from.url}`;
    asked.push(line);
    if (breaks(line)) {
      from.socket.destroy();
      return;
    }
    const { url: path, method, headers } = from;
    const on = request(s3.endpoint, { path, method, headers, setHost: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(to);
    });
    on.once("error", () => to.destroy());
    from.pipe(on);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
}, 900_000);
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await s3.stop();
});

beforeEach(async () => {
  [asked, breaks] = [[], () => false];
  bench = await backupBench(port);
  bucket = {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    region: "us-east-1",
    bucket: s3.bucket,
    prefix: `stack-${(count += 1)}/`,
    pathStyle: true,
    accessKey: s3Keys.id,
    secretKey: s3Keys.secret,
  };
  target = bucketTarget(bucket, PART);
});
afterEach(() => bench.remove());

// eslint-disable-next-line @typescript-eslint/require-await
async function* of(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += 70_000) yield content.subarray(from, from + 70_000);
}
async function read(name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of target.read(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const large = Buffer.alloc(3 * PART + 1234, "0123456789abcdef!");
const parts = (): number => asked.filter((line) => /^PUT .*partNumber/.test(line)).length;

it("keeps what is written, small or large, under the prefix and apart from others", async () => {
  for (const [name, content] of [
    ["small", Buffer.from("{}")],
    ["large", large],
    ["whole", large.subarray(0, 2 * PART)],
  ] as const) {
    await target.write(name, of(content));
    expect(await target.size(name)).toBe(content.length);
    expect((await read(name)).equals(content)).toBe(true);
  }
  await bucketTarget({ ...bucket, prefix: `${bucket.prefix}other/` }).write("x", of(Buffer.from("x")));
  expect((await target.list()).sort()).toEqual(["large", "small", "whole"]);
  await target.remove("large");
  expect(await target.size("large")).toBeUndefined();
});

it("an upload that breaks off is not there, and goes on with what is missing", async () => {
  breaks = (line) => /partNumber=3/.test(line);
  await expect(target.write("large", of(large))).rejects.toThrow("cannot be reached");
  expect(await target.list()).toEqual([]);
  [asked, breaks] = [[], () => false];
  await bucketTarget(bucket, PART).write("large", of(large));
  // Of four.
  expect(parts()).toBe(2);
  expect((await read("large")).equals(large)).toBe(true);
});

it("an upload that had begun with other content does not get into it", async () => {
  breaks = (line) => /partNumber=3/.test(line);
  await expect(target.write("large", of(Buffer.from(large).fill("x", 0, 10)))).rejects.toThrow();
  [asked, breaks] = [[], () => false];
  await target.write("large", of(large));
  expect(parts()).toBe(3);
  expect((await read("large")).equals(large)).toBe(true);
});

it("what is wrong with the bucket is said without its keys", async () => {
  const list = (changes: Partial<BucketConfig>) => bucketTarget({ ...bucket, ...changes }).list();
  await expect(list({ bucket: "nowhere" })).rejects.toThrow(
    /the bucket nowhere at .* refuses \(NoSuchBucket\)/,
  );
  const wrong = list({ secretKey: "wrong" });
  await expect(wrong).rejects.toThrow("refuses (SignatureDoesNotMatch)");
  await expect(wrong).rejects.not.toThrow(s3Keys.secret);
});

const config = (): BackupConfig => ({ ...bench.config, bucket });

it("has a copy of each backup, from which it can be restored when the folder's is damaged or gone", async () => {
  const places = await openPlaces(config());
  const { name } = (await backUp(config(), places, never, "manual")).manifest;
  const live = await sql(port, bench.database, users);
  for (const damage of ["changed", "gone"]) {
    writeFileSync(join(bench.folder, `${name}.dump.age`), "damaged");
    if (damage === "gone") await bench.catalogue.remove(name);
    expect(await places.all.newest()).toBe(name);
    const restored = await restore(config(), places.all, name, bench.newName(), never);
    expect(await sql(port, restored, users)).toEqual(live);
  }
});

it("gets what could not be copied when it was made, and loses what is too old", async () => {
  const keep = { daily: 1, weekly: 1 };
  const few = { ...config(), keep };
  const places = await openPlaces(few);
  breaks = () => true;
  await expect(backUp(few, places, never, "daily")).rejects.toThrow(/was made, but not copied: the bucket/);
  breaks = () => false;
  await places.copy();
  const [first] = await target.list();
  expect(first).toContain(".dump.age");
  const later = new Date(Date.now() + 15 * 86_400_000);
  const { name } = (await create(few, places.folder, never, later)).manifest;
  await places.copy();
  expect((await target.list()).sort()).toEqual([`${name}.dump.age`, `${name}.json`]);
});

it("of a backup that was changed in the folder there is no copy", async () => {
  const places = await openPlaces(config());
  const { name } = (await create(config(), places.folder, never)).manifest;
  const path = join(bench.folder, `${name}.dump.age`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await expect(places.copy()).rejects.toThrow("was changed, and is not copied");
  expect(await target.list()).toEqual([]);
});
