import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const checkout = join(import.meta.dirname, "..");

/** Runs a TypeScript file; the answer holds what it has printed so far. */
function run(file: string, env: Record<string, string>): { text: string } {
  const output = { text: "" };
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output.text += chunk.toString()));
  }
  return output;
}

test("the README's bot answers on the simulator", async () => {
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  const example = /## Try your own bot on it[^]*?```ts\n([^]*?)```/.exec(readme)?.[1] ?? "";
  const simulator = run(join(import.meta.dirname, "alone.ts"), { SIMULATOR_PORT: "0" });
  await expect.poll(() => simulator.text, { timeout: 10_000 }).toContain("Ctrl-C");
  const base = /Bot API +(\S+)/.exec(simulator.text)?.[1] ?? "";
  expect(example).toContain("http://127.0.0.1:8081");

  // Beside the checkout's packages, so that it finds grammY.
  const file = join(import.meta.dirname, `.readme-example-${process.pid}.ts`);
  writeFileSync(file, example.replace("http://127.0.0.1:8081", base));
  onTestFinished(() => rmSync(file));
  const bot = run(file, {});

  const chat = `${base}/simulator/api/people/5000000001/messages`;
  await fetch(chat, { method: "POST", body: JSON.stringify({ text: "Hello" }) });
  await expect
    .poll(async () => JSON.stringify(await (await fetch(chat)).json()) + bot.text, { timeout: 15_000 })
    .toContain("You said: Hello");
});
