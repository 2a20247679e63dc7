import { parentPort, workerData } from "node:worker_threads";
import { download } from "../telegram/download.ts";
import { translator } from "../telegram/texts.ts";
import { analyse } from "./analyse.ts";
import { BadFile } from "./bad-file.ts";
import { chartModel } from "./chart-model.ts";
import { drawChart } from "./chart.ts";
import type { Task, Told } from "./read.ts";
import { openFile } from "./source.ts";
import { summaryOf } from "./summary.ts";

// A thread that gets and reads one file, for `readCsv`.
const { url, fd, name, locale } = workerData as Task;
const t = translator(locale);
const tell = (told: Told, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(told, moved);

async function read(size: number): Promise<void> {
  const analysis = await analyse({
    source: openFile(fd, size),
    order: locale === "ru" ? "dmy" : "mdy",
    unnamed: (number) => t("csv-column", { number }),
    progress: (share) => tell({ share }),
  });
  const model = chartModel(analysis, locale, t);
  const { rows, cleaned } = analysis;
  const summary = summaryOf(analysis, name, locale, t);
  const chart = model && { png: await drawChart(model, locale, t), title: model.title };
  // Moved, not copied: it may be some megabytes.
  tell({ reading: { rows, summary, chart, cleaned } }, cleaned === undefined ? [] : [cleaned.gzip.buffer]);
}

try {
  const fetched = await download(url, fd);
  if (fetched.ok) await read(fetched.size);
  else tell({ missing: fetched });
} catch (error) {
  if (!(error instanceof BadFile)) throw error;
  tell({ bad: { key: error.key, values: error.values } });
}
