import type { AlertsView } from "../api.ts";
import { active } from "./active.ts";
import { byId } from "./dom.ts";
import { request } from "./requests.ts";

/** How many alerts fire, beside the link to them on every page. */
const REFRESH_MS = 30_000;
const badge = byId("firing");

async function load(): Promise<void> {
  const alerts = active(await request<AlertsView>("/api/alerts"));
  const firing = alerts.filter(({ alert }) => alert.state === "firing").length;
  badge.hidden = firing === 0;
  badge.textContent = String(firing);
  badge.title = `${firing} firing`;
}

/** Who does not answer is said on the page itself. */
const attempt = (): void => void load().catch(() => undefined);
setInterval(() => {
  if (document.visibilityState === "visible") attempt();
}, REFRESH_MS);
attempt();
