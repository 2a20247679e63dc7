// `npm run dashboards:render`: boards, rules and runbooks as files, for people who run their own monitoring.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { capacity } from "../../infra/capacity.ts";
import { renderHandout } from "./handout.ts";

const USAGE = `usage: npm run dashboards:render -- --out FOLDER [--stack NAME] [--users NUMBER] [--namespace NAMESPACE]
         [--jobs A,B] [--runbook-url URL]

--stack       name of the stack, a label of every alert; dev unless it is said
--users       that the stack is sized for (launchlab:users), which some rules know; 2000 unless it is said
--namespace   for a Prometheus that has series of several: looks at this namespace alone
--jobs        the scrape jobs that there are, with commas: what needs another one is left out; all unless they are said
--runbook-url address of an alert's runbook, with {alert} for its name; the file in FOLDER unless it is said`;

try {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      stack: { type: "string", short: "s", default: "dev" },
      users: { type: "string", default: "2000" },
      namespace: { type: "string" },
      jobs: { type: "string" },
      "runbook-url": { type: "string", default: "runbooks/{alert}.md" },
    },
  });
  const { out, stack, users, namespace, jobs, "runbook-url": runbook } = values;
  if (out === undefined) throw new Error(USAGE);
  if (!runbook.includes("{alert}"))
    throw new Error(`--runbook-url ${runbook} lacks {alert}, which stands for the name of the alert`);
  if (!/^[1-9]\d{0,4}$/.test(users)) throw new Error(`--users ${users} is no number of people`);
  const files = renderHandout({
    stack,
    capacity: capacity(Number(users)),
    runbookUrl: (alert) => runbook.replaceAll("{alert}", alert),
    ...(namespace === undefined ? {} : { namespace }),
    ...(jobs === undefined ? {} : { jobs: jobs.split(",") }),
  });
  const folder = resolve(out);
  for (const { path, content } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  console.log(`${files.length} files are in ${folder}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
