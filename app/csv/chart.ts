import { createRequire } from "node:module";
import { renderAsync } from "@resvg/resvg-js";
import type * as Core from "echarts/core";
import { shorten, type Locale, type Translate } from "../telegram/texts.ts";
import type { ChartModel } from "./chart-model.ts";
import { formatNumber, formatShort, formatTime } from "./format.ts";
import { startOf, type Step } from "./timeline.ts";

const width = 1200;
const height = 675;
/** A card of its own: readable in light chats and in dark ones. */
const colours = {
  card: "#1d2733",
  text: "#f3f6fa",
  faint: "#a9b6c6",
  grid: "#344252",
  negative: "#ff8fa3",
  series: ["#5cc8ff", "#ffb454", "#7ee0a1", "#ff8fa3"],
};
const font = "Roboto";
const labelSize = 22;

const require = createRequire(import.meta.url);
// In one file: the hundreds of modules take ten times as long to load, and 65 MB more.
const echarts = require("echarts/dist/echarts.common.min.js") as typeof Core;
// Machines and images have no fonts that are known beforehand.
const fontFiles = ["400Regular/Roboto_400Regular.ttf", "700Bold/Roboto_700Bold.ttf"].map((file) =>
  require.resolve(`@expo-google-fonts/roboto/${file}`),
);

// Without a canvas ECharts takes Cyrillic letters for twice as wide as they are.
echarts.setPlatformAPI({
  measureText: (text, style) => ({
    width: text.length * 0.56 * Number(/(\d+)px/.exec(style ?? "")?.[1] ?? 12),
  }),
});

/**
 * A text of a file as it can be drawn, of so many characters at most. XML has no control characters. ECharts keeps the sizes
 * of texts in plain objects: one like `__proto__` would be looked up in what all objects have, which would then be changed.
 */
function drawable(text: string, max: number): string {
  const line = text.replace(/[^ -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+/gu, " ");
  return shorten(line.trim() in Object.prototype ? `“${line}”` : line, max);
}

const head = (title: string, subtitle: string): Core.EChartsCoreOption => ({
  animation: false,
  useUTC: true,
  backgroundColor: colours.card,
  color: colours.series,
  textStyle: { fontFamily: font, color: colours.text },
  title: {
    text: drawable(title, 58),
    subtext: subtitle,
    left: 40,
    top: 28,
    itemGap: 4,
    textStyle: { fontSize: 36, lineHeight: 44, fontWeight: 700, color: colours.text },
    subtextStyle: { fontSize: 24, lineHeight: 30, color: colours.faint },
  },
});

const label = { fontSize: labelSize, color: colours.faint };
const noLine = { axisLine: { show: false }, axisTick: { show: false } };
const gridLines = { splitLine: { lineStyle: { color: colours.grid } } };

/** Times to be labelled: evenly over the axis, each at the beginning of a step. */
function ticks(from: number, to: number, step: Step): number[] {
  const count = 6;
  const times = Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
  return [...new Set(times.map((time) => Math.max(from, startOf(time, step))))];
}

type Model<K extends ChartModel["kind"]> = Extract<ChartModel, { kind: K }>;

function lineOption(model: Model<"line">, locale: Locale, t: Translate): Core.EChartsCoreOption {
  const { lines, step, unit, joined } = model;
  const times = lines.flatMap(({ points }) => points.map(([time]) => time));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const range = `${formatTime(from, step, locale)} – ${formatTime(to, step, locale)}`;
  // A year on every label of a year's days would only repeat itself.
  const short = step === "day" && to - from > 800 * 86_400_000 ? "month" : step;
  const tick = (time: number): string => {
    const text = formatTime(time, short, locale);
    return short === "day" ? text.replace(/,? \d{4}$/, "") : text;
  };
  const how = joined === undefined ? [] : [t(joined === "sum" ? "csv-joined-sum" : "csv-joined-average")];
  const several = lines.length > 1;
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  // Far from zero, an axis that begins there would make every line flat.
  const flat = Math.min(...values) > 0.6 * Math.max(...values);
  const shown = several ? lines.map(({ name }) => drawable(name, 22)) : [];
  return {
    ...head(model.title, [range, ...how].join(" · ")),
    legend: {
      show: several,
      data: shown,
      bottom: 18,
      left: 40,
      itemGap: 36,
      itemWidth: 30,
      icon: "roundRect",
      itemHeight: 8,
      textStyle: { fontSize: labelSize, color: colours.text },
    },
    grid: {
      left: 40,
      right: 60,
      top: 150,
      bottom: several ? 80 : 40,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    // Not the axis of times: its labels ignore the size of the letters.
    xAxis: {
      type: "value",
      min: from,
      max: to,
      ...noLine,
      splitLine: { show: false },
      axisLabel: {
        ...label,
        customValues: ticks(from, to, step),
        formatter: tick,
        margin: 16,
        hideOverlap: true,
      },
    },
    yAxis: {
      type: "value",
      scale: flat,
      ...noLine,
      ...gridLines,
      splitNumber: 5,
      axisLabel: { ...label, formatter: (value: number) => formatShort(value, unit, locale) },
    },
    series: lines.map(({ name, points }) => ({
      type: "line",
      name: drawable(name, 22),
      data: points,
      showSymbol: points.length <= 40,
      symbol: "circle",
      symbolSize: 9,
      lineStyle: { width: points.length > 400 ? 2 : 4 },
      ...(!several && !flat && { areaStyle: { opacity: 0.16 } }),
    })),
  };
}

function barsOption(model: Model<"bars">, locale: Locale): Core.EChartsCoreOption {
  const { bars, unit } = model;
  const labels = bars.map((bar) => drawable(bar.label, 26));
  const longest = Math.max(...labels.map(({ length }) => length));
  const margin = bars.some(({ value }) => value < 0) ? 130 : 16;
  return {
    ...head(model.title, model.subtitle),
    grid: {
      left: 44 + longest * 12.5 + margin,
      right: 130,
      top: model.subtitle === "" ? 110 : 150,
      bottom: 36,
    },
    xAxis: { type: "value", axisLabel: { show: false }, ...noLine, splitLine: { show: false } },
    yAxis: {
      type: "category",
      inverse: true,
      // Numbers in front: two long texts may be cut to the same label.
      data: labels.map((text, index) => `${index} ${text}`),
      axisLabel: {
        fontSize: labelSize,
        color: colours.text,
        margin,
        interval: 0,
        formatter: (text: string) => text.replace(/^\d+ /, ""),
      },
      axisLine: { show: true, lineStyle: { color: colours.grid, width: 2 } },
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 46,
        barCategoryGap: "32%",
        data: bars.map(({ value }) => ({
          value,
          itemStyle: { color: value < 0 ? colours.negative : colours.series[0], borderRadius: 6 },
          label: { position: value < 0 ? "left" : "right" },
        })),
        label: {
          show: true,
          fontSize: labelSize,
          color: colours.text,
          formatter: ({ value }: { value: number }) => formatShort(value, unit, locale),
        },
      },
    ],
  };
}

function spreadOption(model: Model<"spread">, locale: Locale): Core.EChartsCoreOption {
  const { from, width: step, counts, unit } = model;
  return {
    ...head(model.title, model.subtitle),
    grid: {
      left: 40,
      right: 50,
      top: 150,
      bottom: 40,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: {
      type: "category",
      data: counts.map((_, index) => formatShort(from + index * step, unit, locale)),
      ...noLine,
      axisLabel: { ...label, hideOverlap: true, interval: 3, margin: 16 },
    },
    yAxis: {
      type: "value",
      ...noLine,
      ...gridLines,
      minInterval: 1,
      axisLabel: { ...label, formatter: (value: number) => formatShort(value, "", locale) },
    },
    series: [{ type: "bar", data: counts, barCategoryGap: "12%", itemStyle: { borderRadius: [6, 6, 0, 0] } }],
  };
}

function figuresOption({ title, figures }: Model<"figures">, locale: Locale): Core.EChartsCoreOption {
  const row = 440 / figures.length;
  const text = (top: number, content: string, size: number, colour: string) => ({
    type: "text",
    left: 44,
    top,
    style: {
      text: content,
      fill: colour,
      fontSize: size,
      fontFamily: font,
      fontWeight: size > 40 ? 700 : 400,
    },
  });
  return {
    ...head(title, ""),
    graphic: figures.flatMap(({ name, value, unit }, index) => {
      const top = 150 + index * row;
      const size = figures.length > 2 ? 56 : 96;
      return [
        text(top, drawable(name, 60), 26, colours.faint),
        text(top + 34, formatNumber(value, unit, locale), size, colours.series[index % 4] ?? colours.text),
      ];
    }),
  };
}

function optionOf(model: ChartModel, locale: Locale, t: Translate): Core.EChartsCoreOption {
  switch (model.kind) {
    case "line":
      return lineOption(model, locale, t);
    case "bars":
      return barsOption(model, locale);
    case "spread":
      return spreadOption(model, locale);
    case "figures":
      return figuresOption(model, locale);
  }
}

/** Draws a chart of 1200 x 675 pixels; returns a PNG. */
export async function drawChart(model: ChartModel, locale: Locale, t: Translate): Promise<Buffer> {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(optionOf(model, locale, t));
    const image = await renderAsync(chart.renderToSVGString(), {
      font: { loadSystemFonts: false, fontFiles, defaultFontFamily: font },
    });
    return image.asPng();
  } finally {
    chart.dispose();
  }
}
