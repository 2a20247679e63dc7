import { setTimeout as pause } from "node:timers/promises";
import { alerts } from "../../dashboards/alerts/all.ts";
import type { Alert } from "../../dashboards/catalogue.ts";
import { until } from "../support/wait.ts";
import type { ActiveAlert, Monitor } from "./monitor.ts";
import type { Lab, Recipe } from "./recipe.ts";
import { recipes } from "./recipes/all.ts";
import { scaled } from "./scale.ts";

/** Milliseconds for one step on a busy machine. */
const PATIENCE = 180_000;
const LOOK_MS = 150;

/** How it went; times in seconds since the fault, or since it was mended. */
export interface Result {
  readonly alert: string;
  readonly how: Recipe["how"];
  readonly cause: string;
  readonly pending?: number;
  readonly firing?: number;
  readonly delivered?: number;
  readonly resolved?: number;
  /** What is wrong; empty when all went well. */
  readonly problems: readonly string[];
}

interface Watch {
  /** First moment in which an alert was seen in that state. */
  seen(name: string, state: ActiveAlert["state"]): number | undefined;
  /** The alert as it fires. */
  readonly firing: ReadonlyMap<string, ActiveAlert>;
  /** Names of what is pending or firing right now. */
  readonly now: ReadonlySet<string>;
  /** When somebody last looked. */
  readonly looked: number;
  stop(): Promise<void>;
}

function watch(monitor: Monitor): Watch {
  const first = new Map<string, number>();
  const firing = new Map<string, ActiveAlert>();
  let now = new Set<string>();
  let looked = 0;
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const active = await monitor.active().catch(() => undefined);
      if (active !== undefined) {
        const at = performance.now();
        for (const alert of active) {
          const name = alert.labels["alertname"] ?? "";
          const key = `${name} ${alert.state}`;
          if (!first.has(key)) first.set(key, at);
          if (alert.state === "firing") firing.set(name, alert);
        }
        now = new Set(active.map(({ labels }) => labels["alertname"] ?? ""));
        looked = at;
      }
      await pause(LOOK_MS);
    }
  })();
  return {
    seen: (name, state) => first.get(`${name} ${state}`),
    firing,
    get now() {
      return now;
    },
    get looked() {
      return looked;
    },
    stop: () => {
      stopping.abort();
      return loop;
    },
  };
}

const recipeOf = (name: string): Recipe => {
  const recipe = recipes[name];
  if (recipe === undefined) throw new Error(`${name} has no recipe: write one in test/alerts/recipes`);
  return recipe;
};
const alertOf = (name: string): Alert => {
  const alert = alerts.find((one) => one.name === name);
  if (alert === undefined) throw new Error(`there is no alert ${name}`);
  return alert;
};

/** What people get with the alert: is it all there? */
async function complaints(
  { name, severity, service }: Alert,
  { labels, annotations }: Pick<ActiveAlert, "labels" | "annotations">,
): Promise<string[]> {
  const wrong = Object.entries({ severity, service, stack: "dev" }).flatMap(([label, value]) =>
    labels[label] === value ? [] : [`its label ${label} is ${labels[label] ?? "missing"}`],
  );
  const texts = ["summary", "description"].flatMap((key) => {
    const text = annotations[key] ?? "";
    return text === "" || /\{\{|<no value>|<error|NaN|%!/.test(text) ? [`its ${key} is "${text}"`] : [];
  });
  const url = annotations["runbook_url"] ?? "";
  const page = await fetch(url).catch(() => undefined);
  const found = page?.ok === true && (await page.text()).includes(name);
  return [...wrong, ...texts, ...(found ? [] : [`its runbook ${url} cannot be read`])];
}

/** Follows one alert until people are told, and then until they are told that it is over. */
function follow(lab: Lab, name: string, start: number, seen: Watch) {
  const { inbox } = lab.monitor;
  const alert = alertOf(name);
  const since = (from: number, at: number): number => Math.round((at - from) / 100) / 10;
  const told = alert.severity === "critical" || alert.severity === "warning";
  const problems: string[] = [];
  return {
    async arrives() {
      const firing = await until(`${name} fires`, () => seen.seen(name, "firing"), PATIENCE);
      const pending = seen.seen(name, "pending");
      if (scaled(alert.for) > 0 && pending === undefined) problems.push("it was never pending");
      const arrived = told || alert.severity === "none";
      // The sign of life began with Prometheus, and is repeated every five minutes.
      const from = told ? start : 0;
      const received = arrived
        ? await until(`${name} is delivered`, () => inbox.find(name, "firing", from), PATIENCE)
        : undefined;
      const shown = received ?? seen.firing.get(name);
      if (shown !== undefined) problems.push(...(await complaints(alert, shown)));
      const way = alert.severity === "none" ? "/watchdog" : "/webhook";
      if (received !== undefined && received.path !== way) problems.push(`it came to ${received.path}`);
      return {
        ...(pending === undefined ? {} : { pending: since(start, pending) }),
        firing: since(start, firing),
        ...(received === undefined ? {} : { delivered: since(start, received.at) }),
      };
    },
    async ends(mended: number) {
      if (alert.severity === "none") return {};
      const over = await until(
        `${name} is over`,
        () => seen.looked > mended && !seen.now.has(name) && seen.looked,
        PATIENCE,
      );
      if (!told) return { resolved: since(mended, over) };
      const last = await until(
        `the end of ${name} is delivered`,
        () => inbox.find(name, "resolved", mended),
        PATIENCE,
      );
      return { resolved: since(mended, last.at) };
    },
    problems,
  };
}

/**
 * What comes of the lab itself, where a day takes minutes: a pause between two loads is a day on which nobody writes, and
 * a disk that something else on the machine writes to is full tomorrow.
 */
const everyday: readonly string[] = ["BotTrafficStopped", "HostDiskFillsSoon"];

/** Waits until nothing fires that somebody would be told of; returns what does not stop. */
async function quietDown(seen: Watch, from: number, names: readonly string[]): Promise<string[]> {
  const loud = (): string[] =>
    [...seen.now].filter(
      (name) =>
        ["critical", "warning"].includes(alertOf(name).severity) &&
        (names.includes(name) || !everyday.includes(name)),
    );
  await until("nothing fires any more", () => seen.looked > from && loud().length === 0, PATIENCE).catch(
    () => undefined,
  );
  return loud();
}

/** Fires alerts by their recipes, all at once, and says how each went. */
async function fireTogether(lab: Lab, names: readonly string[]): Promise<Result[]> {
  const seen = watch(lab.monitor);
  try {
    await quietDown(seen, performance.now(), names);
    const start = performance.now();
    const mends: (() => Promise<void>)[] = [];
    const runs = names.map((name) => ({ name, recipe: recipeOf(name), run: follow(lab, name, start, seen) }));
    const outcomes: Record<string, { times: object; problems: string[] }> = {};
    const note = async (name: string, step: () => Promise<object>): Promise<void> => {
      const outcome = (outcomes[name] ??= { times: {}, problems: [] });
      try {
        Object.assign(outcome.times, await step());
      } catch (error) {
        outcome.problems.push(error instanceof Error ? error.message : String(error));
      }
    };
    for (const { name, recipe } of runs)
      await note(name, async () => {
        mends.push(await recipe.inject(lab));
        return {};
      });
    await Promise.all(runs.map(({ name, run }) => note(name, () => run.arrives())));
    const mended = performance.now();
    for (const mend of mends) await mend();
    // Of what was not told, no end is told either.
    const told = runs.filter(({ name }) => outcomes[name]?.problems.length === 0);
    await Promise.all(told.map(({ name, run }) => note(name, () => run.ends(mended))));
    const left = await quietDown(seen, performance.now(), names);
    const expected = new Set([
      ...everyday,
      ...runs.flatMap(({ name, recipe }) => [name, ...(recipe.alsoFires ?? [])]),
    ]);
    const surprises = [...seen.firing.values()].flatMap(({ labels: { alertname = "", severity } }) =>
      severity === "critical" && !expected.has(alertname) && (seen.seen(alertname, "firing") ?? 0) > start
        ? [alertname]
        : [],
    );
    const common = [
      ...surprises.map((name) => `${name} fires too`),
      ...left.map((name) => `afterwards ${name} still fires`),
    ];
    return runs.map(({ name, recipe: { how, cause }, run }) => ({
      alert: name,
      how,
      cause,
      ...outcomes[name]?.times,
      problems: [...(outcomes[name]?.problems ?? []), ...run.problems, ...common],
    }));
  } finally {
    await seen.stop();
  }
}

/**
 * What fires at the same time: first all that disturbs nothing else, then the others one after the other. One that
 * another silences is not told while that one fires, so it comes after it.
 */
function batchesOf(names: readonly string[]): string[][] {
  const quiet = names.filter((name) => recipeOf(name).quiet === true);
  const silenced = new Set(quiet.flatMap((name) => alertOf(name).inhibits ?? []));
  const later = quiet.filter((name) => silenced.has(name));
  const first = quiet.filter((name) => !silenced.has(name));
  const alone = names.filter((name) => !quiet.includes(name));
  return [first, later, ...alone.map((name) => [name])].filter((batch) => batch.length > 0);
}

/** Fires these alerts, and tells of each when it is over. */
export async function fireAll(
  lab: Lab,
  names: readonly string[],
  say: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const batch of batchesOf(names)) {
    const some = await fireTogether(lab, batch);
    some.forEach(say);
    results.push(...some);
  }
  return results;
}
