// What the tests of the rules share: resources as the program registers them.
import type { Resource } from "./rule.ts";

/** A resource as the program registers it. */
export const resource = (type: string, props: unknown, more: Partial<Resource> = {}): Resource => ({
  type,
  name: "one",
  props,
  protect: false,
  ...more,
});
export const object = (type: string, spec: unknown, name = "web"): Resource =>
  resource(`kubernetes:${type}`, { metadata: { name }, spec });

/** A container that keeps to every rule. */
export const good = {
  name: "web",
  image: "registry.example.org:5000/bot:1.0.0",
  env: [{ name: "DATABASE_PASSWORD_FILE", value: "/etc/secrets/password" }],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
  securityContext: { runAsUser: 1000, readOnlyRootFilesystem: true },
};
export const pod = { securityContext: { runAsNonRoot: true }, containers: [good] };
export const deployment = (spec: unknown, more: Record<string, unknown> = {}, name = "web"): Resource =>
  object("apps/v1:Deployment", { ...more, template: { metadata: { labels: { app: name } }, spec } }, name);
export const withContainer = (more: Record<string, unknown>): Resource =>
  deployment({ ...pod, containers: [{ ...good, ...more }] });
export const processOf = (more: Record<string, unknown>, name = "web-0"): Resource =>
  resource("process:index:Process", { name, command: ["node"], env: {}, files: {}, ...more });
