import { CURVE_SECONDS } from "../k6/lib/profile.ts";
import type { Latency } from "../latency.ts";

/** "4.2 ms", "120 ms", "1.35 s". */
export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return value >= 9.95 ? `${Math.round(value)} ms` : `${value.toFixed(1)} ms`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(share === 1 ? 0 : 2)} %`;
export const cores = (value: number): string => value.toFixed(2);

/** The columns of a latency, in the order of their headings. */
export const latencyHeadings = ["updates", "p50", "p95", "p99", "p99.9", "max"];
export function latencyCells(latency: Latency | undefined): string[] {
  if (latency === undefined) return latencyHeadings.map((_, i) => (i === 0 ? "0" : "-"));
  const { count, p50, p95, p99, p999, max } = latency;
  return [String(count), ...[p50, p95, p99, p999, max].map(milliseconds)];
}

/** "from_due{scenario:people}" and "p(95)<100" as people say it. */
export function promise(metric: string, condition: string): string {
  const name = metric.replace(/\{.*$/, "");
  const names: Record<string, string> = {
    from_due: "latency from due time, ms",
    accepted: "accepted",
    dropped_iterations: "not sent in time",
    answers: "answers measured",
    iterations: "updates started",
    checks: "checks passed",
    http_req_duration: "latency once sent, ms",
    messages: "messages that left",
    files: "files answered",
    file_answered: "file answered after, ms",
  };
  const scenario = /scenario:(\w+)/.exec(metric)?.[1];
  const second = /t:(\d+)/.exec(metric)?.[1];
  const where = [
    ...(["iterations", "http_req_duration"].includes(name) && scenario !== undefined ? [scenario] : []),
    ...(second === undefined ? [] : [`from ${Number(second) * CURVE_SECONDS} s`]),
  ];
  return `${names[name] ?? name}${where.length === 0 ? "" : ` (${where.join(", ")})`}: ${condition.replace(/([<>=]+)/, " $1 ").replace("  ", " ")}`;
}

export function actualOf(metric: string, actual: number | undefined): string {
  if (actual === undefined) return "no samples";
  if (metric.startsWith("accepted") || metric === "checks") return percent(actual);
  return /^(from_due|http_req_duration|file_answered)/.test(metric) ? milliseconds(actual) : String(actual);
}
