import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Figures } from "./figures.ts";
import { answeredFiles, keepFile } from "./files.ts";
import { generate } from "./generator.ts";
import { profileOf } from "./k6/profiles/all.ts";
import { htmlReport } from "./report/html.ts";
import { junitReport } from "./report/junit.ts";
import { kneeOf, type Result, reasonsAgainst } from "./result.ts";
import { openSink, settledSinkCalls, sinkCalls } from "./simulator.ts";
import { filesFrom, measured, parseSummary } from "./summary.ts";
import type { Target } from "./target.ts";

export interface Load {
  readonly profile: string;
  readonly target: Target;
  /** Path of the k6 binary. */
  readonly k6: string;
  /** Where k6 writes figures while it runs. @default nowhere */
  readonly figures?: Figures | undefined;
  /** Gets k6's own summary, `result.json`, `report.html` and `junit.xml`. */
  readonly folder: string;
}

async function requireAnswer(webhook: string): Promise<void> {
  await fetch(webhook, { signal: AbortSignal.timeout(5000) }).catch((cause: unknown) => {
    throw new Error(`nothing answers at ${webhook}: run \`npm run up\` first, or correct the address`, {
      cause,
    });
  });
}

function output(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/**
 * Runs one profile against a bot and writes its reports.
 * Throws when nothing answers, or when k6 ends without a measurement.
 */
export async function load({ profile: name, target, k6, folder, figures: written }: Load): Promise<Result> {
  const profile = profileOf(name);
  const { webhook, secret, simulator } = target;
  await requireAnswer(webhook);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "k6-summary.json");
  rmSync(path, { force: true });

  if (simulator !== undefined) await openSink(simulator);
  else if (profile.files !== undefined)
    throw new Error(`${name} uploads files, which only a simulator serves: give it with --simulator`);
  const file =
    profile.files === undefined || simulator === undefined
      ? {}
      : { file: await keepFile(simulator, profile.files.bytes) };
  const before = simulator === undefined ? 0 : await sinkCalls(simulator);
  const startedAt = new Date();
  const config = {
    profile: name,
    webhook,
    secret,
    // A million ids for each second since 1970: no run meets the ids of an earlier one.
    firstUpdateId: startedAt.getTime() * 1000,
    summary: path,
    ...file,
  };
  const { code, cpu } = await generate(k6, config, written);
  if (!existsSync(path)) throw new Error(`k6 ended with code ${code} before it measured anything; see above`);

  const summary = parseSummary(readFileSync(path, "utf8"));
  const from = filesFrom(summary);
  const files =
    simulator === undefined || from === undefined ? undefined : await answeredFiles(simulator, profile, from);
  const apiCalls = simulator === undefined ? undefined : (await settledSinkCalls(simulator)) - before;
  const figures = measured(summary, profile, { apiCalls, files });
  const { untilBroken = false } = profile;
  const invalid = reasonsAgainst(figures, cpu, untilBroken);
  const knee = untilBroken ? kneeOf(figures.curve) : undefined;
  // That it broke in the end was the question.
  const broken = knee === undefined ? code : 0;
  const kept = figures.verdicts.every(({ ok }) => ok);
  const result: Result = {
    profile: name,
    description: profile.description,
    startedAt: startedAt.toISOString(),
    target: webhook,
    machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpu.cores} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    k6: output(k6, ["version"]) ?? "k6",
    commit: output("git", ["-C", import.meta.dirname, "rev-parse", "--short", "HEAD"]),
    measured: figures,
    updates: summary.metrics["http_reqs"]?.values["count"] ?? 0,
    cpu,
    apiCalls,
    knee,
    invalid,
    exitCode: broken === 0 && (invalid.length > 0 || (knee === undefined && !kept)) ? 99 : broken,
  };
  writeFileSync(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(folder, "report.html"), htmlReport(result));
  writeFileSync(join(folder, "junit.xml"), junitReport(result));
  return result;
}
