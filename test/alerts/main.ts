// `npm run alerts:fire -- all|NAME...`: fires alerts for real on a stack of its own, and says how long each took.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../infra/toolchain/folders.ts";
import { fireAll, type Result } from "./fire.ts";
import { withLab } from "./lab.ts";
import { recipes } from "./recipes/all.ts";
import { row, table } from "./report.ts";

const known = Object.keys(recipes);
const asked = process.argv.slice(2);
const names = asked.length === 1 && asked[0] === "all" ? known : asked;
const unknown = names.filter((name) => !known.includes(name));
if (names.length === 0 || unknown.length > 0) {
  const problem = unknown.length > 0 ? `there is no alert ${unknown.join(", ")}\n` : "";
  console.error(`${problem}usage: npm run alerts:fire -- all|NAME...\nNAME is one of ${known.join(", ")}`);
  process.exit(2);
}

// What was started has to be ended: a second signal does not wait for that.
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
});
interrupted.catch(() => undefined);

const began = performance.now();
const results: Result[] = [];
try {
  await withLab((lab) =>
    Promise.race([
      interrupted,
      fireAll(lab, names, (result) => {
        results.push(result);
        console.log(row(result));
      }),
    ]),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
const text = `${table(results)}\n\n${results.length} alerts in ${Math.round((performance.now() - began) / 1000)} s\n`;
const folder = join(checkout, ".launchlab/alerts");
mkdirSync(folder, { recursive: true });
const file = join(folder, "report.md");
writeFileSync(file, text);
console.log(`\n${text}\nIt is in ${file}.`);
if (results.length < names.length || results.some(({ problems }) => problems.length > 0))
  process.exitCode = 1;
process.exit();
