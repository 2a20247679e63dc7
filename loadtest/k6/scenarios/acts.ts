import { check } from "k6";
import http, { type ArrayBatchRequest } from "k6/http";
import { Counter, Gauge, Rate, Trend } from "k6/metrics";
import type { LoadConfig } from "../lib/config.ts";
import { personOf, roundOf, updateIdOf } from "../lib/people.ts";
import { CURVE_SECONDS, dueAt, type Profile } from "../lib/profile.ts";
import { type Kind, kindOf, kinds, type Uploaded, updateOf } from "../lib/updates.ts";

/** Milliseconds from the moment an update was due, not from when there was a free connection for it. */
const fromDue = new Trend("from_due", true);
/** The same by the time since the start, apart: together with the kind, both would be many series. */
const curve = new Trend("from_due_curve", true);
const accepted = new Rate("accepted");
const answers = new Counter("answers");
/** When the first file was due, in milliseconds since the epoch: the simulator says when each was answered. */
const filesFrom = new Gauge("files_from");

/** People who do one thing each, beside those of the arrival rates. */
const LONERS = 90_000;

export function createActs({ webhook, secret, firstUpdateId, file }: LoadConfig, profile: Profile) {
  const scenarios = Object.keys(profile.scenarios);
  const headers = { "Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret };

  const { repeats, kinds: kindsOfRun } = profile;

  function post(scenario: string, n: number, person: number, kind: Kind | Uploaded): boolean {
    const updateId = updateIdOf(scenarios, scenario, n, firstUpdateId);
    const update = updateOf({ person, kind, updateId, now: Math.floor(Date.now() / 1000) });
    const body = JSON.stringify(update);
    const params = { headers, timeout: "60s" };
    const repeated = repeats !== undefined && (n % 10) / 10 < repeats.share && scenario === profile.judged;
    if (!repeated) return http.post(webhook, body, params).status === 200;
    const copies = Array.from({ length: repeats.copies }, (): ArrayBatchRequest => [
      "POST",
      webhook,
      body,
      params,
    ]);
    return http.batch(copies).every(({ status }) => status === 200);
  }

  const dueOf = (scenario: string, n: number): number | undefined => {
    const definition = profile.scenarios[scenario];
    return definition === undefined ? undefined : dueAt(definition, n);
  };

  return {
    /** `n` counts the iterations of the scenario, which started at `startTime` (milliseconds). */
    next(scenario: string, n: number, startTime: number): void {
      const person = personOf(n, profile.people);
      // The warm-up has made everybody known already.
      const round = roundOf(n, profile.people) + (scenario === profile.judged ? 1 : 0);
      const kind = kindOf(person, round, kindsOfRun);
      const ok = post(scenario, n, person, kind);
      accepted.add(ok);
      answers.add(1, { kind });
      const offset = scenario === profile.judged ? dueOf(scenario, n) : undefined;
      if (offset === undefined) return;
      const t = String(Math.floor(offset / 1000 / CURVE_SECONDS));
      const late = Date.now() - startTime - offset;
      fromDue.add(late, { kind });
      curve.add(late, { t });
    },

    /** The next one uploads the file, in the iteration `n` of a scenario that started at `startTime`. */
    upload(scenario: string, n: number, startTime: number): void {
      if (file === undefined) throw new Error("there is no file to upload");
      filesFrom.add(startTime);
      accepted.add(post(scenario, n, personOf(n, profile.people), file));
    },

    one(n: number): void {
      const kind = kinds[n % kinds.length] ?? "start";
      check(post("every", n, LONERS + n, kind), { [`${kind} is accepted`]: (ok) => ok });
    },
  };
}
