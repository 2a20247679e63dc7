import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase, sql } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { talk } from "../testing/talk.ts";
import { message, press, type TestPerson } from "../testing/updates.ts";
import { sweep } from "../worker.ts";

const { postgres } = inject("servers");
let api: FakeApi;
/** Two replicas. */
let bots: [TestBot, TestBot];
let people: ReturnType<typeof talk>;
let database: string;

beforeAll(async () => {
  api = await startFakeApi();
  database = await freshDatabase(postgres);
  const options = { servers: inject("servers"), database, apiUrl: api.url, requests: 10_000 };
  bots = [await startBot(options), await startBot(options)];
  people = talk(bots[0], api);
});
afterAll(async () => {
  for (const bot of bots) await bot.close();
  await api.close();
});

const query = (statement: string) => sql(postgres, database, statement);

async function found(owner: TestPerson): Promise<number> {
  await people.press(owner, "team:create");
  await people.say(owner, "Rockets");
  const [row] = await query(`SELECT id FROM teams WHERE owner_id = ${owner.id}`);
  return Number(row?.["id"]);
}

async function invite(owner: TestPerson, who: TestPerson): Promise<number> {
  expect((await people.press(owner, `invite:${who.id}`)).notice).toContain("is invited");
  const [row] = await query(`SELECT max(id)::int AS id FROM invitations WHERE user_id = ${who.id}`);
  return Number(row?.["id"]);
}

/** Lets both presses come to the row at the same moment, each on a replica of its own. */
async function atOnce(
  row: string,
  first: readonly [TestPerson, string],
  second: readonly [TestPerson, string],
): Promise<void> {
  const holder = new pg.Client({ host: "127.0.0.1", port: postgres, user: "postgres", database });
  await holder.connect();
  try {
    await holder.query(`BEGIN; SELECT FROM ${row} FOR UPDATE`);
    const both = [bots[0].deliver(press(...first)), bots[1].deliver(press(...second))];
    await until("both wait", async () => {
      const [waiting] = await query(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE datname = '${database}' AND wait_event_type = 'Lock'`,
      );
      return waiting?.["n"] === 2;
    });
    await holder.query("COMMIT");
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    // Messages may leave after the acknowledgement, and those that waited for long are left to the worker.
    await until("everything is sent", async () => {
      await sweep(bots[0].database, bots[0].sender);
      const [waiting] = await query("SELECT count(*)::int AS n FROM outbox WHERE failed_at IS NULL");
      return waiting?.["n"] === 0;
    });
  } finally {
    await holder.end();
  }
}

const notices = (since: number): unknown[] =>
  api.calls
    .slice(since)
    .filter(({ method, payload }) => method === "answerCallbackQuery" && "text" in payload)
    .map(({ payload }) => payload["text"]);

test("of two who accept at the same moment with one place left, one wins, and the other is told", async () => {
  const ada = await people.known("Ada");
  const team = await found(ada);
  const [grace, linus] = [await people.known("Grace"), await people.known("Linus")];
  const [a, b] = [await invite(ada, grace), await invite(ada, linus)];
  for (let n = 0; n < 3; n += 1) {
    const { id } = await people.known("Extra");
    await query(`INSERT INTO team_members (user_id, team_id) VALUES (${id}, ${team})`);
  }
  const since = api.calls.length;
  await atOnce(
    `teams WHERE id = ${team}`,
    [grace, `invitation:accept:${a}`],
    [linus, `invitation:accept:${b}`],
  );
  const [members] = await query(`SELECT count(*)::int AS n FROM team_members WHERE team_id = ${team}`);
  expect(members).toEqual({ n: 5 });
  const rows = await query(`SELECT status FROM invitations WHERE id IN (${a}, ${b}) ORDER BY status`);
  expect(rows).toEqual([{ status: "accepted" }, { status: "pending" }]);
  expect(notices(since)).toEqual([expect.stringContaining("full right now")]);
});

test("who accepts two teams at the same moment gets into one", async () => {
  const [ada, bea, grace] = [
    await people.known("Ada"),
    await people.known("Bea"),
    await people.known("Grace"),
  ];
  const [one, two] = [await found(ada), await found(bea)];
  const [a, b] = [await invite(ada, grace), await invite(bea, grace)];
  const since = api.calls.length;
  await atOnce(
    `teams WHERE id IN (${one}, ${two})`,
    [grace, `invitation:accept:${a}`],
    [grace, `invitation:accept:${b}`],
  );
  const rows = await query(`SELECT status FROM invitations WHERE user_id = ${grace.id} ORDER BY status`);
  expect(rows).toEqual([{ status: "accepted" }, { status: "pending" }]);
  expect(notices(since)).toEqual([expect.stringContaining("in a team already")]);
});

test("when an invitation is accepted and taken back at the same moment, both see the same end", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const team = await found(ada);
  const id = await invite(ada, grace);
  await atOnce(
    `teams WHERE id = ${team}`,
    [grace, `invitation:accept:${id}`],
    [ada, `invitation:cancel:${id}`],
  );
  const [row] = await query(`SELECT status FROM invitations WHERE id = ${id}`);
  const joined = row?.["status"] === "accepted";
  const members = await query(`SELECT 1 FROM team_members WHERE team_id = ${team}`);
  expect(members).toHaveLength(joined ? 2 : 1);
  expect(api.texts(ada.id).some((text) => text.includes("has joined"))).toBe(joined);
  expect(api.texts(grace.id).some((text) => text.includes("Welcome to the team"))).toBe(joined);
  expect(api.texts(grace.id).some((text) => text.includes("taken back"))).toBe(!joined);
});

test("when a team is dissolved while somebody joins it, nobody is left in it", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const team = await found(ada);
  const id = await invite(ada, grace);
  await atOnce(
    `teams WHERE id = ${team}`,
    [grace, `invitation:accept:${id}`],
    [ada, `team:do:dissolve:${team}:${ada.id}`],
  );
  expect(await query(`SELECT 1 FROM team_members WHERE team_id = ${team}`)).toEqual([]);
  expect(people.last(grace).text).toMatch(/has dissolved|is no more|taken back/);
});

test("who is invited while deleting the profile is not invited in the end", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  await found(ada);
  await atOnce(`users WHERE id = ${grace.id}`, [grace, "delete:yes"], [ada, `invite:${grace.id}`]);
  expect(await query(`SELECT 1 FROM invitations WHERE user_id = ${grace.id} AND status = 'pending'`)).toEqual(
    [],
  );
});

test("however many act at once, no rule is broken, and nobody waits for each other in a circle", async () => {
  const crowd = await Promise.all(
    ["Ada", "Bea", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal"].map((name) => people.known(name)),
  );
  const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
  const [before] = await query(`SELECT deadlocks FROM pg_stat_database WHERE datname = '${database}'`);
  for (let round = 0; round < 12; round += 1) {
    // Nobody waits a day between the rounds.
    await query("UPDATE invitations SET created_at = created_at - interval '25 hours'");
    const teams = await query("SELECT team_id, user_id FROM team_members");
    const open = await query("SELECT id FROM invitations WHERE status = 'pending'");
    const team = () => Number(teams.length === 0 ? 0 : any(teams)["team_id"]);
    const invitation = () => Number(open.length === 0 ? 0 : any(open)["id"]);
    const updates = crowd.map((who) => {
      const other = any(crowd).id;
      const data = any([
        ...Array.from({ length: 4 }, () => `invite:${other}`),
        ...Array.from({ length: 4 }, () => `invitation:accept:${invitation()}`),
        `invitation:decline:${invitation()}`,
        `invitation:cancel:${invitation()}`,
        `team:do:leave:${team()}:${who.id}`,
        `team:do:dissolve:${team()}:${who.id}`,
        `team:do:hand:${team()}:${other}`,
        `team:do:remove:${team()}:${other}`,
        "delete:yes",
      ]);
      return press(who, data);
    });
    const answers = await Promise.all(updates.map((update) => any(bots).deliver(update)));
    expect(answers.map(({ status }) => status)).toEqual(crowd.map(() => 200));
    expect(
      await query(`SELECT user_id FROM invitations JOIN users ON users.id = user_id
                   WHERE status = 'pending' AND deleted_at IS NOT NULL`),
    ).toEqual([]);
    expect(await query("SELECT team_id FROM team_members GROUP BY team_id HAVING count(*) > 5")).toEqual([]);
    // Everybody comes back, and some found a team.
    await Promise.all(crowd.map((who) => bots[0].deliver(message(who, "/start"))));
    for (const who of crowd.slice(0, 3)) {
      await bots[0].deliver(press(who, "team:create"));
      await bots[1].deliver(message(who, "Rockets"));
    }
  }
  const [after] = await query(`SELECT deadlocks FROM pg_stat_database WHERE datname = '${database}'`);
  expect(after).toEqual(before);
  expect(api.calls.filter(({ payload }) => String(payload["text"]).includes("something broke"))).toEqual([]);
});
