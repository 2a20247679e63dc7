import type { Stack } from "../alerts/stack.ts";
import type { Scratch } from "../scratch.ts";
import type { Load } from "./load.ts";
import type { Proxy } from "./proxy.ts";
import type { Replicas } from "./replicas.ts";

/** A stack under load. */
export interface Lab {
  readonly stack: Stack;
  /** Folder of the stack's processes. */
  readonly runs: string;
  /** Where updates are posted to, and the secret that comes with them. */
  readonly webhook: string;
  readonly secret: string;
  readonly load: Load;
  /** Between 0 and 1, by the seed. */
  readonly dice: () => number;
}

/** One that `npm run up` may change. */
export interface Whole extends Lab {
  /** Where it and its npm scripts are. */
  readonly checkout: Pick<Scratch, "start" | "run">;
}

/** One whose processes of the bot have others in their places, in which and around which things can go wrong. */
export interface Bench extends Lab {
  readonly replicas: Replicas;
  /** Between the bot and the others. */
  readonly postgres: Proxy;
  readonly redis: Proxy;
  readonly botApi: Proxy;
}

/** A fault, and what must hold meanwhile and afterwards besides that nothing is lost. */
export interface Row<L extends Lab = Bench> {
  /** What goes wrong, for the table. */
  readonly fault: string;
  /** Brings it about; resolves with what mends it, unless it passes by itself. */
  readonly strike: (lab: L) => Promise<(() => void | Promise<void>) | undefined>;
  /** Seconds until it is mended: in a quick run, and in a full one. @default 0 */
  readonly seconds?: { readonly quick: number; readonly full: number };
  /** Messages that may come twice by the promise, and why. @default none */
  readonly doubled?: { readonly most: number; readonly why: string };
  /** Every update has to be taken at the first attempt. @default false */
  readonly unseen?: true;
}

type More<L extends Lab> = Partial<Pick<Row<L>, "doubled" | "unseen">>;

/** Most rows that last. */
export const SOME_TIME = { quick: 5, full: 30 };

/** A row whose fault is there until it is mended. */
export const lasting = <L extends Lab = Bench>(
  fault: string,
  seconds: NonNullable<Row["seconds"]>,
  strike: (lab: L) => void | Promise<void>,
  mend: (lab: L) => void | Promise<void>,
  more: More<L> = {},
): Row<L> => ({
  fault,
  seconds,
  ...more,
  strike: async (lab) => {
    await strike(lab);
    return () => mend(lab);
  },
});

/** A row whose fault has passed when the promise resolves. */
export const passing = <L extends Lab = Bench>(
  fault: string,
  strike: (lab: L) => void | Promise<void>,
  more: More<L> = {},
): Row<L> => ({
  fault,
  ...more,
  strike: async (lab) => {
    await strike(lab);
    return undefined;
  },
});
