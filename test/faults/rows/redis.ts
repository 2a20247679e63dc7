import type { Redis } from "ioredis";
import { SOME_TIME, lasting, passing, type Bench, type Row } from "../row.ts";

/** Changes settings of Redis, and takes them back. */
const configured = (
  fault: string,
  seconds: NonNullable<Row["seconds"]>,
  change: string[][],
  back: string[][],
): Row => {
  const run = ({ stack }: Bench, commands: string[][]) =>
    stack.redis(async (redis: Redis) => {
      for (const [command = "", ...args] of commands) await redis.call(command, ...args);
    });
  return lasting(
    fault,
    seconds,
    (lab) => run(lab, change),
    (lab) => run(lab, back),
    { unseen: true },
  );
};

export const redisRows: Readonly<Record<string, Row>> = {
  "redis-killed": passing(
    "Redis is killed (SIGKILL), and started again",
    ({ stack }) => stack.kill("redis"),
    {
      unseen: true,
    },
  ),
  "redis-away": lasting(
    "Redis is away",
    { quick: 5, full: 600 },
    ({ stack }) => stack.down("redis"),
    ({ stack }) => stack.up("redis"),
    { unseen: true },
  ),
  "redis-hangs": lasting(
    "Redis hangs, its port open",
    SOME_TIME,
    ({ redis }) => redis.set({ paused: true }),
    ({ redis }) => redis.set({}),
    { unseen: true },
  ),
  "redis-black-hole": lasting(
    "what the bot and Redis send each other vanishes, connections stay open",
    SOME_TIME,
    ({ redis }) => redis.set({ blackHole: true }),
    ({ redis }) => redis.set({}),
    { unseen: true },
  ),
  "redis-slow": lasting(
    "every word to Redis takes 2 s more",
    SOME_TIME,
    ({ redis }) => redis.set({ latencyMs: 2000 }),
    ({ redis }) => redis.set({}),
    { unseen: true },
  ),
  "redis-emptied": passing(
    "everything in Redis is deleted (FLUSHALL)",
    ({ stack }) =>
      stack.redis(async (redis) => {
        await redis.flushall();
      }),
    { unseen: true },
  ),
  "redis-out-of-memory": configured(
    "Redis has no memory left and refuses to write (OOM)",
    SOME_TIME,
    [
      ["CONFIG", "SET", "maxmemory-policy", "noeviction"],
      ["CONFIG", "SET", "maxmemory", "1"],
    ],
    [
      ["CONFIG", "SET", "maxmemory", "64mb"],
      ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"],
    ],
  ),
  "redis-read-only": configured(
    "Redis has become a replica, and refuses to write (READONLY)",
    SOME_TIME,
    [["REPLICAOF", "127.0.0.1", "1"]],
    [["REPLICAOF", "NO", "ONE"]],
  ),
};
