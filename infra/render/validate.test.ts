// Manifests as kubeconform sees them, with the schemas of Kubernetes and of the operators.
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { MissingProgram } from "../toolchain/go-build.ts";
import { readStackFile } from "../toolchain/stack-file.ts";
import { render } from "./render.ts";
import { prepareValidation, validate } from "./validate.ts";

const missing = await prepareValidation(console.error).then(
  () => undefined,
  (error: unknown) => {
    if (error instanceof MissingProgram) return error.message;
    throw error;
  },
);
const production = readStackFile("production") ?? {};
const without = (...keys: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(production).filter(([key]) => !keys.includes(key)));

async function rendered(config: Record<string, string>): Promise<string> {
  const files = await render("production", config);
  const manifests = Object.entries(files).filter(([name]) => name.endsWith(".yaml"));
  return manifests.map(([, text]) => text).join("---\n");
}

describe.skipIf(missing !== undefined)("kubeconform", () => {
  it.each<[string, Record<string, string>]>([
    ["the example of a production stack", production],
    ["with the simulator", without("launchlab:webhookUrl")],
    ["the smallest, with defaults", without("launchlab:registry", "launchlab:imagePullSecret")],
    ["the largest", { ...production, "launchlab:users": "20000", "launchlab:storageClass": "fast" }],
    ["with a Postgres cluster", { ...production, "launchlab:postgresHa": "cloudnative-pg" }],
    [
      "watched by an operator",
      {
        ...production,
        "launchlab:monitoring": "prometheus-operator",
        "launchlab:monitoringNamespace": "monitoring",
        "launchlab:monitorLabels": '{"release":"monitoring"}',
      },
    ],
    [
      "scaled by KEDA",
      { ...production, "launchlab:autoscaling": "keda", "launchlab:monitoringNamespace": "keda" },
    ],
  ])("accepts %s", async (_name, config) => {
    expect(await validate(await rendered(config))).toEqual([]);
  });

  it("refuses a key that is misspelt, and a value of the wrong type, and says where", async () => {
    const text = await rendered(production);
    const misspelt = text.replace("runAsNonRoot: true", "runAsNotRoot: true");
    expect(await validate(misspelt)).toEqual([
      expect.stringMatching(
        /^\w+ [\w-]+: - at '\/spec\/template\/spec\/securityContext': .*'runAsNotRoot' not allowed$/,
      ),
    ]);
    const wrong = text.replace("runAsNonRoot: true", "runAsNonRoot: 'true'");
    expect(await validate(wrong)).toEqual([
      expect.stringMatching(/runAsNonRoot': got string, want boolean$/),
    ]);
  });

  const object = (apiVersion: string, kind: string, spec: unknown): Record<string, unknown> => ({
    apiVersion,
    kind,
    metadata: { name: "one", namespace: "launchlab" },
    spec,
  });
  const ref = { name: "one" };
  it.each([
    object("postgresql.cnpg.io/v1", "Cluster", { instances: 3, storage: { size: "1Gi" } }),
    object("postgresql.cnpg.io/v1", "Pooler", { cluster: ref, pgbouncer: { poolMode: "transaction" } }),
    object("postgresql.cnpg.io/v1", "ScheduledBackup", { cluster: ref, schedule: "0 0 0 * * *" }),
    object("cert-manager.io/v1", "Certificate", { secretName: "one", issuerRef: ref }),
    object("keda.sh/v1alpha1", "ScaledObject", {
      scaleTargetRef: ref,
      triggers: [{ type: "cpu", metadata: { value: "50" } }],
    }),
    object("gateway.networking.k8s.io/v1", "HTTPRoute", { parentRefs: [ref] }),
    object("monitoring.coreos.com/v1", "PodMonitor", {
      selector: {},
      podMetricsEndpoints: [{ port: "admin" }],
    }),
    object("monitoring.coreos.com/v1", "PrometheusRule", { groups: [{ name: "g", rules: [{ expr: 1 }] }] }),
    object("bitnami.com/v1alpha1", "SealedSecret", { encryptedData: { TOKEN: "AgBy" } }),
  ])("knows the kinds of the operators: $kind", async (manifest) => {
    expect(await validate(stringify(manifest))).toEqual([]);
    const misspelt = { ...manifest, spec: { ...(manifest["spec"] as object), misspelt: true } };
    expect(await validate(stringify(misspelt))).toEqual([expect.stringContaining("misspelt")]);
    const noName = { ...manifest, metadata: { nme: "one" } };
    expect(await validate(stringify(noName))).not.toEqual([]);
  });

  it("refuses a kind that it has no schema of, and does not take nothing for good", async () => {
    const found = await validate(stringify(object("example.org/v1", "Strange", {})));
    expect(found).toEqual([expect.stringMatching(/^Strange one: could not find schema/)]);
    await expect(validate("")).rejects.toThrow("has seen no manifest");
  });
});
