import { Redis } from "ioredis";
import type { RedisConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";

export interface RedisConnection {
  /** Runs commands, or the fallback when Redis is away, fails, or takes longer than 200 ms. */
  use<T>(work: (client: Redis) => Promise<T>, fallback: () => T | Promise<T>): Promise<T>;
  available(): boolean;
  /** The listener is called when Redis is there, and each time that it is there again. */
  whenThere(listener: () => void): void;
  close(): void;
}

/** Milliseconds a command may take. Redis answers within one; more means that memory is the better choice. */
const commandTimeout = 200;
/** Milliseconds to reach a server or a Sentinel. */
const connectTimeout = 2000;
/** Slow commands in a row after which the connection is dropped. */
const tolerated = 3;
/** A Redis that takes no writes: its disk is full, or it is a primary that has lost its replicas. */
const refusal = /^(MISCONF|NOREPLICAS) /;
/** Milliseconds for which it is then left alone. */
const refusalPause = 1000;

const backOff = (times: number): number => Math.min(50 * 2 ** times, 2000) * (0.75 + Math.random() / 2);

function server(config: RedisConfig) {
  if ("host" in config) return { host: config.host, port: config.port };
  return {
    sentinels: [...config.sentinels],
    name: config.primary,
    sentinelUsername: config.user,
    sentinelPassword: config.sentinelPassword,
    // One that hangs must not keep the others from being asked.
    sentinelCommandTimeout: 1000,
    sentinelRetryStrategy: backOff,
    // Not `failoverDetector`: news of a failover that come while the client asks for the primary would end it for good.
  };
}

/**
 * The connection to Redis. When Redis is away every command fails at once and the callers use memory; nothing
 * queues up. A Redis that is connected but does not answer is treated alike after a few slow commands: the
 * connection is dropped, and is only ready again once Redis has answered on a new one. One that refuses writes is
 * asked again once a second.
 */
export function createRedis(config: RedisConfig, metrics: Metrics, log: Log): RedisConnection {
  const client = new Redis({
    ...server(config),
    username: config.user,
    password: config.password,
    protocol: 2,
    connectTimeout,
    // For one that hangs: the next attempt waits until this one is closed.
    disconnectTimeout: commandTimeout,
    commandTimeout,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // No `defineCommand` beside it: what another one began in the same tick does not know the command, and then gives
    // its answers to the wrong callers (redis/ioredis#1931).
    enableAutoPipelining: true,
    keepAlive: 10_000,
    retryStrategy: backOff,
    // After a failover the old primary is read only: connect anew, but send nothing twice.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
  let closing = false;
  let slow = 0;
  let reported = false;
  const listeners: (() => void)[] = [];
  /** Time of the last refusal, while it holds. */
  let refused: number | undefined;
  metrics.cacheFallbackActive.set(1);

  const there = () => {
    slow = 0;
    refused = undefined;
    reported = false;
    metrics.cacheFallbackActive.set(0);
    log.info("Redis is there");
    for (const listener of listeners) listener();
  };
  client.on("ready", there);
  const away = (why: string) => {
    metrics.cacheFallbackActive.set(1);
    if (reported || closing) return;
    reported = true;
    log.warn({ why }, "Redis is away; memory stands in for it");
  };
  client.on("error", (error: Error) => away(error.message));
  client.on("close", () => away("the connection was closed"));

  function failed(error: Error): void {
    if (refusal.test(error.message)) {
      refused = performance.now();
      away(error.message);
      return;
    }
    if (error.message !== "Command timed out") return;
    slow += 1;
    if (slow < tolerated || client.status !== "ready") return;
    away("it does not answer");
    // Not `disconnect`, which waits for the other side to close.
    client.stream.destroy();
  }

  const usable = () =>
    client.status === "ready" && (refused === undefined || performance.now() - refused > refusalPause);
  const answered = () => {
    slow = 0;
    if (refused !== undefined) there();
  };

  return {
    use: async (work, fallback) => {
      if (!usable()) return fallback();
      try {
        const result = await work(client);
        answered();
        return result;
      } catch (error) {
        // What is not an Error is an answer (the rate limiter rejects with its count).
        if (!(error instanceof Error)) {
          answered();
          throw error;
        }
        failed(error);
        return fallback();
      }
    },
    available: () => client.status === "ready" && refused === undefined,
    whenThere: (listener) => {
      listeners.push(listener);
      if (usable()) listener();
    },
    close: () => {
      closing = true;
      client.disconnect();
    },
  };
}
