import * as pulumi from "@pulumi/pulumi";
import { rotated, type Rotated } from "../rotation.ts";
import type { Platform } from "../workload.ts";

/** Who logs in to Redis. `member`: the servers and Sentinels themselves. `admin`: people; no program has its password. */
export const redisUsers = ["bot", "exporter", "member", "admin"] as const;
export type RedisUser = (typeof redisUsers)[number];

/** The passwords that are accepted for each user; the first is the one to use. Letters and digits only. */
export type RedisPasswords = Readonly<Record<RedisUser, readonly [string, ...string[]]>>;

/** To say who one is, and nothing about others. */
const session = "-@all +@connection -@admin -@dangerous";
const everything = "~* &* +@all";
/** The channel over which Sentinels find each other. */
const hello = "&__sentinel__:hello";

/** What a user may do on a server. */
export const ofServer: Readonly<Record<RedisUser, string>> = {
  // What app/ asks for, and on its own keys. A script may do no more than who runs it.
  bot: `~v1:* ${session} +get +set +mget +del +unlink +incr +decr +expire +exists +eval +scan +info`,
  // Not CONFIG GET, which tells passwords.
  exporter: `${session} +info +slowlog|len +slowlog|get +latency|latest +latency|histogram`,
  // As the manual lists it for replicas and for Sentinels.
  member:
    `${hello} ${session} +psync +replconf +info +role +multi +exec +slaveof +publish +subscribe ` +
    "+config|rewrite +client|kill +script|kill",
  admin: everything,
};

/** What a user may do on a Sentinel. */
const ofSentinel: Readonly<Record<RedisUser, string>> = {
  bot: `${session} +sentinel|get-master-addr-by-name +sentinel|sentinels`,
  exporter: `${session} +info +sentinel|masters +sentinel|ckquorum +sentinel|sentinels +sentinel|slaves`,
  // A server asks for its role before it starts.
  member:
    `${hello} ${session} +info +role +publish +subscribe ` +
    "+sentinel|is-master-down-by-addr +sentinel|master +sentinel|get-master-addr-by-name",
  admin: everything,
};

function lines(rights: Readonly<Record<RedisUser, string>>, passwords: RedisPasswords): string {
  const users = redisUsers.map((user) => {
    const accepted = passwords[user].map((password) => `>${password}`).join(" ");
    return `user ${user} on ${accepted} ${rights[user]}\n`;
  });
  // Nobody without a name gets in. Without `resetpass` it would be a user that needs no password, and for as long as there is
  // one Redis admits the machine itself alone. Its rights are those with which a server reads back its own log.
  return `user default off resetpass ${everything}\n${users.join("")}`;
}

/** The users of a server, as lines of its configuration. */
export const serverUsers = (passwords: RedisPasswords): string => lines(ofServer, passwords);
/** The users of a Sentinel, as lines of its configuration. */
export const sentinelUsers = (passwords: RedisPasswords): string => lines(ofSentinel, passwords);

/** Generated passwords of all users, which begin with this name. */
export interface RedisSecrets {
  /** What a client uses. */
  readonly current: Readonly<Record<RedisUser, pulumi.Output<string>>>;
  readonly accepted: pulumi.Output<RedisPasswords>;
}

export function redisSecrets(
  platform: Platform,
  name: string,
  generation: number,
  parent: pulumi.Resource,
): RedisSecrets {
  const secret = (user: RedisUser): Rotated =>
    rotated(platform, `${name}-${user}-password`, 32, generation, parent);
  const of = {
    bot: secret("bot"),
    exporter: secret("exporter"),
    member: secret("member"),
    admin: secret("admin"),
  };
  return {
    current: {
      bot: of.bot.current,
      exporter: of.exporter.current,
      member: of.member.current,
      admin: of.admin.current,
    },
    accepted: pulumi
      .all([of.bot.accepted(), of.exporter.accepted(), of.member.accepted(), of.admin.accepted()])
      .apply(([bot, exporter, member, admin]) => ({ bot, exporter, member, admin })),
  };
}
