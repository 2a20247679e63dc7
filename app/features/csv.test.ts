import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { csv } from "../jobs/csv.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { refusal, startFakeApi, type ApiCall, type FakeApi } from "../testing/fake-api.ts";
import { talk } from "../testing/talk.ts";
import { startWorker } from "../testing/worker.ts";
import { document, press, type TestPerson } from "../testing/updates.ts";

let api: FakeApi;
let bot: TestBot;
let stop: (() => Promise<void>) | undefined;
let files = 0;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
});
beforeEach(() => {
  api.answer = () => undefined;
  api.serve = undefined;
  api.calls.length = 0;
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

function work(): void {
  stop = startWorker(bot, csv);
}

/** Sends a file; what it says is there when it is asked for. */
async function upload(
  who: TestPerson,
  content: Buffer | string,
  name = "sales.csv",
  size?: number,
): Promise<void> {
  files += 1;
  const id = `file${files}`;
  api.files.set(id, Buffer.from(content));
  const update = document(who, {
    file_id: id,
    file_name: name,
    file_size: size ?? Buffer.from(content).length,
  });
  expect((await bot.deliver(update)).status).toBe(200);
}

const sales = "date,city,amount\n2026-05-01,Riga,10\n2026-05-02,=1+1,20.5\n2026-05-03,Riga,-4\nbroken\n";
const of = (who: TestPerson) => api.calls.filter(({ payload }) => Number(payload["chat_id"]) === who.id);
const find = (who: TestPerson, method: string): Promise<ApiCall> =>
  until(`${method} arrives`, () => of(who).find((call) => call.method === method));
const texts = (who: TestPerson): string[] =>
  of(who)
    .filter(({ method }) => method === "sendMessage")
    .map(({ payload }) => String(payload["text"]));
/** Waits until the last answer to a file is there, and returns it. */
const answer = (who: TestPerson): Promise<string> =>
  until("the file is answered", () =>
    texts(who)
      .filter((text) => !/Reading|Читаю|Got it/.test(text))
      .at(-1),
  );
async function known(name: string, language?: string): Promise<TestPerson> {
  const who = await talk(bot, api).known(name, language);
  api.calls.length = 0;
  return who;
}

test("a CSV file is answered with a summary, a picture and a table that is safe to open, in this order", async () => {
  const ada = await known("Ada");
  work();
  await upload(ada, sales);
  const table = await find(ada, "sendDocument");
  // A slow machine shows how far it is in between.
  expect(
    of(ada)
      .map(({ method }) => method)
      .filter((method) => method !== "editMessageText"),
  ).toEqual([...["sendMessage", "deleteMessage", "sendMessage", "sendPhoto", "sendDocument"]]);
  const [reading, summary] = texts(ada);
  expect(reading).toBe("📊 Reading <b>sales.csv</b> … 0 %");
  expect(summary).toContain("<b>amount</b>: sum 26.5, average 8.83, median 10, from -4 to 20.5");
  expect(summary).toContain("• line 5: 1 cells instead of 3");
  expect(summary).toContain("/results");
  const picture = of(ada).find(({ method }) => method === "sendPhoto")?.files["photo"];
  expect(picture).toMatchObject({ name: "sales.png", mime: "image/png" });
  expect(picture?.content.subarray(1, 4).toString()).toBe("PNG");
  expect(table.files["document"]).toMatchObject({ name: "sales.clean.csv", mime: "text/csv" });
  expect(table.files["document"]?.content.toString()).toBe(
    "\ufeffdate,city,amount\r\n2026-05-01,Riga,10\r\n2026-05-02,'=1+1,20.5\r\n2026-05-03,Riga,-4\r\n",
  );
});

test("it speaks the person's language, and reads that of the file", async () => {
  const ada = await known("Ada", "ru");
  work();
  await upload(
    ada,
    Buffer.from("\ufeffДата;Сумма\n31.05.2026;1 234,56\n01.06.2026;2 000,44\n", "utf16le"),
    "отчёт.csv",
  );
  await find(ada, "sendDocument");
  const summary = (await answer(ada)).replaceAll("\u00a0", " ");
  expect(summary).toContain("<b>Сумма</b>: сумма 3 235, среднее 1 617,5");
  expect(summary).toContain("UTF-16 · разделитель <code>;</code> · даты: день, месяц, год");
});

test("a file that cannot be read is answered with the line and the reason, and nothing of it is kept", async () => {
  const ada = await known("Ada");
  work();
  await upload(ada, 'a,b\n1,2\n"open,3\n4,5\n');
  expect(await answer(ada)).toMatch(/could not read <b>sales.csv<\/b>[^]*line 3/);
  expect(of(ada).at(-2)?.method).toBe("deleteMessage");
  expect(await bot.sql(`SELECT FROM csv_results WHERE user_id = ${ada.id}`)).toHaveLength(0);
});

test("other documents, and files that are too large, are turned away kindly and at once", async () => {
  const ada = await known("Ada");
  await upload(ada, "x", "report.xlsx");
  expect(texts(ada).at(-1)).toContain("I read tables as CSV files");
  await upload(ada, "x", "big.csv", 20 * 1024 * 1024 + 1);
  expect(texts(ada).at(-1)).toContain("larger than 20 MB");
  await bot.deliver(document(ada, { file_id: 7 as unknown as string }));
  expect(texts(ada).at(-1)).toContain("only understand");
  expect(await bot.sql(`SELECT FROM jobs WHERE user_id = ${ada.id}`)).toHaveLength(0);
});

test("whatever size was told, more than 20 MB are not taken", async () => {
  const ada = await known("Ada");
  work();
  await upload(ada, Buffer.alloc(20 * 1024 * 1024 + 1, "a,b\n"), "liar.csv", 10);
  expect(await answer(ada)).toContain("larger than 20 MB");
  api.serve = (bytes, response) => {
    response.writeHead(200, { "transfer-encoding": "chunked" });
    response.end(bytes);
  };
  api.calls.length = 0;
  await upload(ada, Buffer.alloc(20 * 1024 * 1024 + 1, "a,b\n"), "liar.csv", 10);
  expect(await answer(ada)).toContain("larger than 20 MB");
});

test("a file that Telegram has lost is told at once; a connection that breaks is tried again", async () => {
  const ada = await known("Ada");
  work();
  await bot.deliver(document(ada, { file_id: "lost", file_name: "lost.csv" }));
  expect(await answer(ada)).toContain("does not have <b>lost.csv</b> any more");
  api.calls.length = 0;
  api.serve = (bytes, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, 10));
    setImmediate(() => response.destroy());
  };
  await upload(ada, sales);
  await until("the first try has failed", async () => {
    const rows = await bot.sql(
      "SELECT FROM jobs WHERE ended_at IS NULL AND error LIKE '%could not be fetched%'",
    );
    return rows.length === 1;
  });
  api.serve = undefined;
  await bot.sql("UPDATE jobs SET run_at = now() WHERE ended_at IS NULL");
  await find(ada, "sendDocument");
  // The second try goes on with the message of the first.
  expect(texts(ada).filter((text) => text.includes("Reading"))).toHaveLength(1);
});

test("when every try has failed, the person is told and the message of the progress goes", async () => {
  const ada = await known("Ada");
  work();
  api.answer = ({ method }) => (method === "getFile" ? refusal(502, "Bad Gateway") : undefined);
  await upload(ada, sales);
  for (const tries of [1, 2]) {
    await until(`try ${tries} has failed`, async () => {
      const rows = await bot.sql(
        `SELECT FROM jobs WHERE ended_at IS NULL AND attempts = ${tries} AND lease IS NULL`,
      );
      return rows.length === 1;
    });
    await bot.sql("UPDATE jobs SET run_at = now() WHERE ended_at IS NULL");
  }
  expect(await answer(ada)).toContain("could not finish");
  expect(of(ada).filter(({ method }) => method === "deleteMessage")).toHaveLength(1);
});

test("a file that is being read is stopped by its button, and only by its sender", async () => {
  const [ada, grace] = [await known("Ada"), await known("Grace")];
  let release: (() => void) | undefined;
  api.serve = (bytes, response) => (release = () => response.end(bytes));
  work();
  await upload(ada, sales);
  const reading = await find(ada, "sendMessage");
  const [, id = ""] = /csv:cancel:(\d+)/.exec(JSON.stringify(reading.payload)) ?? [];
  await until("it is asked for", () => release !== undefined);
  await bot.deliver(press(grace, `csv:cancel:${id}`));
  expect(api.calls.at(-1)?.payload["text"]).toContain("over already");
  await bot.deliver(press(ada, `csv:cancel:${id}`));
  expect(of(ada).findLast(({ method }) => method === "editMessageText")?.payload["text"]).toContain(
    "I stopped",
  );
  release?.();
  await until(
    "the try ends",
    async () => (await bot.metric("bot_jobs_total", { kind: "csv", outcome: "lost" })) === 1,
  );
  expect(of(ada).map(({ method }) => method)).not.toContain("sendPhoto");
  expect(await bot.sql(`SELECT outcome FROM jobs WHERE id = ${id}`)).toEqual([{ outcome: "cancelled" }]);
});

test("files of one person are read one after the other, in their order, and not without end", async () => {
  const ada = await known("Ada");
  for (let n = 0; n < 11; n += 1) await upload(ada, `a\n${n}\n`, `${n}.csv`);
  expect(texts(ada).filter((text) => text.includes("one after another"))).toHaveLength(9);
  expect(texts(ada).at(-1)).toContain("10 files in line already");
  await bot.sql(
    `UPDATE jobs SET ended_at = now(), outcome = 'cancelled' WHERE user_id = ${ada.id} AND payload->>'name' > '3.csv'`,
  );
  api.calls.length = 0;
  work();
  await until("all are read", () => of(ada).filter(({ method }) => method === "sendDocument").length === 4);
  const order = of(ada)
    .map(({ files: sent }) => sent["document"]?.name)
    .filter((name) => name !== undefined);
  expect(order).toEqual(["0.clean.csv", "1.clean.csv", "2.clean.csv", "3.clean.csv"]);
});

test("who leaves while a file is read gets nothing, and nothing is kept", async () => {
  const ada = await known("Ada");
  await upload(ada, sales);
  await bot.sql(`UPDATE users SET deleted_at = now() WHERE id = ${ada.id}`);
  work();
  await until("it is read", async () => {
    const rows = await bot.sql(`SELECT FROM jobs WHERE user_id = ${ada.id} AND outcome = 'done'`);
    return rows.length === 1;
  });
  expect(await bot.sql(`SELECT FROM files WHERE user_id = ${ada.id}`)).toHaveLength(0);
});
