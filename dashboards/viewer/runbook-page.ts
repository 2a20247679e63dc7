import { describe, seconds } from "../alerts/text.ts";
import type { Alert } from "../catalogue.ts";
import { boardUid, panelId } from "../render/ids.ts";
import { runbookHtml } from "../render/runbooks.ts";
import type { RuleView } from "./api.ts";
import { escape } from "./html.ts";
import type { Page } from "./layout.ts";

const states = { firing: "fires now", pending: "about to fire", inactive: "does not fire" };

const row = (term: string, html: string): string => `<dt>${term}</dt><dd>${html}</dd>`;

/** An alert's runbook with what the catalogue knows of the alert. `rule`: how it stands, if that can be known. */
export function runbookPage(alert: Alert, rule: RuleView | undefined): Page {
  const { name, severity, service, threshold, panel } = alert;
  const held = seconds(alert.for) === 0 ? "" : ` for ${alert.for}`;
  const state = rule?.state ?? "unknown";
  const stateText = rule === undefined ? "state unknown" : states[rule.state];
  const facts = [
    row("Means", escape(alert.description)),
    row("Normal", escape(alert.normal)),
    ...(threshold === undefined ? [] : [row("Fires", `${escape(describe(threshold))}${held}`)]),
    row("Query", `<code>${escape(alert.expr.text)}</code>`),
    ...(panel === undefined
      ? []
      : [
          row(
            "Look at",
            `<a href="/d/${boardUid(panel.board)}?viewPanel=${panelId(panel.board, panel.key)}">its panel</a>`,
          ),
        ]),
  ];
  return {
    title: name,
    // Its first line is the name of the alert.
    main: `<article class="runbook">
${runbookHtml(name).replace(
  "</h1>",
  `</h1>
<p class="badges"><span class="badge ${severity}">${severity}</span> <span class="badge">${service}</span>
<a class="badge ${state}" href="/alerts?search=${name}">${stateText}</a></p>
<dl>${facts.join("")}</dl>`,
)}
</article>`,
  };
}

/** The list of all runbooks. */
export function runbookIndex(alerts: readonly Alert[]): Page {
  const services = [...new Set(alerts.map(({ service }) => service))];
  const sections = services.map((service) => {
    const items = alerts
      .filter((alert) => alert.service === service)
      .map(
        ({ name, severity, description }) =>
          `<li><span class="badge ${severity}">${severity}</span> <a href="/runbooks/${name}">${escape(name)}</a>
<p>${escape(description)}</p></li>`,
      );
    return `<h2>${service}</h2><ul class="bare">${items.join("")}</ul>`;
  });
  return {
    title: "Runbooks",
    main: `<article class="runbook"><h1>Runbooks</h1><p>What to do when an alert fires.</p>${sections.join("")}</article>`,
  };
}
