// `npm test`: unit tests, then the tests of the whole stack, one after the other, and one line of numbers.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { prepareValidation } from "../infra/render/validate.ts";
import { checkout } from "../infra/toolchain/folders.ts";
import { k6 } from "../infra/toolchain/k6.ts";
import { kubeseal } from "../infra/toolchain/kubeseal.ts";
import { pulumiCli } from "../infra/toolchain/pulumi-cli.ts";
import { versitygw } from "./support/s3.ts";

const report = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

function vitest(args: readonly string[], env: Record<string, string>): Counts {
  const folder = join(checkout, ".launchlab");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `test-report-${process.pid}.json`);
  const options = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...args];
  const { status } = spawnSync("vitest", options, {
    cwd: checkout,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const { numPassedTests, testResults } = report.parse(JSON.parse(readFileSync(file, "utf8")));
  rmSync(file);
  const all = testResults.flatMap((one) => one.assertionResults);
  // A file that does not even load counts, and so does a run that failed outside any test.
  const broken = testResults.filter(
    (one) => one.status === "failed" && one.assertionResults.length === 0,
  ).length;
  const failed = all.filter((one) => one.status === "failed").length + broken;
  return {
    passed: numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: all.filter((one) => !["passed", "failed"].includes(one.status)).map((one) => one.fullName),
  };
}

const [only, ...rest] = process.argv.slice(2);
const say = (line: string): void => console.error(line);
await pulumiCli(say);
const platform = only === "e2e" ? (rest[0] ?? "local") : "local";
// Load comes from this machine, which only the local platform is.
if (platform === "local") await k6(say);
if (only === undefined) {
  for (const prepare of [prepareValidation, kubeseal, versitygw]) {
    try {
      await prepare(say);
    } catch (error) {
      say(
        `Some tests of rendering or of buckets cannot run: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

const runs: Counts[] = [];
if (only === "e2e") {
  runs.push(vitest(["--config", "test/vitest.config.ts"], { E2E_PLATFORM: platform }));
} else {
  runs.push(vitest([], {}));
  runs.push(vitest(["--config", "test/vitest.config.ts"], { E2E_PLATFORM: "local" }));
}
const skipped = runs.flatMap((one) => one.skipped);
const failed = runs.reduce((sum, one) => sum + one.failed, 0);
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(
  `\n${runs.reduce((sum, one) => sum + one.passed, 0)} passed, ${failed} failed, ${skipped.length} skipped`,
);
// In CI everything is installed beforehand, so a skipped test is a broken installation. What a cluster cannot do is not.
const strict = process.env["CI"] === "true" && platform === "local";
const tolerated = strict ? 0 : Number.POSITIVE_INFINITY;
process.exitCode = failed > 0 || skipped.length > tolerated ? 1 : 0;
