import { z } from "zod";

export interface Asked {
  readonly prometheus: string;
  readonly alertmanager: string;
  /** Of the admin API. */
  readonly admin: string;
  readonly adminToken: string;
  readonly webhook: string;
  readonly webhookSecret: string;
}

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ labels: z.record(z.string(), z.string()), scrapeUrl: z.url() })),
  }),
});
const openApiSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * What everything that can be asked over HTTP answers, good questions and bad ones, by address: the figures of all targets,
 * what watches, all that the admin API reads, and the webhook.
 */
export async function answers(of: Asked): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const ask = async (url: string, about: RequestInit & { as?: string } = {}): Promise<string> => {
    const response = await fetch(url, about);
    const head = JSON.stringify([...response.headers]);
    return (found[`${about.as ?? "GET"} ${url}`] = `${response.status} ${head} ${await response.text()}`);
  };

  const targets = `${of.prometheus}/api/v1/targets`;
  const { activeTargets } = targetsSchema.parse(await (await fetch(targets)).json()).data;
  for (const { scrapeUrl, labels } of activeTargets) {
    await ask(scrapeUrl);
    if (labels["job"] === "bot") for (const page of ["/", "/ready"]) await ask(new URL(page, scrapeUrl).href);
  }
  await ask(targets);
  for (const page of ["config", "flags", "runtimeinfo"]) await ask(`${of.prometheus}/api/v1/status/${page}`);
  await ask(`${of.alertmanager}/api/v2/status`);

  const { paths } = openApiSchema.parse(await (await fetch(`${of.admin}/api/openapi.json`)).json());
  const readable = Object.entries(paths).filter(([path, methods]) => "get" in methods && !path.includes("{"));
  const bearers = { owner: of.adminToken, stranger: "wrong".repeat(10) };
  for (const [path] of readable)
    for (const [as, token] of Object.entries(bearers))
      await ask(`${of.admin}${path}`, { headers: { authorization: `Bearer ${token}` }, as: `GET as ${as}` });

  const post = (as: string, secret: string, body: string) =>
    ask(of.webhook, {
      ...{ method: "POST", body, as },
      headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
    });
  await post("POST of a stranger", "wrong", "{}");
  await post("POST of no JSON", of.webhookSecret, "{");
  await post("POST of no update", of.webhookSecret, '{"update_id": "x"}');
  return found;
}
