import { escape, shorten, type Locale, type Translate } from "../telegram/texts.ts";
import type { Analysis, Problem } from "./analyse.ts";
import { formatNumber, formatTime } from "./format.ts";
import type { NumberTotals } from "./totals.ts";
import { trendOf } from "./trend.ts";

// Short enough that a summary has at most about 1500 characters.
const mostNumbers = 4;
const mostCategoryColumns = 2;
const mostCategories = 3;
const nameLength = 24;

const labels = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16",
  "windows-1251": "Windows-1251",
  "windows-1252": "Windows-1252",
};

const short = (text: string): string => escape(shorten(text.replace(/\s+/g, " "), nameLength));

/** How the file was read, so that a wrong guess is seen. */
function reading({ layout, columns, hasHeader }: Analysis, t: Translate): string {
  const { encoding, delimiter } = layout;
  const order = columns.find((column) => column.kind === "date")?.order;
  return [
    labels[encoding],
    t("csv-delimiter", {
      delimiter: delimiter === "\t" ? t("csv-tab") : `<code>${escape(delimiter)}</code>`,
    }),
    ...(order === "dmy" ? [t("csv-order-dmy")] : order === "mdy" ? [t("csv-order-mdy")] : []),
    ...(columns.some((column) => column.kind === "number" && column.convention === "comma")
      ? [t("csv-decimal-comma")]
      : []),
    ...(hasHeader ? [] : [t("csv-no-header")]),
  ].join(" · ");
}

function numberLine(totals: NumberTotals, locale: Locale, t: Translate): string {
  const { name, unit, averaged, count, sum, min, max, sample } = totals;
  const text = (value: number): string => formatNumber(value, unit, locale);
  const median = `${sample.complete ? "" : "≈\u00a0"}${text(sample.median())}`;
  const values = { name: short(name), mean: text(sum / count), median, min: text(min), max: text(max) };
  if (count === 1) return t("csv-number-one", { name: values.name, value: text(sum) });
  return averaged ? t("csv-number-averaged", values) : t("csv-number", { ...values, sum: text(sum) });
}

function changeText(change: number, locale: Locale): string {
  const percent = formatNumber(Math.round(Math.abs(change) * 100), "%", locale);
  return change >= 0 ? `▲ ${percent}` : `▼ ${percent}`;
}

/** One problem, on a line of its own. */
export function problemText(problem: Problem, t: Translate): string {
  const { line } = problem;
  if ("cells" in problem)
    return t("csv-problem-cells", { line, cells: problem.cells, wanted: problem.wanted });
  const values = { line, value: short(problem.value), column: short(problem.column) };
  return problem.wanted === "number" ? t("csv-problem-number", values) : t("csv-problem-date", values);
}

/** What a file says, as HTML. */
export function summaryOf(analysis: Analysis, name: string, locale: Locale, t: Translate): string {
  const { rows, columns, numbers, categories, times, problems, skipped, odd } = analysis;
  const plain = (value: number): string => formatNumber(value, "", locale);
  const axis = columns.find((column) => column.kind === "date");
  const trend = times && trendOf(times);
  const shown = numbers.slice(0, mostNumbers);
  const more = columns.filter(({ kind }) => kind === "number").length - shown.length;

  const sections = [
    [
      `📊 <b>${escape(shorten(name, 60))}</b>`,
      t("csv-size", { rows, rowsText: plain(rows), columns: columns.length }),
      `<i>${reading(analysis, t)}</i>`,
    ],
    axis === undefined
      ? []
      : [
          `🗓 ${short(axis.name)}: ${[axis.from, axis.to]
            .map((time) => formatTime(time, axis.unit === "time" ? "day" : axis.unit, locale))
            .join(" – ")}`,
        ],
    [
      ...shown.map((one) => `🔢 ${numberLine(one, locale, t)}`),
      ...(more > 0 ? [t("csv-more-numbers", { more })] : []),
    ],
    trend === undefined
      ? []
      : [
          `📈 ${t(trend.key, { name: short(times?.lines[0]?.name ?? ""), change: changeText(trend.change, locale) })}`,
        ],
    categories
      .filter((one) => one.categories[0]?.count !== 1 && one.categories.length > 1)
      .slice(0, mostCategoryColumns)
      .map((one) => {
        const top = one.categories
          .slice(0, mostCategories)
          .map(
            ({ value, count }) =>
              `${short(value)} ${formatNumber(Math.round((count / rows) * 100), "%", locale)}`,
          );
        const all = one.categories.length;
        return `🏷 ${t("csv-categories", { name: short(one.name), all, top: top.join(", ") })}`;
      }),
    problems.length === 0
      ? []
      : [
          `⚠️ ${[
            ...(skipped > 0 ? [t("csv-skipped", { count: skipped, text: plain(skipped) })] : []),
            ...(odd > 0 ? [t("csv-odd", { count: odd, text: plain(odd) })] : []),
          ].join(" ")}`,
          ...problems.map((problem) => `• ${problemText(problem, t)}`),
        ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
