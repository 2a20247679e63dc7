// Loaded into a process of the bot by `--import`, and into no other: what goes wrong inside of a process, on command. A
// command is a JSON object in the file that FAULT_FILE names; SIGUSR2 says that there is one.
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import pg from "pg";
import { z } from "zod";
import { createLog } from "../../app/log.ts";

/** Moments in the work on an update at which a process can be killed. */
export const moments = {
  /** Its effects and messages are written, and not committed. */
  "before the commit": { text: /^SET LOCAL statement_timeout = 0; COMMIT$/, answered: false },
  /** They are committed, and nobody knows. */
  "after the commit": { text: /^SET LOCAL statement_timeout = 0; COMMIT$/, answered: true },
  /** Its messages have left, and that is not noted. */
  "between send and note": { text: /^DELETE FROM outbox WHERE id = ANY/, answered: false },
} as const;
export type Moment = keyof typeof moments;

const command = z.union([
  /** Ends the process by SIGKILL as soon as it comes to that moment. */
  z.strictObject({ die: z.enum(Object.keys(moments) as [Moment, ...Moment[]]) }),
  /** Blocks the event loop for so many milliseconds. */
  z.strictObject({ block: z.number() }),
  /** Sets the clock, that of Date, ahead by so many milliseconds. */
  z.strictObject({ clock: z.number() }),
  /** Logs errors for so many milliseconds, 100 MB a second if that is possible. */
  z.strictObject({ flood: z.number() }),
]);
export type Command = z.infer<typeof command>;

let moment: (typeof moments)[Moment] | undefined;
const die = (): void => void process.kill(process.pid, "SIGKILL");

function textOf(query: unknown): string {
  if (typeof query === "string") return query;
  return typeof query === "object" && query !== null && "text" in query ? String(query.text) : "";
}

/** Looks at each statement for the moment. */
function watchStatements(): void {
  const { prototype } = pg.Client as unknown as {
    prototype: { query: (...args: unknown[]) => unknown };
  };
  const { query } = prototype;
  prototype.query = function watched(...args) {
    const met = moment?.text.test(textOf(args[0])) === true ? moment : undefined;
    if (met?.answered === false) die();
    const answer = query.apply(this, args);
    // Before those who wait for the answer learn of it.
    if (met?.answered === true && answer instanceof Promise) void answer.then(die, () => undefined);
    return answer;
  };
}

const Real = Date;

function setClock(ahead: number): void {
  globalThis.Date = class extends Real {
    constructor(...args: [] | [number | string | Date]) {
      if (args.length === 0) super(Real.now() + ahead);
      else super(args[0]);
    }
    static override now(): number {
      return Real.now() + ahead;
    }
  } as DateConstructor;
}

function flood(ms: number): void {
  const { log } = createLog("error", "flood");
  const end = performance.now() + ms;
  const why = "x".repeat(900);
  const timer = setInterval(() => {
    for (let i = 0; i < 1000; i += 1) log.error({ why }, "an error of many");
    if (performance.now() > end) clearInterval(timer);
  }, 10);
}

function obey(order: Command): void {
  if ("die" in order) moment = moments[order.die];
  else if ("clock" in order) setClock(order.clock);
  else if ("flood" in order) flood(order.flood);
  else for (const end = performance.now() + order.block; performance.now() < end;);
}

const file = process.env["FAULT_FILE"];
if (isMainThread && file !== undefined) {
  watchStatements();
  process.on("SIGUSR2", () => obey(command.parse(JSON.parse(readFileSync(file, "utf8")))));
}
