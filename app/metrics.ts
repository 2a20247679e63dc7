import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { definitions, type Definition, type Labels } from "./metric-definitions.ts";
type Definitions = typeof definitions;
type LabelNames<D extends Definition> = Extract<keyof D["labels"], string>;
type Instrument<D extends Definition> = D["type"] extends "counter"
  ? Counter<LabelNames<D>>
  : D["type"] extends "gauge"
    ? Gauge<LabelNames<D>>
    : Histogram<LabelNames<D>>;

export interface MetricDescription {
  readonly name: string;
  readonly type: Definition["type"];
  readonly help: string;
  readonly labels: Labels;
  readonly labelNames: readonly string[];
}

/** What the bot exposes besides prom-client's metrics of the process; reading it has no side effect. */
export const metricList: readonly MetricDescription[] = Object.values<Definition>(definitions).map(
  ({ name, type, help, labels }) => ({ name, type, help, labels, labelNames: Object.keys(labels) }),
);

/** Names of the metrics, for tools that refer to them. */
export type MetricName = Definitions[keyof Definitions]["name"];

export type Metrics = { readonly [K in keyof Definitions]: Instrument<Definitions[K]> } & {
  readonly registry: Registry;
};

/** Every combination of label values; none when a label has one of the process alone. */
function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (sofar, [name, values]) =>
      sofar.flatMap((set) =>
        values === "configured" ? [] : values.map((value) => ({ ...set, [name]: value })),
      ),
    [{}],
  );
}

/**
 * Makes all metrics in a registry of their own. Counters start at 0 for all label values, so that rates see the first
 * event; most histograms appear with it, since many of their series never would.
 */
export function createMetrics(version: string, source = "unknown"): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const base = <D extends Definition>({ name, help, labels }: D) => ({
    name,
    help,
    labelNames: Object.keys(labels) as LabelNames<D>[],
    registers: [registry],
  });
  const counter = <D extends Definition>(definition: D) => {
    const made = new Counter<LabelNames<D>>(base(definition));
    for (const labels of combinations(definition.labels)) made.inc(labels, 0);
    return made;
  };
  const gauge = <D extends Definition>(definition: D) => new Gauge<LabelNames<D>>(base(definition));
  const histogram = <D extends Definition & { buckets: readonly number[]; fromStart?: true }>(
    definition: D,
  ) => {
    const made = new Histogram<LabelNames<D>>({ ...base(definition), buckets: [...definition.buckets] });
    if (definition.fromStart === true)
      for (const labels of combinations(definition.labels)) made.zero(labels);
    return made;
  };

  const metrics: Metrics = {
    registry,
    updates: counter(definitions.updates),
    messagesReceived: counter(definitions.messagesReceived),
    updateDuration: histogram(definitions.updateDuration),
    handled: counter(definitions.handled),
    handlerDuration: histogram(definitions.handlerDuration),
    httpRequestDuration: histogram(definitions.httpRequestDuration),
    updatesInFlight: gauge(definitions.updatesInFlight),
    throttled: counter(definitions.throttled),
    telegramApiRequests: counter(definitions.telegramApiRequests),
    telegramApiDuration: histogram(definitions.telegramApiDuration),
    telegramPendingUpdates: gauge(definitions.telegramPendingUpdates),
    telegramWebhookLastError: gauge(definitions.telegramWebhookLastError),
    dbPoolConnections: gauge(definitions.dbPoolConnections),
    dbPoolMaxConnections: gauge(definitions.dbPoolMaxConnections),
    dbPoolWaiting: gauge(definitions.dbPoolWaiting),
    dbQueryDuration: histogram(definitions.dbQueryDuration),
    dbQueryFailures: counter(definitions.dbQueryFailures),
    dbPoolWait: histogram(definitions.dbPoolWait),
    outboxPending: gauge(definitions.outboxPending),
    outboxOldestAge: gauge(definitions.outboxOldestAge),
    receiptsDuplicates: counter(definitions.receiptsDuplicates),
    deadLetters: counter(definitions.deadLetters),
    deadLettersWaiting: gauge(definitions.deadLettersWaiting),
    cacheLookups: counter(definitions.cacheLookups),
    cacheDuration: histogram(definitions.cacheDuration),
    cacheFallbackActive: gauge(definitions.cacheFallbackActive),
    jobs: counter(definitions.jobs),
    jobDuration: histogram(definitions.jobDuration),
    jobsWaiting: gauge(definitions.jobsWaiting),
    jobsOldestAge: gauge(definitions.jobsOldestAge),
    scheduleLastSuccess: gauge(definitions.scheduleLastSuccess),
    scheduleInterval: gauge(definitions.scheduleInterval),
    mentorRequests: counter(definitions.mentorRequests),
    mentorDuration: histogram(definitions.mentorDuration),
    mentorTokens: counter(definitions.mentorTokens),
    mentorBreaker: gauge(definitions.mentorBreaker),
    backupLastSuccess: gauge(definitions.backupLastSuccess),
    backupFailed: gauge(definitions.backupFailed),
    backupDuration: gauge(definitions.backupDuration),
    backupSize: gauge(definitions.backupSize),
    certificateLeft: gauge(definitions.certificateLeft),
    activeUsers: gauge(definitions.activeUsers),
    maintenance: gauge(definitions.maintenance),
    serviceCheck: gauge(definitions.serviceCheck),
    buildInfo: gauge(definitions.buildInfo),
  };
  metrics.buildInfo.set({ version, source }, 1);
  return metrics;
}
