// The plugin as the engine starts it: an executable that prints its port, and ends with the engine.
import { spawn, type ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { isAlive } from "./identity.ts";
import { freePort, until } from "../../test/support/wait.ts";

const plugin = join(import.meta.dirname, "pulumi-resource-process");

let engine: ChildProcess | undefined;
afterEach(() => {
  if (engine?.pid !== undefined && isAlive(engine.pid)) process.kill(-engine.pid, "SIGKILL");
});

/** A stand-in for the engine, which prints the plugin's pid and hands on what the plugin prints. */
async function startPlugin(
  path: string,
  args: readonly string[] = [],
): Promise<{ enginePid: number; pluginPid: number; port: number }> {
  const script = '"$0" "$@" & echo "$!"; wait';
  engine = spawn("/bin/sh", ["-c", script, plugin, ...args], {
    env: { PATH: path },
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  engine.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  await until("the plugin prints its port", () => /^\d+\n\d+\n/.test(printed));
  const [pluginPid = 0, port = 0] = printed.split("\n").map(Number);
  return { enginePid: engine.pid ?? 0, pluginPid, port };
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

it("serves with the project's own Node, whatever is on PATH", async () => {
  const { port, pluginPid } = await startPlugin("/usr/bin:/bin");
  expect(await accepts(port)).toBe(true);
  expect(isAlive(pluginPid)).toBe(true);
});

it("ends by itself when the engine was killed and cannot end it", async () => {
  const { enginePid, pluginPid, port } = await startPlugin("/usr/bin:/bin");
  process.kill(enginePid, "SIGKILL");
  await until("the plugin has ended", () => !isAlive(pluginPid));
  // The kernel closes the socket with the last thread, a moment after the process counts as ended.
  await vi.waitFor(async () => expect(await accepts(port)).toBe(false));
});

it("ends by itself when the engine was dead before the plugin could look", async () => {
  const { pluginPid } = await startPlugin("/usr/bin:/bin", [`127.0.0.1:${await freePort()}`]);
  await until("the plugin has ended", () => !isAlive(pluginPid));
});
