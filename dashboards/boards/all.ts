import type { Board } from "../catalogue.ts";
import { gateway } from "./gateway.ts";
import { load } from "./load.ts";
import { monitoring } from "./monitoring.ts";
import { overview } from "./overview.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";

export const boards: readonly Board[] = [overview, postgres, redis, gateway, monitoring, load];
