import type { Alert } from "../catalogue.ts";
import { backupAlerts } from "./backup.ts";
import { botAlerts } from "./bot.ts";
import { capacityAlerts } from "./capacity.ts";
import { jobAlerts } from "./jobs.ts";
import { mentorAlerts } from "./mentor.ts";
import { nginxAlerts } from "./nginx.ts";
import { postgresAlerts } from "./postgres.ts";
import { redisAlerts } from "./redis.ts";
import { sloAlerts } from "./slo.ts";
import { targetAlerts } from "./targets.ts";
import { workerAlerts } from "./worker.ts";

export const alerts: readonly Alert[] = [
  ...botAlerts,
  ...sloAlerts,
  ...capacityAlerts,
  ...jobAlerts,
  ...mentorAlerts,
  ...workerAlerts,
  ...postgresAlerts,
  ...backupAlerts,
  ...redisAlerts,
  ...nginxAlerts,
  ...targetAlerts,
];
