import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { until } from "../../test/support/wait.ts";

/** Due every second: croner takes a sixth field for seconds, which the stack's own schedules do not have. */
const EACH_SECOND = "* * * * * *";
let child: ChildProcess | undefined;
let text = "";

function start(longest: number, stop: number, script: string): ChildProcess {
  const args = [EACH_SECOND, String(longest), String(stop), "sh", "-c", script];
  text = "";
  const started = spawn(process.execPath, [join(import.meta.dirname, "scheduler.ts"), ...args]);
  for (const stream of [started.stdout, started.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return (child = started);
}
const ended = (one: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => one.once("exit", (code) => resolve(code)));

afterEach(() => child?.kill("SIGKILL"));

it("runs the program whenever it is due, and says how it ended and when the next run is", async () => {
  start(60, 5, "echo it ran; exit 3");
  await until("it has run twice", () => text.split("it ran").length > 2);
  expect(text).toMatch(/^\[scheduler] next: 20/);
  expect(text).toContain("[scheduler] the run has ended: exit code 3");
});

it("leaves out a run while the last one goes on, and ends with it when it is asked to", async () => {
  const scheduler = start(
    60,
    5,
    "trap 'echo asked to stop; exit 0' TERM; echo started; while :; do sleep 0.1; done",
  );
  await until("it was due again", () => text.includes("the last run goes on still: left out"));
  expect(text.split("started")).toHaveLength(2);
  const exit = ended(scheduler);
  scheduler.kill("SIGTERM");
  expect(await exit).toBe(0);
  expect(text).toContain("asked to stop");
});

it("ends a run that takes too long, also one that does not want to", async () => {
  start(1, 1, "trap '' TERM; echo started; while :; do sleep 0.1; done");
  await until("it was killed", () => text.includes("the run has ended: SIGKILL"));
  expect(text).toContain("the run has not ended within 1 s");
});

it("a program that is not there is an ended run, and no end of the scheduler", async () => {
  child = spawn(process.execPath, [
    join(import.meta.dirname, "scheduler.ts"),
    EACH_SECOND,
    "9",
    "1",
    "/nowhere",
  ]);
  text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await until("it was due twice", () => text.split("ENOENT").length > 2);
});
