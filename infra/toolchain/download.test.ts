import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checksumOf, download, reachable, sha256 } from "./download.ts";
import { freePort } from "../../test/support/wait.ts";

const content = "the program";
const sum = createHash("sha256").update(content).digest("hex");
const other = "0".repeat(64);

let server: Server;
let base = "";
let folder = "";
let answers: Record<string, { status?: number; body: string; cut?: boolean }> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-download-"));
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    if (answer?.cut === true) {
      response.writeHead(200, { "content-length": "1000" });
      response.write(answer.body, () => response.destroy());
      return;
    }
    response.writeHead(answer === undefined ? 404 : (answer.status ?? 200)).end(answer?.body);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${port}`;
});
beforeEach(() => {
  answers = { "/x-1.2.tar.gz": { body: content } };
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const fetchIt = (): Promise<void> => download(`${base}/x-1.2.tar.gz`, `${base}/sums`, join(folder, "x"));

describe("download", () => {
  it("takes what the vendor's list of checksums confirms", async () => {
    answers["/sums"] = { body: `${other}  y.tar.gz\n${sum}  x-1.2.tar.gz\n` };
    await fetchIt();
    expect(readFileSync(join(folder, "x"), "utf8")).toBe(content);
    expect(await sha256(join(folder, "x"))).toBe(sum);
    rmSync(join(folder, "x"));
  });

  it.each([
    ["another checksum", { "/sums": { body: `${other}  x-1.2.tar.gz\n` } }, "has checksum"],
    ["a list without the file", { "/sums": { body: `${sum}  z.tar.gz\n` } }, "does not name x-1.2.tar.gz"],
    ["no list", {}, "/sums answered 404"],
    ["an empty list", { "/sums": { body: "" } }, "does not name x-1.2.tar.gz"],
    ["no file", { "/x-1.2.tar.gz": { status: 503, body: "" }, "/sums": { body: sum } }, "answered 503"],
    [
      "a connection that breaks",
      { "/x-1.2.tar.gz": { body: "the", cut: true }, "/sums": { body: sum } },
      "terminated",
    ],
  ])("refuses %s and leaves nothing", async (_what, given, message) => {
    answers = { ...answers, ...given };
    await expect(fetchIt()).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("checksumOf", () => {
  it("reads the list's text and binary form, and a bare checksum", () => {
    expect(checksumOf(`${other}  a\n${sum}  b\n`, "b")).toBe(sum);
    expect(checksumOf(`${sum} *b\r\n`, "b")).toBe(sum);
    expect(checksumOf(`${sum}\n`, "b")).toBe(sum);
  });

  it("does not take the checksum of a file whose name merely ends alike", () => {
    expect(() => checksumOf(`${sum}  ab\n`, "b")).toThrow("does not name b");
    expect(() => checksumOf(`${sum.slice(1)}  b\n`, "b")).toThrow("does not name b");
  });
});

describe("reachable", () => {
  it("is true when the file is there, false when it is refused or nobody answers", async () => {
    expect(await reachable(`${base}/x-1.2.tar.gz`)).toBe(true);
    expect(await reachable(`${base}/missing`)).toBe(false);
    expect(await reachable(`http://127.0.0.1:${await freePort()}/`)).toBe(false);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });
});
