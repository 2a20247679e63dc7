/** What every server has, alone or as one of three. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Each of them is accepted. Letters and digits only. */
  readonly passwords: readonly [string, ...string[]];
  readonly memoryMb: number;
  readonly data: string;
}

/** One user with all rights, as `requirepass` makes it, but with any number of passwords. */
const user = (passwords: readonly string[]): string =>
  `user default on ${passwords.map((password) => `>${password}`).join(" ")} ~* &* +@all`;

/**
 * `redis.conf` of a server whose loss loses nothing. It writes every change to a log, to the disk once a second, so
 * that a restart finds a warm cache and the counters of the rate limit; the log is rewritten when it has doubled.
 */
export const serverConfig = ({ host, port, passwords, memoryMb, data }: ServerSettings): string =>
  `bind ${host}
port ${port}
${user(passwords)}
maxmemory ${memoryMb}mb
maxmemory-policy allkeys-lru
dir ${data}
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
tcp-keepalive 60
`;
