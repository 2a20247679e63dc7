import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { TEST_TOKEN } from "./testing/world.ts";

const run = promisify(execFile);
const main = join(import.meta.dirname, "main.ts");

// Typed, because that of vitest is any.
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

function tokenFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "simulator-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "token");
  writeFileSync(file, content);
  return file;
}

test("bad settings are all told at once, without the token", async () => {
  const env = { SIMULATOR_PORT: "80a", SIMULATOR_HOST: " ", BOT_TOKEN_FILE: tokenFile("12:secret") };
  const failure: unknown = await run(process.execPath, [main], { env }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 1,
    stderr: matching(/_HOST.*\n.*_PORT.*\n.*TOKEN_FILE/),
  });
  expect(failure).not.toMatchObject({ stderr: matching(/secret/) });
});

test("it starts, says where its page is, and ends within a second even while somebody listens", async () => {
  const env = { SIMULATOR_PORT: "0", BOT_TOKEN_FILE: tokenFile(`${TEST_TOKEN}\n`) };
  const child = spawn(process.execPath, [main], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await expect.poll(() => log, { timeout: 10_000 }).toContain("simulator is ready");
  const page = /"page":"([^"]+)"/.exec(log)?.[1] ?? "";
  expect((await fetch(`${page}health`)).status).toBe(200);
  const events = await fetch(`${page}simulator/api/events`);
  expect(events.status).toBe(200);
  const reading = events.text().catch(() => "cut off");
  const before = performance.now();
  child.kill("SIGTERM");
  await once(child, "exit");
  expect(child.exitCode).toBe(0);
  expect(performance.now() - before).toBeLessThan(1000);
  await reading;
  expect(log).not.toContain(TEST_TOKEN);
});

test("a port in use is explained", async () => {
  const env = { BOT_TOKEN_FILE: tokenFile(TEST_TOKEN) };
  const first = spawn(process.execPath, [main], { env: { ...env, SIMULATOR_PORT: "0" } });
  onTestFinished(() => void first.kill("SIGKILL"));
  let log = "";
  first.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await expect.poll(() => log, { timeout: 10_000 }).toContain("simulator is ready");
  const port = /:(\d+)\/"/.exec(log)?.[1] ?? "";
  const failure: unknown = await run(process.execPath, [main], {
    env: { ...env, SIMULATOR_PORT: port },
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 1, stderr: matching(/set another SIMULATOR_PORT/) });
});

test("alone it needs no settings, and says how to reach it", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "alone.ts")], {
    env: { SIMULATOR_PORT: "0" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await expect.poll(() => log, { timeout: 10_000 }).toContain("Ctrl-C");
  const base = /Bot API +(\S+)/.exec(log)?.[1] ?? "";
  const token = /Token +(\S+)/.exec(log)?.[1] ?? "";
  expect(log).toContain(`Chat page  ${base}/\n`);
  const me: unknown = await (await fetch(`${base}/bot${token}/getMe`)).json();
  expect(me).toMatchObject({ ok: true, result: { is_bot: true } });
  child.kill("SIGINT");
  await once(child, "exit");
  expect(child.exitCode).toBe(0);
});

test("a snapshot that was saved is there after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "simulator-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const start = async (): Promise<{ base: string; stop: () => Promise<unknown> }> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "alone.ts")], {
      env: { SIMULATOR_PORT: "0", SIMULATOR_STATE_FILE: join(folder, "state.json") },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let log = "";
    child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
    await expect.poll(() => log, { timeout: 10_000 }).toContain("Ctrl-C");
    const base = `${/Bot API +(\S+)/.exec(log)?.[1] ?? ""}/simulator/api`;
    return { base, stop: () => (child.kill("SIGTERM"), once(child, "exit")) };
  };
  const first = await start();
  await fetch(`${first.base}/people`, { method: "POST", body: JSON.stringify({ first_name: "Grace" }) });
  expect((await fetch(`${first.base}/state/save`, { method: "POST" })).status).toBe(200);
  await first.stop();
  const second = await start();
  expect(await (await fetch(`${second.base}/people`)).json()).toMatchObject([
    { first_name: "Ada" },
    { first_name: "Grace" },
  ]);
});
