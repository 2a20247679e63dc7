import { expect, it } from "vitest";
import { unwrap } from "../process-provider/secrets.ts";
import { clusterConfig, register, type Options, type Registration } from "../stack-fixture.ts";
import type { Resource } from "./rule.ts";
import { rules } from "./rules.ts";

const resourcesOf = ({ resources }: Registration): Resource[] =>
  resources.map(({ inputs, ...rest }) => ({ ...rest, props: unwrap(inputs) }));

const violations = (resources: readonly Resource[]): string[] =>
  rules.flatMap((rule) =>
    "check" in rule
      ? resources.flatMap((one) => rule.check(one).map((message) => `${rule.name}: ${one.name}: ${message}`))
      : rule.checkStack(resources).map((one) => `${rule.name}: ${one.resource.name}: ${one.message}`),
  );

const token = `12345678:${"A1b".repeat(12)}`.slice(0, 44);
const stacks: [string, Options][] = [
  ["local", {}],
  ["local, a real bot", { token, config: { webhookUrl: "https://bot.example.org" } }],
  ["docker", { config: { platform: "docker" } }],
  ["docker, a real bot", { token, config: { platform: "docker", webhookUrl: "https://bot.example.org" } }],
  ["docker, largest", { config: { platform: "docker", users: "20000" } }],
  ["docker, Sentinels for Redis", { config: { platform: "docker", redisHa: "sentinel" } }],
  ["kubernetes", { config: clusterConfig }],
  ["kubernetes, a real bot", { token, config: { ...clusterConfig, webhookUrl: "https://bot.example.org" } }],
  ["kubernetes, smallest", { config: { ...clusterConfig, users: "1" }, dashboards: "none" }],
  [
    "kubernetes, scaled by KEDA",
    { config: { ...clusterConfig, autoscaling: "keda", monitoringNamespace: "keda" } },
  ],
  ["kubernetes, a Postgres cluster", { config: { ...clusterConfig, postgresHa: "cloudnative-pg" } }],
  [
    "kubernetes, a Postgres cluster, largest",
    {
      config: {
        ...clusterConfig,
        postgresHa: "cloudnative-pg",
        users: "20000",
        autoscaling: "keda",
        monitoringNamespace: "keda",
      },
    },
  ],
  [
    "an external Postgres",
    { postgresPassword: "planted", config: { postgresHa: "external", postgresHost: "db.example.org" } },
  ],
  ["Sentinels for Redis", { config: { redisHa: "sentinel" } }],
  ["kubernetes, Sentinels for Redis", { config: { ...clusterConfig, redisHa: "sentinel" } }],
  [
    "kubernetes, watched by an operator",
    { config: { ...clusterConfig, monitoring: "prometheus-operator", monitoringNamespace: "monitoring" } },
  ],
  ["kubernetes, largest", { config: { ...clusterConfig, users: "20000" } }],
];

it.each(stacks)("the stack keeps to every rule: %s", async (_name, options) => {
  expect(violations(resourcesOf(await register(options)))).toEqual([]);
});

/** The rules that a change of all that is registered breaks. */
const brokenBy = async (options: Options, change: (text: string) => string): Promise<string[]> => {
  const resources = resourcesOf(await register(options));
  const changed = resources.map((one) => ({
    ...one,
    protect: false,
    props: JSON.parse(change(JSON.stringify(one.props))) as unknown,
  }));
  return [...new Set(violations(changed).map((line) => line.split(":")[0] ?? ""))].sort();
};

it("every rule sees what it is about in the stack, so that none passes by looking away", async () => {
  const inPods = await brokenBy({ config: clusterConfig }, (text) =>
    text
      .replaceAll(/"image":"[^"]+"/g, '"image":"postgres"')
      .replaceAll('"runAsNonRoot":true', '"runAsNonRoot":false')
      .replaceAll('"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false')
      .replaceAll('"limits"', '"ignored"')
      .replaceAll('"containerPort"', '"hostPort":80,"containerPort"')
      .replaceAll("DATABASE_NAME", "DATABASE_PASSWORD")
      .replaceAll("runbook_url", "link")
      .replaceAll('"maxUnavailable":1', '"maxUnavailable":9')
      .replaceAll(/max_connections=\d+/g, "max_connections=20"),
  );
  const names = rules.map(({ name }) => name);
  expect(inPods).toEqual(names.filter((name) => name !== "privileges-dropped"));
  const inContainers = await brokenBy({ config: { platform: "docker" } }, (text) =>
    text
      .replaceAll(/"image":"[^"]+"/g, '"image":"postgres"')
      .replaceAll(/"user":"[^"]+"/g, '"user":"root"')
      .replaceAll('"readOnly":true', '"readOnly":false')
      .replaceAll(/"memory":/g, '"ignored":')
      .replaceAll('"ip":"127.0.0.1"', '"protocol":"tcp"')
      .replaceAll('"no-new-privileges:true"', '"seccomp=unconfined"')
      .replaceAll("DATABASE_NAME", "DATABASE_PASSWORD")
      .replaceAll("runbook_url", "link")
      .replaceAll(/max_connections=\d+/g, "max_connections=20"),
  );
  expect(inContainers).toEqual(names.filter((name) => name !== "disruption-budget"));
});
