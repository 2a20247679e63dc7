import { BROKEN_MS, type Result } from "../result.ts";
import { table } from "./columns.ts";
import { actualOf, cores, latencyCells, latencyHeadings, percent, promise } from "./format.ts";

/** The result for the terminal. */
export function tableReport({ measured, cpu, invalid, apiCalls, knee, exitCode }: Result): string {
  const latencies = table([
    ["latency from due time", ...latencyHeadings],
    ["all", ...latencyCells(measured.fromDue)],
    ...measured.kinds.map(({ kind, latency }) => [`  ${kind}`, ...latencyCells(latency)]),
    ["once sent", ...latencyCells(measured.fromSent)],
    ...(measured.files === undefined ? [] : [["files answered", ...latencyCells(measured.files)]]),
  ]);
  const facts = table([
    ["updates per second", measured.perSecond.toFixed(1)],
    ...(knee === undefined ? [] : [["carried before it broke, per second", String(knee)]]),
    ["accepted", percent(measured.accepted)],
    ...(apiCalls === undefined ? [] : [["Bot API calls of the bot", String(apiCalls)]]),
    [
      `generator, cores of ${cpu.cores} (mean, peak)`,
      cpu.generator === undefined ? "unknown" : `${cores(cpu.generator.mean)}, ${cores(cpu.generator.peak)}`,
    ],
    [`machine, cores of ${cpu.cores} (mean, peak)`, `${cores(cpu.machine.mean)}, ${cores(cpu.machine.peak)}`],
  ]);
  const verdicts = table(
    measured.verdicts.map(({ metric, condition, ok, actual }) => [
      `${ok ? "ok    " : "FAILED"} ${promise(metric, condition)}`,
      actualOf(metric, actual),
    ]),
  );
  const failed = measured.verdicts.filter(({ ok }) => !ok).length;
  const verdict =
    invalid.length > 0
      ? `INVALID RUN, conclude nothing from it:\n${invalid.map((reason) => `  - ${reason}`).join("\n")}`
      : knee !== undefined
        ? `The bot carried ${knee} updates per second until p95 was above ${BROKEN_MS} ms, or updates had to wait.`
        : failed > 0
          ? `${failed} of ${measured.verdicts.length} promises are broken (exit code ${exitCode}).`
          : `All ${measured.verdicts.length} promises are kept.`;
  return ["", latencies, "", facts, "", verdicts, "", verdict].join("\n");
}
