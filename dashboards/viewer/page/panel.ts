import type { BoardView, PanelData, PanelView } from "../api.ts";
import { createAlertList } from "./alert-list.ts";
import { createChart, type Context, type Drawing } from "./chart.ts";
import { el, fill } from "./dom.ts";
import { messageOf } from "./requests.ts";
import { createStat } from "./stat.ts";
import { createStates } from "./states.ts";
import { createTable } from "./table.ts";
import { thresholdText } from "./verdict.ts";

const kinds: Record<PanelView["kind"], (panel: PanelView) => Drawing> = {
  timeseries: createChart,
  stat: createStat,
  table: createTable,
  states: createStates,
  alerts: createAlertList,
};

export interface PanelFrame {
  readonly view: PanelView;
  readonly element: HTMLElement;
  /** Waits for what it shows. A failure is said in the panel, which keeps what it has. */
  load(ask: () => Promise<PanelData>, context: Context): Promise<void>;
  /** Follows the choice of the page. */
  linkTo(query: string): void;
}

/** A panel with its title, its explanation, and what went wrong with it. */
export function createPanel(view: PanelView, board: BoardView): PanelFrame {
  const drawing = kinds[view.kind](view);
  const link = el("a", { title: "This panel alone" }, view.title);
  const problem = el("p", { class: "problem", role: "status" });
  problem.hidden = true;
  const queries = el("div");
  const id = `about-${view.id}`;
  const about = el(
    "div",
    { popover: true, id, class: "popover" },
    el("h2", {}, view.title),
    el("p", {}, view.description),
    view.threshold !== undefined && el("p", {}, `The panel's value ${thresholdText(view.threshold)}.`),
    view.emptyWhen !== undefined && el("p", {}, `May be empty: ${view.emptyWhen}.`),
    queries,
  );
  const info = el(
    "button",
    {
      type: "button",
      class: "info",
      popovertarget: id,
      "aria-label": `About ${view.title}`,
      title: view.description,
    },
    "i",
  );
  about.addEventListener("toggle", () => beside(about, info));
  const element = el(
    "section",
    { class: "panel", "aria-label": view.title, "data-kind": view.kind, "data-state": "loading" },
    el("header", {}, el("h3", {}, link), info),
    problem,
    el("div", { class: "body" }, drawing.element),
    about,
  );
  element.style.setProperty("--width", String(view.width));
  element.style.setProperty("--height", String(view.height));

  const say = (text: string): void => {
    problem.hidden = text === "";
    problem.textContent = text;
    element.dataset["state"] = text === "" ? "drawn" : "failed";
  };

  /** Only the newest answer counts: an earlier one may come later. */
  let asked = 0;
  return {
    view,
    element,
    async load(ask, context) {
      const turn = (asked += 1);
      try {
        const data = await ask();
        if (turn !== asked) return;
        const failed = data.queries.flatMap(({ error }) => error ?? []);
        // What was drawn before is worth more than nothing.
        if (failed.length === 0 || failed.length < data.queries.length) drawing.draw(data, context);
        say([...new Set(failed)].join("; "));
        fill(queries, ...data.queries.map(({ expr }) => queryLink(expr, board, context)));
      } catch (error) {
        if (turn === asked) say(messageOf(error));
      }
    },
    linkTo(query) {
      link.href = `/d/${board.uid}?${query}`;
    },
  };
}

function queryLink(expr: string, { prometheus }: BoardView, { span }: Context): HTMLElement {
  const seconds = Math.round(span.to - span.from);
  const query = `g0.expr=${encodeURIComponent(expr)}&g0.tab=0&g0.range_input=${seconds}s&g0.end_input=${encodeURIComponent(new Date(span.to * 1000).toISOString())}`;
  return el(
    "p",
    { class: "query" },
    el("code", {}, expr),
    el(
      "a",
      { href: `${prometheus}/graph?${query}`, target: "_blank", rel: "noreferrer" },
      "Open in Prometheus",
    ),
  );
}

/** A popover stands in the middle of the page unless it is told otherwise. */
function beside(popover: HTMLElement, button: HTMLElement): void {
  const { left, bottom } = button.getBoundingClientRect();
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - popover.offsetWidth - 8))}px`;
  popover.style.top = `${Math.max(8, Math.min(bottom + 6, innerHeight - popover.offsetHeight - 8))}px`;
}
