import { setTimeout as pause } from "node:timers/promises";
import type { Fake, Shown } from "./fake.ts";
import type { Monitor } from "./monitor.ts";
import type { Stack } from "./stack.ts";

export interface Lab {
  readonly stack: Stack;
  readonly monitor: Monitor;
}

/** How an alert is made to fire, and what makes it stop. */
export interface Recipe {
  /** fault: something real fails. series: an exporter of the test shows what the cause would show. */
  readonly how: "fault" | "series";
  /** What goes wrong, for the report. */
  readonly cause: string;
  /** Resolves with what mends it. */
  readonly inject: (lab: Lab) => Promise<() => Promise<void>>;
  /** Other critical alerts that the same cause fires. @default none */
  readonly alsoFires?: readonly string[];
  /** Disturbs nothing but its own alert, so that it may run together with others like it. @default it runs alone */
  readonly quiet?: true;
}

/** Shows series of an exporter that the test runs. */
export const series = (
  cause: string,
  bad: Parameters<Fake["show"]>[0],
  good?: Readonly<Record<string, Shown>>,
): Recipe => ({
  how: "series",
  cause,
  quiet: true,
  inject: ({ monitor: { fake } }) => {
    fake.show(bad);
    const names = Object.keys(bad);
    return Promise.resolve(() => {
      if (good === undefined) fake.hide(names);
      else fake.show(good);
      return Promise.resolve();
    });
  },
});

/** Series that change while the cause lasts: `from` at first, `to` after some seconds. */
export const seriesThatFalls = (
  cause: string,
  name: string,
  [from, to]: readonly [number, number],
): Recipe => ({
  ...series(cause, { [name]: to }),
  inject: async ({ monitor: { fake } }) => {
    fake.show({ [name]: from });
    await pause(3000);
    fake.show({ [name]: to });
    return () => {
      fake.hide([name]);
      return Promise.resolve();
    };
  },
});

/** Something real that is broken at once and mended at once. */
export const fault = (
  cause: string,
  breakIt: (lab: Lab) => void | Promise<void>,
  mend: (lab: Lab) => void | Promise<void>,
  more: Pick<Recipe, "alsoFires" | "quiet"> = {},
): Recipe => ({
  how: "fault",
  cause,
  ...more,
  inject: async (lab) => {
    await breakIt(lab);
    return async () => mend(lab);
  },
});

/** Programs of the stack that end, and stay away until they are healed. */
export const down = (cause: string, names: readonly string[], alsoFires: readonly string[] = []): Recipe =>
  fault(
    cause,
    ({ stack }) => names.forEach((name) => stack.down(name)),
    ({ stack }) => names.forEach((name) => stack.up(name)),
    { alsoFires },
  );
