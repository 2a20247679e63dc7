import type { Endpoint } from "../workload.ts";
import { sentinelUsers, serverUsers, type RedisPasswords } from "./redis-users.ts";

/** What every server has, alone or as one of three. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly passwords: RedisPasswords;
  readonly memoryMb: number;
  readonly data: string;
}

/**
 * `redis.conf` of a server whose loss loses nothing. It writes every change to a log, to the disk once a second, so
 * that a restart finds a warm cache and the counters of the rate limit; the log is rewritten when it has doubled.
 */
export const serverConfig = ({ host, port, passwords, memoryMb, data }: ServerSettings): string =>
  `bind ${host}
port ${port}
${serverUsers(passwords)}maxmemory ${memoryMb}mb
maxmemory-policy allkeys-lru
dir ${data}
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
tcp-keepalive 60
`;

/** The name under which the Sentinels know the primary. */
export const PRIMARY = "launchlab";

/**
 * `redis.conf` of one of three servers, without its role. It takes writes only while another one has them within 10 s,
 * so that a primary that was cut off stops by itself. A connection that is dead without a word ends as soon: a primary
 * that comes back under its name would wait for its replicas. A replica that has just copied everything refuses to end
 * until its own log has it, but for `force`; the primary has what is thrown away. `announced` is the address that the
 * others know it by.
 */
export const memberConfig = (settings: ServerSettings, announced: Endpoint): string =>
  `${serverConfig(settings)}masteruser member
masterauth ${settings.passwords.member[0]}
replica-announce-ip ${announced.host}
replica-announce-port ${announced.port}
min-replicas-to-write 1
min-replicas-max-lag 10
repl-ping-replica-period 2
repl-timeout 10
shutdown-on-sigterm force
`;

export interface SentinelSettings {
  readonly host: string;
  readonly port: number;
  readonly announced: Endpoint;
  readonly data: string;
  /** The server that is the primary at first, and those that follow it. */
  readonly primary: Endpoint;
  readonly replicas: readonly Endpoint[];
  /** Of the Sentinels. */
  readonly passwords: RedisPasswords;
  /** Of the user `member` of the servers. */
  readonly serverPassword: string;
}

/**
 * `sentinel.conf` of one of three. A primary that does not answer for 5 s, as two of them say, is replaced; when that
 * does not work out, it is tried again after twice 10 s. It is told the replicas, because it looks for them only every
 * 10 s, and a primary may be lost before.
 */
export const sentinelConfig = ({
  announced,
  passwords,
  primary,
  replicas,
  ...at
}: SentinelSettings): string =>
  `bind ${at.host}
port ${at.port}
dir ${at.data}
${sentinelUsers(passwords)}sentinel sentinel-user member
sentinel sentinel-pass ${passwords.member[0]}
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip ${announced.host}
sentinel announce-port ${announced.port}
sentinel monitor ${PRIMARY} ${primary.host} ${primary.port} 2
sentinel auth-user ${PRIMARY} member
sentinel auth-pass ${PRIMARY} ${at.serverPassword}
sentinel down-after-milliseconds ${PRIMARY} 5000
sentinel failover-timeout ${PRIMARY} 10000
sentinel parallel-syncs ${PRIMARY} 1
${replicas.map(({ host, port }) => `sentinel known-replica ${PRIMARY} ${host} ${port}\n`).join("")}`;

/**
 * What a server asks a Sentinel before it starts, as lines for redis-cli: the number of the last failover first, so
 * that one that happens in between makes the answer look older than it is, and never newer. `password`: of the
 * Sentinels' user `member`.
 */
export const question = (password: string): string =>
  `AUTH member ${password}
SENTINEL MASTER ${PRIMARY}
SENTINEL GET-MASTER-ADDR-BY-NAME ${PRIMARY}
`;
