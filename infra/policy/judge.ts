import { UnknownValueError, type PolicyResource } from "@pulumi/policy";
import type { Resource, Rule } from "./rule.ts";

/** A resource as the engine describes it. */
export type Described = Pick<PolicyResource, "type" | "name" | "urn" | "props"> & {
  readonly opts: Pick<PolicyResource["opts"], "protect">;
};

/** What is not known in a preview is judged by the update, before anything is created. */
function unlessUnknown(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UnknownValueError)) throw error;
  }
}

/** Reports what breaks the rule, with the resource's URN. */
export function judge(
  rule: Rule,
  described: readonly Described[],
  report: (message: string, urn: string) => void,
): void {
  const urns = new Map<Resource, string>(
    described.map(({ type, name, props, opts, urn }) => [{ type, name, props, protect: opts.protect }, urn]),
  );
  if ("checkStack" in rule) {
    unlessUnknown(() => {
      for (const { resource, message } of rule.checkStack([...urns.keys()]))
        report(message, urns.get(resource) ?? "");
    });
    return;
  }
  for (const [resource, urn] of urns)
    unlessUnknown(() => rule.check(resource).forEach((message) => report(message, urn)));
}
