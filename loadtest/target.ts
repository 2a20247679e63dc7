import { readFileSync } from "node:fs";
import { z } from "zod";

/** Where a load goes. */
export interface Target {
  readonly webhook: string;
  readonly secret: string;
  /** Counts and forgets what the bot sends; none in front of a bot that talks to Telegram itself. */
  readonly simulator?: string | undefined;
  /** Watches the bot, and takes the figures of those who load it. */
  readonly prometheus?: string | undefined;
}

const outputs = z.object({
  webhook: z.url(),
  webhookSecret: z.string().min(1),
  simulator: z.url().optional(),
  prometheus: z.url().optional(),
});

/** The target that a stack's outputs describe. */
export function targetOf(stack: string, values: Record<string, unknown>): Target {
  const parsed = outputs.safeParse(values);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new Error(
      `stack ${stack} lacks the outputs ${names}: run \`npm run up -- --stack ${stack}\` first`,
    );
  }
  const { webhook, webhookSecret, simulator, prometheus } = parsed.data;
  return { webhook, secret: webhookSecret, simulator, prometheus };
}

/** The first line of a file with a webhook secret, as the bot itself reads it. */
export function readSecret(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(`cannot read the webhook secret from ${file}: give --secret-file a readable file`, {
      cause,
    });
  }
  const secret = text.split("\n")[0]?.trim() ?? "";
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(secret)) {
    throw new Error(`the first line of ${file} is no webhook secret: 1 to 256 of A-Z a-z 0-9 _ -`);
  }
  return secret;
}
