/**
 * The series of other programs that alerts and panels rely on, with their own labels (beside those of the
 * target). Every name here is exported by the oldest exporters that are supported, those of Debian 12
 * (postgres 0.11, redis 1.45, nginx 0.11), and by the current releases of the same exporters.
 *
 * Current releases split some series by more labels (`pg_stat_activity_count` by user and application, for
 * one): only the labels that all of them have are listed, and expressions aggregate the rest away.
 */
export const exporters = {
  postgres: {
    pg_up: [],
    pg_settings_max_connections: [],
    pg_settings_superuser_reserved_connections: [],
    pg_stat_activity_count: ["datname", "state"],
  },
  redis: {
    redis_up: [],
    redis_aof_last_write_status: [],
  },
  /** Of servers that follow another one. */
  redisReplica: {
    redis_master_link_up: [],
  },
  nginx: {
    nginx_up: [],
    nginx_http_requests_total: [],
  },
  /** Made by Prometheus itself, for every target and alert. */
  prometheus: {
    up: [],
    ALERTS: ["alertname", "alertstate", "severity"],
  },
  /** Default metrics of the Node client library, exported by the bot. */
  node: {
    nodejs_eventloop_lag_p99_seconds: [],
  },
} as const;
