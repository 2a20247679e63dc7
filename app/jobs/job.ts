import { z } from "zod";
import type { Call } from "../database/outbox.ts";
import type { Database, Transaction } from "../database/pool.ts";
import type { Log } from "../log.ts";
import type { Mentor } from "../mentor/mentor.ts";
import type { TelegramApi } from "../telegram/api.ts";

/** What a job works with besides its payload. */
export interface Tools {
  readonly database: Database;
  /** For what is only shown meanwhile; messages are calls of the conclusion. */
  readonly api: TelegramApi;
  /** Undefined where none is set up. */
  readonly mentor: Mentor | undefined;
  readonly log: Log;
}

export interface Attempt<Payload> extends Tools {
  readonly id: number;
  readonly payload: Payload;
  readonly userId: number | undefined;
  /** Aborted when the time is over, the job was cancelled, or the worker stops. */
  readonly signal: AbortSignal;
  /** Throws when the job was cancelled or went to another worker, sooner than the signal says so. */
  readonly check: () => Promise<void>;
}

/**
 * The effects of a job: written in one transaction with its end, once, or not at all. Returns the calls to the Bot API
 * that are made after the commit.
 */
export type Conclusion = (tx: Transaction) => Promise<readonly Call[]>;

/** One kind of job. */
export interface JobKind<Payload> {
  readonly kind: string;
  readonly payload: z.ZodType<Payload>;
  /** Tries, the first one included. */
  readonly attempts: number;
  /** Seconds that one try may take. */
  readonly limitSeconds: number;
  /** So many run at once in one worker. */
  readonly parallel: number;
  /** The slow part, outside of any transaction; it may happen more than once. Without effects it returns nothing. */
  run(attempt: Attempt<Payload>): Promise<Conclusion | undefined>;
  /** What is said when the last try has failed. */
  gaveUp?(attempt: Pick<Attempt<Payload>, "payload" | "userId">): Conclusion;
}

/** A failure that another try would only repeat. */
export class Hopeless extends Error {}

/** A scheduled kind without a slow part: a transaction that finds by itself what is due. */
export const transactionJob = (kind: string, effects: Conclusion): AnyJobKind =>
  jobKind({
    kind,
    payload: z.object({}),
    attempts: 3,
    limitSeconds: 60,
    parallel: 1,
    run: () => Promise.resolve(effects),
  });

/** A kind whatever its payload; the runner reads the payload by the kind's own schema. */
export type AnyJobKind = JobKind<never>;

/** What is said when a job will never be done; undefined where nothing is, or where its payload cannot be read. */
export function goodbyeOf(
  kind: AnyJobKind,
  payload: unknown,
  userId: number | undefined,
): Conclusion | undefined {
  const { success, data } = kind.payload.safeParse(payload);
  return success ? kind.gaveUp?.({ payload: data, userId }) : undefined;
}

/** Declares a kind; its payload has the type of its schema. */
export const jobKind = <Payload>(kind: JobKind<Payload>): AnyJobKind => ({
  ...kind,
  payload: kind.payload as z.ZodType<never>,
});
