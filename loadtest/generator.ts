import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figuresOptions, type Figures } from "./figures.ts";
import { type CpuUse, cpuUse, sample } from "./cpu.ts";
import type { LoadConfig } from "./k6/lib/config.ts";

const script = join(import.meta.dirname, "k6", "main.ts");

/**
 * Runs k6 to its end and gives its exit code and the processor time. The webhook's secret reaches it in a file
 * that only this user may read and that is gone afterwards, never in arguments or environment.
 */
export async function generate(
  k6: string,
  config: LoadConfig,
  figures?: Figures,
): Promise<{ code: number; cpu: CpuUse }> {
  const written = figures === undefined ? { args: [], env: {} } : figuresOptions(figures, config.profile);
  const folder = mkdtempSync(join(tmpdir(), "launchlab-load-"));
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  // Ctrl-C reaches k6 as well, which then ends early but still reports; we stay to read it.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  let timer: NodeJS.Timeout | undefined;
  try {
    // Its progress bars are for people; a log would get one of them each second.
    const quiet = process.stdout.isTTY ? [] : ["--quiet"];
    const args = ["run", "--no-usage-report", "--address", "", ...quiet, ...written.args, script];
    const child = spawn(k6, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...written.env, LOAD_CONFIG: file, K6_AUTO_EXTENSION_RESOLUTION: "false" },
    });
    const samples = [sample(child.pid)];
    timer = setInterval(() => samples.push(sample(child.pid)), 1000);
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", (cause) => reject(new Error(`cannot start ${k6}`, { cause })));
      child.once("close", (exit) => resolve(exit ?? 1));
    });
    samples.push(sample(undefined));
    return { code, cpu: cpuUse(samples) };
  } finally {
    clearInterval(timer);
    process.off("SIGINT", ignore);
    rmSync(folder, { recursive: true });
  }
}
