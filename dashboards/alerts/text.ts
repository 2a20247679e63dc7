import type { Duration, Samples, Threshold, Unit } from "../catalogue.ts";

/** The alert's measured value in a template, formatted by Prometheus. */
export function value(unit: Unit): string {
  switch (unit) {
    case "ratio":
      return "{{ $value | humanizePercentage }}";
    case "seconds":
      return "{{ $value | humanizeDuration }}";
    case "bytes":
      return "{{ $value | humanize1024 }}B";
    case "count":
    case "per second":
      return "{{ $value | humanize }}";
  }
}

/** "above 80 %", as the threshold is written for people. */
export function describe({ unit, is, value: limit }: Threshold): string {
  const text = unit === "ratio" ? `${limit * 100} %` : unit === "seconds" ? `${limit} s` : String(limit);
  return `${is} ${text}${unit === "per second" ? " per second" : ""}`;
}

const units = { s: 1, m: 60, h: 3600, d: 86_400 };

export function seconds(duration: Duration): number {
  const unit = Object.entries(units).find(([letter]) => duration.endsWith(letter))?.[1] ?? 1;
  return Number.parseFloat(duration) * unit;
}

/** Writes samples of one target: `{ 'up{job="bot"}': "1x4" }`; `more` is `,le="1"`. */
export const from =
  (labels: Readonly<Record<string, string>>) =>
  (name: string, samples: string, more = ""): Samples => ({
    [`${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}="${value}"`)
      .join(",")}${more}}`]: samples,
  });
