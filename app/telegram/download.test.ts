import { openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createMetrics } from "../metrics.ts";
import { token } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { createApi } from "./api.ts";
import { download, downloadLimit, type Download } from "./download.ts";

const path = join(tmpdir(), `launchlab-download-${process.pid}`);
let api: FakeApi;

beforeAll(async () => {
  api = await startFakeApi();
  api.files.set("a b.csv", Buffer.from("a,b\n"));
});
beforeEach(() => {
  api.serve = undefined;
});
afterAll(async () => {
  rmSync(path, { force: true });
  await api.close();
});

const urlOf = (file: string): string | undefined =>
  createApi(api.url, token, createMetrics("test")).fileUrl(file);

async function get(file: string): Promise<Download> {
  const fd = openSync(path, "w");
  try {
    return await download(urlOf(file) ?? "", fd);
  } finally {
    closeSync(fd);
  }
}

test("a file is written as it is, and one that is not there is gone", async () => {
  expect(await get("documents/a b.csv")).toEqual({ ok: true, size: 4 });
  expect(readFileSync(path, "utf8")).toBe("a,b\n");
  expect(await get("documents/none")).toMatchObject({ ok: false, why: "gone" });
});

test("a path of Telegram leads nowhere but to its files", () => {
  for (const file of ["../bot/getMe", "/etc/passwd", "documents/./a", "a//b", ""])
    expect(urlOf(file)).toBeUndefined();
  expect(urlOf("https:evil.example?a#b")).toBe(`${api.url}/file/bot${token}/https%3Aevil.example%3Fa%23b`);
});

test("what goes wrong is told without the address, which holds the token", async () => {
  api.serve = (_, response) => response.destroy();
  const failed = await get("documents/a b.csv");
  expect(failed).toMatchObject({ ok: false, why: "network" });
  expect(JSON.stringify(failed)).not.toContain(token);
});

test("a download ends after 10 seconds", async () => {
  const asked = new Promise<void>((resolve) => {
    api.serve = (_, response) => {
      response.write("a");
      resolve();
    };
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    let ended = false;
    const slow = get("documents/a b.csv").finally(() => (ended = true));
    await asked;
    await vi.advanceTimersByTimeAsync(downloadLimit - 1);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await slow).toMatchObject({ ok: false, why: "slow" });
    expect(downloadLimit).toBe(10_000);
  } finally {
    vi.useRealTimers();
  }
});
