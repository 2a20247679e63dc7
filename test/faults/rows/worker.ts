import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { text as streamText } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { readSpec } from "../../../infra/process-provider/spec.ts";
import { FIRST_PERSON } from "../../../loadtest/k6/lib/people.ts";
import { updateOf } from "../../../loadtest/k6/lib/updates.ts";
import { keepFile } from "../../../loadtest/files.ts";
import { call } from "../../../loadtest/simulator.ts";
import { until } from "../../support/wait.ts";
import { passing, type Bench, type Row } from "../row.ts";

/** People besides those of the load, who upload files. */
const UPLOADERS = FIRST_PERSON + 10_000;
const FILES = 6;
const KILLS = 3;
/** Milliseconds until the jobs of a worker that died are done by the next one: leases take 30 s to end. */
const JOBS = 120_000;

async function numberOf({ stack }: Bench, sql: string): Promise<number> {
  const client = await stack.connect();
  try {
    const { rows } = await client.query<{ n: string }>(sql);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
}

/** Kills the worker some times while it works, and waits until no job of the kind is left. */
async function killWhile(bench: Bench, kind: string): Promise<void> {
  const { replicas, dice } = bench;
  const open = (more: string) =>
    numberOf(bench, `SELECT count(*) AS n FROM jobs WHERE kind = '${kind}' AND ended_at IS NULL ${more}`);
  for (let n = 0; n < KILLS; n += 1) {
    await until(
      `a worker does a job ${kind}`,
      async () => (await open("AND leased_until > now()")) > 0,
      JOBS,
    );
    await pause(dice() * 300);
    const before = replicas.pid("worker-0");
    process.kill(before, "SIGKILL");
    await replicas.ready("worker-0", before);
  }
  await until(`every job ${kind} is done`, async () => (await open("")) === 0, JOBS);
}

const documents = z.array(z.object({ chat_id: z.number(), at: z.number() }));

/** Lets people upload files; `answered` waits until each was answered, and throws when one was twice without a reason. */
async function uploadFiles(bench: Bench): Promise<{ answered: (again?: number) => Promise<void> }> {
  const { stack, webhook, secret } = bench;
  const file = await keepFile(stack.simulator, 3_000_000);
  const first = Date.now();
  const people = `BETWEEN ${UPLOADERS} AND ${UPLOADERS + FILES - 1}`;
  await stack.sql(
    `DELETE FROM csv_results WHERE user_id ${people}`,
    `DELETE FROM users WHERE id ${people}`,
    `INSERT INTO users (id, user_type, name) SELECT ${UPLOADERS} + n, 'participant', 'Somebody'
     FROM generate_series(0, ${FILES - 1}) n`,
  );
  for (let n = 0; n < FILES; n += 1) {
    const person = UPLOADERS - FIRST_PERSON + n;
    const update = updateOf({
      person,
      kind: file,
      updateId: first * 1000 + n,
      now: Math.floor(first / 1000),
    });
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret };
    const { status } = await fetch(webhook, { method: "POST", headers, body: JSON.stringify(update) });
    if (status !== 200) throw new Error(`the upload of a file was answered ${status}`);
  }
  const answers = async (): Promise<number[]> =>
    documents
      .parse(await call(stack.simulator, "/simulator/api/sink/documents"))
      .flatMap(({ chat_id, at }) => (at >= first ? [chat_id] : []));
  return {
    answered: async (again = 0) => {
      await until("every file is answered", async () => new Set(await answers()).size === FILES, JOBS);
      const results = await numberOf(bench, `SELECT count(*) AS n FROM csv_results WHERE user_id ${people}`);
      if (results !== FILES) throw new Error(`${FILES} files led to ${results} results`);
      const sent = (await answers()).length;
      if (sent > FILES + again) throw new Error(`${FILES} files led to ${sent} answers`);
    },
  };
}

async function killInCsv(bench: Bench): Promise<void> {
  const { answered } = await uploadFiles(bench);
  await killWhile(bench, "csv");
  await answered(KILLS);
}

const person = z.looseObject({ id: z.number() });
const stats = z.looseObject({ api_calls: z.record(z.string(), z.number()) });
const written = z.looseObject({ message_id: z.number() });
/** People besides those of the load, to whom a broadcast goes: the cofounders. */
const READERS = FIRST_PERSON + 20_000;
const COUNT = 100;
/** Sent at once, so that they may come twice when the worker dies. */
const BATCH = 5;

async function killInBroadcast(bench: Bench): Promise<void> {
  const { stack } = bench;
  const post = (path: string, body: object): Promise<unknown> =>
    call(stack.simulator, `/simulator/api/${path}`, { method: "POST", body: JSON.stringify(body) });
  const { id: admin } = person.parse(await post("people", { first_name: "Admin" }));
  const { message_id } = written.parse(await post(`people/${admin}/messages`, { text: "News" }));
  const copies = async (): Promise<number> =>
    stats.parse(await call(stack.simulator, "/simulator/api/stats")).api_calls["copyMessage"] ?? 0;
  const before = await copies();
  await stack.sql(
    `INSERT INTO users (id, user_type, name) SELECT ${READERS} + n, 'cofounder', 'Somebody'
     FROM generate_series(0, ${COUNT - 1}) n`,
    `WITH made AS (INSERT INTO broadcasts (admin_id, message_id, audience, state, status_message_id, total, last_id)
       VALUES (${admin}, ${message_id}, 'cofounder', 'running', 1, ${COUNT}, ${READERS - 1}) RETURNING id)
     INSERT INTO jobs (kind, payload) SELECT 'broadcast', json_build_object('id', id, 'locale', 'en') FROM made`,
  );
  await killWhile(bench, "broadcast");
  const noted = await numberOf(
    bench,
    `SELECT sent AS n FROM broadcasts WHERE admin_id = ${admin} AND state = 'done'`,
  );
  if (noted !== COUNT) throw new Error(`of ${COUNT} people ${noted} count as reached`);
  const sent = (await copies()) - before;
  if (sent < COUNT || sent > COUNT + KILLS * BATCH) throw new Error(`${COUNT} people got ${sent} messages`);
}

/** Runs the program of the stack's backups. */
function backup({ runs }: Bench, command: "create" | "list"): { child: ChildProcess; text: Promise<string> } {
  const {
    env,
    cwd,
    command: [program = "", script = ""],
  } = readSpec(join(runs, "backup"));
  const child = spawn(program, [script, command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const streams = [child.stdout, child.stderr].map((stream) => streamText(stream));
  return { child, text: Promise.all(streams).then((texts) => texts.join("")) };
}

async function killInBackup(bench: Bench): Promise<void> {
  for (let n = 0; n < KILLS; n += 1) {
    const { child, text } = backup(bench, "create");
    await pause(300 + bench.dice() * 1500);
    child.kill("SIGKILL");
    await text;
  }
  const made = await backup(bench, "create").text;
  if (!/rows of \d+ tables/.test(made)) throw new Error(`there is no backup: ${made}`);
  const list = await backup(bench, "list").text;
  if (/OF NO USE/.test(list)) throw new Error(`a backup that was killed counts as one: ${list}`);
}

export const workerRows: Readonly<Record<string, Row>> = {
  "csv-killed": passing(`the worker is killed ${KILLS} times while it reads CSV files`, killInCsv, {
    doubled: { most: 40, why: "the worker died between sending a message and noting it" },
  }),
  "broadcast-killed": passing(`the worker is killed ${KILLS} times during a broadcast`, killInBroadcast, {
    doubled: { most: 40, why: "the worker died between sending a message and noting it" },
  }),
  "backup-killed": passing(`a backup is killed ${KILLS} times, then one is made`, killInBackup),
  "download-cut": {
    fault: "every download of a file is cut after 500 kB, then works again",
    strike: async (bench) => {
      bench.botApi.set({ cutAfter: 500_000 });
      const upload = await uploadFiles(bench);
      await pause(5000);
      bench.botApi.set({});
      await upload.answered();
      return undefined;
    },
    doubled: { most: 40, why: "a call whose answer was cut was carried out, and is made again" },
  },
};
