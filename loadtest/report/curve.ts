import type { Measured } from "../summary.ts";
import { milliseconds } from "./format.ts";

const width = 860;
const height = 260;
const margin = { left: 64, right: 24, top: 14, bottom: 34 };

const lines = ["p50", "p95", "p99", "max"] as const;

/** A round number of milliseconds at or above the value. */
function ceiling(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 1.5, 2, 3, 4, 5, 8, 10].map((m) => m * magnitude).find((m) => m >= value) ?? value;
}

/** Latency over time as SVG with its legend; a sentence when there are no points. */
export function curve(points: Measured["curve"]): string {
  if (points.length === 0) return "<p>No update was measured.</p>";
  const top = ceiling(Math.max(...points.map(({ latency }) => latency.max)));
  const step = points.length === 1 ? 0 : (width - margin.left - margin.right) / (points.length - 1);
  const x = (i: number): number => Math.round(margin.left + i * step);
  const y = (value: number): number =>
    Math.round(height - margin.bottom - (value / top) * (height - margin.top - margin.bottom));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(top * share);
    return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text x="${margin.left - 8}" y="${at + 4}" text-anchor="end">${milliseconds(top * share)}</text>`;
  });
  const every = Math.ceil(points.length / 12);
  const seconds = points
    .map(({ second }, i) => `<text x="${x(i)}" y="${height - 10}" text-anchor="middle">${second} s</text>`)
    .filter((_, i) => i % every === 0);
  const drawn = lines.map((name) => {
    const path = points.map(({ latency }, i) => `${x(i)},${y(latency[name])}`).join(" ");
    const dots = points.map(
      ({ latency, second }, i) =>
        `<circle class="${name}" cx="${x(i)}" cy="${y(latency[name])}" r="3"><title>${name} from ${second} s: ${milliseconds(latency[name])}</title></circle>`,
    );
    return `<polyline class="${name}" points="${path}"/>${dots.join("")}`;
  });
  const legend = lines.map((name) => `<span class="${name}">${name}</span>`).join("");
  return `<p class="legend">${legend}</p><div class="scroll"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Latency from due time over the run">${[...grid, ...seconds, ...drawn].join("")}</svg></div>`;
}
