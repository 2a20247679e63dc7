import type { Unit } from "../../catalogue.ts";

/** Three digits that matter, without zeros at the end. */
function digits(value: number): string {
  const size = Math.abs(value);
  const decimals = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = value.toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, "");
}

interface Scale {
  /** The smallest size that is written in it. */
  readonly from: number;
  /** What is divided by. */
  readonly by: number;
  readonly suffix: string;
}

const powers = (base: number, suffixes: readonly string[]): Scale[] =>
  suffixes.map((suffix, i) => ({ from: base ** i, by: base ** i, suffix })).reverse();

const counts = powers(1000, ["", " K", " M", " G", " T"]);
const bytes = powers(1024, [" B", " KiB", " MiB", " GiB", " TiB"]);
const durations: Scale[] = [
  { from: 2 * 86_400, by: 86_400, suffix: " d" },
  { from: 2 * 3600, by: 3600, suffix: " h" },
  { from: 120, by: 60, suffix: " min" },
  { from: 1, by: 1, suffix: " s" },
  { from: 1e-3, by: 1e-3, suffix: " ms" },
  { from: 0, by: 1e-6, suffix: " µs" },
];

function scaled(value: number, scales: readonly Scale[]): string {
  if (value === 0) return `0${(scales.find(({ by }) => by === 1) ?? { suffix: "" }).suffix}`;
  const fit = scales.find(({ from }) => Math.abs(value) >= from) ?? scales.at(-1);
  return fit === undefined ? digits(value) : `${digits(value / fit.by)}${fit.suffix}`;
}

/** A value as people read it: 0.25 is "25 %", 90061 seconds "25 h". */
export function format(value: number, unit: Unit): string {
  switch (unit) {
    case "ratio":
      return `${digits(value * 100)} %`;
    case "seconds":
      return scaled(value, durations);
    case "bytes":
      return scaled(value, bytes);
    case "per second":
      return `${scaled(value, counts)}/s`;
    case "count":
      return scaled(value, counts);
  }
}
