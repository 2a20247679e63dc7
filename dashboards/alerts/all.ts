import type { Alert } from "../catalogue.ts";
import { backupAlerts } from "./backup.ts";
import { botAlerts } from "./bot.ts";
import { cacheAlerts } from "./cache.ts";
import { capacityAlerts } from "./capacity.ts";
import { checkAlerts } from "./checks.ts";
import { gatewayAlerts } from "./gateway.ts";
import { hostAlerts } from "./host.ts";
import { jobAlerts } from "./jobs.ts";
import { kubernetesAlerts } from "./kubernetes.ts";
import { mentorAlerts } from "./mentor.ts";
import { monitoringAlerts } from "./monitoring.ts";
import { nginxAlerts } from "./nginx.ts";
import { postgresStorageAlerts } from "./postgres-storage.ts";
import { postgresWorkAlerts } from "./postgres-work.ts";
import { postgresAlerts } from "./postgres.ts";
import { redisLoadAlerts } from "./redis-load.ts";
import { redisAlerts } from "./redis.ts";
import { replicaAlerts } from "./replicas.ts";
import { sloAlerts } from "./slo.ts";
import { targetAlerts } from "./targets.ts";
import { telegramAlerts } from "./telegram.ts";
import { workerAlerts } from "./worker.ts";

export const alerts: readonly Alert[] = [
  ...botAlerts,
  ...sloAlerts,
  ...capacityAlerts,
  ...replicaAlerts,
  ...cacheAlerts,
  ...checkAlerts,
  ...telegramAlerts,
  ...jobAlerts,
  ...mentorAlerts,
  ...workerAlerts,
  ...postgresAlerts,
  ...postgresWorkAlerts,
  ...postgresStorageAlerts,
  ...backupAlerts,
  ...redisAlerts,
  ...redisLoadAlerts,
  ...nginxAlerts,
  ...gatewayAlerts,
  ...hostAlerts,
  ...kubernetesAlerts,
  ...monitoringAlerts,
  ...targetAlerts,
];
