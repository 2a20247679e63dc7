import { parse } from "yaml";
import { z } from "zod";
import { dockerContainer } from "../docker.ts";
import { isProcess, kindOf, type Resource, type ResourceRule } from "../rule.ts";

/** `none` is that of an alert that always fires, to prove that alerts arrive. */
const SEVERITIES = ["critical", "warning", "info", "none"];

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          labels: z.record(z.string(), z.string()).default({}),
          annotations: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});
type Rules = z.infer<typeof rulesSchema>;

const texts = z.record(z.string(), z.string()).default({});
const schemas: Record<string, z.ZodType<Record<string, string>>> = {
  ConfigMap: z.object({ data: texts }).transform(({ data }) => data),
  Process: z.object({ files: texts }).transform(({ files }) => files),
};

/** Rule files of Prometheus are known by their name, wherever they stand. */
function rulesOf(resource: Resource): Rules[] {
  const kind = isProcess(resource) ? "Process" : (kindOf(resource) ?? "");
  if (kind === "PrometheusRule") {
    return [z.object({ spec: rulesSchema }).parse(resource.props).spec];
  }
  const uploads = (dockerContainer(resource)?.uploads ?? []).map(({ file, content }): [string, string] => [
    file,
    content,
  ]);
  const texts: Record<string, string> = schemas[kind]?.parse(resource.props) ?? Object.fromEntries(uploads);
  return Object.entries(texts)
    .filter(([path]) => /rules\.ya?ml$/.test(path))
    .map(([, text]) => rulesSchema.parse(parse(text)));
}

export const alertsComplete: ResourceRule = {
  name: "alerts-complete",
  description: "Every alert says how bad it is, and what to do about it.",
  check: (resource) =>
    rulesOf(resource)
      .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))
      .flatMap(({ alert, labels, annotations }) => {
        if (alert === undefined) return [];
        return [
          ...(SEVERITIES.includes(labels["severity"] ?? "")
            ? []
            : [`the alert ${alert} has no severity: one of ${SEVERITIES.join(", ")}`]),
          ...((annotations["runbook_url"] ?? "") === "" ? [`the alert ${alert} has no runbook_url`] : []),
        ];
      }),
};
