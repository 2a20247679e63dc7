import type { Outcome } from "./run.ts";

const errorsOf = (errors: Outcome["errors"]): string =>
  Object.entries(errors)
    .map(([what, count]) => `${count} × ${what}`)
    .join(", ") || "none";

/** One line of the table. */
export const line = (outcome: Outcome): string => {
  const { fault, updates, slowest, recovery, errors, lost, doubled, reordered, messagesLost, problems } =
    outcome;
  const again = outcome.messagesDoubled > 0 && outcome.allowed !== undefined ? ` (${outcome.allowed})` : "";
  const cells = [
    outcome.name,
    fault,
    updates,
    `${slowest.toFixed(1)} s`,
    `${recovery.toFixed(1)} s`,
    errorsOf(errors),
    lost,
    doubled,
    reordered,
    messagesLost,
    `${outcome.messagesDoubled}${again}`,
    problems.join("; ") || "kept",
  ];
  return `| ${cells.join(" | ")} |`;
};

/** The outcomes as a table in Markdown. */
export const table = (outcomes: readonly Outcome[]): string =>
  [
    "| Row | Fault | Updates | Slowest | Recovered after | Failed attempts | Lost | Done twice | Out of order | Messages lost | Messages twice | Promise |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...outcomes.map(line),
  ].join("\n");
