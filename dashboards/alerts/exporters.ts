/**
 * The series of programs other than the bot that alerts and panels rely on, with their own labels (beside those of the
 * target). Every name here is exported by the oldest exporters that are supported, those of Debian 12
 * (postgres 0.11, redis 1.45), and by the current releases of the same exporters.
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
    pg_stat_database_deadlocks: ["datname"],
    pg_stat_database_xact_commit: ["datname"],
    pg_stat_database_xact_rollback: ["datname"],
    pg_stat_database_blks_hit: ["datname"],
    pg_stat_database_blks_read: ["datname"],
    pg_stat_database_temp_bytes: ["datname"],
    pg_stat_database_tup_fetched: ["datname"],
    pg_stat_database_tup_inserted: ["datname"],
    pg_stat_database_tup_updated: ["datname"],
    pg_stat_database_tup_deleted: ["datname"],
    pg_database_size_bytes: ["datname"],
    pg_exporter_last_scrape_error: [],
    // Answers to the stack's own questions (infra/services/postgres-queries.ts).
    postgres_server_start_time_seconds: [],
    postgres_server_oldest_transaction_id_age: [],
    postgres_server_oldest_multixact_id_age: [],
    postgres_sessions_longest_transaction_seconds: [],
    postgres_sessions_longest_idle_transaction_seconds: [],
    postgres_locks_waiting: [],
    postgres_locks_longest_wait_seconds: [],
    postgres_wal_size_bytes: [],
    postgres_setting_drift: ["setting"],
  },
  /** Answers about the tables of the bot. */
  postgresTables: {
    postgres_table_dead_rows: ["relation"],
    postgres_table_live_rows: ["relation"],
    postgres_table_size_bytes: ["relation"],
    postgres_table_autovacuums: ["relation"],
  },
  /** Answers about the standbys of a server. */
  postgresStandbys: {
    postgres_standby_lag_seconds: ["standby"],
    postgres_standby_lag_bytes: ["standby"],
    postgres_slot_retained_bytes: ["slot"],
  },
  redis: {
    redis_up: [],
    redis_aof_last_write_status: [],
    redis_aof_last_bgrewrite_status: [],
    redis_aof_current_size_bytes: [],
    redis_memory_used_bytes: [],
    redis_memory_max_bytes: [],
    redis_mem_fragmentation_ratio: [],
    redis_evicted_keys_total: [],
    redis_expired_keys_total: [],
    redis_rejected_connections_total: [],
    redis_connected_clients: [],
    redis_blocked_clients: [],
    redis_slowlog_last_id: [],
    redis_commands_total: ["cmd"],
    redis_commands_duration_seconds_total: ["cmd"],
    redis_keyspace_hits_total: [],
    redis_keyspace_misses_total: [],
    redis_db_keys: ["db"],
    redis_uptime_in_seconds: [],
    redis_net_input_bytes_total: [],
    redis_net_output_bytes_total: [],
  },
  /** Of servers that follow another one. */
  redisReplica: {
    redis_master_link_up: [],
  },
  /** Of our own exporter (app/gateway-exporter). */
  nginx: {
    nginx_up: [],
    nginx_http_requests_total: [],
    nginx_connections_accepted: [],
    nginx_connections_handled: [],
    nginx_connections_active: [],
    nginx_connections_reading: [],
    nginx_connections_writing: [],
    nginx_connections_waiting: [],
    gateway_requests_total: ["code", "passed_on"],
    gateway_request_duration_seconds_bucket: ["le"],
    gateway_log_lines_total: ["kind"],
  },
  /** Made by Prometheus itself, for every target and alert. */
  prometheus: {
    up: [],
    ALERTS: ["alertname", "alertstate", "severity"],
  },
  /** Prometheus about itself. */
  prometheusServer: {
    prometheus_config_last_reload_successful: [],
    prometheus_notifications_alertmanagers_discovered: [],
    prometheus_notifications_dropped_total: [],
    prometheus_rule_evaluation_failures_total: ["rule_group"],
    prometheus_rule_group_last_duration_seconds: ["rule_group"],
    prometheus_tsdb_head_series: [],
    prometheus_tsdb_storage_blocks_bytes: [],
    prometheus_tsdb_compactions_failed_total: [],
    prometheus_tsdb_wal_writes_failed_total: [],
  },
  /** Of the machine, where all of the stack runs on one. */
  nodeExporter: {
    node_filesystem_avail_bytes: ["device", "mountpoint"],
    node_filesystem_size_bytes: ["device", "mountpoint"],
    node_memory_MemAvailable_bytes: [],
    node_memory_MemTotal_bytes: [],
    node_vmstat_oom_kill: [],
    node_cpu_seconds_total: ["cpu", "mode"],
    node_load5: [],
  },
  /** Of kube-state-metrics 2.20, seen on a cluster; all but the reasons of waiting are declared stable. */
  kubeStateMetrics: {
    kube_pod_container_status_waiting_reason: ["pod", "container", "reason"],
    kube_pod_container_status_restarts_total: ["pod", "container"],
    kube_pod_container_resource_limits: ["pod", "container", "resource"],
    kube_pod_container_resource_requests: ["pod", "container", "resource"],
    kube_pod_status_phase: ["pod", "phase"],
    kube_deployment_spec_replicas: ["deployment"],
    kube_deployment_status_replicas_available: ["deployment"],
    kube_statefulset_status_replicas_ready: ["statefulset"],
    kube_horizontalpodautoscaler_status_current_replicas: ["horizontalpodautoscaler"],
    kube_horizontalpodautoscaler_spec_max_replicas: ["horizontalpodautoscaler"],
    kube_horizontalpodautoscaler_spec_min_replicas: ["horizontalpodautoscaler"],
    kube_persistentvolumeclaim_resource_requests_storage_bytes: ["persistentvolumeclaim"],
    kube_job_failed: ["job_name", "condition"],
  },
  /** Of the kubelet; only a Prometheus that watches the whole cluster has them. */
  kubelet: {
    kubelet_volume_stats_available_bytes: ["persistentvolumeclaim"],
    kubelet_volume_stats_capacity_bytes: ["persistentvolumeclaim"],
  },
  alertmanager: {
    alertmanager_config_last_reload_successful: [],
    alertmanager_notifications_total: ["integration"],
    alertmanager_notifications_failed_total: ["integration"],
    alertmanager_alerts: ["state"],
  },
  /** Written by k6 while a load test runs; percentiles are those since its start. */
  k6: {
    k6_answers_total: ["scenario", "kind"],
    k6_http_reqs_total: ["scenario", "status"],
    k6_dropped_iterations_total: ["scenario"],
    k6_from_due_p95: ["scenario", "kind"],
    k6_from_due_p99: ["scenario", "kind"],
    k6_vus: [],
    k6_vus_max: [],
  },
  /** Default metrics of the client libraries, exported by the bot and by most other programs. */
  node: {
    process_start_time_seconds: [],
    process_resident_memory_bytes: [],
    process_cpu_seconds_total: [],
    process_open_fds: [],
    process_max_fds: [],
    nodejs_eventloop_lag_p99_seconds: [],
    nodejs_gc_duration_seconds_sum: ["kind"],
    nodejs_heap_size_used_bytes: [],
  },
} as const;
