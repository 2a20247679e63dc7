import type { FastifyPluginAsync } from "fastify";
import type { Monitor } from "./admin/monitor.ts";

/** What a process does, before it does it. */
export interface Role {
  /** What is known of the services that it needs; undefined where nobody looks. */
  readonly monitor: Monitor | undefined;
  /** What operators ask for on the admin port, besides what every process answers. */
  readonly api: FastifyPluginAsync | undefined;
  /** Returns what stops it: what was begun is finished. */
  start(): Promise<() => Promise<void>>;
}
