import { parseArgs } from "node:util";
import { plan, type Plan } from "./plan.ts";
import { measured } from "./service-times.ts";

const usage = `npm run capacity -- [--users N]... [--json]

Says what a stack for so many people at the same time needs, why, and what is full first.
Without a number: 500 to 2 000 000.`;

const common = [500, 1000, 2000, 3000, 20_000, 200_000, 2_000_000];

function numberOf(text: string): number {
  const users = Number(text);
  if (Number.isInteger(users) && users > 0 && users <= 100_000_000) return users;
  throw new Error(`--users ${text}: must be a whole number from 1 to 100000000\n\n${usage}`);
}

const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, " ");

function told({ demand, shards, sizes, prediction: { latency }, exceeded, next }: Plan): string {
  const widths = (["what", "size"] as const).map((key) => Math.max(...sizes.map((line) => line[key].length)));
  const lines = sizes.map(
    ({ what, size, reason }) =>
      `  ${what.padEnd(widths[0] ?? 0)}  ${size.padStart(widths[1] ?? 0)}  ${reason}`,
  );
  const [p50, p95] = [latency.p50, latency.p95].map((s) => `${(s * 1000).toFixed(1)} ms`);
  return [
    `${thousands(demand.users)} users at the same time${shards === 1 ? "" : `: ${shards} stacks, of which each needs`}`,
    ...lines,
    `  An update is committed within ${p50 ?? ""} (p50), ${p95 ?? ""} (p95).`,
    ...exceeded.map(({ users, what, then }) => `  ! beyond ${thousands(users)}: ${what}. Then: ${then}`),
    ...(next === undefined
      ? []
      : [`  Full next, at ${thousands(next.users)} users: ${next.what}. Then: ${next.then}`]),
  ].join("\n");
}

try {
  const { values } = parseArgs({
    options: { users: { type: "string", multiple: true }, json: { type: "boolean" } },
  });
  const plans = (values.users?.map(numberOf) ?? common).map((users) => plan(users, measured));
  console.log(values.json === true ? JSON.stringify(plans, null, 2) : plans.map(told).join("\n\n"));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
