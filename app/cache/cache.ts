import { LRUCache } from "lru-cache";
import { randomBytes } from "node:crypto";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { pack, unpack, versionOf } from "./format.ts";
import { policies, policyNames, type Kept, type PolicyName } from "./policies.ts";
import type { RedisConnection } from "./redis.ts";

export interface Cache {
  /**
   * The value that is kept, else what `make` gives, which is then kept. Of several that ask at once in this process one
   * makes it. Throws only what `make` throws.
   */
  get<N extends PolicyName>(policy: N, id: string, make: () => Promise<Kept<N>>): Promise<Kept<N>>;
  /** From now on nothing that was kept so far is given: for all replicas with Redis, for this one without. */
  drop(policy: PolicyName): Promise<void>;
  /**
   * Removes what is kept under a key of `policy:id` that matches a pattern of Redis, and returns how many; undefined while
   * Redis is away. What others keep in Redis stays, whatever the pattern.
   */
  clear(pattern: string): Promise<number | undefined>;
}

/** While Redis is away: so much, for so short a time that replicas which do not know of each other differ little. */
const memoryLimits = { max: 1000, ttl: 30_000 };
/** Keys at a time. */
const batch = 100;

const newVersion = () => randomBytes(8).toString("hex");

/**
 * Values that are cheaper to keep than to make. Each carries the version of its policy that was valid before it was
 * made; to drop all of them is to write another version, so a value that was being made meanwhile is never given. All
 * keys begin with the prefix.
 */
export function createCache(redis: RedisConnection, metrics: Metrics, log: Log, prefix = "v1"): Cache {
  const keyOf = (policy: PolicyName, id: string) => `${prefix}:${policy}:${id}`;
  const versionKey = (policy: PolicyName) => `${prefix}:version:${policy}`;
  const memory = new LRUCache<string, { readonly value: unknown }>(memoryLimits);
  const flights = new Map<string, Promise<unknown>>();
  /** Versions that still have to be written. */
  const owed = new Map<PolicyName, string>();

  /** Writes the versions that are owed; those that cannot be written stay so. */
  async function settle(): Promise<void> {
    await Promise.all(
      [...owed].map(([policy, version]) =>
        redis.use(
          async (client) => {
            await client.set(versionKey(policy), version);
            if (owed.get(policy) === version) owed.delete(policy);
          },
          () => undefined,
        ),
      ),
    );
  }

  // What was dropped while Redis was away, by whomever, it does not know.
  redis.whenThere(() => {
    memory.clear();
    for (const name of policyNames) owed.set(name, newVersion());
    void settle();
  });

  interface Found<T> {
    readonly value?: { readonly of: T };
    /** Under which a new value may be kept in Redis. */
    readonly version?: string;
  }

  async function read<N extends PolicyName>(policy: N, bytes: Buffer): Promise<Found<Kept<N>>["value"]> {
    try {
      // The schema is that of the policy, which TypeScript cannot see for a policy that is not known.
      return { of: policies[policy].schema.parse(await unpack(bytes)) as Kept<N> };
    } catch {
      log.warn({ policy }, "a cached value cannot be read, and is made anew");
      return undefined;
    }
  }

  async function look<N extends PolicyName>(policy: N, key: string): Promise<Found<Kept<N>>> {
    const inMemory = (): Found<Kept<N>> => {
      const kept = memory.get(key);
      return kept === undefined ? {} : { value: { of: kept.value as Kept<N> } };
    };
    if (owed.has(policy)) await settle();
    if (owed.has(policy)) return inMemory();
    return redis.use<Found<Kept<N>>>(async (client) => {
      const [known, bytes] = await client.mgetBuffer(versionKey(policy), key);
      if (known == null) {
        const version = newVersion();
        const first = await client.set(versionKey(policy), version, "NX");
        return first === null ? {} : { version };
      }
      const version = known.toString("latin1");
      if (bytes == null || versionOf(bytes) !== version) return { version };
      const value = await read(policy, bytes);
      return value === undefined ? { version } : { version, value };
    }, inMemory);
  }

  async function lookOrMake<N extends PolicyName>(
    policy: N,
    key: string,
    make: () => Promise<Kept<N>>,
  ): Promise<Kept<N>> {
    const stop = metrics.cacheDuration.startTimer({ policy });
    const { value, version } = await look(policy, key);
    stop();
    metrics.cacheLookups.inc({ policy, result: value === undefined ? "miss" : "hit" });
    if (value !== undefined) return value.of;
    const made = await make();
    if (version === undefined) memory.set(key, { value: made });
    else {
      const bytes = await pack(version, made);
      const seconds = Math.round(policies[policy].seconds * (0.9 + Math.random() * 0.2));
      await redis.use(
        (client) => client.set(key, bytes, "EX", seconds),
        () => null,
      );
    }
    return made;
  }

  return {
    get: async <N extends PolicyName>(policy: N, id: string, make: () => Promise<Kept<N>>) => {
      const key = keyOf(policy, id);
      const before = flights.get(key) as Promise<Kept<N>> | undefined;
      // Whoever makes it may fail for reasons of their own.
      if (before !== undefined) return before.catch(() => make());
      const flight = lookOrMake(policy, key, make).finally(() => flights.delete(key));
      flights.set(key, flight);
      return flight;
    },
    drop: async (policy) => {
      memory.clear();
      owed.set(policy, newVersion());
      await settle();
    },
    clear: (pattern) => {
      memory.clear();
      const ours = policyNames.map((policy) => keyOf(policy, ""));
      return redis.use(
        async (client) => {
          let cleared = 0;
          const match = `${prefix}:${pattern}`;
          for await (const found of client.scanStream({ match, count: batch }) as AsyncIterable<string[]>) {
            const keys = found.filter((key) => ours.some((start) => key.startsWith(start)));
            if (keys.length > 0) cleared += await client.unlink(...keys);
          }
          return cleared;
        },
        () => undefined,
      );
    },
  };
}
