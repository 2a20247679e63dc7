import type { Result } from "./fire.ts";

const seconds = (value: number | undefined): string => (value === undefined ? "" : `${value.toFixed(1)} s`);

/** One line of the table. */
export const row = ({ alert, how, cause, pending, firing, delivered, resolved, problems }: Result): string =>
  `| ${[alert, how, cause, seconds(pending), seconds(firing), seconds(delivered), seconds(resolved), problems.join("; ") || "ok"].join(" | ")} |`;

/** The results as a table in Markdown. */
export const table = (results: readonly Result[]): string =>
  [
    "| Alert | How | Cause | Pending | Firing | Delivered | Resolved | Result |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...results.map(row),
  ].join("\n");
