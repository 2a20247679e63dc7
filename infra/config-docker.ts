import { z } from "zod";

/** Keys that only the platform `docker` reads, each with its rule and the sentence that says how to mend it. */
export const dockerKeys = {
  gatewayAddress: z
    .string()
    .regex(
      /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]):\d{1,5}$/,
      "must be an address of the engine's machine with a port, such as 0.0.0.0:443",
    )
    .optional(),
  buildNetwork: z.enum(["default", "host"], { error: "must be default or host" }).default("default"),
};

/** Where the engine's machine lets the outside in. */
export function gatewayAddressOf(text: string | undefined): { host: string; port: number } | undefined {
  if (text === undefined) return undefined;
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}

/** What has no effect. `raw`: the values as they were given. */
export const dockerProblems = (raw: Readonly<Record<string, string | undefined>>): string[] =>
  raw["platform"] === "docker"
    ? []
    : Object.keys(dockerKeys)
        .filter((key) => raw[key] !== undefined)
        .map((key) => `launchlab:${key} has no effect: it is for the platform docker; remove it`);
