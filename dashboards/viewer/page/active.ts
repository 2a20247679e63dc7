import type { AlertView, AlertsView, RuleView } from "../api.ts";

const order = { critical: 0, warning: 1, info: 2, none: 3 };

/** What fires or is about to, but for the dead man's switch, the worst first. */
export const active = ({ rules }: AlertsView): { rule: RuleView; alert: AlertView }[] =>
  rules
    .filter(({ severity }) => severity !== "none")
    .flatMap((rule) => rule.alerts.map((alert) => ({ rule, alert })))
    .sort(
      (a, b) =>
        Number(a.alert.state === "pending") - Number(b.alert.state === "pending") ||
        order[a.rule.severity] - order[b.rule.severity] ||
        a.rule.name.localeCompare(b.rule.name),
    );
