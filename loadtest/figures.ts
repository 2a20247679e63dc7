import { z } from "zod";

/** Where k6 writes what it measures while it runs. */
export interface Figures {
  /** Of the Prometheus that takes them. */
  readonly prometheus: string;
  /** Name of the stack, the label by which boards choose. */
  readonly stack: string;
}

const values = z.object({ data: z.array(z.string()) });

/**
 * The Prometheus at `url` as a place for figures. Throws with what is missing: it has to be there, take figures from
 * others, and watch one stack.
 */
export async function figuresAt(url: string): Promise<Figures> {
  const base = url.replace(/\/$/, "");
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${base}/api/v1/${path}`, { ...init, signal: AbortSignal.timeout(5000) }).catch(
      (cause: unknown) => {
        throw new Error(`no Prometheus answers at ${base}`, { cause });
      },
    );
  // Nothing is written by an empty request; where writing is off, there is no such path.
  const { status } = await ask("write", { method: "POST" });
  if (status === 404)
    throw new Error(`the Prometheus at ${base} takes no figures: set launchlab:remoteWrite to on`);
  const answer = await ask("label/stack/values?match[]=up");
  const { data } = values.parse(await answer.json());
  const [stack] = data;
  if (stack === undefined || data.length > 1)
    throw new Error(`the Prometheus at ${base} watches ${data.length} stacks, not one`);
  return { prometheus: base, stack };
}

/** k6's arguments and environment. Percentiles are those since the run began. */
export function figuresOptions({ prometheus, stack }: Figures, profile: string) {
  const tags = { job: "k6", stack, profile };
  return {
    args: [
      "--out",
      "experimental-prometheus-rw",
      ...Object.entries(tags).flatMap(([name, value]) => ["--tag", `${name}=${value}`]),
    ],
    env: {
      K6_PROMETHEUS_RW_SERVER_URL: `${prometheus}/api/v1/write`,
      K6_PROMETHEUS_RW_TREND_STATS: "p(50),p(95),p(99)",
      // A rate needs two of them, also of the shortest run.
      K6_PROMETHEUS_RW_PUSH_INTERVAL: "1s",
      // Lines end with the run.
      K6_PROMETHEUS_RW_STALE_MARKERS: "true",
    },
  };
}
