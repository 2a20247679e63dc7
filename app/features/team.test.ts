import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { startBot, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { talk } from "../testing/talk.ts";
import type { TestPerson } from "../testing/updates.ts";

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

/** Data of the button whose label has the text. */
function button(buttons: ReadonlyMap<string, string>, label: string): string {
  const found = [...buttons].find(([text]) => text.includes(label));
  if (found === undefined) throw new Error(`no button ${label} among ${[...buttons.keys()].join(", ")}`);
  return found[1];
}

/** A team of its owner and further members, who came in this order. */
async function teamOf(owner: TestPerson, ...members: TestPerson[]): Promise<number> {
  await people.press(owner, "team:create");
  await people.say(owner, "Rockets & <Co>");
  const [row] = await bot.sql(`SELECT id FROM teams WHERE owner_id = ${owner.id}`);
  for (const member of members) {
    await bot.sql(
      `INSERT INTO team_members (user_id, team_id, joined_at) VALUES (${member.id}, ${String(row?.["id"])}, clock_timestamp())`,
    );
  }
  return Number(row?.["id"]);
}

async function membersOf(team: number): Promise<number[]> {
  const rows = await bot.sql(`SELECT user_id FROM team_members WHERE team_id = ${team} ORDER BY joined_at`);
  return rows.map((row) => Number(row["user_id"]));
}

const ownerOf = async (team: number) =>
  Number((await bot.sql(`SELECT owner_id FROM teams WHERE id = ${team}`))[0]?.["owner_id"]);

const words = {
  en: {
    none: "You are not in a team yet",
    ask: "What is your team called?",
    letter: "at least one letter",
    created: "Your team is ready",
    members: "members: 1 of 5",
    joined: "Welcome to the team!",
    told: "has joined",
    leave: "Leave the team",
    left: "You have left",
  },
  ru: {
    none: "Вы пока не в команде",
    ask: "Как называется ваша команда?",
    letter: "хотя бы одна буква",
    created: "Команда создана",
    members: "участников: 1 из 5",
    joined: "Добро пожаловать в команду!",
    told: "теперь в команде",
    leave: "Выйти из команды",
    left: "Вы вышли из команды",
  },
} as const;

describe.each(["en", "ru"] as const)("in %s", (language) => {
  const text = words[language];

  test("a team is founded, people are invited from the search, join, and leave again", async () => {
    await bot.sql("UPDATE users SET is_searching = false");
    const ada = await people.known("Ada", language);
    const grace = await people.known("Grace", language);
    const none = await people.say(ada, "/team");
    expect(none.text).toContain(text.none);
    expect((await people.press(ada, button(none.buttons, "➕"))).text).toContain(text.ask);
    expect((await people.say(ada, "🙂")).text).toContain(text.letter);
    const created = await people.say(ada, " Rockets  & <Co> ");
    expect(created.text).toContain(text.created);
    expect(created.text).toContain("Rockets &amp; &lt;Co&gt;");
    expect(created.text).toContain(text.members);
    const found = await people.press(ada, button(created.buttons, "💌"));
    const sent = await people.press(ada, button(found.buttons, "Grace"));
    expect(sent.notice).toContain("Grace");
    expect((await people.say(ada, "/team")).text).toMatch(/✉️[^]*Grace[^]*72/);
    const invitation = people.last(grace);
    expect(invitation.text).toMatch(/Ada[^]*Rockets &amp; &lt;Co&gt;[^]*72/);
    expect((await people.say(grace, "/team")).text).toContain("Rockets");
    const joined = await people.press(grace, button(invitation.buttons, "✅"));
    expect(joined.text).toContain(text.joined);
    expect(joined.text).toContain("Ada");
    expect(people.last(ada).text).toMatch(new RegExp(`Grace.*${text.told}`));
    const question = await people.press(grace, button(joined.buttons, text.leave));
    const left = await people.press(grace, button(question.buttons, "🚪"));
    expect(left.text).toContain(text.left);
    expect(left.text).toContain(text.none);
    expect(people.last(ada).text).toContain("🚪");
  });
});

test("the name of a new team can be left open, and a command is never a name", async () => {
  const ada = await people.known("Ada");
  await people.press(ada, "team:create");
  expect((await people.say(ada, "/help")).text).toContain("/team");
  const stopped = await people.press(ada, "team:stop");
  expect(stopped.text).toContain("not in a team yet");
  expect((await people.say(ada, "Rockets")).text).toContain("I am not sure");
  await people.press(ada, "team:create");
  await people.say(ada, "/cancel");
  await people.say(ada, "Rockets");
  expect((await people.say(ada, "/team")).text).toContain("not in a team yet");
});

test("nobody founds a second team", async () => {
  const ada = await people.known("Ada");
  const team = await teamOf(ada);
  expect((await people.press(ada, "team:create")).text).toContain("Rockets");
  // The question was asked before they came into the team.
  await bot.sql(`UPDATE users SET dialogue = '{"flow": "team"}' WHERE id = ${ada.id}`);
  expect((await people.say(ada, "Another")).text).toContain("no new one was started");
  expect(await membersOf(team)).toEqual([ada.id]);
});

test("the owner hands the team over to a member, who is told and owns it from then on", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const team = await teamOf(ada, grace);
  const pick = await people.press(ada, "team:pick:hand");
  const question = await people.press(ada, button(pick.buttons, "Grace"));
  expect(question.text).toContain("over to");
  const done = await people.press(ada, button(question.buttons, "Yes"));
  expect(done.text).toContain("leads the team now");
  expect(people.last(grace).text).toContain("over to you");
  expect(await ownerOf(team)).toBe(grace.id);
  expect(button((await people.say(grace, "/team")).buttons, "Dissolve")).toBe("team:ask:dissolve");
  expect([...(await people.say(ada, "/team")).buttons.values()]).not.toContain("team:ask:dissolve");
});

test("the owner removes a member, who is told", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const team = await teamOf(ada, grace);
  const pick = await people.press(ada, "team:pick:remove");
  const question = await people.press(ada, button(pick.buttons, "Grace"));
  await people.press(ada, button(question.buttons, "Yes"));
  expect(people.last(grace).text).toContain("has taken you out");
  expect(await membersOf(team)).toEqual([ada.id]);
});

test("a team that is dissolved leaves nothing behind, and members and invited people are told", async () => {
  const [ada, grace, linus] = [
    await people.known("Ada"),
    await people.known("Grace"),
    await people.known("Linus", "ru"),
  ];
  const team = await teamOf(ada, grace);
  await people.press(ada, `invite:${linus.id}`);
  const invitation = people.last(linus);
  const question = await people.press(ada, "team:ask:dissolve");
  expect(question.text).toContain("Dissolve");
  const done = await people.press(ada, button(question.buttons, "Yes"));
  expect(done.text).toContain("is dissolved");
  expect(people.last(grace).text).toContain("has dissolved");
  expect(people.last(linus).text).toContain("отозвано");
  expect(await membersOf(team)).toEqual([]);
  expect(await bot.sql(`SELECT 1 FROM invitations WHERE team_id = ${team}`)).toEqual([]);
  expect((await people.press(linus, button(invitation.buttons, "✅"))).text).toContain(
    "Этой команды больше нет",
  );
});

test("what somebody may not do, or not any more, shows the team as it is", async () => {
  const [ada, grace, linus] = [
    await people.known("Ada"),
    await people.known("Grace"),
    await people.known("Linus"),
  ];
  const team = await teamOf(ada, grace);
  const refused = [
    [ada, "team:ask:leave"], // the owner
    [ada, `team:do:leave:${team}:${ada.id}`],
    [ada, `team:do:hand:${team}:${linus.id}`], // no member
    [ada, `team:do:remove:${team}:${ada.id}`], // oneself
    [ada, `team:do:dissolve:${team + 1}:${ada.id}`], // a question about another team
    [grace, "team:ask:dissolve"], // not the owner
    [grace, `team:do:dissolve:${team}:${grace.id}`],
    [grace, `team:do:remove:${team}:${ada.id}`],
    [grace, `team:do:hand:${team}:${grace.id}`],
    [grace, "team:pick:hand"],
    [linus, `team:do:leave:${team}:${linus.id}`], // in no team
    [linus, `team:do:dissolve:${team}:${linus.id}`],
    [linus, "team:pick:remove"],
  ] as const;
  for (const [who, data] of refused) {
    const { notice, text } = await people.press(who, data);
    expect(notice, data).toContain("changed meanwhile");
    expect(text, data).toContain(who === linus ? "not in a team yet" : "Rockets");
  }
  expect(await membersOf(team)).toEqual([ada.id, grace.id]);
  expect(await ownerOf(team)).toBe(ada.id);
});

test("who blocked the bot is not written to, and the team goes on", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const team = await teamOf(ada, grace);
  await bot.sql(`UPDATE users SET blocked_at = now() WHERE id = ${ada.id}`);
  const before = api.texts(ada.id).length;
  await people.press(grace, `team:do:leave:${team}:${grace.id}`);
  expect(api.texts(ada.id)).toHaveLength(before);
  expect(await membersOf(team)).toEqual([ada.id]);
});

test("who deletes the profile leaves the team, and does not come back into it by /start", async () => {
  const [ada, grace] = [await people.known("Ada"), await people.known("Grace")];
  const team = await teamOf(ada, grace);
  await people.press(grace, "delete:yes");
  expect(people.last(ada).text).toContain("has left");
  await people.say(grace, "/start");
  expect((await people.say(grace, "/team")).text).toContain("not in a team yet");
  expect(await membersOf(team)).toEqual([ada.id]);
});

test("the team of an owner who deletes the profile goes to the longest member that can be reached", async () => {
  const [ada, away, grace, linus] = [
    await people.known("Ada"),
    await people.known("Away"),
    await people.known("Grace"),
    await people.known("Linus"),
  ];
  const team = await teamOf(ada, away, grace, linus);
  await bot.sql(`UPDATE users SET blocked_at = now() WHERE id = ${away.id}`);
  await people.press(ada, "delete:yes");
  expect(await ownerOf(team)).toBe(grace.id);
  expect(await membersOf(team)).toEqual([away.id, grace.id, linus.id]);
  expect(people.last(grace).text).toContain("is yours now");
});

test("who deletes the profile takes a team without others, and all invitations, along", async () => {
  const [ada, grace, linus] = [
    await people.known("Ada"),
    await people.known("Grace"),
    await people.known("Linus"),
  ];
  const other = await teamOf(grace);
  await people.press(grace, `invite:${ada.id}`);
  const team = await teamOf(ada);
  await people.press(ada, `invite:${linus.id}`);
  await people.press(ada, "delete:yes");
  expect(await bot.sql(`SELECT 1 FROM teams WHERE id = ${team}`)).toEqual([]);
  expect(people.last(linus).text).toContain("was taken back");
  expect(people.last(grace).text).toContain("has left Launch Lab");
  expect(await bot.sql(`SELECT status FROM invitations WHERE team_id = ${other}`)).toEqual([
    { status: "cancelled" },
  ]);
  expect(people.last(ada).text).toContain("Your profile is deleted");
});
