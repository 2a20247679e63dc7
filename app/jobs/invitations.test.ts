import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { databaseConfig, freshDatabase, sql } from "../../test/support/database.ts";
import { createDatabase, type Database } from "../database/pool.ts";
import { createMetrics } from "../metrics.ts";
import { anonymise } from "./anonymise.ts";
import { expireInvitations, remindInvitations } from "./invitations.ts";
import type { AnyJobKind } from "./job.ts";
import { purge } from "./purge.ts";

const port = inject("servers").postgres;
const log = pino({ level: "silent" });
let name: string;
let database: Database;

beforeAll(async () => {
  name = await freshDatabase(port);
  database = createDatabase(databaseConfig(port, name), createMetrics("test"), log);
});
afterAll(() => database.close());

/** Ada (1) owns a team, Grace (2) and Linus (3) are people without one. */
beforeEach(() =>
  sql(
    port,
    name,
    "TRUNCATE users CASCADE",
    "INSERT INTO users (id, name, language) VALUES (1, 'Ada', 'en'), (2, 'Grace', 'ru'), (3, 'Linus', 'en')",
    `WITH team AS (INSERT INTO teams (owner_id, name) VALUES (1, 'A & B') RETURNING id)
     INSERT INTO team_members (user_id, team_id) SELECT 1, id FROM team`,
  ),
);

const invite = (userId: number, expires: string): Promise<unknown> =>
  sql(
    port,
    name,
    `INSERT INTO invitations (team_id, user_id, expires_at) SELECT id, ${userId}, now() + interval '${expires}' FROM teams`,
  );

const stored = (columns: string): Promise<unknown> =>
  sql(port, name, `SELECT ${columns} FROM invitations ORDER BY user_id`);

/** Runs a job like a worker; returns what is sent: to whom, and the text. */
async function run(kind: AnyJobKind): Promise<[number, string][]> {
  const conclusion = await kind.run({ payload: {}, database, log } as never);
  const { tx } = await database.begin(undefined, []);
  const calls = (await conclusion?.(tx)) ?? [];
  await tx.commit();
  return calls.map(({ chatId, payload }) => [chatId, payload]);
}

it("notes the end of invitations once, and tells both sides in their language", async () => {
  await invite(2, "-1 second");
  await invite(3, "1 minute");
  const told = await run(expireInvitations);
  expect(told).toEqual([
    [2, expect.stringContaining("время вышло")],
    [1, expect.stringMatching(/Grace.*did not answer.*A &amp; B/)],
  ]);
  expect(await stored("status, ended_at IS NOT NULL AS ended")).toEqual([
    { status: "expired", ended: true },
    { status: "pending", ended: false },
  ]);
  expect(await run(expireInvitations)).toEqual([]);
});

it("reminds of an invitation once, a day before its end, with the buttons to answer", async () => {
  await invite(2, "23 hours 30 minutes");
  await invite(3, "25 hours");
  const told = await run(remindInvitations);
  expect(told).toEqual([
    [2, expect.stringMatching(/Ada.*24 часа.*invitation:accept:\d+.*invitation:decline/)],
  ]);
  expect(await run(remindInvitations)).toEqual([]);
  expect(await stored("status, reminded_at IS NOT NULL AS reminded")).toEqual([
    { status: "pending", reminded: true },
    { status: "pending", reminded: false },
  ]);
});

it("reminds nobody of what is over or answered", async () => {
  await invite(2, "-1 second");
  await invite(3, "1 hour");
  await sql(port, name, "UPDATE invitations SET status = 'declined', ended_at = now() WHERE user_id = 3");
  expect(await run(remindInvitations)).toEqual([]);
  expect(await run(expireInvitations)).toHaveLength(2);
});

it.each(["notifications = false", "blocked_at = now()", "deleted_at = now()"])(
  "tells nothing to those with %s, and notes it all the same",
  async (change) => {
    await invite(2, "-1 second");
    await invite(3, "1 hour");
    await sql(port, name, `UPDATE users SET ${change}`);
    expect(await run(remindInvitations)).toEqual([]);
    expect(await run(expireInvitations)).toEqual([]);
    expect(await stored("status, reminded_at IS NOT NULL AS reminded")).toEqual([
      { status: "expired", reminded: false },
      { status: "pending", reminded: true },
    ]);
  },
);

it("forgets ended invitations after 30 days, and with a person those to them", async () => {
  await invite(2, "-31 days");
  await invite(3, "-29 days");
  await sql(port, name, "UPDATE invitations SET status = 'expired', ended_at = expires_at");
  await run(purge);
  expect(await stored("user_id")).toEqual([{ user_id: "3" }]);
  await sql(port, name, "UPDATE users SET deleted_at = now() - interval '31 days' WHERE id = 3");
  await run(anonymise);
  expect(await stored("user_id")).toEqual([]);
});
