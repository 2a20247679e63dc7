import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { FIRST_PERSON, personOf } from "./k6/lib/people.ts";
import { dueAt, type Profile } from "./k6/lib/profile.ts";
import { latencyOf, type Latency } from "./latency.ts";
import { call } from "./simulator.ts";

/** A table of some ten thousand rows for each megabyte, with days, numbers and texts. */
export function table(bytes: number): Buffer {
  const lines = ["date,city,plan,signups,revenue,note"];
  for (let size = 36, n = 0; size < bytes; n++) {
    const date = new Date(Date.UTC(2024, 0, 1 + (n % 700))).toISOString().slice(0, 10);
    const city = ["Riga", "Berlin", "Казань"][n % 3] ?? "";
    const line = `${date},${city},${n % 4 === 0 ? "premium" : "free"},${(n * 7919) % 97},${(n * 31) % 10_007}.50,"row ${n}, with what somebody wrote about the day it was"`;
    lines.push(line);
    size += Buffer.byteLength(line) + 1;
  }
  return Buffer.from(lines.join("\n"));
}

/** Gives the simulator the file that people upload. */
export async function keepFile(simulator: string, bytes: number): Promise<{ id: string; size: number }> {
  const content = table(bytes);
  const form = new FormData();
  form.set("file", new Blob([content], { type: "text/csv" }), "metrics.csv");
  const answer = await call(simulator, "/simulator/api/sink/files", { method: "POST", body: form });
  return { id: z.object({ file_id: z.string() }).parse(answer).file_id, size: content.length };
}

const documents = z.array(z.object({ chat_id: z.number(), at: z.number() }));

/**
 * Waits until all files of a run are answered, or none was for `patience` milliseconds, and says what they took since they
 * were due. The first was due at `from`, in milliseconds since the epoch on the clock of this machine.
 */
export async function answeredFiles(
  simulator: string,
  profile: Profile,
  from: number,
  patience = 15_000,
): Promise<Latency | undefined> {
  const { files, people, scenarios } = profile;
  const scenario = files && scenarios[files.scenario];
  if (files === undefined || scenario === undefined) return undefined;
  const read = async () => documents.parse(await call(simulator, "/simulator/api/sink/documents"));
  let [answered, changed] = [await read(), Date.now()];
  while (answered.length < files.count && Date.now() < changed + patience) {
    await delay(500);
    const now = await read();
    if (now.length > answered.length) [answered, changed] = [now, Date.now()];
  }
  const due = new Map(
    Array.from({ length: files.count }, (_, n) => [
      FIRST_PERSON + personOf(n, people),
      from + (dueAt(scenario, n) ?? 0),
    ]),
  );
  return latencyOf(
    answered.flatMap(({ chat_id, at }) => {
      const since = due.get(chat_id);
      return since === undefined ? [] : [at - since];
    }),
  );
}
