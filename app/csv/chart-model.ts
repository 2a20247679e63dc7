import type { Locale, Translate } from "../telegram/texts.ts";
import type { Analysis } from "./analyse.ts";
import { formatShort } from "./format.ts";
import type { CategoryTotals, Line, NumberTotals } from "./totals.ts";
import type { Step } from "./timeline.ts";

interface Bar {
  readonly label: string;
  readonly value: number;
}

/** What a picture shows. */
export type ChartModel = { readonly title: string; readonly unit: string } & (
  | {
      readonly kind: "line";
      readonly step: Step;
      readonly joined: Line["joined"];
      readonly lines: readonly Line[];
    }
  | { readonly kind: "bars"; readonly subtitle: string; readonly bars: readonly Bar[] }
  /** How many values lie between `from` and `from + width`. */
  | {
      readonly kind: "spread";
      readonly subtitle: string;
      readonly from: number;
      readonly width: number;
      readonly counts: readonly number[];
    }
  | {
      readonly kind: "figures";
      readonly figures: readonly { readonly name: string; readonly value: number; readonly unit: string }[];
    }
);

const mostBars = 12;
const spreadBars = 20;
/** Lines on one axis differ by less than this factor; a smaller one would lie on the ground. */
const comparable = 20;

const height = ({ points }: Line): number => Math.max(...points.map(([, value]) => Math.abs(value)));

function lineChart({ times }: Analysis): ChartModel | undefined {
  const [first, ...others] = times?.lines ?? [];
  if (times === undefined || first === undefined || first.points.length < 2) return undefined;
  if (!Number.isFinite(height(first))) return undefined;
  const alike = others.filter((line) => {
    const factor = height(line) / height(first);
    return (
      line.unit === first.unit &&
      line.joined === first.joined &&
      factor < comparable &&
      factor > 1 / comparable
    );
  });
  const lines = [first, ...alike];
  const { unit, joined } = first;
  return {
    kind: "line",
    title: lines.map(({ name }) => name).join(", "),
    unit,
    step: times.step,
    joined,
    lines,
  };
}

/** The column whose texts say most: one with few different ones, else one in which they repeat, or a short list. */
function chooseCategories({ categories, rows }: Analysis): CategoryTotals | undefined {
  const several = categories.filter((one) => one.categories.length > 1);
  return (
    several.find((one) => one.categories.length <= 50 && one.categories.length < rows) ??
    several.find((one) => one.categories.length <= rows / 2 || rows <= 50)
  );
}

function barChart(analysis: Analysis, locale: Locale, t: Translate): ChartModel | undefined {
  const chosen = chooseCategories(analysis);
  if (chosen === undefined) return undefined;
  const measure = analysis.numbers[0];
  const average = measure?.averaged === true && chosen.categories.some(({ numbers }) => numbers > 1);
  const all = chosen.categories
    .map(({ value, count, sum, numbers }) => ({
      label: value,
      value: measure === undefined ? count : average ? sum / numbers : sum,
    }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = all.slice(mostBars);
  const bars: Bar[] = all.slice(0, mostBars).sort((a, b) => b.value - a.value);
  const repeats = chosen.categories.some(({ count }) => count > 1);
  const how =
    measure === undefined ? "" : average ? t("csv-joined-average") : repeats ? t("csv-joined-sum") : "";
  const part = rest.length === 0 ? "" : t("csv-chart-top", { shown: bars.length, all: all.length });
  const others =
    average || rest.length === 0
      ? ""
      : t("csv-chart-rest", {
          sum: formatShort(
            rest.reduce((sum, { value }) => sum + value, 0),
            measure?.unit ?? "",
            locale,
          ),
        });
  return {
    kind: "bars",
    title:
      measure === undefined
        ? t("csv-chart-count", { category: chosen.name })
        : t("csv-chart-by", { name: measure.name, category: chosen.name }),
    unit: measure?.unit ?? "",
    subtitle: [how, part, others].filter(Boolean).join(" · "),
    bars,
  };
}

function spreadChart({ name, unit, sample, min, max }: NumberTotals, t: Translate): ChartModel | undefined {
  if (!Number.isFinite(max - min) || min === max) return undefined;
  const values = sample.sorted();
  const width = (max - min) / spreadBars;
  const counts = Array.from({ length: spreadBars }, () => 0);
  for (const value of values) {
    const place = Math.min(spreadBars - 1, Math.floor((value - min) / width));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { kind: "spread", title: name, unit, subtitle: t("csv-chart-spread"), from: min, width, counts };
}

/**
 * Chooses the picture for a file: its numbers over time, else by category, else how they spread; the numbers
 * themselves when there are only one or two records. Undefined when there is nothing to draw.
 */
export function chartModel(analysis: Analysis, locale: Locale, t: Translate): ChartModel | undefined {
  const [first] = analysis.numbers;
  const drawn = lineChart(analysis) ?? (analysis.rows > 1 ? barChart(analysis, locale, t) : undefined);
  if (drawn !== undefined || first === undefined) return drawn;
  const figures = analysis.numbers.slice(0, 4).map(({ name, sum, unit }) => ({ name, value: sum, unit }));
  const spread = analysis.rows > 2 ? spreadChart(first, t) : undefined;
  return spread ?? { kind: "figures", title: t("csv-chart-figures"), unit: "", figures };
}
