import type { ConfigFile, Connection, Placement } from "../workload.ts";

const CA = "database-ca.pem";

/** The variables in which the bot's programs find the database; the password is the secret DATABASE_PASSWORD. */
export const databaseEnv = (to: Connection, at: Placement): Record<string, string> => ({
  DATABASE_HOST: to.host,
  DATABASE_PORT: String(to.port),
  DATABASE_NAME: to.database,
  DATABASE_USER: to.user,
  DATABASE_TLS: to.tls,
  ...(to.ca === undefined ? {} : { DATABASE_CA_FILE: at.file(CA) }),
});

/** The file that they name. */
export const databaseFiles = ({ ca }: Connection): { readonly files?: () => ConfigFile[] } =>
  ca === undefined ? {} : { files: () => [{ path: CA, ...ca }] };
