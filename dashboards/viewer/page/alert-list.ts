import type { AlertsView } from "../api.ts";
import { active } from "./active.ts";
import type { Drawing } from "./chart.ts";
import { el, fill } from "./dom.ts";
import { messageOf, request } from "./requests.ts";
import { ago } from "./time.ts";

/** The panel with the alerts of now, whatever time the board shows. */
export function createAlertList({ noValue }: { readonly noValue: string }): Drawing {
  const element = el("ul", { class: "alert-list" });

  async function show(): Promise<void> {
    const view = await request<AlertsView>("/api/alerts");
    const problems = view.problems.map((text) => el("li", { class: "problem" }, text));
    const items = active(view).map(({ rule, alert }) => {
      const quiet =
        alert.silencedBy.length > 0 ? "silenced" : alert.inhibitedBy.length > 0 ? "inhibited" : undefined;
      return el(
        "li",
        { class: alert.state },
        el("span", { class: `badge ${alert.state === "firing" ? rule.severity : "pending"}` }, alert.state),
        el("a", { href: `/alerts?search=${rule.name}` }, alert.summary || rule.name),
        el(
          "span",
          { class: "when" },
          `${ago(alert.since)}${quiet === undefined ? "" : `, ${quiet}`} · `,
          el("a", { href: rule.runbook }, "runbook"),
        ),
      );
    });
    const none = items.length === 0 && problems.length === 0;
    fill(element, ...problems, ...items, none && el("li", { class: "nothing good" }, `✓ ${noValue}`));
  }

  return {
    element,
    draw() {
      show().catch((error: unknown) => fill(element, el("li", { class: "problem" }, messageOf(error))));
    },
  };
}
