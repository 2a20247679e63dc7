import { type Prediction, type Servers, slices } from "./model.ts";
import type { ServiceTimes } from "./service-times.ts";

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What happens at a time, the earliest first: a binary heap. */
class Agenda {
  readonly #events: { at: number; run: () => void }[] = [];
  now = 0;

  in(seconds: number, run: () => void): void {
    const events = this.#events;
    const event = { at: this.now + seconds, run };
    let i = events.length;
    events.push(event);
    for (let above = (i - 1) >> 1; i > 0; above = (i - 1) >> 1) {
      const parent = events[above];
      if (parent === undefined || parent.at <= event.at) break;
      events[i] = parent;
      i = above;
    }
    events[i] = event;
  }

  /** Whether there was one. */
  next(): boolean {
    const events = this.#events;
    const [first] = events;
    const last = events.pop();
    if (first === undefined || last === undefined) return false;
    if (events.length > 0) {
      let i = 0;
      for (;;) {
        const [left, right] = [events[2 * i + 1], events[2 * i + 2]];
        const least = right !== undefined && left !== undefined && right.at < left.at ? 2 * i + 2 : 2 * i + 1;
        const child = events[least];
        if (child === undefined || last.at <= child.at) break;
        events[i] = child;
        i = least;
      }
      events[i] = last;
    }
    this.now = first.at;
    first.run();
    return true;
  }
}

/** Some servers of one kind, and those who wait for one of them. */
class Station {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  #served = 0;
  #busy = 0;

  constructor(size: number) {
    this.#size = size;
  }

  take(then: () => void): void {
    if (this.#busy < this.#size) {
      this.#busy += 1;
      then();
    } else this.#waiting.push(then);
  }

  release(): void {
    const next = this.#waiting[this.#served];
    if (next === undefined) {
      this.#busy -= 1;
      return;
    }
    this.#served += 1;
    // Removing the first of an array costs as much as the array is long.
    if (this.#served > 1000) {
      this.#waiting.splice(0, this.#served);
      this.#served = 0;
    }
    next();
  }
}

/**
 * The way of `updates` updates through the stack, event by event, where `predict` takes averages: an update holds its
 * connection while it waits for the event loop and for Postgres, and what it does there varies. The first tenth, while the
 * queues fill, is not counted.
 */
export function simulate(
  rate: number,
  { webReplicas, poolSize, postgresCores, redisServers }: Servers,
  times: ServiceTimes,
  { updates, seed }: { readonly updates: number; readonly seed: number },
): Prediction["latency"] {
  const random = randomNumbers(seed);
  const about = (mean: number): number => -mean * Math.log(1 - random());
  const agenda = new Agenda();
  const replicas = Array.from({ length: webReplicas }, () => ({
    loop: new Station(1),
    pool: new Station(poolSize),
  }));
  const postgres = new Station(postgresCores);
  const redis = Array.from({ length: redisServers }, () => new Station(1));
  const took: number[] = [];
  const counted = Math.floor(updates / 10);

  const serve = (station: Station, mean: number, then: () => void): void => {
    station.take(() => {
      agenda.in(about(mean), () => {
        station.release();
        then();
      });
    });
  };

  function arrive(n: number): void {
    const [replica, store] = [replicas[n % webReplicas], redis[n % redisServers]];
    if (replica === undefined || store === undefined) return;
    const { loop, pool } = replica;
    const came = agenda.now;
    const slice = (then: () => void) => serve(loop, times.web / slices(times), then);
    const trip = (left: number): void => {
      serve(postgres, times.postgres / times.roundTrips, () => {
        if (left > 1) slice(() => trip(left - 1));
        else agenda.in(times.flush, committed);
      });
    };
    const committed = (): void => {
      pool.release();
      slice(() => {
        if (n >= counted) took.push(agenda.now - came);
      });
    };
    // A mean of 4.1 is four for most updates and five for some.
    const trips = Math.floor(times.roundTrips + random());
    slice(() => serve(store, times.redis, () => slice(() => pool.take(() => trip(trips)))));
    if (n + 1 < updates) agenda.in(about(1 / rate), () => arrive(n + 1));
  }

  agenda.in(0, () => arrive(0));
  while (agenda.next());
  took.sort((a, b) => a - b);
  const quantile = (q: number): number => took[Math.floor(q * took.length)] ?? 0;
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}
