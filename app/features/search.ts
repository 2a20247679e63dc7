import { Composer, InlineKeyboard } from "grammy";
import { userTypes, type UserType } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { escape, shorten } from "../telegram/texts.ts";
import { say } from "./say.ts";

export const search = new Composer<BotContext>();

const pageSize = 5;
/** Deeper pages cost more; nobody turns that many. */
const lastPage = 199;

interface Filter {
  readonly type: UserType | undefined;
  /** First 8 digits of the MD5 of a skill: a button carries at most 64 bytes. */
  readonly skill: string;
  readonly page: number;
}

const typeLetters = { participant: "p", cofounder: "c", team: "t" } as const satisfies Record<
  UserType,
  string
>;

/** `search:<letter of the type, a for all>:<page>:<code of the skill or nothing>`, at most 21 bytes. */
function button(kind: "search" | "skills", { type, page, skill }: Filter): string {
  return `${kind}:${type === undefined ? "a" : typeLetters[type]}:${page}:${skill}`;
}

const buttonPattern = (kind: string) => new RegExp(`^${kind}:([apct]):(\\d{1,3}):([0-9a-f]{8})?$`);

function filterOf([, letter, page, skill]: RegExpMatchArray): Filter {
  return {
    type: userTypes.find((type) => typeLetters[type] === letter),
    page: Math.min(Number(page), lastPage),
    skill: skill ?? "",
  };
}

interface Person {
  readonly id: number;
  readonly user_type: UserType | null;
  readonly name: string | null;
  readonly username: string | null;
  readonly about: string | null;
  readonly skills: string[];
  readonly city: string | null;
  readonly matching: string | null;
}

/** One more than a page shows, which tells whether there is a next one. */
function find(ctx: BotContext, { type, skill, page }: Filter): Promise<Person[]> {
  return ctx.tx.query<Person>(
    "profile_search",
    "SELECT id, user_type, name, username, about, skills, city, " +
      "(SELECT s FROM unnest(skills) AS s WHERE left(md5(s), 8) = $3) AS matching FROM users " +
      "WHERE is_searching AND deleted_at IS NULL AND blocked_at IS NULL AND id <> $1 " +
      "AND ($2::text IS NULL OR user_type = $2) AND ($3 = '' OR skill_codes @> ARRAY[$3]) " +
      "ORDER BY last_active DESC, id LIMIT $4 OFFSET $5",
    [ctx.from?.id, type ?? null, skill, pageSize + 1, page * pageSize],
  );
}

/** The commonest skills of those who were here last: bounded work, however many people there are. */
function popularSkills(ctx: BotContext): Promise<{ skill: string; code: string }[]> {
  return ctx.tx.query(
    "popular_skills",
    "SELECT skill, left(md5(skill), 8) AS code FROM (SELECT skills FROM users " +
      "WHERE is_searching AND deleted_at IS NULL AND id <> $1 ORDER BY last_active DESC LIMIT 500) AS recent, " +
      "unnest(skills) AS skill GROUP BY skill ORDER BY count(*) DESC, skill LIMIT 10",
    [ctx.from?.id],
  );
}

// A search shows several people in one message of at most 4096 characters, so long texts are cut.
function card({ t }: BotContext, person: Person): string {
  const link = person.username === null ? `tg://user?id=${person.id}` : `https://t.me/${person.username}`;
  return t("search-card", {
    name: escape(person.name ?? t("not-given")),
    type: t(`type-${person.user_type ?? "none"}`) + (person.city === null ? "" : ` · ${escape(person.city)}`),
    about: escape(shorten(person.about ?? t("not-given"), 200)),
    skills: person.skills.length === 0 ? t("not-given") : escape(shorten(person.skills.join(", "), 120)),
    link: escape(link),
  });
}

async function show(ctx: BotContext, wanted: Filter): Promise<void> {
  const { t } = ctx;
  let filter = wanted;
  let people = await find(ctx, filter);
  if (people.length === 0 && filter.page > 0) {
    // They left meanwhile.
    filter = { ...filter, page: 0 };
    people = await find(ctx, filter);
  }
  const anySkill = t("search-any-skill");
  const skill = filter.skill === "" ? anySkill : (people[0]?.matching ?? "…");
  const keyboard = new InlineKeyboard();
  const types = [undefined, ...userTypes] as const;
  for (const [index, type] of types.entries()) {
    const label = t(`search-type-${type ?? "all"}`);
    keyboard.text(
      filter.type === type ? `✓ ${label}` : label,
      button("search", { ...filter, type, page: 0 }),
    );
    if (index % 2 === 1) keyboard.row();
  }
  keyboard.text(t("search-button-skill", { skill }), button("skills", { ...filter, page: 0 })).row();
  if (filter.page > 0) {
    keyboard.text(t("search-button-previous"), button("search", { ...filter, page: filter.page - 1 }));
  }
  if (people.length > pageSize && filter.page < lastPage) {
    keyboard.text(t("search-button-next"), button("search", { ...filter, page: filter.page + 1 }));
  }
  const type = t(filter.type === undefined ? "search-any-type" : `search-type-${filter.type}`);
  const parts = [
    `${t("search-title")}\n${t("search-filter", { type, skill: escape(skill) })}`,
    ...(people.length === 0
      ? [t("search-empty")]
      : people.slice(0, pageSize).map((person) => card(ctx, person))),
    ...(filter.page > 0 || people.length > pageSize ? [t("search-page", { page: filter.page + 1 })] : []),
  ];
  await say(ctx, parts.join("\n\n"), keyboard);
}

search.command("search", async (ctx, next) => {
  if (ctx.user === undefined) await next();
  else await show(ctx, { type: undefined, skill: "", page: 0 });
});

search.callbackQuery(buttonPattern("search"), async (ctx, next) => {
  if (ctx.user === undefined || typeof ctx.match === "string") return next();
  await ctx.answerCallbackQuery();
  await show(ctx, filterOf(ctx.match));
});

search.callbackQuery(buttonPattern("skills"), async (ctx, next) => {
  if (ctx.user === undefined || typeof ctx.match === "string") return next();
  const { t } = ctx;
  const filter = filterOf(ctx.match);
  const skills = await popularSkills(ctx);
  const keyboard = new InlineKeyboard();
  for (const [index, { skill, code }] of skills.entries()) {
    keyboard.text(filter.skill === code ? `✓ ${skill}` : skill, button("search", { ...filter, skill: code }));
    if (index % 2 === 1) keyboard.row();
  }
  keyboard.row().text(t("search-any-skill"), button("search", { ...filter, skill: "" }));
  await ctx.answerCallbackQuery();
  await say(ctx, t(skills.length === 0 ? "search-no-skills" : "search-choose-skill"), keyboard);
});
