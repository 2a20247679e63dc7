import uPlot from "uplot";
import type { Annotation, PanelData, PanelView } from "../api.ts";
import { drawAnnotations, drawThreshold } from "./chart-marks.ts";
import { lineColour } from "./colours.ts";
import { colour, el, fill } from "./dom.ts";
import { createLegend } from "./legend.ts";
import { onPoint, point } from "./pointer.ts";
import { ticks, valueRange } from "./scales.ts";
import type { Span } from "./time.ts";
import { createTooltip } from "./tooltip.ts";
import { format } from "./units.ts";

/** What all panels of a page share. */
export interface Context {
  readonly span: Span;
  readonly annotations: readonly Annotation[];
  readonly zoom: (span: Span) => void;
}

export interface Drawing {
  readonly element: HTMLElement;
  draw(data: PanelData, context: Context): void;
}

export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly limit: boolean;
  readonly colour: string;
}

/** Points are only drawn where there is no line: between two gaps. */
const lonely: uPlot.Series.Points.Filter = (u, series) => {
  const values = u.data[series] ?? [];
  const isThere = (i: number): boolean => values[i] !== null && values[i] !== undefined;
  return [...values.keys()].filter((i) => isThere(i) && !isThere(i - 1) && !isThere(i + 1));
};

/** Lines over time. */
export function createChart(panel: PanelView): Drawing {
  const canvas = el("div", { class: "canvas" });
  const nothing = el("p", { class: "nothing" }, panel.noValue);
  const tooltip = createTooltip(panel.unit);
  const legend = createLegend(panel, () => show());
  const element = el("div", { class: "chart" }, canvas, nothing, legend.element);
  const colours = new Map<string, number>();
  let plot: uPlot | undefined;
  let shape = "";
  let lines: Line[] = [];
  let now: { data: PanelData; context: Context } | undefined;

  const linesOf = (data: PanelData): Line[] =>
    data.queries.flatMap(({ series }, query) =>
      series.map(({ name, values }) => {
        const limit = panel.queries[query]?.limit === true;
        const key = `${query} ${name}`;
        // A line keeps its colour when others come and go.
        if (!limit && !colours.has(key)) colours.set(key, colours.size);
        return { name, values, limit, colour: limit ? colour("muted") : lineColour(colours.get(key) ?? 0) };
      }),
    );

  const options = (): uPlot.Options => {
    const axis: uPlot.Axis = {
      stroke: colour("muted"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { show: false },
    };
    return {
      ...sizeOf(canvas),
      padding: [8, 8, 0, 0],
      legend: { show: false },
      scales: {
        x: { range: () => [now?.context.span.from ?? 0, now?.context.span.to ?? 1] },
        y: {
          range: (_, low, high) => valueRange(low, high, panel.threshold),
        },
      },
      axes: [
        { ...axis, size: 26, space: 70, values: timeLabels },
        {
          ...axis,
          gap: 4,
          incrs: ticks(panel.unit),
          space: 32,
          values: (_, splits) => splits.map((value) => format(value, panel.unit)),
          // There are none before the first drawing, whatever the types say.
          size: (_, labels: readonly string[] | null) =>
            Math.max(0, ...(labels ?? []).map((label) => label.length)) * 6.4 + 12,
        },
      ],
      series: [
        {},
        ...lines.map((line, i): uPlot.Series => ({
          label: line.name,
          stroke: line.colour,
          width: line.limit ? 1.25 : 1.5,
          ...(line.limit ? { dash: [6, 4] } : {}),
          // Many shades above each other hide the lines.
          ...(line.limit || lines.length > 4 ? {} : { fill: translucent(line.colour) }),
          show: legend.shows(i),
          points: { size: 4, filter: lonely },
        })),
      ],
      cursor: {
        x: true,
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { size: 6 },
      },
      hooks: {
        drawClear: [(u) => drawAnnotations(u, now?.context.annotations ?? [])],
        draw: [(u) => drawThreshold(u, panel.threshold)],
        setCursor: [
          (u) => {
            const index = u.cursor.idx ?? undefined;
            const time = index === undefined ? undefined : u.data[0][index];
            // The crosshair of another panel comes here as well.
            if (index === undefined || time === undefined || !u.over.matches(":hover")) return;
            const visible = lines.filter((_, i) => legend.shows(i));
            tooltip.show(u, time, index, visible, now?.context.annotations ?? []);
            point(time, u);
          },
        ],
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width < 4) return;
            const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            now?.context.zoom({ from, to });
          },
        ],
      },
    };
  };

  function show(): void {
    if (now === undefined) return;
    const { data } = now;
    lines = linesOf(data);
    const isEmpty = lines.every(({ values, limit }) => limit || values.every((value) => value === null));
    legend.show(lines);
    canvas.hidden = isEmpty;
    nothing.hidden = !isEmpty;
    if (isEmpty) {
      plot?.destroy();
      plot = undefined;
      return;
    }
    const wanted = JSON.stringify(lines.map((line, i) => [line.name, line.colour, legend.shows(i)]));
    const columns: uPlot.AlignedData = [[...data.times], ...lines.map(({ values }) => [...values])];
    if (plot !== undefined && wanted === shape) {
      plot.setData(columns);
      return;
    }
    shape = wanted;
    plot?.destroy();
    fill(canvas);
    plot = new uPlot(options(), columns, canvas);
    plot.over.append(tooltip.element);
    plot.over.addEventListener("mouseleave", () => {
      tooltip.hide();
      point(undefined, plot ?? canvas);
    });
  }

  new ResizeObserver(() => plot?.setSize(sizeOf(canvas))).observe(canvas);
  onPoint((time, source) => {
    if (plot === undefined || source === plot) return;
    plot.setCursor({ left: time === undefined ? -10 : plot.valToPos(time, "x"), top: 0 }, false);
  });
  document.addEventListener("theme", () => {
    shape = "";
    show();
  });

  return {
    element,
    draw(data, context) {
      now = { data, context };
      show();
    },
  };
}

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } => ({
  width: Math.max(clientWidth, 80),
  height: Math.max(clientHeight, 60),
});

const translucent = (rgb: string): string => rgb.replace(/^rgb\((.*)\)$/, "rgba($1, 0.08)");

/** Hours and minutes; days where they are what is marked, and seconds where minutes do not tell two apart. */
function timeLabels(_: uPlot, splits: number[], __: number, ___: number, step: number): string[] {
  return splits.map((time) => {
    const date = new Date(time * 1000);
    const day = date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
    const clock = date.toLocaleTimeString(undefined, {
      hour: "2-digit",
      minute: "2-digit",
      ...(step < 60 ? { second: "2-digit" } : {}),
      hourCycle: "h23",
    });
    return step >= 86_400 || clock === "00:00" ? day : clock;
  });
}
