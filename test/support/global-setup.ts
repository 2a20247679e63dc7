import type { TestProject } from "vitest/node";
import { migrateTemplate, type Servers } from "./database.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";

declare module "vitest" {
  export interface ProvidedContext {
    servers: Servers;
  }
}

/** One Postgres and one Redis serve the whole run; each test file makes its own database in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  await migrateTemplate(postgres.port);
  project.provide("servers", { postgres: postgres.port, redis: redis.port });
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
}
