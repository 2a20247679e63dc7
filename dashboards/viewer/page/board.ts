import type { Annotation, BoardView, PanelData, VariableView } from "../api.ts";
import type { Context } from "./chart.ts";
import { byId, el, fill } from "./dom.ts";
import { createPanel, type PanelFrame } from "./panel.ts";
import { messageOf, request } from "./requests.ts";
import { fixed, readSelection, spanOf, writeSelection, type Selection } from "./selection.ts";
import { clock, isLive } from "./time.ts";
import { createToolbar } from "./toolbar.ts";

const REFRESH_MS = 30_000;

const board = JSON.parse(byId("board").textContent) as BoardView;
const main = byId("main");
const toolbar = createToolbar(change, () => void load());
const banner = el("p", { class: "banner", role: "status" });
const frames = board.rows.flatMap(({ panels }) => panels.map((view) => createPanel(view, board)));
const frameOf = (id: number): PanelFrame[] => frames.filter(({ view }) => view.id === id);
/** Rows that are open; the others ask nothing. */
const open = new Set(board.rows.filter(({ collapsed }) => !collapsed).map(({ title }) => title));

let selection = readSelection(location.search);
let annotations: readonly Annotation[] = [];
let answered: number | undefined;

const shownFrames = (): PanelFrame[] =>
  selection.viewPanel !== undefined
    ? frameOf(selection.viewPanel)
    : board.rows
        .filter(({ title }) => open.has(title))
        .flatMap(({ panels }) => panels.flatMap(({ id }) => frameOf(id)));

/** What the server is asked with. */
function parameters(points: number): string {
  const { from, to } = spanOf(selection);
  return new URLSearchParams([
    ["from", String(Math.floor(from))],
    ["to", String(Math.ceil(to))],
    ["points", String(points)],
    ["stack", selection.stack ?? board.stack],
    ...selection.replicas.map((replica): [string, string] => ["replica", replica]),
  ]).toString();
}

const api = <T>(path: string, points = 300): Promise<T> =>
  request<T>(`/api/boards/${board.uid}/${path}?${parameters(points)}`);

async function load(): Promise<void> {
  const shown = shownFrames();
  const span = spanOf(selection);
  try {
    [annotations] = await Promise.all([api<Annotation[]>("annotations"), loadVariables()]);
    answered = Date.now() / 1000;
    banner.hidden = true;
  } catch (error) {
    const kept = answered === undefined ? "" : ` What is shown is from ${clock(answered)}.`;
    banner.textContent = `${messageOf(error)}.${kept}`.replace("..", ".");
    banner.hidden = false;
  }
  const context: Context = { span, annotations, zoom: (to) => change(fixed(to)) };
  await Promise.all(
    shown.map((frame) => {
      const points = Math.min(2000, Math.max(50, Math.round(frame.element.clientWidth / 2)));
      const ask = (): Promise<PanelData> => api(`panels/${frame.view.id}`, points);
      return frame.load(ask, context);
    }),
  );
  document.body.dataset["drawn"] = "true";
}

async function loadVariables(): Promise<void> {
  const views = await api<VariableView[]>("variables");
  toolbar.showVariables(views, { ...selection, stack: selection.stack ?? board.stack });
}

/** Rows and panels as the selection has them. */
function arrange(): void {
  const alone = selection.viewPanel;
  const grid = (panels: readonly { readonly id: number }[]): HTMLElement =>
    el("div", { class: "grid" }, ...panels.flatMap(({ id }) => frameOf(id).map(({ element }) => element)));
  const rows = board.rows.map((row) => {
    const body = open.has(row.title) ? grid(row.panels) : undefined;
    const heading = el(
      "button",
      {
        type: "button",
        "aria-expanded": String(body !== undefined),
        on: {
          click: () => {
            if (!open.delete(row.title)) open.add(row.title);
            arrange();
            void load();
          },
        },
      },
      row.title,
      body === undefined && el("span", { class: "count" }, ` ${row.panels.length} panels`),
    );
    return el("section", { class: "row" }, el("h2", {}, heading), body);
  });
  const back = el(
    "p",
    { class: "back" },
    el(
      "a",
      { href: `/d/${board.uid}?${writeSelection({ ...selection, viewPanel: undefined })}` },
      `← ${board.title}`,
    ),
  );
  const content = alone === undefined ? rows : [back, el("div", { class: "alone" }, grid([{ id: alone }]))];
  const missing = alone !== undefined && frameOf(alone).length === 0;
  fill(
    main,
    el("h1", { class: "title" }, board.title, el("small", {}, board.description)),
    toolbar.element,
    banner,
    ...content,
    missing && el("p", { class: "banner" }, "This board has no such panel: it may have been renamed."),
  );
}

/** The selection stands in the address, and goes with every link to a board. */
function publish(): void {
  for (const frame of frames) frame.linkTo(writeSelection({ ...selection, viewPanel: frame.view.id }));
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-board]")) {
    link.search = writeSelection({ ...selection, replicas: [], viewPanel: undefined });
  }
  toolbar.show(selection);
}

function change(part: Partial<Selection>): void {
  selection = { ...selection, ...part };
  history.pushState(undefined, "", `?${writeSelection(selection)}`);
  publish();
  void load();
}

addEventListener("popstate", () => {
  selection = readSelection(location.search);
  publish();
  arrange();
  void load();
});
setInterval(() => {
  if (selection.refresh && isLive(selection.to) && document.visibilityState === "visible") void load();
}, REFRESH_MS);

banner.hidden = true;
publish();
arrange();
void load();
