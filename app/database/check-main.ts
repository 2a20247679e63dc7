// Is the database as the bot needs it? One table, then the end; 1 when something has to be done. With --json the findings
// as one list, and 0: whoever reads it judges.
import pg from "pg";
import { ConfigError, loadConfig, type DatabaseConfig } from "../config.ts";
import type { Finding } from "../finding.ts";
import type { Operation } from "../metric-labels.ts";
import { checkDatabase } from "./check.ts";
import { connectionOptions, type Query } from "./pool.ts";

const signs = { good: "✓", look: "!", bad: "✗" } as const;

async function look(config: DatabaseConfig): Promise<Finding[]> {
  const client = new pg.Client({ ...connectionOptions(config), query_timeout: 10_000 });
  client.on("error", () => undefined);
  const began = performance.now();
  try {
    await client.connect();
  } catch (error) {
    const found = error instanceof Error ? error.message || error.name : String(error);
    const advice = `is ${config.host}:${config.port} right, does it run, and are user, password and TLS those of it?`;
    return [{ about: "connection", state: "bad", found, advice }];
  }
  const took = `${(performance.now() - began).toFixed(0)} ms`;
  const where = `${config.user} at ${config.host}:${config.port}/${config.name}`;
  const query: Query = async <R extends pg.QueryResultRow>(
    _operation: Operation,
    sql: string,
    values: readonly unknown[] = [],
  ) => (await client.query<R>(sql, [...values])).rows;
  try {
    return [
      { about: "connection", state: "good", found: `${where}, in ${took}` },
      ...(await checkDatabase(query)),
    ];
  } finally {
    await client.end();
  }
}

function show(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ about }) => about.length));
  for (const { about, state, found, advice } of findings) {
    console.log(`${signs[state]} ${about.padEnd(width)}  ${found}`);
    if (advice !== undefined) console.log(`  ${" ".repeat(width)}  → ${advice}`);
  }
  if (findings.some(({ state }) => state === "bad")) process.exitCode = 1;
}

try {
  const findings = await look(loadConfig(process.env).database);
  if (process.argv.includes("--json")) console.log(JSON.stringify(findings));
  else show(findings);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
