import { BrokenCircuitError, CircuitState, circuitBreaker, ConsecutiveBreaker, handleWhen } from "cockatiel";

const FAILURES = 5;
const SUCCESSES = 2;
const OPEN_MS = 60_000;

/** What an operator sees of a breaker; times as in ISO 8601. */
export interface BreakerStatus {
  /** half-open: the next calls decide. */
  readonly state: "closed" | "half-open" | "open";
  readonly failures_in_a_row: number;
  /** Since this process started. */
  readonly openings: number;
  /** The last time that it opened. */
  readonly opened_at?: string;
  /** When the next call is let through. */
  readonly next_try_at?: string;
}

/** The breaker is open: the call was not made. */
export class BreakerOpen extends Error {}

/**
 * Calls are not made for 60 s after 5 failures in a row. Then two are let through: when both succeed all are again, and
 * when one fails 60 s begin anew. Only errors of the class `failure` are failures.
 */
export function createBreaker(failure: new (...args: never[]) => Error) {
  const counter = new ConsecutiveBreaker(FAILURES);
  const policy = circuitBreaker(
    handleWhen((error) => error instanceof failure),
    {
      breaker: counter,
      halfOpenAfter: OPEN_MS,
      halfOpenSampling: { calls: SUCCESSES, threshold: 0 },
    },
  );
  let openings = 0;
  let openedAt = 0;
  let trials = 0;
  policy.onBreak(() => {
    openings += 1;
    openedAt = Date.now();
  });
  policy.onHalfOpen(() => (trials = 0));

  return {
    /** Makes the call, which is told whether it is one that decides. Throws BreakerOpen instead while it may not. */
    async run<T>(call: (trial: boolean) => Promise<T>): Promise<T> {
      // cockatiel would let the third caller wait for the first two.
      if (policy.state === CircuitState.HalfOpen && trials === SUCCESSES) throw new BreakerOpen();
      try {
        return await policy.execute(() => {
          const trial = policy.state === CircuitState.HalfOpen;
          if (trial) trials += 1;
          return call(trial);
        });
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw new BreakerOpen();
        throw error;
      }
    },
    status(): BreakerStatus {
      const over = Date.now() - openedAt >= OPEN_MS;
      const open = policy.state === CircuitState.Open && !over;
      return {
        state: open ? "open" : policy.state === CircuitState.Closed ? "closed" : "half-open",
        failures_in_a_row: counter.state,
        openings,
        ...(openings > 0 && { opened_at: new Date(openedAt).toISOString() }),
        ...(open && { next_try_at: new Date(openedAt + OPEN_MS).toISOString() }),
      };
    },
  };
}
