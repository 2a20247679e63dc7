import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { talk, type Seen } from "../testing/talk.ts";
import { person, type TestPerson } from "../testing/updates.ts";

let api: FakeApi;
let bot: TestBot;
let people: ReturnType<typeof talk>;

beforeAll(async () => {
  const servers = inject("servers");
  api = await startFakeApi();
  bot = await startBot({ servers, database: await freshDatabase(servers.postgres), apiUrl: api.url });
  people = talk(bot, api);
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

async function found(owner: TestPerson): Promise<number> {
  await people.press(owner, "team:create");
  await people.say(owner, "Rockets");
  const [row] = await bot.sql(`SELECT id FROM teams WHERE owner_id = ${owner.id}`);
  return Number(row?.["id"]);
}

/** Fills the team up to so many members. */
async function fill(team: number, size: number): Promise<void> {
  const [row] = await bot.sql(`SELECT count(*)::int AS n FROM team_members WHERE team_id = ${team}`);
  for (let n = Number(row?.["n"]); n < size; n += 1) {
    await bot.sql(
      `WITH extra AS (INSERT INTO users (id) VALUES (${person().id}) RETURNING id)
       INSERT INTO team_members (user_id, team_id) SELECT id, ${team} FROM extra`,
    );
  }
}

/** An owner with a team, and somebody who is invited into it. */
async function invited(language = "en") {
  const ada = await people.known("Ada");
  const grace = await people.known("Grace", language);
  const team = await found(ada);
  await people.press(ada, `invite:${grace.id}`);
  const [row] = await bot.sql(`SELECT id FROM invitations WHERE user_id = ${grace.id}`);
  return { ada, grace, team, id: Number(row?.["id"]) };
}

const statusOf = async (id: number) =>
  (await bot.sql(`SELECT status FROM invitations WHERE id = ${id}`))[0]?.["status"];
const sizeOf = async (team: number) =>
  Number((await bot.sql(`SELECT count(*)::int AS n FROM team_members WHERE team_id = ${team}`))[0]?.["n"]);
const after72h = (id: number) =>
  bot.sql(`UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = ${id}`);

test("an invitation is open for 72 hours", async () => {
  const { id } = await invited();
  expect(
    await bot.sql(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS s FROM invitations WHERE id = ${id}`,
    ),
  ).toEqual([{ s: 72 * 3600 }]);
});

test("who declines is out, the owner learns it, and the buttons are gone", async () => {
  const { ada, grace, id, team } = await invited();
  const declined = await people.press(grace, `invitation:decline:${id}`);
  expect(declined.text).toContain("You have declined");
  expect([...declined.buttons.values()]).toEqual(["search:a:0:", "team"]);
  expect(people.last(ada).text).toMatch(/Grace.* will not join/);
  expect(await statusOf(id)).toBe("declined");
  // A button of an older message that is still there.
  const before = api.texts(ada.id).length;
  expect((await people.press(grace, `invitation:accept:${id}`)).text).toContain("You have declined");
  expect((await people.press(grace, `invitation:decline:${id}`)).text).toContain("You have declined");
  expect(api.texts(ada.id)).toHaveLength(before);
  expect(await sizeOf(team)).toBe(1);
});

test("the owner takes an invitation back, and the other one learns it in their language", async () => {
  const { ada, grace, id, team } = await invited("ru");
  const { buttons } = await people.say(ada, "/team");
  const cancelled = await people.press(ada, buttons.get("✖️ Take back: Grace") ?? "");
  expect(cancelled.notice).toContain("Taken back");
  expect(cancelled.text).not.toContain("Grace");
  expect(people.last(grace).text).toContain("отозвано");
  expect((await people.press(grace, `invitation:accept:${id}`)).text).toContain("отозвано");
  expect(await sizeOf(team)).toBe(1);
  expect((await people.press(ada, `invitation:cancel:${id}`)).notice).toContain("changed meanwhile");
});

test("who joined once finds that the button did it, and does not join twice", async () => {
  const { grace, id, team } = await invited();
  await people.press(grace, `invitation:accept:${id}`);
  expect((await people.press(grace, `invitation:accept:${id}`)).text).toContain("accepted the invitation");
  expect((await people.press(grace, `invitation:decline:${id}`)).text).toContain("accepted the invitation");
  expect(await sizeOf(team)).toBe(2);
});

test("after 72 hours nothing can be answered, noted or not, and nobody sees it as open", async () => {
  const { ada, grace, id, team } = await invited();
  await after72h(id);
  expect((await people.say(ada, "/team")).text).not.toContain("Grace");
  expect((await people.say(grace, "/team")).text).not.toContain("Rockets");
  expect((await people.press(grace, `invitation:accept:${id}`)).text).toContain("has expired");
  expect((await people.press(grace, `invitation:decline:${id}`)).text).toContain("has expired");
  expect((await people.press(ada, `invitation:cancel:${id}`)).notice).toContain("changed meanwhile");
  expect(await sizeOf(team)).toBe(1);
  expect(await statusOf(id)).toBe("pending");
});

test("somebody whose invitation is over can be invited anew, even before that is noted", async () => {
  const { ada, grace, id } = await invited();
  await after72h(id);
  await bot.sql(`UPDATE invitations SET created_at = now() - interval '73 hours', reminded_at = now()`);
  expect((await people.press(ada, `invite:${grace.id}`)).notice).toContain("Grace is invited");
  expect(
    await bot.sql(
      `SELECT status, reminded_at, expires_at > now() + interval '71 hours' AS open FROM invitations WHERE user_id = ${grace.id}`,
    ),
  ).toEqual([{ status: "pending", reminded_at: null, open: true }]);
});

test("nobody answers or takes back what is not theirs", async () => {
  const { ada, grace, id, team } = await invited();
  const eve = await people.known("Eve");
  await found(eve);
  for (const who of [eve, ada]) {
    expect((await people.press(who, `invitation:accept:${id}`)).text).toContain("neither is the invitation");
    expect((await people.press(who, `invitation:decline:${id}`)).text).toContain("neither is the invitation");
  }
  for (const who of [eve, grace]) {
    expect((await people.press(who, `invitation:cancel:${id}`)).notice).toContain("changed meanwhile");
  }
  const member = await people.known("Member");
  await bot.sql(`INSERT INTO team_members (user_id, team_id) VALUES (${member.id}, ${team})`);
  expect((await people.press(member, `invitation:cancel:${id}`)).notice).toContain("changed meanwhile");
  expect(await statusOf(id)).toBe("pending");
});

test("a full team waits for room: the invitation stays, and can be accepted later", async () => {
  const { grace, id, team } = await invited();
  await fill(team, 5);
  expect((await people.press(grace, `invitation:accept:${id}`)).notice).toContain("full right now");
  expect(await statusOf(id)).toBe("pending");
  await bot.sql(
    `DELETE FROM team_members WHERE user_id = (SELECT user_id FROM team_members JOIN teams ON id = team_id
       WHERE team_id = ${team} AND user_id <> owner_id LIMIT 1)`,
  );
  expect((await people.press(grace, `invitation:accept:${id}`)).text).toContain("Welcome to the team");
});

test("who is in a team leaves it first", async () => {
  const { grace, id, team } = await invited();
  await found(grace);
  expect((await people.press(grace, `invitation:accept:${id}`)).notice).toContain("in a team already");
  expect(await sizeOf(team)).toBe(1);
  expect(await statusOf(id)).toBe("pending");
});

test("only the owner of a team with room and open invitations left can invite", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const invite = (): Promise<Seen> => people.press(ada, `invite:${grace.id}`);
  expect((await invite()).notice).toContain("need a team first");
  const team = await found(ada);
  await fill(team, 2);
  const [member] = await bot.sql(
    `SELECT user_id FROM team_members WHERE team_id = ${team} AND user_id <> ${ada.id}`,
  );
  await bot.sql(`UPDATE teams SET owner_id = ${String(member?.["user_id"])} WHERE id = ${team}`);
  expect((await invite()).notice).toContain("Only the owner");
  await bot.sql(`UPDATE teams SET owner_id = ${ada.id} WHERE id = ${team}`);
  for (let n = 0; n < 5; n += 1) {
    await people.press(ada, `invite:${(await people.known("Extra")).id}`);
  }
  expect((await invite()).notice).toContain("5 invitations wait");
  await bot.sql(`UPDATE invitations SET expires_at = now() WHERE team_id = ${team}`);
  await fill(team, 5);
  expect((await invite()).notice).toContain("it has room for 5");
  expect(api.texts(grace.id).join()).not.toContain("invites you");
});

test("the limits are those of the owner's plan", async () => {
  const { ada, grace, id, team } = await invited();
  await fill(team, 5);
  expect([...(await people.say(ada, "/team")).buttons.values()]).toContain("premium");
  await bot.sql(`UPDATE users SET premium_until = now() + interval '1 day' WHERE id = ${ada.id}`);
  await fill(team, 19);
  expect((await people.say(ada, "/team")).text).toContain("members: 19 of 20");
  expect((await people.press(grace, `invitation:accept:${id}`)).text).toContain("members: 20 of 20");
  expect((await people.press(ada, `invite:${ada.id}`)).notice).toContain("room for 20");
  expect([...(await people.say(ada, "/team")).buttons.values()]).not.toContain("premium");
});

test("only people who look for others, can be reached and are in no team are invited", async () => {
  const ada = await people.known("Ada");
  await found(ada);
  const refused: readonly (readonly [string, string])[] = [
    ["is_searching = false", "not looking"],
    ["blocked_at = now()", "not looking"],
    ["deleted_at = now()", "not looking"],
  ];
  for (const [change, notice] of refused) {
    const { id } = await people.known("Grace");
    await bot.sql(`UPDATE users SET ${change} WHERE id = ${id}`);
    expect((await people.press(ada, `invite:${id}`)).notice, change).toContain(notice);
  }
  expect((await people.press(ada, "invite:1")).notice).toContain("not looking");
  const linus = await people.known("Linus");
  await found(linus);
  expect((await people.press(ada, `invite:${linus.id}`)).notice).toContain("in a team already");
  expect(
    await bot.sql(`SELECT 1 FROM invitations JOIN teams ON teams.id = team_id WHERE owner_id = ${ada.id}`),
  ).toEqual([]);
});

test("nobody is invited twice at once, nor again within a day", async () => {
  const { ada, grace, id } = await invited();
  expect((await people.press(ada, `invite:${grace.id}`)).notice).toContain("has your invitation already");
  await people.press(ada, `invitation:cancel:${id}`);
  expect((await people.press(ada, `invite:${grace.id}`)).notice).toContain("wait a day");
  await bot.sql(`UPDATE invitations SET created_at = now() - interval '25 hours' WHERE id = ${id}`);
  expect((await people.press(ada, `invite:${grace.id}`)).notice).toContain("is invited");
});

test("who turned reminders off still gets invitations, and answers to their own", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  await bot.sql("UPDATE users SET notifications = false");
  await found(ada);
  await people.press(ada, `invite:${grace.id}`);
  const accept = [...people.last(grace).buttons.values()][0] ?? "";
  await people.press(grace, accept);
  expect(people.last(ada).text).toContain("has joined");
});

test("the search says who is in a team, and offers no invitation to them", async () => {
  await bot.sql("UPDATE users SET is_searching = false");
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  await found(ada);
  await found(grace);
  const seen = await people.say(ada, "/search");
  expect(seen.text).toContain("Participant · 👥 Rockets");
  expect([...seen.buttons.values()]).not.toContain(`invite:${grace.id}`);
});

test("the search offers invitations only to whoever owns a team with room", async () => {
  await bot.sql("UPDATE users SET is_searching = false");
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const offered = async () =>
    [...(await people.say(ada, "/search")).buttons.values()].includes(`invite:${grace.id}`);
  expect(await offered()).toBe(false);
  const team = await found(ada);
  expect(await offered()).toBe(true);
  await fill(team, 5);
  expect(await offered()).toBe(false);
});
