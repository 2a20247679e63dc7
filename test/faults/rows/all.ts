import type { Row } from "../row.ts";
import { botRows } from "./bot.ts";
import { edgeRows } from "./edge.ts";
import { postgresRows } from "./postgres.ts";
import { redisRows } from "./redis.ts";
import { telegramRows } from "./telegram.ts";
import { workerRows } from "./worker.ts";

export const rows: Readonly<Record<string, Row>> = {
  ...botRows,
  ...postgresRows,
  ...redisRows,
  ...telegramRows,
  ...edgeRows,
  ...workerRows,
};

/** Sees that what must not happen is noticed. */
export const CONTROL = "control";

/** Those that every `npm test` has time for, each of another kind. */
export const fast = [
  "before-commit",
  "after-commit",
  "before-note",
  "postgres-killed",
  "postgres-black-hole",
  "redis-killed",
  "api-429",
  "gateway-reloaded",
];
