import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { RawLine } from "./site.ts";

const LIMIT_MS = 10_000;

/** Runs a program to its end, and resolves with what it printed. Rejects with its own words. */
export async function output(program: string, args: readonly string[], limitMs = LIMIT_MS): Promise<string> {
  try {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: limitMs, killSignal: "SIGKILL" } as const;
    return (await promisify(execFile)(program, [...args], options)).stdout;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reasonOf = (): string => {
      if ("code" in error && error.code === "ENOENT") return `${program} is not installed`;
      if ("killed" in error && error.killed === true)
        return `${program} took longer than ${limitMs / 1000} s`;
      const words = "stderr" in error ? String(error.stderr).trim() : "";
      return words === "" ? `${program} failed` : words;
    };
    throw new Error(reasonOf(), { cause: error });
  }
}

/** What a program prints, on both of its outputs, line by line, until it ends or the signal comes. */
export async function* outputLines(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  const said = { lines: new Array<string>(), ended: false, wake: (): void => undefined };
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on("line", (line) => {
      said.lines.push(line);
      said.wake();
    });
  const end = (): void => {
    said.ended = true;
    said.wake();
  };
  // An abort is an error of the child, too.
  child.once("error", end);
  child.once("close", end);
  try {
    for (;;) {
      yield* said.lines.splice(0);
      // Whoever takes a line may take his time over it.
      if (said.lines.length > 0) continue;
      if (said.ended) return;
      await new Promise<void>((resolve) => (said.wake = resolve));
    }
  } finally {
    child.kill();
  }
}

/** "2026-11-22T04:41:24.123456789Z text", as container engines note the time of a line. */
export function stamped(line: string): RawLine {
  const [, time, text] = /^(\d{4}-\d\d-\d\dT\S+Z) ?(.*)$/s.exec(line) ?? [];
  return time === undefined ? { text: line } : { text: text ?? "", time: new Date(time) };
}
