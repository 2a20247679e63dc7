import { imageSize } from "image-size";
import { expect, test } from "vitest";
import { translator, type Locale } from "../telegram/texts.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { chartModel } from "./chart-model.ts";
import { drawChart } from "./chart.ts";
import { summaryOf } from "./summary.ts";
import { trendOf } from "./trend.ts";

const read = (content: string): Promise<Analysis> => {
  const bytes = Buffer.from(content);
  return analyse({
    source: { size: bytes.length, pieces: () => [bytes] },
    ...{ order: "dmy", unnamed: (number) => `Column ${number}`, progress: () => undefined },
  });
};
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const rows = (count: number, row: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => row(n)).join("\n");

test.each(["en", "ru"] as const)(
  "a summary in %s fits one message, however long the names and values are",
  async (locale) => {
    const long = "Очень длинное название столбца с <тегами> & кавычками";
    const header = ["date", ...Array.from({ length: 9 }, (_, n) => `${long} ${n}`)].join(";");
    const line = (n: number): string =>
      [
        day(n % 90),
        ...Array.from({ length: 6 }, () => `${(n * 12_345_678).toString()},5 ₽`),
        ...Array.from({ length: 3 }, () => `${long} ${n % 3}`),
      ].join(";");
    const bad = rows(9, () => `${day(1)};нет числа в этой ячейке, совсем нет${";1".repeat(8)}`);
    const analysis = await read(`${header}\n${rows(500, line)}\n${bad}\n1;2\n`);
    const text = summaryOf(analysis, `${long}.csv`, locale, translator(locale));
    const visible = text.replace(/<[^>]+>/g, "").replace(/&\w+;/g, "x");
    expect(visible.length).toBeLessThan(1500);
    expect(text).not.toContain("<тегами>");
  },
);

test.each([
  ["numbers over time", rows(5, (n) => `${day(n)},x,${n}`), "line"],
  ["numbers of categories", rows(5, (n) => `a,c${n % 2},${n}`), "bars"],
  ["categories alone", rows(5, (n) => `a,c${n % 2},b`), "bars"],
  ["numbers alone", rows(60, (n) => `,,${n * n}`), "spread"],
  ["one record", "a,b,5", "figures"],
  ["nothing to count", "a,b,c", undefined],
])("for %s the picture is a %s", async (_, content, kind) => {
  const analysis = await read(`when,what,amount\n${content}\n`);
  expect(chartModel(analysis, "en", translator("en"))?.kind).toBe(kind);
});

test("lines share a picture when they can be compared: the same unit, and no line that would lie on the ground", async () => {
  const analysis = await read(
    `date,a,b,c,d\n${rows(5, (n) => `${day(n)},${n + 10},${n + 20},${n + 9000},$${n + 10}`)}\n`,
  );
  const model = chartModel(analysis, "en", translator("en"));
  expect(model?.title).toBe("a, b");
});

test("of many categories the largest are drawn, and the others are named together", async () => {
  const model = chartModel(
    await read(`what,amount\n${rows(40, (n) => `c${n},${n}`)}\n`),
    "en",
    translator("en"),
  );
  expect(model).toMatchObject({ kind: "bars", subtitle: "the 12 largest of 40 · all others together 378" });
  expect(model?.kind === "bars" && model.bars.map(({ label }) => label)).toEqual(
    Array.from({ length: 12 }, (_, n) => `c${39 - n}`),
  );
});

test.each([
  ["30 days", rows(60, (n) => `${day(n)},${n < 30 ? 100 : 120}`), "csv-trend-days", 0.2],
  ["7 days", rows(14, (n) => `${day(n)},${n < 7 ? 100 : 50}`), "csv-trend-week", -0.5],
  ["a month", "2026-01,10\n2026-02,20\n2026-03,30", "csv-trend-month", 0.5],
])("the last %s are compared with as much before", async (_, content, key, change) => {
  const { times } = await read(`when,amount\n${content}\n`);
  const trend = times && trendOf(times);
  expect(trend?.key).toBe(key);
  expect(trend?.change).toBeCloseTo(change);
});

test("there is no trend over too short a time, and none across zero", async () => {
  for (const content of [rows(5, (n) => `${day(n)},1`), rows(60, (n) => `${day(n)},${n < 30 ? -5 : 5}`)]) {
    const { times } = await read(`when,amount\n${content}\n`);
    expect(times && trendOf(times)).toBeUndefined();
  }
});

test.each([
  ["en", `date,a\n${rows(2000, (n) => `${day(n)},${n}`)}`],
  ["ru", `город,сумма\n${rows(40, (n) => `Город номер ${n},${n - 20}`)}`],
  ["en", `a\n${rows(100, (n) => String(n * n))}`],
  ["ru", "a,b\n1,2"],
] satisfies [Locale, string][])(
  "a picture in %s has the size of a photo on a phone",
  async (locale, content) => {
    const model = chartModel(await read(content), locale, translator(locale));
    if (model === undefined) throw new Error("no picture");
    const png = await drawChart(model, locale, translator(locale));
    expect(imageSize(png)).toMatchObject({ type: "png", width: 1200, height: 675 });
  },
);
