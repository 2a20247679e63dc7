import { z } from "zod";

const schema = z.object({
  VIEWER_HOST: z.string().min(1, "is empty: leave it out for 127.0.0.1").default("127.0.0.1"),
  VIEWER_PORT: z.coerce.number("must be a port").int().min(0).max(65_535).default(3000),
  PROMETHEUS_URL: z.url({ protocol: /^https?$/, error: "must be the address of Prometheus" }),
  ALERTMANAGER_URL: z.url({ protocol: /^https?$/, error: "must be the address of Alertmanager" }),
  STACK: z.string().min(1, "must be the name of the stack"),
  SCRAPE_JOBS: z.string("must list the scrape jobs, commas between them"),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly prometheus: string;
  readonly alertmanager: string;
  /** What is shown before another one is chosen. */
  readonly stack: string;
  /** Of the stack: boards that need another one are left out. */
  readonly jobs: readonly string[];
}

/** Reads the environment. Throws one error that lists every problem. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { success, data, error } = schema.safeParse(env);
  if (!success) {
    const problems = error.issues.map(({ path, message }) => `  - ${path.join(".")} ${message}`);
    throw new Error(`the viewer cannot start:\n${problems.join("\n")}`);
  }
  return {
    host: data.VIEWER_HOST,
    port: data.VIEWER_PORT,
    prometheus: data.PROMETHEUS_URL.replace(/\/$/, ""),
    alertmanager: data.ALERTMANAGER_URL.replace(/\/$/, ""),
    stack: data.STACK,
    jobs: data.SCRAPE_JOBS.split(","),
  };
}
