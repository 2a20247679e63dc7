import type { Uploaded } from "./updates.ts";

/** What the runner tells k6, in a file that only its owner may read because it holds the webhook's secret. */
export interface LoadConfig {
  profile: string;
  webhook: string;
  secret: string;
  /** Update ids of the run count up from here; every run has its own. */
  firstUpdateId: number;
  /** Where k6 writes its summary. */
  summary: string;
  /** The file that people upload, for profiles with files. */
  file?: Uploaded;
}

/** Reads what the runner wrote. */
export function parseConfig(text: string): LoadConfig {
  const value: unknown = JSON.parse(text);
  const isConfig = (v: unknown): v is LoadConfig =>
    typeof v === "object" &&
    v !== null &&
    ["profile", "webhook", "secret", "summary"].every((key) => typeof Reflect.get(v, key) === "string") &&
    Number.isSafeInteger(Reflect.get(v, "firstUpdateId"));
  if (!isConfig(value)) throw new Error("the file named by LOAD_CONFIG is not a load test's configuration");
  return value;
}
