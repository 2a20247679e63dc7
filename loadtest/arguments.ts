import { parseArgs } from "node:util";

export type Arguments =
  | { readonly profile: string | undefined; readonly stack: string }
  | {
      readonly profile: string | undefined;
      readonly webhook: string;
      readonly secretFile: string;
      readonly simulator: string | undefined;
      /** Takes k6's figures. */
      readonly prometheus: string | undefined;
    };

export const usage = `npm run load -- PROFILE [--stack NAME]
npm run load -- PROFILE --webhook URL --secret-file FILE [--simulator URL] [--prometheus URL]

Posts updates of people who do not exist to the bot's webhook. Only for a bot that talks to a simulator, or to
Telegram's test environment: it answers every update.`;

function url(option: string, value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error(`--${option} ${value} is not an http(s) address`);
  }
  return value;
}

/** Throws an error for people when the arguments do not fit together. */
export function readArguments(argv: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      stack: { type: "string" },
      webhook: { type: "string" },
      "secret-file": { type: "string" },
      simulator: { type: "string" },
      prometheus: { type: "string" },
    },
  });
  const [profile, ...more] = positionals;
  if (more.length > 0) throw new Error(`one profile at a time, not also ${more.join(", ")}\n\n${usage}`);
  const { stack, webhook, simulator, prometheus, "secret-file": secretFile } = values;
  if ([webhook, secretFile, simulator, prometheus].every((value) => value === undefined)) {
    return { profile, stack: stack ?? "dev" };
  }
  if (stack !== undefined || webhook === undefined || secretFile === undefined) {
    throw new Error(`either --stack, or both --webhook and --secret-file\n\n${usage}`);
  }
  return {
    profile,
    webhook: url("webhook", webhook),
    secretFile,
    simulator: simulator === undefined ? undefined : url("simulator", simulator),
    prometheus: prometheus === undefined ? undefined : url("prometheus", prometheus),
  };
}
