import { z } from "zod";
import type { Finished, Running } from "../scratch.ts";

export const outputsSchema = z.object({
  webhookSecret: z.string(),
  simulator: z.url(),
  prometheus: z.url(),
  alertmanager: z.url(),
});

/** Where this machine reaches the stack. */
export type Outputs = z.infer<typeof outputsSchema>;

/** What the test of the whole stack has to know about a platform. The stack has a name and a place of its own. */
export interface Driver {
  /** Throws with what is missing here, and how to get it. */
  prepare(): Promise<void>;
  configure(key: string, value: string): Promise<void>;
  /** Starts what brings the stack to what code and configuration say. */
  startUp(): Running;
  /** Brings the stack up; when that has worked, every part is ready and `outputs` are known. */
  up(): Promise<Finished>;
  /** What an `up` says in the end. */
  readonly says: readonly string[];
  /** Whether an `up` has got so far that something runs or exists. */
  partlyUp(): Promise<boolean>;
  readonly outputs: Outputs;
  /** Succeeds when an `up` would change nothing. */
  expectNoChange(): Promise<Finished>;
  /** Scrape jobs for what the stack runs on. */
  readonly ground: readonly string[];
  /** What `npm run status -- --json` says: ends with 0 when all is well. */
  status(): Promise<Finished>;
  /** How many requests nginx has answered. */
  requests(): Promise<number>;
  /** Every generated secret, and what holds it. */
  secrets(): Promise<string[]>;
  /** Text of every place where no secret may stand, by its name. */
  places(): Promise<Record<string, string>>;
  /** The web replicas that are ready; one that was replaced has another name. */
  web(): Promise<string[]>;
  /** Ends a replica without a chance to say goodbye. */
  kill(replica: string): Promise<void>;
  /** Takes something away that only `up` brings back. */
  breakSomething(): Promise<void>;
  /** Succeeds when everything runs as it is recorded. */
  expectNoDrift(): Promise<Finished>;
  /** Whether what `breakSomething` took away is back. */
  isWhole(): Promise<boolean>;
  /** Switches the machine off and on that the stack runs on; undefined where that is the one that tests. */
  readonly restartMachine?: (() => Promise<void>) | undefined;
  /** Follows the load with the number of web replicas. */
  readonly scales: boolean;
  /** Runs the load test `smoke`; undefined where load comes only from this machine. */
  readonly smoke?: () => Promise<Finished>;
  /** Asks every query of every board after light load; undefined where load comes only from this machine. */
  readonly checkBoards?: () => Promise<Finished>;
  /** Breaks the stack under load in the ways that are quickly over; undefined where it is not of this machine. */
  readonly faults?: () => Promise<Finished>;
  /** What has to be the same after the stack was destroyed and brought up again. */
  data(): Promise<unknown>;
  /** What the last migration said. */
  migration(): Promise<string>;
  /** Destroys all but the data. */
  destroyKeepingData(): Promise<Finished>;
  destroy(): Promise<Finished>;
  /** Processes or pods of the stack. */
  running(): Promise<string[]>;
  /** Everything of the stack that is there, but what stays on purpose. */
  left(): Promise<string[]>;
  /** Removes everything, whatever state it is in. */
  cleanUp(): Promise<void>;
}
