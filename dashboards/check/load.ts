import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { checkout } from "../../infra/toolchain/folders.ts";

const person = z.looseObject({ id: z.number(), first_name: z.string() });
/** Who asks; the same one each time. */
const NAME = "Dashboards";
/** What no load test does: strangers, as those are, find nobody, and only the mentor's answer is a job. */
const TEXTS = ["/start", "/search", "/ask How do I find my first users?"];
/** k6 measured, and was not content: of a busy machine that is not asked here. */
const BREACHED = 99;

/** Somebody of the simulator asks the mentor. */
async function chat(simulator: string): Promise<void> {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${simulator}/simulator/api${path}`, body === undefined ? {} : init);
    if (!response.ok) throw new Error(`the simulator refused ${path}: ${response.status}`);
    return response.json();
  };
  const people = z.array(person).parse(await call("/people"));
  const { id } =
    people.find(({ first_name }) => first_name === NAME) ??
    person.parse(await call("/people", { first_name: NAME, language_code: "en" }));
  for (const text of TEXTS) await call(`/people/${id}/messages`, { text });
}

/** A short load test and a chat, so that every part of the stack has just had something to do. Throws when one fails. */
export async function produceLoad(stack: string, simulator: string | undefined): Promise<void> {
  if (simulator === undefined)
    throw new Error(`stack ${stack} has no simulator, so its bot is somebody's: leave out --load`);
  await chat(simulator);
  const args = [
    join(checkout, "infra/toolchain/bootstrap.mjs"),
    "loadtest/run.ts",
    "smoke",
    "--stack",
    stack,
  ];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0 && status !== BREACHED) throw new Error("the load test `smoke` failed, see above");
}
