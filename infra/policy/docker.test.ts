import { expect, it } from "vitest";
import { resource } from "./rule-fixture.ts";
import { imagePinned } from "./rules/image-pinned.ts";
import { noHostAccess } from "./rules/no-host-access.ts";
import { noSecretInEnvironment } from "./rules/no-secret-in-environment.ts";
import { nonRoot } from "./rules/non-root.ts";
import { privilegesDropped } from "./rules/privileges-dropped.ts";
import { readOnlyRoot } from "./rules/read-only-root.ts";
import { resourcesStated } from "./rules/resources-stated.ts";

const good = {
  image: "postgres:17.6",
  user: "999:999",
  readOnly: true,
  memory: 512,
  cpuShares: 512,
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
};
const rules = [
  imagePinned,
  noHostAccess,
  noSecretInEnvironment,
  nonRoot,
  privilegesDropped,
  readOnlyRoot,
  resourcesStated,
];
/** Names of the rules that a container breaks which is good but for this. */
const brokenBy = (more: Record<string, unknown>): string[] => {
  const container = resource("docker:index/container:Container", { ...good, ...more });
  return rules.flatMap((rule) => rule.check(container).map(() => rule.name));
};

it("a container passes when it is right, also as the plugin tells it, with null for what was left out", () => {
  expect(brokenBy({})).toEqual([]);
  expect(brokenBy({ ports: null, pidMode: null, capabilities: { adds: null, drops: ["ALL"] } })).toEqual([]);
});

it.each([
  ["image-pinned", { image: "postgres" }],
  ["non-root", { user: "0:0" }],
  ["non-root", { user: "root" }],
  ["non-root", { user: null }],
  ["read-only-root", { readOnly: false }],
  ["resources-stated", { memory: null }],
  ["no-host-access", { networkMode: "host" }],
  ["no-host-access", { volumes: [{ hostPath: "/", containerPath: "/host" }] }],
  ["no-host-access", { mounts: [{ type: "bind", source: "/", target: "/host" }] }],
  ["no-host-access", { ports: [{ internal: 80, external: 80 }] }],
  ["no-secret-in-environment", { envs: ["POSTGRES_PASSWORD=x"] }],
  ["privileges-dropped", { privileged: true }],
  ["privileges-dropped", { capabilities: { drops: ["NET_RAW"] } }],
  ["privileges-dropped", { securityOpts: [] }],
])("a container breaks %s with %j, and nothing else", (name, more) => {
  expect(brokenBy(more)).toEqual([name]);
});

it("a container that never runs may be as it likes", () => {
  expect(brokenBy({ start: false, user: null, readOnly: false, memory: null })).toEqual([]);
});
