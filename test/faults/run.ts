import { setTimeout as pause } from "node:timers/promises";
import { invalid, judge, type Judgement } from "../../loadtest/oracle.ts";
import { until } from "../support/wait.ts";
import { startLoad, type Load, type Sent } from "./load.ts";
import type { Lab, Row } from "./row.ts";
import { startWitness, type Known } from "./witness.ts";

/** Chats that the load comes from. */
export const PEOPLE = 2000;
/** Seconds of load before a fault and after it: in a quick run, and in a full one. */
const CALM = { quick: 2, full: 5 };
/** Milliseconds in which all must be back after a fault: Telegram itself may wait for two minutes. */
const PATIENCE = 240_000;
/** Milliseconds after which an update counts as slow. */
const SLOW = 1000;

/** How a row went. Times in seconds. */
export interface Outcome {
  readonly name: string;
  readonly fault: string;
  /** Updates that were sent meanwhile. */
  readonly updates: number;
  /** The longest that one took from when it was due until it was acknowledged. */
  readonly slowest: number;
  /** From when the fault was mended until the last slow update was acknowledged. */
  readonly recovery: number;
  /** Attempts that were not answered 2xx, by what came instead. */
  readonly errors: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
  readonly messagesLost: number;
  readonly messagesDoubled: number;
  /** Why messages may come twice. */
  readonly allowed?: string;
  /** What is against the promise; empty when it was kept. */
  readonly problems: readonly string[];
}

/** A stack, and the load that it gets. */
export type Start = Omit<Lab, "load"> & {
  /** Updates a second. */
  readonly rate: number;
};

interface Struck<L extends Lab> {
  readonly name: string;
  readonly row: Row<L>;
  /** The first update that belongs to it, and the first that does not. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds of `performance.now()`. */
  readonly began: number;
  readonly mended: number;
  readonly problems: readonly string[];
}

/** Lets one fault happen under load, and waits until all is well. */
async function strike<L extends Lab>(
  lab: L,
  name: string,
  row: Row<L>,
  pace: keyof typeof CALM,
  calm: () => Promise<void>,
): Promise<Struck<L>> {
  const { load } = lab;
  const [from, began] = [load.sent.length, performance.now()];
  const problems: string[] = [];
  await pause(CALM[pace] * 1000);
  try {
    const mend = await row.strike(lab);
    await pause((row.seconds?.[pace] ?? 0) * 1000);
    await mend?.();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const [mended, last] = [performance.now(), load.sent.length];
  await until(
    "all is well again",
    () => load.sent.slice(from, last).every(({ acknowledged }) => acknowledged !== undefined),
    PATIENCE,
  )
    .then(calm)
    .catch((error: unknown) => problems.push(String(error)));
  await pause(CALM[pace] * 1000);
  return { name, row, from, to: load.sent.length, began, mended, problems };
}

const seconds = (ms: number): number => Math.round(Math.max(0, ms) / 100) / 10;

function complaints(
  { effects, messages }: Judgement,
  row: Pick<Row, "doubled" | "unseen">,
  failed: number,
): string[] {
  const most = row.doubled?.most ?? 0;
  const counts: readonly (readonly [number, string])[] = [
    [effects.lost.length, "updates were lost"],
    [effects.duplicated.length, "updates were done twice"],
    [effects.unexpected.length, "effects belong to no update"],
    [effects.reordered.length, "updates were done out of order"],
    [messages.lost.length, "messages were lost"],
    [messages.unexpected.length, "messages belong to no update"],
    [messages.reordered.length, "messages came out of order"],
    [Math.max(0, messages.duplicated.length - most), `messages came twice beyond the ${most} that may`],
    [row.unseen === true ? failed : 0, "attempts failed, and none may"],
  ];
  return counts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
}

/** What belongs to one row: the updates from one to before another, and what came of them. */
function outcomeOf<L extends Lab>(
  { name, row, from, to, began, mended, problems }: Struck<L>,
  load: Load,
  known: Known,
  rate: number,
): Outcome {
  const updates = load.sent.slice(from, to);
  const [first, end] = [updates[0]?.id ?? 0, load.sent[to]?.id ?? Infinity];
  const mine = (update: number): boolean => update >= first && update < end;
  const history = {
    attempts: updates,
    acknowledged: updates.flatMap(({ id, acknowledged }) => (acknowledged === undefined ? [] : [id])),
    effects: known.effects.filter(({ id }) => mine(id)),
    messages: known.messages.filter(({ update }) => mine(update)),
    excused: known.excused,
    sends: known.sends.filter(({ update }) => mine(update)),
  };
  const judgement = judge(history);
  const proof = invalid(history, CALM.quick * rate);
  const over = load.sent[to]?.due ?? Infinity;
  const failures = load.failures.filter(({ at }) => at >= began && at < over);
  const errors: Record<string, number> = {};
  for (const { what } of failures) errors[what] = (errors[what] ?? 0) + 1;
  const took = ({ due, acknowledged = Infinity }: Sent): number => acknowledged - due;
  const slow = updates.filter((update) => took(update) > SLOW);
  return {
    name,
    fault: row.fault,
    updates: updates.length,
    slowest: seconds(updates.reduce((most, update) => Math.max(most, took(update)), 0)),
    recovery: seconds(
      slow.reduce((last, { acknowledged = Infinity }) => Math.max(last, acknowledged), 0) - mended,
    ),
    errors,
    lost: judgement.effects.lost.length,
    doubled: judgement.effects.duplicated.length,
    reordered: judgement.effects.reordered.length + judgement.messages.reordered.length,
    messagesLost: judgement.messages.lost.length,
    messagesDoubled: judgement.messages.duplicated.length,
    ...(row.doubled === undefined ? {} : { allowed: row.doubled.why }),
    problems: [
      ...problems,
      ...(proof === undefined ? [] : [proof]),
      ...complaints(judgement, row, failures.length),
    ],
  };
}

interface How {
  readonly pace: keyof typeof CALM;
  /** Rejects when it has to end at once. */
  readonly interrupted: Promise<never>;
  /** Told of each row when it begins. */
  readonly say: (name: string) => void;
  /** Switches receipts off, to see that what must not happen is noticed. @default false */
  readonly forgetful?: boolean;
}

/** Lets faults happen one after the other under one load, and judges each by the updates that were sent meanwhile. */
export async function runRows<S extends Start>(
  start: S,
  rows: Readonly<Record<string, Row<S & Lab>>>,
  { pace, interrupted, say, forgetful = false }: How,
): Promise<Outcome[]> {
  const witness = await startWitness(start.stack, PEOPLE);
  try {
    if (forgetful) await witness.switchReceiptsOff();
    const load = startLoad({ ...start, people: PEOPLE });
    const struck: Struck<S & Lab>[] = [];
    let patience = 0;
    try {
      for (const [name, row] of Object.entries(rows)) {
        say(name);
        struck.push(
          await Promise.race([
            interrupted,
            strike({ ...start, load }, name, row, pace, () => witness.calm()),
          ]),
        );
      }
      patience = PATIENCE;
    } finally {
      await load.end(patience);
    }
    const known = await witness.tell();
    return struck.map((one) => outcomeOf(one, load, known, start.rate));
  } finally {
    await witness.close();
  }
}
