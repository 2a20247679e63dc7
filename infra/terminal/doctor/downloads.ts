import { good, look, type Finding } from "../../../app/finding.ts";
import { output } from "../command.ts";

/** How long a host may take to answer at all. */
const REACH_MS = 4000;

export interface Reach {
  /** What it is for. */
  readonly name: string;
  readonly reached: boolean;
  /** Milliseconds by which this machine's clock is ahead; undefined when the host does not say. */
  readonly ahead?: number;
}

/** What can be had over the network. */
export interface Downloads {
  /** Releases of the Pulumi CLI. */
  readonly pulumi: boolean;
  /** Go modules, from which it can be built. */
  readonly modules: boolean;
  /** Releases of Prometheus and Alertmanager. */
  readonly releases: boolean;
  /** Seconds by which this machine's clock is ahead of the first host that said its time. */
  readonly clockAhead: number | undefined;
  readonly finding: Finding;
}

async function reach(name: string, url: string): Promise<Reach> {
  const asked = Date.now();
  try {
    const signal = AbortSignal.timeout(REACH_MS);
    const { status, headers } = await fetch(url, { method: "HEAD", redirect: "manual", signal });
    const said = Date.parse(headers.get("date") ?? "");
    // The header has whole seconds: in the middle of one, and half way through the call.
    const ahead = (asked + Date.now()) / 2 - (said + 500);
    return { name, reached: status < 400, ...(Number.isNaN(said) ? {} : { ahead }) };
  } catch {
    return { name, reached: false };
  }
}

/** The first proxy that Go asks; undefined where it asks none, or is not installed. */
async function goProxy(): Promise<string | undefined> {
  const text = await output("go", ["env", "GOPROXY"]).catch(() => "https://proxy.golang.org");
  return text
    .trim()
    .split(/[,|]/)
    .find((one) => one.startsWith("http"));
}

/** What the ways say: which are open, and which are not. */
export function summary(ways: readonly Reach[]): Finding {
  const names = (reached: boolean): string =>
    ways
      .filter((one) => one.reached === reached)
      .map(({ name }) => name)
      .join(", ");
  if (ways.every(({ reached }) => reached)) return good("downloads", `reached: ${names(true)}`);
  const text =
    names(true) === ""
      ? `not reached: ${names(false)}`
      : `reached: ${names(true)}; not reached: ${names(false)}`;
  return names(true) === ""
    ? look(
        "downloads",
        text,
        "what is here already still works; a proxy is set by HTTPS_PROXY and NODE_USE_ENV_PROXY=1",
      )
    : good("downloads", text);
}

/** Asks each host that `up` may download from. */
export async function downloads(registry = process.env["npm_config_registry"]): Promise<Downloads> {
  const proxy = await goProxy();
  const [npm, pulumi, modules, releases] = await Promise.all([
    reach("npm packages", registry ?? "https://registry.npmjs.org/"),
    reach("the Pulumi CLI", "https://get.pulumi.com/"),
    proxy === undefined
      ? { name: "Go modules", reached: false }
      : reach("Go modules", `${proxy.replace(/\/$/, "")}/github.com/pulumi/pulumi/sdk/v3/@v/list`),
    reach("releases on GitHub", "https://github.com/prometheus/prometheus/releases"),
  ]);
  const ways: Reach[] = [npm, pulumi, modules, releases];
  const ahead = ways.find((one) => one.ahead !== undefined)?.ahead;
  return {
    pulumi: pulumi.reached,
    modules: modules.reached,
    releases: releases.reached,
    clockAhead: ahead === undefined ? undefined : ahead / 1000,
    finding: summary(ways),
  };
}
