import { annotations } from "../annotations.ts";
import { boards } from "../boards/all.ts";
import type { Board, Panel, Query } from "../catalogue.ts";
import { chosen, rateInterval, variablesOf, type Choice } from "../choice.ts";
import { overTime } from "../render/queries.ts";
import { present } from "../render/present.ts";
import { SCRAPE_SECONDS } from "../viewer/range.ts";
import type { Prometheus, Series, Span } from "./prometheus.ts";

/** What became of one query of a board, or of the alert rules. */
export interface Checked {
  readonly board: string;
  readonly row: string;
  /** Title of the panel, annotation or variable. */
  readonly what: string;
  /** Name of the line or column. */
  readonly query: string;
  readonly expr: string;
  /** declared: it is empty, and the panel says why it may be. */
  readonly outcome: "ok" | "declared" | "failed";
  /** How much there is, or what is wrong. */
  readonly detail: string;
}

type Rule = Awaited<ReturnType<Prometheus["rules"]>>[number];
type Verdict = Pick<Checked, "outcome" | "detail">;

/** As far as the checker looks back where a panel shows lines. */
const SECONDS = 900;

const failed = (detail: string): Verdict => ({ outcome: "failed", detail });
const labelsIn = (legend: string): string[] =>
  [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name = ""]) => name);

/** Whether a panel that gets this has something to show. */
export function judge(panel: Panel, { legend }: Pick<Query, "legend">, series: readonly Series[]): Verdict {
  const known = series.filter(({ values }) => values.some((value) => !Number.isNaN(value)));
  if (known.length === 0) {
    const detail = series.length === 0 ? "no series" : `${series.length} series, of NaN alone`;
    return panel.emptyWhen === undefined
      ? failed(detail)
      : { outcome: "declared", detail: `${detail}: ${panel.emptyWhen}` };
  }
  for (const label of labelsIn(legend))
    if (known.some(({ labels }) => labels[label] === undefined))
      return failed(`a series has no label ${label}`);
  const { states } = panel;
  const strange = known
    .flatMap(({ values }) => values)
    .find(
      (value) =>
        states !== undefined && !Number.isNaN(value) && !states.some((state) => state.value === value),
    );
  if (strange !== undefined) return failed(`${strange} is none of the states that have a name`);
  return { outcome: "ok", detail: `${known.length} series, the last value ${known[0]?.values.at(-1) ?? ""}` };
}

/** Whether Prometheus can work a rule out, and has the runbook if it is the one to serve it. */
async function judgeRule(
  prometheus: Prometheus,
  { health, lastError = "", annotations: { runbook_url = "" } }: Rule,
): Promise<Verdict> {
  if (health !== "ok") return failed(`${health} ${lastError}`);
  const path = URL.canParse(runbook_url) ? new URL(runbook_url).pathname : "";
  if (path.startsWith("/consoles/") && !(await prometheus.serves(path)))
    return failed(`there is no runbook at ${runbook_url}`);
  return { outcome: "ok", detail: health };
}

async function attempt(act: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await act();
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** Every query of every board that the stack has, one after the other, and the state of all rules. */
export async function check(
  prometheus: Prometheus,
  stack: string,
  now = Date.now() / 1000,
): Promise<Checked[]> {
  const span: Span = { start: now - SECONDS, end: now };
  const choice: Choice = {
    stack,
    replicas: ".*",
    rateInterval: rateInterval(SCRAPE_SECONDS, SCRAPE_SECONDS),
  };
  const jobs = await prometheus.labelValues("job", `up{stack=${JSON.stringify(stack)}}`, span);
  if (jobs.length === 0) throw new Error(`this Prometheus has no targets of the stack ${stack}`);
  const results: Checked[] = [];
  const add = async (
    where: Omit<Checked, "outcome" | "detail">,
    act: () => Promise<Verdict>,
  ): Promise<void> => {
    results.push({ ...where, ...(await attempt(act)) });
  };

  const checkPanel = async (board: Board, row: string, panel: Panel): Promise<void> => {
    for (const query of panel.queries) {
      const expr = chosen(query.expr.text, board, choice);
      await add({ board: board.key, row, what: panel.title, query: query.legend, expr }, async () =>
        judge(
          panel,
          query,
          overTime(panel) ? await prometheus.over(expr, span, SCRAPE_SECONDS) : await prometheus.now(expr),
        ),
      );
    }
  };

  for (const board of boards.filter((one) => present({ jobs }, one))) {
    for (const { name, title, series, label } of variablesOf(board, choice)) {
      const where = { board: board.key, row: "variables", what: title, query: name };
      await add({ ...where, expr: `label_values(${series}, ${label})` }, async () => {
        const values = await prometheus.labelValues(label, series, span);
        return values.length === 0
          ? failed("nothing to choose from")
          : { outcome: "ok", detail: values.join(", ") };
      });
    }
    for (const { title, expr: vector, text } of annotations) {
      const expr = chosen(vector.text, board, { ...choice, replicas: undefined });
      const where = { board: board.key, row: "annotations", what: title, query: text, expr };
      await add(where, async () => {
        const events = await prometheus.over(expr, span, SCRAPE_SECONDS);
        return { outcome: "ok", detail: `${events.length} events` };
      });
    }
    for (const { title, panels } of board.rows)
      for (const panel of panels) await checkPanel(board, title, panel);
  }

  for (const rule of await prometheus.rules()) {
    const where = { board: "rules", row: "rules", what: rule.name, query: "", expr: "" };
    await add(where, () => judgeRule(prometheus, rule));
  }
  return results;
}
