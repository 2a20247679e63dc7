import { BROKEN_MS, type Result } from "../result.ts";
import { curve } from "./curve.ts";
import { actualOf, cores, latencyCells, latencyHeadings, milliseconds, percent, promise } from "./format.ts";

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? "&quot;");

const row = (cells: readonly string[], tag = "td"): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;

const style = `
:root { color-scheme: light dark; --ink: #1b2330; --soft: #5c6675; --paper: #f5f6f8; --card: #fff; --line: #dfe3e8;
  --good: #17734a; --bad: #b3261e; --p50: #2f7d6d; --p95: #2b6cb0; --p99: #8a5cc2; --max: #c2632b }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #98a3b3; --paper: #12161c; --card: #1a2028;
  --line: #2d3642; --good: #4cc38a; --bad: #ff8a80; --p50: #58b8a4; --p95: #6aaaf0; --p99: #b491e8; --max: #ea9a66 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 940px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 26px } h2 { margin: 0 0 12px; font-size: 16px } p { margin: 4px 0 }
.soft { color: var(--soft) }
section { margin-top: 20px; padding: 18px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 10px }
.verdict { border-left: 5px solid var(--good); font-weight: 600 } .verdict.bad { border-left-color: var(--bad) }
.verdict ul { margin: 6px 0 0; font-weight: 400 }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; padding: 0;
  background: none; border: 0 }
.tiles div { padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px }
.tiles b { display: block; font-size: 24px; line-height: 1.3; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 6px 8px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
th { color: var(--soft); font-weight: 500 } tr:last-child td { border-bottom: 0 }
th:first-child, td:first-child { padding-left: 0; text-align: left }
.ok { color: var(--good) } .failed { color: var(--bad); font-weight: 600 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0 } dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
svg { display: block; width: 100%; height: auto } svg text { fill: var(--soft); font-size: 12px }
svg .grid { stroke: var(--line) } polyline { fill: none; stroke-width: 2; stroke-linejoin: round }
${["p50", "p95", "p99", "max"].map((n) => `polyline.${n} { stroke: var(--${n}) } circle.${n} { fill: var(--${n}) } .legend .${n}::before { background: var(--${n}) }`).join("\n")}
.legend { display: flex; gap: 18px; font-size: 13px } .legend span { display: flex; gap: 6px; align-items: center }
.legend span::before { width: 14px; height: 3px; border-radius: 2px; content: "" }
.scroll svg { min-width: 560px }
@media (max-width: 560px) { dl { grid-template-columns: 1fr } dd { margin-bottom: 8px } }
`;

function verdict({ invalid, knee, measured: { verdicts } }: Result): string {
  if (invalid.length > 0) {
    const reasons = invalid.map((reason) => `<li>${escape(reason)}</li>`).join("");
    return `<section class="verdict bad">Invalid run: conclude nothing from it<ul>${reasons}</ul></section>`;
  }
  if (knee !== undefined)
    return `<section class="verdict">Carried ${knee} updates per second until p95 was above ${BROKEN_MS} ms, or updates had to wait</section>`;
  const failed = verdicts.filter(({ ok }) => !ok).length;
  return failed > 0
    ? `<section class="verdict bad">${failed} of ${verdicts.length} promises are broken</section>`
    : `<section class="verdict">All ${verdicts.length} promises are kept</section>`;
}

/** The result as one HTML file that needs nothing else. */
export function htmlReport(result: Result): string {
  const { measured, cpu, apiCalls } = result;
  const tile = (value: string, name: string) =>
    `<div><b>${escape(value)}</b><span class="soft">${escape(name)}</span></div>`;
  const latency = measured.fromDue;
  const tiles = [
    tile(measured.perSecond.toFixed(0), "updates per second"),
    tile(latency === undefined ? "-" : milliseconds(latency.p95), "p95 from due time"),
    tile(latency === undefined ? "-" : milliseconds(latency.p99), "p99 from due time"),
    tile(percent(measured.accepted), "accepted"),
  ];
  const latencies = [
    row(["", ...latencyHeadings], "th"),
    row(["all, from due time", ...latencyCells(latency)]),
    ...measured.kinds.map(({ kind, latency: l }) => row([kind, ...latencyCells(l)])),
    row(["all, once sent", ...latencyCells(measured.fromSent)]),
    ...(measured.files === undefined ? [] : [row(["files answered", ...latencyCells(measured.files)])]),
  ];
  const promises = measured.verdicts.map(
    ({ metric, condition, ok, actual }) =>
      `<tr><td>${escape(promise(metric, condition))}</td><td>${escape(actualOf(metric, actual))}</td><td class="${ok ? "ok" : "failed"}">${ok ? "kept" : "broken"}</td></tr>`,
  );
  const use = (of: { mean: number; peak: number } | undefined) =>
    of === undefined
      ? "unknown on this system"
      : `${cores(of.mean)} of ${cpu.cores} cores, peak ${cores(of.peak)}`;
  const facts: [string, string][] = [
    ["target", result.target],
    ["started", result.startedAt],
    ["duration", `${measured.seconds.toFixed(0)} s with warm-up`],
    ["processor time of the generator", use(cpu.generator)],
    ["processor time of its machine", use(cpu.machine)],
    ...(apiCalls === undefined ? [] : [["Bot API calls of the bot", String(apiCalls)] as [string, string]]),
    ["machine", result.machine],
    ["generator", result.k6],
    ...(result.commit === undefined ? [] : [["commit", result.commit] as [string, string]]),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test ${escape(result.profile)}</title>
<style>${style}</style>
<h1>Load test ${escape(result.profile)}</h1>
<p class="soft">${escape(result.description)}</p>
${verdict(result)}
<section class="tiles">${tiles.join("")}</section>
<section><h2>Latency from the moment an update was due</h2>${curve(measured.curve)}</section>
<section><h2>By kind of update</h2><div class="scroll"><table>${latencies.join("")}</table></div></section>
<section><h2>Promises</h2><div class="scroll"><table>${row(["condition", "measured", ""], "th")}${promises.join("")}</table></div></section>
<section><h2>Circumstances</h2><dl>${facts.map(([name, text]) => `<dt>${escape(name)}</dt><dd>${escape(text)}</dd>`).join("")}</dl></section>
</html>
`;
}
