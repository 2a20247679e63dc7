import type { Clock } from "../clock.ts";
import type { FaultSettings } from "./settings.ts";

/** What happens to a call. */
export type CallFault =
  | { readonly kind: "too_many_requests"; readonly retryAfter: number }
  | { readonly kind: "server_error" }
  | { readonly kind: "html_error" }
  | { readonly kind: "cut" };

type Settings = FaultSettings["openai"] & Partial<FaultSettings["bot_api"]>;

/** Waits for the latency and throws the dice for one call; undefined when there is nothing to do. */
export function callFaults(
  clock: Clock,
  random: () => number,
  {
    latency_ms,
    too_many_requests,
    server_errors,
    html_errors = 0,
    cuts = 0,
  }: Omit<Settings, "tokens_per_second">,
): (() => Promise<CallFault | undefined>) | undefined {
  const { min, max } = typeof latency_ms === "number" ? { min: latency_ms, max: latency_ms } : latency_ms;
  const shares: readonly (readonly [number, CallFault])[] = [
    [too_many_requests.share, { kind: "too_many_requests", retryAfter: too_many_requests.retry_after }],
    [server_errors, { kind: "server_error" }],
    [html_errors, { kind: "html_error" }],
    [cuts, { kind: "cut" }],
  ];
  if (max === 0 && shares.every(([share]) => share === 0)) return undefined;
  return async () => {
    // Both are thrown before the wait, so that calls that overtake each other do not change what they get.
    const ms = min + random() * (max - min);
    let rest = random();
    const fault = shares.find(([share]) => (rest -= share) < 0)?.[1];
    if (ms > 0) await new Promise<void>((resolve) => void clock.at(clock.now() + ms, resolve));
    return fault;
  };
}
