import { z } from "zod";
import type { Severity } from "../catalogue.ts";
import type { Alertmanager, KnownSilence, Matcher, ToldAlert } from "./alertmanager.ts";
import type { AlertView, AlertsView, RuleView, SilenceView } from "./api.ts";
import type { AlertRule, Prometheus } from "./prometheus.ts";
import { Unanswered } from "./upstream.ts";

const severity = z.enum(["critical", "warning", "info", "none"] satisfies Severity[]).catch("info");

/** Alertmanager knows an alert by the labels of Prometheus, and by those that Prometheus adds to all. */
const isSame = (told: ToldAlert, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => told.labels[name] === value);

function alertView(alert: AlertRule["alerts"][number], told: readonly ToldAlert[]): AlertView {
  const own = told.find((one) => isSame(one, alert.labels));
  const { inhibitedBy = [], silencedBy = [] } = own?.status ?? {};
  const inhibitors = told.filter(({ fingerprint }) => inhibitedBy.includes(fingerprint));
  return {
    state: alert.state,
    since: alert.activeAt,
    value: Number(alert.value),
    labels: alert.labels,
    summary: alert.annotations["summary"] ?? "",
    description: alert.annotations["description"] ?? "",
    silencedBy,
    inhibitedBy: [...new Set(inhibitors.map(({ labels }) => labels["alertname"] ?? ""))],
  };
}

/** Where the board is that an alert points to, in Grafana's own form. */
function panelPath({ __dashboardUid__: uid, __panelId__: id }: Readonly<Record<string, string>>) {
  return uid === undefined || id === undefined ? {} : { panel: `/d/${uid}?viewPanel=${id}` };
}

/** Where the rule says, if that is an address; a path in the repository is of no use to a browser. */
function runbookAddress({ name, annotations: { runbook_url: url = "" } }: AlertRule): string {
  return /^https?:\/\//.test(url) ? url : `/runbooks/${name}`;
}

const ruleView = (rule: AlertRule, told: readonly ToldAlert[]): RuleView => ({
  name: rule.name,
  state: rule.state,
  severity: severity.parse(rule.labels["severity"]),
  service: rule.labels["service"] ?? "",
  description: rule.annotations["description"] ?? "",
  expr: rule.query,
  forSeconds: rule.duration,
  runbook: runbookAddress(rule),
  ...panelPath(rule.annotations),
  ...(rule.health === "err" ? { error: rule.lastError ?? "Prometheus cannot evaluate it" } : {}),
  alerts: rule.alerts.map((alert) => alertView(alert, told)),
});

const matcherText = ({ name, value, isRegex, isEqual }: Matcher): string =>
  `${name}${isEqual ? (isRegex ? "=~" : "=") : isRegex ? "!~" : "!="}${JSON.stringify(value)}`;

/** Those that are over are left out. */
const silenceViews = (silences: readonly KnownSilence[]): SilenceView[] =>
  silences.flatMap(({ id, matchers, comment, createdBy, startsAt, endsAt, status: { state } }) =>
    state === "expired"
      ? []
      : [
          {
            ...{ id, comment, startsAt, endsAt, state },
            author: createdBy,
            matchers: matchers.map(matcherText).join(", "),
          },
        ],
  );

/** All rules with what they found, and who keeps it from being told. What cannot be asked is left out and said. */
export async function alertsView(prometheus: Prometheus, alertmanager: Alertmanager): Promise<AlertsView> {
  const problems = new Set<string>();
  const orNone = async <T>(question: Promise<T[]>): Promise<T[]> => {
    try {
      return await question;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      problems.add(error.message);
      return [];
    }
  };
  const [rules, told, silences] = await Promise.all([
    orNone(prometheus.alertRules()),
    orNone(alertmanager.alerts()),
    orNone(alertmanager.silences()),
  ]);
  return {
    rules: rules.map((rule) => ruleView(rule, told)),
    silences: silenceViews(silences),
    problems: [...problems],
  };
}
