import { parentPort } from "node:worker_threads";
import { download } from "../telegram/download.ts";
import { translator } from "../telegram/texts.ts";
import { analyse } from "./analyse.ts";
import { BadFile } from "./bad-file.ts";
import { chartModel } from "./chart-model.ts";
import { drawChart } from "./chart.ts";
import type { Task, Told } from "./read.ts";
import { openFile } from "./source.ts";
import { summaryOf } from "./summary.ts";

// Whatever stands in a file: no library adds it to what all objects have.
Object.preventExtensions(Object.prototype);

// A thread that gets and reads files, one after the other, for `readCsv`.
const tell = (told: Told, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(told, moved);

async function read({ fd, name, locale }: Task, size: number): Promise<void> {
  const t = translator(locale);
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

async function serve(task: Task): Promise<void> {
  try {
    const fetched = await download(task.url, task.fd);
    if (fetched.ok) await read(task, fetched.size);
    else tell({ missing: fetched });
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
    tell({ bad: { key: error.key, values: error.values } });
  }
}

// What it throws ends the thread, and reaches `readCsv` as its error.
parentPort?.on("message", (task: Task) => void serve(task));
