import { describe, expect, it } from "vitest";
import { object, processOf, resource } from "../rule-fixture.ts";
import type { Resource } from "../rule.ts";
import { alertsComplete } from "./alerts-complete.ts";

describe("alerts-complete", () => {
  const groups = (labels: unknown, annotations: unknown): unknown => ({
    groups: [
      {
        name: "g",
        rules: [
          { record: "r", expr: "1" },
          { alert: "Down", expr: "1", labels, annotations },
        ],
      },
    ],
  });
  const everywhere = (rules: unknown): Resource[] => [
    resource("kubernetes:core/v1:ConfigMap", { data: { "rules.yml": JSON.stringify(rules), other: "{" } }),
    object("monitoring.coreos.com/v1:PrometheusRule", rules),
    processOf({ files: { "rules.yml": JSON.stringify(rules) } }),
  ];

  it("wants a severity and a runbook, wherever the rules stand", () => {
    const runbook = { runbook_url: "runbooks/Down.md" };
    for (const one of everywhere(groups({ severity: "critical" }, runbook)))
      expect(alertsComplete.check(one)).toEqual([]);
    for (const one of everywhere(groups({ severity: "bad" }, runbook)))
      expect(alertsComplete.check(one)).toEqual([
        "the alert Down has no severity: one of critical, warning, info, none",
      ]);
    for (const one of everywhere(groups({ severity: "info" }, { runbook_url: "" })))
      expect(alertsComplete.check(one)).toEqual(["the alert Down has no runbook_url"]);
    for (const one of everywhere(groups(undefined, undefined)))
      expect(alertsComplete.check(one)).toHaveLength(2);
  });

  it("passes resources without files", () => {
    expect(alertsComplete.check(resource("kubernetes:core/v1:ConfigMap", {}))).toEqual([]);
    expect(alertsComplete.check(processOf({}))).toEqual([]);
  });
});
