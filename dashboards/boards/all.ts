import type { Board } from "../catalogue.ts";
import { bot } from "./bot.ts";
import { gateway } from "./gateway.ts";
import { jobs } from "./jobs.ts";
import { load } from "./load.ts";
import { host } from "./host.ts";
import { kubernetes } from "./kubernetes.ts";
import { monitoring } from "./monitoring.ts";
import { overview } from "./overview.ts";
import { postgres } from "./postgres.ts";
import { programs } from "./programs.ts";
import { redis } from "./redis.ts";

export const boards: readonly Board[] = [
  overview,
  bot,
  jobs,
  postgres,
  redis,
  gateway,
  programs,
  host,
  kubernetes,
  monitoring,
  load,
];
