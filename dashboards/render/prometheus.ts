import type { Capacity } from "../../infra/capacity.ts";
import { alerts } from "../alerts/all.ts";
import { describe, seconds } from "../alerts/text.ts";
import type { Alert, Duration, Service } from "../catalogue.ts";
import { within, type Vector } from "../promql.ts";
import { recordings } from "../recordings/all.ts";
import { capacityRecordings } from "../recordings/capacity.ts";
import { boardUid, panelId } from "./ids.ts";
import { present } from "./present.ts";

export interface RuleOptions {
  /** Name of the stack, a label of each alert and recording. */
  stack: string;
  /** What the stack is sized for. */
  capacity: Capacity;
  /** Scrape jobs that there are: what needs another one is left out. @default all */
  jobs?: readonly string[];
  /** Address of an alert's runbook. */
  runbookUrl: (alert: string) => string;
  /** Looks at the series of this namespace alone, and says so in each alert. @default all series */
  namespace?: string;
}

function annotations(alert: Alert, options: RuleOptions): Record<string, string> {
  const limit = alert.threshold === undefined ? "" : `; alerts when ${describe(alert.threshold)}`;
  const held = seconds(alert.for) === 0 ? "" : ` for ${alert.for}`;
  return {
    summary: alert.summary,
    description: `${alert.description} Normal: ${alert.normal}${limit}${limit === "" ? "" : held}.`,
    runbook_url: options.runbookUrl(alert.name),
    ...(alert.panel === undefined
      ? {}
      : {
          __dashboardUid__: boardUid(alert.panel.board, options.namespace),
          __panelId__: String(panelId(alert.panel.board, alert.panel.key)),
        }),
  };
}

const placeOf = ({ stack, namespace }: RuleOptions) => ({
  stack,
  ...(namespace === undefined ? {} : { namespace }),
});

const labelsOf = ({ severity, service }: Alert, options: RuleOptions) => ({
  severity,
  service,
  ...placeOf(options),
});

const exprOf = ({ text }: Vector, { namespace }: RuleOptions): string =>
  namespace === undefined ? text : within(text, namespace);

function rule(alert: Alert, options: RuleOptions): Record<string, unknown> {
  return {
    alert: alert.name,
    expr: exprOf(alert.expr, options),
    ...(seconds(alert.for) === 0 ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: labelsOf(alert, options),
    annotations: annotations(alert, options),
  };
}

/** The recordings as rules of Prometheus in one group, and the alerts in one group per service. */
export function ruleGroups(options: RuleOptions) {
  const kept = [...capacityRecordings(options.capacity), ...recordings].filter((recording) =>
    present(options, recording),
  );
  const told = alerts.filter((alert) => present(options, alert));
  const services = [...new Set(told.map(({ service }): Service => service))];
  return [
    {
      name: "recordings",
      rules: kept.map(({ name, expr }): Record<string, unknown> => ({
        record: name,
        expr: exprOf(expr, options),
        labels: placeOf(options),
      })),
    },
    ...services.map((service) => ({
      name: service,
      rules: told.filter((alert) => alert.service === service).map((alert) => rule(alert, options)),
    })),
  ].filter(({ rules }) => rules.length > 0);
}

/** The rule file of Prometheus (JSON, which is YAML as well). */
export const renderRules = (options: RuleOptions): string =>
  `${JSON.stringify({ groups: ruleGroups(options) }, null, 2)}\n`;

export interface Target {
  /** "host:port" */
  address: string;
  labels?: Record<string, string>;
}

/** Pods of one kind, asked of the Kubernetes API. Their series carry the name of the pod as `instance`. */
export interface PodTargets {
  namespace: string;
  /** Labels of the pods. */
  selector: Readonly<Record<string, string>>;
  /** Name of the port. */
  port: string;
  /** Labels of their series. */
  labels?: Record<string, string>;
}

/** A name with one address for each target. Their series carry the address as `instance`. */
export interface NamedTargets {
  name: string;
  port: number;
  labels?: Record<string, string>;
}

/** Labels of a pod's series. The same in Prometheus' own configuration and in the objects of its operator. */
export const podLabels = [
  { source: "__meta_kubernetes_pod_name", target: "instance" },
  { source: "__meta_kubernetes_namespace", target: "namespace" },
];

/** Targets that come and go; `labels` may tell some targets of a job from others. */
function found(job: string, labels: Record<string, string> = {}, discovery: object, relabeling: object[]) {
  const own = Object.entries(labels).filter(([name]) => name !== "stack");
  return {
    job_name: [job, ...own.map(([, value]) => value)].join("/"),
    ...discovery,
    relabel_configs: [
      ...relabeling,
      ...Object.entries({ job, ...labels }).map(([target_label, replacement]) => ({
        target_label,
        replacement,
      })),
    ],
  };
}

function foundPods(job: string, { namespace, selector, port, labels }: PodTargets) {
  const label = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const discovery = {
    role: "pod",
    namespaces: { names: [namespace] },
    selectors: [{ role: "pod", label }],
  };
  return found(job, labels, { kubernetes_sd_configs: [discovery] }, [
    { source_labels: ["__meta_kubernetes_pod_container_port_name"], regex: port, action: "keep" },
    // They stay in the list for a while.
    { source_labels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed", action: "drop" },
    ...podLabels.map(({ source, target }) => ({ source_labels: [source], target_label: target })),
  ]);
}

/** Asked for as often as targets are read. */
function foundNames(job: string, { name, port, labels }: NamedTargets, interval: Duration) {
  const discovery = { names: [name], type: "A", port, refresh_interval: interval };
  return found(job, labels, { dns_sd_configs: [discovery] }, []);
}

export interface PrometheusOptions {
  /** Rules are evaluated as often as targets are read. */
  scrapeIntervalSeconds: number;
  /** Paths as Prometheus sees them. */
  ruleFiles: string[];
  /** "host:port" of each. */
  alertmanagers: string[];
  jobs: { job: string; targets?: Target[]; pods?: PodTargets[]; names?: NamedTargets[] }[];
  /** Name of the stack, a label of all series and alerts. */
  stack: string;
}

type Job = PrometheusOptions["jobs"][number];

const inStack =
  (stack: string) =>
  ({ job, targets = [], pods = [], names = [] }: Job): Job => {
    const labelled = <T extends { labels?: Record<string, string> }>(target: T): T => ({
      ...target,
      labels: { ...target.labels, stack },
    });
    return { job, targets: targets.map(labelled), pods: pods.map(labelled), names: names.map(labelled) };
  };

/** The configuration of Prometheus (JSON, which is YAML as well). */
export function renderPrometheusConfig(options: PrometheusOptions): string {
  const interval: Duration = `${options.scrapeIntervalSeconds}s`;
  const config = {
    global: {
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
      external_labels: { stack: options.stack },
    },
    rule_files: options.ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: options.alertmanagers }] }] },
    scrape_configs: options.jobs
      .map(inStack(options.stack))
      .flatMap(({ job, targets = [], pods = [], names = [] }) => [
        ...(targets.length === 0
          ? []
          : [
              {
                job_name: job,
                static_configs: targets.map(({ address, labels = {} }) => ({ targets: [address], labels })),
              },
            ]),
        ...pods.map((some) => foundPods(job, some)),
        ...names.map((some) => foundNames(job, some, interval)),
      ]),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Seconds between two samples, and between two evaluations, in the cases of the catalogue. */
const every = 15;

function expected(alert: Alert, options: RuleOptions, fired: Alert["fires"][number]) {
  return {
    exp_labels: { ...labelsOf(alert, options), ...fired.labels },
    exp_annotations: { ...annotations(alert, options), summary: fired.summary },
  };
}

/** The cases of these alerts as one file for `promtool test rules`. `ruleFile` is relative to it. */
export function renderRuleTests(ruleFile: string, tested: readonly Alert[], options: RuleOptions): string {
  const place = Object.entries(placeOf(options)).map(([name, value]) => `${name}="${value}",`);
  const input = (samples: Alert["quiet"][number]["samples"]) =>
    Object.entries(samples).map(([series, values]) => ({
      series: series.replace("{", `{${place.join("")}`),
      values,
    }));
  const at = (time: number, alert: Alert, exp_alerts: unknown[]) => ({
    eval_time: `${time}s`,
    alertname: alert.name,
    exp_alerts,
  });
  const tests = tested.flatMap((alert) => [
    ...alert.fires.map((fired) => {
      const due = seconds(fired.from) + seconds(alert.for);
      return {
        name: `${alert.name} fires: ${fired.when}`,
        interval: `${every}s`,
        input_series: input(fired.samples),
        alert_rule_test: [
          ...(due >= every ? [at(due - every, alert, [])] : []),
          at(due, alert, [expected(alert, options, fired)]),
        ],
      };
    }),
    ...alert.quiet.map((quiet) => ({
      name: `${alert.name} is quiet: ${quiet.when}`,
      interval: `${every}s`,
      input_series: input(quiet.samples),
      alert_rule_test: quiet.at.map((time) => at(seconds(time), alert, [])),
    })),
  ]);
  return `${JSON.stringify(
    {
      rule_files: [ruleFile],
      evaluation_interval: `${every}s`,
      // Recordings first.
      group_eval_order: ruleGroups(options).map(({ name }) => name),
      tests,
    },
    null,
    2,
  )}\n`;
}
