import { setTimeout as pause } from "node:timers/promises";
import type { MentorConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { BreakerOpen, createBreaker, type BreakerStatus } from "./breaker.ts";
import { complete, EndpointFailed, type Answer, type ChatMessage } from "./client.ts";

/** Milliseconds for one answer. */
const CALL_MS = 30_000;

/** The mentor gives no answer now. */
export class MentorAway extends Error {}

export interface Mentor {
  /** Throws MentorAway, or the reason of the signal. */
  ask(messages: readonly ChatMessage[], signal: AbortSignal): Promise<Answer>;
  status(): BreakerStatus;
  updateMetrics(): void;
}

const states = { closed: 0, "half-open": 1, open: 2 } as const;

/** Asks the endpoint, once more when that may help, and not at all while its breaker is open. */
export function createMentor(config: MentorConfig, metrics: Metrics, log: Log, callMs = CALL_MS): Mentor {
  const breaker = createBreaker(EndpointFailed);
  const never = new AbortController().signal;

  async function once(messages: readonly ChatMessage[], signal: AbortSignal): Promise<Answer> {
    const stop = metrics.mentorDuration.startTimer();
    try {
      const answer = await complete(config, messages, callMs, signal);
      metrics.mentorRequests.inc({ outcome: "answered" });
      metrics.mentorTokens.inc({ part: "prompt" }, answer.tokens.prompt);
      metrics.mentorTokens.inc({ part: "answer" }, answer.tokens.answer);
      return answer;
    } catch (error) {
      if (error instanceof EndpointFailed) {
        metrics.mentorRequests.inc({ outcome: error.outcome });
        log[error.outcome === "refused" ? "error" : "warn"]({ why: error.message }, "the mentor failed");
      }
      throw error;
    } finally {
      stop();
    }
  }

  async function twice(messages: readonly ChatMessage[], signal: AbortSignal): Promise<Answer> {
    try {
      return await once(messages, signal);
    } catch (error) {
      if (!(error instanceof EndpointFailed) || error.retryAfter === undefined) throw error;
      await pause(error.retryAfter, undefined, { signal });
      return once(messages, signal);
    }
  }

  return {
    async ask(messages, signal) {
      try {
        // A call that decides about the breaker is not broken off: that would count as a success.
        return await breaker.run((trial) => twice(messages, trial ? never : signal));
      } catch (error) {
        if (error instanceof BreakerOpen) metrics.mentorRequests.inc({ outcome: "rejected" });
        else if (!(error instanceof EndpointFailed)) throw error;
        throw new MentorAway("the mentor gives no answer now", { cause: error });
      }
    },
    status: () => breaker.status(),
    updateMetrics: () => metrics.mentorBreaker.set(states[breaker.status().state]),
  };
}
