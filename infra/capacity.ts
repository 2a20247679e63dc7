import { demand } from "./capacity/demand.ts";
import { measured } from "./capacity/service-times.ts";

/** What a number of active users needs. */
export interface Capacity {
  readonly users: number;
  /** Updates per second at the peak. */
  readonly updatesPerSecond: number;
  readonly webReplicas: number;
  /** Where the number follows the load. */
  readonly maxWebReplicas: number;
  readonly workerReplicas: number;
  /** Where the number follows the load. */
  readonly maxWorkerReplicas: number;
  /** Database connections of one bot process. */
  readonly poolSize: number;
  /** `max_connections` of Postgres. */
  readonly maxConnections: number;
  /** Poolers between the bot and Postgres, where there are any. */
  readonly poolers: number;
  /** Connections of one pooler to Postgres. */
  readonly poolerPoolSize: number;
  /** Connections of the bot that one pooler takes. */
  readonly poolerClients: number;
  /** Requests that one caller may have under way at the gateway. */
  readonly callerRequests: number;
  /** Requests per second at which the gateway passes on what one caller sends. */
  readonly callerRate: number;
  /** `shared_buffers` of Postgres. */
  readonly sharedBuffersMb: number;
  /** `maxmemory` of Redis. */
  readonly redisMemoryMb: number;
}

/**
 * Share of the time for which a part may be busy at the peak. An update waits 1.5 times as long as it is worked on then, and
 * the rest is for what is uneven: a replica that is replaced, a file that is read.
 */
export const BUSY = 0.6;
/** What one web replica carries; one Node process on one core. */
const UPDATES_PER_REPLICA = Math.floor(BUSY / measured.web / 10) * 10;
/**
 * Telegram delivers at most so many updates at once, to all replicas together (`max_connections` of its webhook), and
 * the next one of a connection when the one before was answered.
 */
export const TELEGRAM_CONNECTIONS = 100;
/** Connections that stay free for the exporter, migrations, backups and a person with psql. */
const RESERVED_CONNECTIONS = 20;

/** Connections that one Postgres takes: each is a process, and costs memory and time even when it is idle. */
export const MOST_CONNECTIONS = 500;

/**
 * Sizes of the stack for `users` people who use the bot at the same time.
 * Throws when the pools would not fit into Postgres.
 */
export function capacity(users: number): Capacity {
  const sized = sizes(users);
  if (sized.maxConnections <= MOST_CONNECTIONS) return sized;
  throw new Error(
    `${users} users need ${sized.maxConnections} database connections; Postgres takes at most ${MOST_CONNECTIONS} here. ` +
      `\`npm run capacity -- --users ${users}\` says what such a number needs`,
  );
}

/** The same, whether or not one Postgres can take it. */
export function sizes(users: number): Capacity {
  const { updatesPerSecond } = demand(users);
  // Two at least: one is replaced while the other serves.
  const webReplicas = Math.max(2, Math.ceil(updatesPerSecond / UPDATES_PER_REPLICA));
  const workerReplicas = 1;
  // One sends more than the 30 messages a second that Telegram takes from a bot; the others are for when it is slow.
  const maxWorkerReplicas = 3;
  const maxWebReplicas = 2 * webReplicas;
  const poolSize = 10;
  // While a change rolls through, there is one more of each.
  const maxConnections = (maxWebReplicas + 1 + maxWorkerReplicas + 1) * poolSize + RESERVED_CONNECTIONS;
  const poolers = 2;
  return {
    users,
    updatesPerSecond,
    webReplicas,
    maxWebReplicas,
    workerReplicas,
    maxWorkerReplicas,
    poolSize,
    maxConnections,
    poolers,
    // There, too, is one more while a change rolls through.
    poolerPoolSize: Math.floor((maxConnections - RESERVED_CONNECTIONS) / (poolers + 1)),
    // All of them: the other pooler may be gone.
    poolerClients: maxConnections,
    // Twice: one that Telegram has given up counts until the gateway notices.
    callerRequests: 2 * TELEGRAM_CONNECTIONS,
    // What was kept back while the bot was away comes as fast as it is answered, and all replicas may run by then.
    // A processor may be twice as fast as the one that was measured.
    callerRate: 2 * maxWebReplicas * UPDATES_PER_REPLICA,
    sharedBuffersMb: Math.min(1024, Math.max(64, Math.ceil(users / 16))),
    redisMemoryMb: Math.min(1024, Math.max(64, Math.ceil(users / 32))),
  };
}
