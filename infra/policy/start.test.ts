// The pack as the engine starts it: an executable that prints its port, and ends with the engine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freePort, until } from "../../test/support/wait.ts";

const pack = join(import.meta.dirname, "pulumi-analyzer-launchlab");

it("serves with the project's own Node, whatever is on PATH and in whatever folder it runs", async () => {
  const child = spawn(pack, [], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  await until("the pack prints its port", () => /^\d+\n/.test(printed), 25_000);
  child.kill();
  await once(child, "exit");
});

it("ends by itself when its engine is gone", async () => {
  const child = spawn(pack, [`127.0.0.1:${await freePort()}`], { stdio: ["ignore", "ignore", "inherit"] });
  await once(child, "exit");
  expect(child.exitCode).toBe(0);
});
