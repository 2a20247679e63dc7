import type { CpuUse } from "./cpu.ts";
import { CURVE_SECONDS } from "./k6/lib/profile.ts";
import type { Measured } from "./summary.ts";

/** Everything that a run says; the table, the HTML and the JSON are drawn from it. */
export interface Result {
  readonly profile: string;
  readonly description: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly target: string;
  readonly machine: string;
  readonly k6: string;
  /** Commit of the checkout, if it is one. */
  readonly commit: string | undefined;
  readonly measured: Measured;
  /** Of the whole run, the warm-up included. */
  readonly updates: number;
  readonly cpu: CpuUse;
  /** Calls that the bot made for the people of this run; undefined without a simulator. */
  readonly apiCalls: number | undefined;
  /** Updates per second that the bot carried before it broke; undefined where the load did not grow until then. */
  readonly knee: number | undefined;
  /** Why nothing can be concluded from the figures; empty when they are good. */
  readonly invalid: readonly string[];
  /** 0, or k6's own: 99 for a broken threshold. */
  readonly exitCode: number;
}

/** Share of the cores from which on the generator measures itself rather than the bot. */
const BUSY = 0.8;

/** Why figures of such a run say nothing about the bot; a load that grows until something breaks may have updates wait. */
export function reasonsAgainst(
  { dropped }: Pick<Measured, "dropped">,
  { generator, cores }: CpuUse,
  untilBroken = false,
): string[] {
  const reasons: string[] = [];
  if (dropped > 0 && !untilBroken) {
    reasons.push(
      `${dropped} updates were not sent because 100 connections were busy: their waiting is in no figure, and those after them count from too early a moment`,
    );
  }
  if (generator !== undefined && generator.peak > BUSY * cores) {
    reasons.push(
      `the generator used ${generator.peak.toFixed(1)} of ${cores} cores; it measured itself. Use more cores or less load`,
    );
  }
  return reasons;
}

/** p95 in milliseconds from which on a bot that is sent more and more is broken. */
export const BROKEN_MS = 250;

/** The most updates per second that were carried before p95 was above the limit. */
export function kneeOf(curve: Measured["curve"]): number | undefined {
  const broken = curve.findIndex(({ latency }) => latency.p95 >= BROKEN_MS);
  const carried = (broken === -1 ? curve : curve.slice(0, broken)).map(({ latency }) => latency.count);
  return carried.length === 0 ? undefined : Math.round(Math.max(...carried) / CURVE_SECONDS);
}
