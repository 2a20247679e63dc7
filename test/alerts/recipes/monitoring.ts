import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../support/wait.ts";
import { down, fault, series, type Recipe } from "../recipe.ts";

const prometheus = 'job="prometheus",instance="other"';
const alertmanager = 'job="alertmanager",instance="other",integration="webhook"';

/** Whether what watches can see, judge and tell. What keeps it from telling cannot be told, so that is shown only. */
export const monitoringRecipes: Readonly<Record<string, Recipe>> = {
  Watchdog: {
    ...fault(
      "none: it fires as long as alerts are evaluated",
      () => undefined,
      () => undefined,
    ),
    quiet: true,
  },
  TargetDown: { ...down("the exporter of Redis is ended", ["redis-exporter"]) },
  ProgramRestartsOften: {
    how: "fault",
    cause: "a web replica is ended five times in a row",
    inject: async ({ stack }) => {
      for (let i = 0; i < 5; i += 1) {
        const before = stack.pid("web-1");
        stack.kill("web-1");
        await until(
          "it serves again",
          async () => stack.pid("web-1") !== before && (await stack.serves("web-1")),
          60_000,
        );
        // Prometheus has to see each of them.
        await pause(2000);
      }
      return () => Promise.resolve();
    },
  },
  ConfigReloadFailed: fault(
    "Prometheus is told to read a broken configuration",
    ({ monitor }) => monitor.breakConfig(true),
    ({ monitor }) => monitor.breakConfig(false),
  ),
  PrometheusRuleFailures: series("an evaluation of a rule fails every second", {
    [`prometheus_rule_evaluation_failures_total{${prometheus},rule_group="bot"}`]: { perSecond: 1 },
  }),
  PrometheusNotConnectedToAlertmanagers: series("Prometheus knows no Alertmanager", {
    [`prometheus_notifications_alertmanagers_discovered{${prometheus}}`]: 0,
  }),
  AlertmanagerNotificationsFailing: series("half of the notifications fail", {
    [`alertmanager_notifications_total{${alertmanager}}`]: { perSecond: 4 },
    [`alertmanager_notifications_failed_total{${alertmanager}}`]: { perSecond: 2 },
  }),
  PrometheusStorageFailing: series("blocks cannot be written", {
    [`prometheus_tsdb_compactions_failed_total{${prometheus}}`]: { perSecond: 1 },
    [`prometheus_tsdb_wal_writes_failed_total{${prometheus}}`]: 0,
  }),
};
