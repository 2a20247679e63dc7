import { readFileSync } from "node:fs";
import { z } from "zod";

export interface DatabaseConfig {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  readonly tls: "disable" | "require" | "verify-full";
  /** Path of the certificate authority's PEM file, which may be renewed; without it those that Node trusts. */
  readonly caFile: string | undefined;
  readonly poolSize: number;
}

/** What a user of the database is for: work with the tables, a look at the server's figures alone, or a copy of all. */
export const loginKinds = ["bot", "monitor", "backup"] as const;
export type LoginKind = (typeof loginKinds)[number];

/** A user of the database. */
export interface Login {
  readonly kind: LoginKind;
  readonly user: string;
  readonly password: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type RedisConfig = {
  /** Of the servers, and of the Sentinels. */
  readonly user: string;
  readonly password: string;
} & (
  | Address
  /** Sentinels, which know the address of the primary with this name. */
  | { readonly sentinels: readonly Address[]; readonly primary: string; readonly sentinelPassword: string }
);

export interface TelegramConfig {
  readonly apiUrl: string;
  readonly token: string;
  readonly webhookUrl: string;
  /** The first is registered, all are accepted: a secret is changed without losing an update. */
  readonly webhookSecrets: readonly string[];
  /** Text of a certificate that no authority vouches for, with which the webhook answers: Telegram has to be told. */
  readonly webhookCertificate?: string | undefined;
}

/** Where the mentor's answers come from. */
export interface MentorConfig {
  /** Before `/chat/completions`. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
}

interface Common {
  readonly logLevel: string;
  readonly database: DatabaseConfig;
}

interface Serving extends Common {
  readonly host: string;
  readonly adminPort: number;
  readonly redis: RedisConfig;
  readonly telegram: TelegramConfig;
  /** People, by their ids at Telegram, who may broadcast, refund and maintain in the chat. */
  readonly admins: readonly number[];
}

export interface MigrateConfig extends Common {
  readonly role: "migrate";
  /** The users of the database that the other roles, the exporter and backups log in as; with none, users are left alone. */
  readonly logins: readonly Login[];
}

/** What is done for the backups of the database, by other programs. */
export const backupKinds = ["backup", "drill"] as const;
export type BackupKind = (typeof backupKinds)[number];

export interface WorkerConfig extends Serving {
  readonly role: "worker";
  /** Those that the worker watches over. */
  readonly backups: readonly BackupKind[];
  /** Where the gateway answers over TLS, if it does, so that the worker watches over its certificate. */
  readonly gatewayTls: Address | undefined;
  /** Undefined: the bot says that it has no mentor. */
  readonly mentor: MentorConfig | undefined;
}

export interface WebConfig extends Serving {
  readonly role: "web";
  readonly port: number;
  /** Updates that one person may send within `seconds`. */
  readonly rateLimit: { readonly requests: number; readonly seconds: number };
  /** Price of premium. */
  readonly premiumStars: number;
  readonly replicas: number;
  readonly inFlightLimit: number;
  readonly drainSeconds: number;
  /** Of owners, for the admin API, besides those that are in the database. */
  readonly adminTokens: readonly string[];
}

export type Config = MigrateConfig | WorkerConfig | WebConfig;

/** Everything that is wrong with the environment, one line per variable. Never contains a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(["The configuration is not usable:", ...problems.map((problem) => `  ${problem}`)].join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const text = (what: string) =>
  z
    .string({ error: `is missing: set it to ${what}` })
    .trim()
    .min(1, { error: `is empty: set it to ${what}`, abort: true })
    .regex(/^\P{Cc}*$/u, { error: `must be one line without control characters: ${what}`, abort: true });

const optional = (what: string) => text(`${what}, or remove it`).optional();

const integer = (min: number, max: number, fallback?: number) => {
  const what = `a whole number from ${min} to ${max}`;
  const number = text(what)
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max,
      `must be ${what}`,
    )
    .transform(Number);
  return fallback === undefined ? number : number.default(fallback);
};

const oneOf = <const T extends readonly string[]>(values: T, fallback?: T[number]) => {
  const choice = z.enum(values, {
    error: (issue) =>
      `${issue.input === undefined ? "is missing: set it to" : "must be"} one of ${values.join(", ")}`,
  });
  return fallback === undefined ? choice : choice.default(fallback);
};

const httpUrl = (what: string, accept: (url: URL) => boolean) =>
  text(what).refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return /^https?:$/.test(url.protocol) && url.username + url.password === "" && accept(url);
  }, `must be ${what}`);

/** `host:port` of each, with commas between them. */
const addresses = (what: string) => {
  const pair = /^([A-Za-z0-9._-]+):(\d{1,5})$/;
  const split = (value: string) => value.split(/\s*,\s*/).map((one) => pair.exec(one));
  const valid = (value: string) =>
    split(value).every((found) => found !== null && Number(found[2]) >= 1 && Number(found[2]) <= 65_535);
  return text(what)
    .refine(valid, `must be ${what}`)
    .transform((value): Address[] =>
      split(value).map((found) => ({ host: found?.[1] ?? "", port: Number(found?.[2]) })),
    );
};

const adminList = "ids of people at Telegram with commas between them, such as 1234567,7654321";

const roles = ["web", "worker", "migrate"] as const;

const common = {
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "fatal"], "info"),
  DATABASE_HOST: text("the host of Postgres"),
  DATABASE_PORT: integer(1, 65_535, 5432),
  DATABASE_NAME: text("the name of the database"),
  DATABASE_USER: text("the user of the database"),
  DATABASE_PASSWORD_FILE: text("the path of a file with the password of the database"),
  DATABASE_TLS: oneOf(["disable", "require", "verify-full"], "disable"),
  DATABASE_CA_FILE: optional("the path of a PEM file with the certificate authority of the database"),
  DATABASE_POOL_SIZE: integer(1, 200, 10),
};

const loginList =
  "kinds and users of the database with commas between them, such as bot:bot_2,monitor:monitor_2";
const kindsAndUsers = z.array(z.tuple([z.enum(loginKinds), z.string().regex(/^\w{1,63}$/)]));

const migrating = {
  ...common,
  DATABASE_LOGINS: optional(loginList).transform((value = "", context) => {
    const split = value === "" ? [] : value.split(",").map((one) => one.split(":"));
    const { success, data } = kindsAndUsers.safeParse(split);
    if (success) return data;
    context.addIssue(`must be ${loginList}`);
    return z.NEVER;
  }),
  DATABASE_LOGIN_PASSWORDS_FILE: optional("the path of a file with the passwords of DATABASE_LOGINS"),
};

const serving = {
  ...common,
  HTTP_HOST: text("the address to listen on").default("127.0.0.1"),
  ADMIN_PORT: integer(1, 65_535),
  BOT_TOKEN_FILE: text("the path of a file with the bot's token"),
  WEBHOOK_SECRETS_FILE: text("the path of a file with the webhook's secrets, one per line"),
  TELEGRAM_API_URL: httpUrl("the http or https address of the Bot API, without a path", (url) =>
    ["", "/"].includes(url.pathname),
  ).default("https://api.telegram.org"),
  WEBHOOK_URL: httpUrl(
    "the public http or https address of the webhook, with the path /telegram",
    (url) => url.pathname === "/telegram",
  ),
  WEBHOOK_CERTIFICATE_FILE: optional(
    "the path of a PEM file with the webhook's certificate, when it vouches for itself",
  ),
  REDIS_PASSWORD_FILE: text("the path of a file with the password of Redis"),
  // Empty is none, as the stack writes it.
  BOT_ADMINS: z
    .string()
    .regex(/^(\d{1,15}(,\d{1,15})*)?$/, `must be empty or ${adminList}`)
    .default("")
    .transform((value) => value.split(",").filter(Boolean).map(Number)),
};

const redisUser = { REDIS_USER: text("the user of Redis, and of its Sentinels").default("default") };
const oneRedis = {
  ...redisUser,
  REDIS_HOST: text("the host of Redis, or use REDIS_SENTINELS"),
  REDIS_PORT: integer(1, 65_535, 6379),
};

const redisBySentinels = {
  ...redisUser,
  REDIS_SENTINELS: addresses("the Sentinels of Redis as host:port, with commas between them"),
  REDIS_PRIMARY: text("the name under which the Sentinels know the primary of Redis"),
  REDIS_SENTINEL_PASSWORD_FILE: text("the path of a file with the password of the Sentinels"),
};

/** Updates that a replica works on at once; what comes on top goes back to Telegram. */
export const defaultInFlightLimit = 150;

const gatewayTls = "the address at which the gateway answers over TLS, as host:port";

const workerOnly = {
  ...serving,
  BACKUPS: z
    .string()
    .transform((value) => value.split(",").filter((kind) => kind !== ""))
    .pipe(z.array(z.enum(backupKinds, `must be empty or some of ${backupKinds.join(",")}`)))
    .default([]),
  GATEWAY_TLS: addresses(gatewayTls)
    .refine(({ length }) => length === 1, `must be ${gatewayTls}`)
    .transform(([first]) => first)
    .optional(),
  MENTOR_URL: httpUrl(
    "the http or https address of an OpenAI-compatible API, as far as /chat/completions",
    (url) => url.search === "" && url.hash === "",
  ).optional(),
  MENTOR_MODEL: optional("the name of a model that the API at MENTOR_URL has"),
  MENTOR_KEY_FILE: optional("the path of a file with the key of the API at MENTOR_URL"),
};

const webOnly = {
  ...serving,
  HTTP_PORT: integer(1, 65_535),
  ADMIN_TOKENS_FILE: optional("the path of a file with tokens of the admin API, one per line"),
  RATE_LIMIT_REQUESTS: integer(1, 100, 20),
  RATE_LIMIT_SECONDS: integer(1, 86_400, 60),
  PREMIUM_STARS: integer(1, 10_000, 250),
  REPLICAS: integer(1, 1000, 1),
  IN_FLIGHT_LIMIT: integer(1, 10_000, defaultInFlightLimit),
  DRAIN_SECONDS: integer(0, 600, 5),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment and the secret files it names. Throws a ConfigError that lists every problem. */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];

  const parse = <S extends z.ZodRawShape>(shape: S) => {
    const result = z.object(shape).safeParse(env);
    if (result.success) return result.data;
    problems.push(...result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`));
    return undefined;
  };

  // Neither the path nor the content is repeated: a path that does not exist may be the secret itself.
  const file = (variable: string): string | undefined => {
    const path = env[variable]?.trim();
    if (path === undefined || path === "") return undefined;
    try {
      const content = readFileSync(path, "utf8").trim();
      if (content !== "") return content;
      problems.push(`${variable} names an empty file: write the value into it`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      problems.push(
        `${variable} names a file that cannot be read (${code}): give the path of a readable file`,
      );
    }
    return undefined;
  };

  const matching = (variable: string, accept: (content: string) => boolean, what: string) => {
    const content = file(variable);
    if (content !== undefined && !accept(content)) problems.push(`${variable} must contain ${what}`);
    return content ?? "";
  };
  const lines = (content: string) => content.split(/\s*\n\s*/);
  const oneLine = (variable: string) =>
    matching(variable, (content) => lines(content).length === 1, "a single line");

  const databaseOf = (values: z.infer<z.ZodObject<typeof common>>): DatabaseConfig => ({
    host: values.DATABASE_HOST,
    port: values.DATABASE_PORT,
    name: values.DATABASE_NAME,
    user: values.DATABASE_USER,
    password: databasePassword,
    tls: values.DATABASE_TLS,
    caFile,
    poolSize: values.DATABASE_POOL_SIZE,
  });
  const redisOf = (): RedisConfig | undefined => {
    const password = oneLine("REDIS_PASSWORD_FILE");
    if (env["REDIS_SENTINELS"] === undefined) {
      const values = parse(oneRedis);
      return (
        values && { host: values.REDIS_HOST, port: values.REDIS_PORT, user: values.REDIS_USER, password }
      );
    }
    if (env["REDIS_HOST"] !== undefined)
      problems.push("REDIS_HOST must not be set together with REDIS_SENTINELS: remove one of them");
    const sentinelPassword = oneLine("REDIS_SENTINEL_PASSWORD_FILE");
    const values = parse(redisBySentinels);
    return (
      values && {
        sentinels: values.REDIS_SENTINELS,
        primary: values.REDIS_PRIMARY,
        sentinelPassword,
        user: values.REDIS_USER,
        password,
      }
    );
  };
  const servingOf = (values: z.infer<z.ZodObject<typeof serving>>, redis: RedisConfig): Serving => ({
    logLevel: values.LOG_LEVEL,
    database: databaseOf(values),
    host: values.HTTP_HOST,
    adminPort: values.ADMIN_PORT,
    redis,
    admins: values.BOT_ADMINS,
    telegram: {
      apiUrl: values.TELEGRAM_API_URL.replace(/\/$/, ""),
      token,
      webhookUrl: values.WEBHOOK_URL,
      webhookSecrets: lines(secrets),
      ...(webhookCertificate === undefined ? {} : { webhookCertificate }),
    },
  });
  const mentorOf = (values: z.infer<z.ZodObject<typeof workerOnly>> | undefined) => {
    const all = ["MENTOR_URL", "MENTOR_MODEL", "MENTOR_KEY_FILE"];
    const missing = all.filter((name) => env[name] === undefined);
    if (missing.length === all.length) return undefined;
    problems.push(...missing.map((name) => `${name} is missing: set all of ${all.join(", ")}, or none`));
    const key = matching("MENTOR_KEY_FILE", (content) => /^[\x21-\x7e]+$/.test(content), "a key in one line");
    const { MENTOR_URL: url, MENTOR_MODEL: model } = values ?? {};
    return url && model ? { url: url.replace(/\/$/, ""), key, model } : undefined;
  };
  const done = (config: Config | undefined): Config => {
    if (config === undefined || problems.length > 0) throw new ConfigError(problems);
    return config;
  };

  const role = parse({ ROLE: oneOf(roles) })?.ROLE;
  const databasePassword = oneLine("DATABASE_PASSWORD_FILE");
  const caFile = file("DATABASE_CA_FILE") === undefined ? undefined : env["DATABASE_CA_FILE"]?.trim();
  if (role === "migrate") {
    const values = parse(migrating);
    const users = values?.DATABASE_LOGINS ?? [];
    const passwords = matching(
      "DATABASE_LOGIN_PASSWORDS_FILE",
      (content) => lines(content).length === users.length,
      "a password for each user of DATABASE_LOGINS, one per line",
    );
    if (users.length > 0 && values?.DATABASE_LOGIN_PASSWORDS_FILE === undefined)
      problems.push("DATABASE_LOGIN_PASSWORDS_FILE is missing: users of DATABASE_LOGINS need passwords");
    const logins = users.map(([kind, user], i) => ({ kind, user, password: lines(passwords)[i] ?? "" }));
    return done(values && { role, logLevel: values.LOG_LEVEL, database: databaseOf(values), logins });
  }
  const redis = redisOf();
  const token = matching(
    "BOT_TOKEN_FILE",
    (content) => /^\d{1,15}:[A-Za-z0-9_-]{10,}$/.test(content),
    "a bot token as BotFather gives it, like 123456:ABC-DEF",
  );
  const secrets = matching(
    "WEBHOOK_SECRETS_FILE",
    (content) => lines(content).every((secret) => /^[A-Za-z0-9_-]{1,256}$/.test(secret)),
    "secrets of 1 to 256 characters A-Z a-z 0-9 _ -, one per line",
  );
  const webhookCertificate = file("WEBHOOK_CERTIFICATE_FILE");
  if (role === "worker") {
    const values = parse(workerOnly);
    const mentor = mentorOf(values);
    return done(
      values &&
        redis && {
          role,
          ...servingOf(values, redis),
          backups: values.BACKUPS,
          gatewayTls: values.GATEWAY_TLS,
          mentor,
        },
    );
  }
  const adminTokens = matching(
    "ADMIN_TOKENS_FILE",
    (content) => lines(content).every((one) => /^[A-Za-z0-9_-]{32,256}$/.test(one)),
    "tokens of 32 to 256 characters A-Z a-z 0-9 _ -, one per line",
  );
  const values = parse(webOnly);
  return done(
    values &&
      redis && {
        role: "web",
        ...servingOf(values, redis),
        port: values.HTTP_PORT,
        rateLimit: { requests: values.RATE_LIMIT_REQUESTS, seconds: values.RATE_LIMIT_SECONDS },
        premiumStars: values.PREMIUM_STARS,
        replicas: values.REPLICAS,
        inFlightLimit: values.IN_FLIGHT_LIMIT,
        drainSeconds: values.DRAIN_SECONDS,
        adminTokens: lines(adminTokens).filter(Boolean),
      },
  );
}
