import { BUSY, MOST_CONNECTIONS, sizes, TELEGRAM_CONNECTIONS, type Capacity } from "../capacity.ts";
import { WORKERS } from "../services/nginx-config.ts";
import { demand, type Demand, PEAK_SHARE, THINK_SECONDS } from "./demand.ts";
import { predict, type Prediction, type Servers } from "./model.ts";
import type { ServiceTimes } from "./service-times.ts";

/** One line of a plan: what is needed, and why so much. */
export interface Size {
  readonly what: string;
  readonly size: string;
  readonly reason: string;
}

/** Where something is full, and what has to change then. */
export interface Limit {
  /** Users up to which it is enough. */
  readonly users: number;
  readonly what: string;
  readonly then: string;
}

export interface Plan {
  readonly demand: Demand;
  /** Whole stacks, each for a part of the people; the sizes are those of one. */
  readonly shards: number;
  readonly sizes: readonly Size[];
  readonly prediction: Prediction;
  /** The limits that so many users are beyond, the first to be reached first. */
  readonly exceeded: readonly Limit[];
  /** The one that comes next. */
  readonly next: Limit | undefined;
}

/** A call to the Bot API over the internet, assumed; an acknowledgement waits until its messages have left. */
const API_SECONDS = 0.06;
/** Cores of the largest machine that a database is usually put on. */
const MOST_CORES = 32;
/** From so many on, deleting old rows one by one costs more than dropping a partition for each day. */
const MOST_RECEIPTS = 100_000_000;
/** Processor time of a file of 1 MB and 10 000 rows: read, summarised, drawn. Measured with infra/capacity/service-times.ts. */
const FILE_SECONDS = 0.35;
/** Part of Postgres' time that only reads what may be a moment old: searches. */
const READING = 0.35;

const inWords = (share: number): string => `${Math.round(share * 100)} %`;
const milliseconds = (seconds: number): string =>
  Number.isFinite(seconds) ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : "without end";

/** Cores of Postgres for a rate. */
const coresFor = (rate: number, { postgres }: ServiceTimes): number =>
  Math.max(1, Math.ceil((rate * postgres) / BUSY));

/** Users at a rate of updates. */
const usersAt = (rate: number): number => Math.floor(rate * THINK_SECONDS);

/** Users up to which the connections of the bot fit into Postgres without a pooler. */
function usersWithoutPooler(): number {
  let [fits, tooMany] = [1, 10_000_000];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (sizes(middle).maxConnections <= MOST_CONNECTIONS) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/** Users up to which one primary is enough when replicas read. */
const usersOfOnePrimary = ({ postgres }: ServiceTimes): number =>
  usersAt((MOST_CORES * BUSY) / postgres / (1 - READING));

/** All limits, whatever the number of users, the first to be reached first. */
export function limits(times: ServiceTimes): Limit[] {
  const onePostgres = (MOST_CORES * BUSY) / times.postgres;
  const acknowledged =
    API_SECONDS +
    predict(1, { webReplicas: 2, poolSize: 10, postgresCores: 1, redisServers: 1 }, times).latency.p50;
  const perReceipt = demand(1_000_000).receipts / 1_000_000;
  return [
    {
      users: usersAt(TELEGRAM_CONNECTIONS / acknowledged),
      what: `Telegram's ${TELEGRAM_CONNECTIONS} connections, at ${milliseconds(acknowledged)} for an acknowledgement`,
      then: "an own Bot API server (up to 100 000 connections), or several bots",
    },
    {
      users: Math.floor(MOST_RECEIPTS / perReceipt),
      what: `${MOST_RECEIPTS / 1e6} million receipts of updates`,
      then: "a partition for each day, dropped when it is old (not built)",
    },
    {
      users: usersAt((WORKERS * BUSY) / times.nginx),
      what: `one nginx with ${WORKERS} workers`,
      then: "more gateways behind a load balancer",
    },
    {
      users: usersAt(BUSY / times.redis),
      what: "one Redis, which works on one core",
      then: "several, each for a part of the people: all keys are of one person",
    },
    {
      users: usersWithoutPooler(),
      what: `${MOST_CONNECTIONS} connections to Postgres`,
      then: "PgBouncer between them, as with launchlab:postgresHa cloudnative-pg",
    },
    {
      users: usersAt(onePostgres),
      what: `one Postgres with ${MOST_CORES} cores`,
      then: `searches on read replicas, which take ${inWords(READING)} of its work (not built)`,
    },
    {
      users: usersOfOnePrimary(times),
      what: `one primary of Postgres with ${MOST_CORES} cores`,
      then: "shards: a whole stack for each part of the people, by their id (not built)",
    },
  ].sort((a, b) => a.users - b.users);
}

function sizesOf(
  { updatesPerSecond: rate, filesPerSecond, users }: Demand,
  sized: Capacity,
  { webReplicas, poolSize, postgresCores, redisServers }: Servers,
  { use }: Prediction,
  times: ServiceTimes,
): Size[] {
  const gateways = Math.ceil((rate * times.nginx) / WORKERS / BUSY);
  const busy = (part: number): string => `${inWords(part)} busy at the peak`;
  return [
    {
      what: "updates per second",
      size: String(rate),
      reason: `each of ${users} acts every ${THINK_SECONDS} s; with ${inWords(PEAK_SHARE)} of all people there at once, they are ${users / PEAK_SHARE}`,
    },
    {
      what: "web replicas",
      size: `${webReplicas} to ${sized.maxWebReplicas}`,
      reason: `${milliseconds(times.web)} of a core for each update: ${busy(use.web)}; two at least`,
    },
    {
      what: "workers",
      size: `${Math.max(sized.workerReplicas, Math.ceil((filesPerSecond * FILE_SECONDS) / BUSY))}`,
      reason: `${filesPerSecond.toFixed(1)} files a second, one for each user in an hour, ${milliseconds(FILE_SECONDS)} each`,
    },
    {
      what: "database connections of a process",
      size: String(poolSize),
      reason: `${(use.pool * poolSize).toFixed(1)} in use on average; the others are for a disk that hangs for a moment`,
    },
    {
      what: "max_connections",
      size:
        sized.maxConnections > MOST_CONNECTIONS
          ? `${MOST_CONNECTIONS}, PgBouncer`
          : String(sized.maxConnections),
      reason: "all pools at the largest number of replicas while a change rolls through, and 20 more",
    },
    {
      what: "cores of Postgres",
      size: String(postgresCores),
      reason: `${milliseconds(times.postgres)} for each update: ${busy(use.postgres)}`,
    },
    {
      what: "shared_buffers, maxmemory of Redis",
      size: `${sized.sharedBuffersMb} MB, ${sized.redisMemoryMb} MB`,
      reason: "64 kB and 32 kB for each user",
    },
    {
      what: "Redis",
      size: String(redisServers),
      reason: `${milliseconds(times.redis)} for each update: ${busy(use.redis)}`,
    },
    {
      what: "gateway",
      size: `${gateways} + 1`,
      reason: `${milliseconds(times.nginx)} for each update: ${busy((rate * times.nginx) / WORKERS / gateways)}; one more for when its machine is lost`,
    },
    {
      what: "a broadcast to all of them",
      size: `${Math.ceil(users / 25 / 60)} min`,
      reason: "25 messages a second, below Telegram's 30",
    },
  ];
}

/** What so many people need, and what is full first. Nothing is refused: beyond a limit it says what changes. */
export function plan(users: number, times: ServiceTimes): Plan {
  const all = limits(times);
  const shards = Math.ceil(users / usersOfOnePrimary(times));
  const asked = demand(Math.ceil(users / shards));
  const rate = asked.updatesPerSecond;
  const sized = sizes(asked.users);
  const servers = {
    webReplicas: sized.webReplicas,
    poolSize: sized.poolSize,
    postgresCores: Math.min(MOST_CORES, coresFor(rate, times)),
    redisServers: Math.ceil((rate * times.redis) / BUSY),
  };
  const replicated = coresFor(rate, times) > MOST_CORES;
  // Replicas take the reading over.
  const left = replicated ? { ...times, postgres: times.postgres * (1 - READING) } : times;
  const prediction = predict(rate, servers, left);
  return {
    demand: demand(users),
    shards,
    sizes: sizesOf(asked, sized, servers, prediction, times),
    prediction,
    exceeded: all.filter((limit) => limit.users < users),
    next: all.find((limit) => limit.users >= users),
  };
}
