import { describe, expect, it } from "vitest";
import { deployment, object, pod } from "../rule-fixture.ts";
import type { Resource } from "../rule.ts";
import { disruptionBudget } from "./disruption-budget.ts";

describe("disruption-budget", () => {
  const budget = (spec: Record<string, unknown>, app = "web"): Resource =>
    object("policy/v1:PodDisruptionBudget", { selector: { matchLabels: { app } }, ...spec });
  const autoscaler = (minReplicas: number): Resource =>
    object("autoscaling/v2:HorizontalPodAutoscaler", {
      scaleTargetRef: { name: "web" },
      minReplicas,
      maxReplicas: 9,
    });
  const scaledObject = object("keda.sh/v1alpha1:ScaledObject", {
    scaleTargetRef: { name: "web" },
    minReplicaCount: 1,
  });
  const pooler = object("postgresql.cnpg.io/v1:Pooler", { instances: 2 }, "pooler");
  const check = (...resources: Resource[]): string[] =>
    disruptionBudget.checkStack(resources).map(({ message }) => message);

  it("lets one go and keeps one", () => {
    for (const spec of [
      { maxUnavailable: 1 },
      { minAvailable: 1 },
      { maxUnavailable: "50%" },
      { minAvailable: "50%" },
    ])
      expect(check(deployment(pod, { replicas: 2 }), budget(spec))).toEqual([]);
  });

  it("refuses one that never lets any go", () => {
    for (const spec of [{}, { maxUnavailable: 0 }, { minAvailable: 2 }, { minAvailable: "100%" }])
      expect(check(deployment(pod, { replicas: 2 }), budget(spec))[0]).toContain("none may ever be evicted");
  });

  it("refuses one that lets all go, counted at the autoscaler's smallest number", () => {
    expect(check(deployment(pod, { replicas: 2 }), budget({ maxUnavailable: 2 }))[0]).toContain(
      "all 2 replicas",
    );
    expect(check(deployment(pod), budget({ maxUnavailable: 2 }), autoscaler(3))).toEqual([]);
    expect(check(deployment(pod), budget({ maxUnavailable: 3 }), autoscaler(3))[0]).toContain(
      "all 3 replicas",
    );
    expect(check(deployment(pod), budget({ maxUnavailable: 1 }), scaledObject)[0]).toContain(
      "all 1 replicas",
    );
  });

  it("refuses one that selects nothing", () => {
    expect(check(deployment(pod), budget({ maxUnavailable: 1 }, "typo"))).toEqual([
      "it selects no workload of the stack",
    ]);
  });

  it("knows the pods of a pooler", () => {
    const selector = { matchLabels: { "cnpg.io/poolerName": "pooler" } };
    expect(check(pooler, budget({ maxUnavailable: 1, selector }))).toEqual([]);
  });
});
