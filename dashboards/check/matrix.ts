import type { Checked } from "./check.ts";

const marks = { ok: "✓", declared: "·", failed: "✗" };

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The number of results by outcome. */
export const counts = (results: readonly Checked[]): string =>
  (["ok", "declared", "failed"] as const)
    .map((outcome) => `${results.filter((one) => one.outcome === outcome).length} ${outcome}`)
    .join(", ");

/** Of the rules, only those that are ill. */
export const worthALine = ({ board, outcome }: Checked): boolean => board !== "rules" || outcome !== "ok";

/** A line for each panel: its worst outcome, and of what there is to say the worst. */
export function panelLines(results: readonly Checked[]): string[] {
  const order = ["failed", "declared", "ok"];
  const panels = Map.groupBy(results, ({ board, row, what }) => [board, row, what].join("\t"));
  return [...panels.values()].flatMap((queries) => {
    const [worst] = queries.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
    if (worst === undefined) return [];
    const { board, what, outcome, query, detail } = worst;
    const which = queries.length > 1 && outcome !== "ok" ? `${query}: ` : "";
    return [`${marks[outcome]} ${board.padEnd(11)} ${what.padEnd(38)} ${which}${detail}`];
  });
}

/** All of it as a table, for people who look at it later. */
export function markdown(results: readonly Checked[], head: string): string {
  const lines = results.map(({ board, row, what, query, outcome, detail, expr }) =>
    [marks[outcome], board, row, what, query, detail, `\`${expr}\``].map(cell).join(" | "),
  );
  return [
    `# ${head}`,
    "",
    `${counts(results)}. ✓ has data, · is empty and says why, ✗ failed.`,
    "",
    "| | board | row | panel | query | result | PromQL |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}
