import type { AlertsView, AlertView, RuleView, SilenceView } from "../api.ts";
import { active } from "./active.ts";
import { byId, el, fill } from "./dom.ts";
import { messageOf, request, send } from "./requests.ts";
import { openSilenceDialog } from "./silence-dialog.ts";
import { ago, clock, duration } from "./time.ts";

const REFRESH_MS = 15_000;
const main = byId("main");
const search = el("input", {
  type: "search",
  placeholder: "Name, service, label",
  "aria-label": "Search alerts",
  value: new URLSearchParams(location.search).get("search") ?? "",
  on: { input: () => draw() },
});
const banner = el("p", { class: "banner", role: "status" });
const summary = el("div", { class: "counts", role: "status" });
const now = el("section", { "aria-label": "Active alerts" });
const silenceList = el("section", { "aria-label": "Silences" });
const all = el("section", { "aria-label": "All alerts" });
/** Names of the rules whose details are open: they stay so over a refresh. */
const open = new Set<string>();
let view: AlertsView | undefined;

const matches = (texts: readonly string[]): boolean => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = texts.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
};

const labelsOf = (labels: AlertView["labels"]): HTMLElement =>
  el(
    "span",
    { class: "labels" },
    ...Object.entries(labels)
      .filter(([name]) => name !== "alertname" && name !== "severity")
      .map(([name, value]) => el("code", {}, `${name}=${value}`)),
  );

function linksOf({ runbook, panel }: RuleView): HTMLElement {
  return el(
    "span",
    { class: "links" },
    el("a", { href: runbook }, "Runbook"),
    panel !== undefined && el("a", { href: panel }, "Panel"),
  );
}

function quietedBy({ silencedBy, inhibitedBy }: AlertView, silences: readonly SilenceView[]) {
  const own = silences.filter(({ id }) => silencedBy.includes(id));
  return [
    ...own.map(({ author, comment, endsAt }) =>
      el(
        "p",
        { class: "quieted" },
        `Silenced by ${author} until ${clock(Date.parse(endsAt) / 1000)}: ${comment}`,
      ),
    ),
    inhibitedBy.length > 0 &&
      el("p", { class: "quieted" }, `Not told, because ${inhibitedBy.join(", ")} fires`),
  ];
}

function activeCard(rule: RuleView, alert: AlertView, silences: readonly SilenceView[]): HTMLElement {
  const quiet = alert.silencedBy.length > 0 || alert.inhibitedBy.length > 0;
  const badge = alert.state === "firing" ? rule.severity : "pending";
  return el(
    "article",
    { class: `alert ${badge}${quiet ? " quiet-alert" : ""}`, "data-alert": rule.name },
    el(
      "header",
      {},
      el("span", { class: `badge ${badge}` }, alert.state === "firing" ? rule.severity : "pending"),
      el("h3", {}, alert.summary || rule.name),
      el(
        "span",
        { class: "when" },
        `${alert.state === "firing" ? "active" : "pending"} for ${ago(alert.since)}`,
      ),
    ),
    el("p", {}, alert.description),
    ...quietedBy(alert, silences),
    el(
      "footer",
      {},
      el("code", { class: "name" }, rule.name),
      labelsOf(alert.labels),
      linksOf(rule),
      el(
        "button",
        {
          type: "button",
          on: {
            click: () => openSilenceDialog({ alertname: rule.name, ...alert.labels }, () => void load()),
          },
        },
        "Silence",
      ),
    ),
  );
}

function ruleRow(rule: RuleView): HTMLElement {
  const { name, state, severity, description, expr, forSeconds, error } = rule;
  const details = el(
    "details",
    { class: "rule", open: open.has(name) },
    el(
      "summary",
      {},
      el(
        "span",
        { class: `badge ${error === undefined ? state : "firing"}` },
        error === undefined ? state : "broken",
      ),
      el("b", {}, name),
      el("span", { class: "service" }, severity),
    ),
    error !== undefined && el("p", { class: "problem" }, error),
    el("p", {}, description),
    el("p", { class: "query" }, el("code", {}, expr)),
    el(
      "p",
      {},
      forSeconds === 0 ? "Fires at once. " : `Fires when it holds for ${duration(forSeconds)}. `,
      linksOf(rule),
    ),
  );
  details.addEventListener("toggle", () => (details.open ? open.add(name) : open.delete(name)));
  return details;
}

function silenceRow({ id, matchers, comment, author, endsAt }: SilenceView): HTMLElement {
  const left = duration((Date.parse(endsAt) - Date.now()) / 1000);
  return el(
    "li",
    { class: "silence" },
    el("code", {}, matchers),
    el("span", {}, `${comment} (${author}), ends in ${left}`),
    el(
      "button",
      {
        type: "button",
        on: {
          click: () =>
            void send("DELETE", `/api/silences/${id}`)
              .then(load)
              .catch((error: unknown) => say(messageOf(error))),
        },
      },
      "Expire",
    ),
  );
}

const say = (text: string): void => {
  banner.hidden = text === "";
  banner.textContent = text;
};

function draw(): void {
  if (view === undefined) return;
  const { rules, silences } = view;
  const cards = active(view).filter(({ rule, alert }) =>
    matches([rule.name, rule.service, rule.severity, alert.summary, ...Object.values(alert.labels)]),
  );
  const listed = rules.filter((rule) => matches([rule.name, rule.service, rule.severity, rule.state]));
  const count = (state: RuleView["state"]): HTMLElement => {
    // The dead man's switch fires always.
    const of = rules.filter((rule) => rule.state === state && rule.severity !== "none").length;
    return el("span", { class: of === 0 ? "badge" : `badge ${state}` }, `${of} ${state}`);
  };
  fill(summary, count("firing"), count("pending"), count("inactive"));
  fill(
    now,
    el("h2", {}, "Now"),
    ...(cards.length > 0
      ? cards.map(({ rule, alert }) => activeCard(rule, alert, silences))
      : [
          el(
            "p",
            { class: "nothing good" },
            search.value === "" ? "✓ Nothing fires" : "Nothing that fires has this",
          ),
        ]),
  );
  fill(
    silenceList,
    el(
      "h2",
      {},
      "Silences",
      el(
        "button",
        { type: "button", on: { click: () => openSilenceDialog({}, () => void load()) } },
        "New silence",
      ),
    ),
    silences.length > 0
      ? el("ul", { class: "bare" }, ...silences.map(silenceRow))
      : el("p", { class: "nothing" }, "Nothing is silenced"),
  );
  const services = [...new Set(listed.map(({ service }) => service))].sort();
  fill(
    all,
    el("h2", {}, "All alerts"),
    ...services.flatMap((service) => [
      el("h3", {}, service),
      ...listed.filter((rule) => rule.service === service).map(ruleRow),
    ]),
  );
}

async function load(): Promise<void> {
  try {
    const next = await request<AlertsView>("/api/alerts");
    // What was known is worth more than an empty list.
    if (view === undefined || next.problems.length === 0) view = next;
    say(next.problems.join(" "));
    draw();
  } catch (error) {
    say(messageOf(error));
  }
  document.body.dataset["drawn"] = "true";
}

banner.hidden = true;
fill(
  main,
  el(
    "div",
    { class: "alerts" },
    el("h1", { class: "title" }, "Alerts", summary),
    search,
    banner,
    now,
    silenceList,
    all,
  ),
);
setInterval(() => {
  if (document.visibilityState === "visible") void load();
}, REFRESH_MS);
void load();
