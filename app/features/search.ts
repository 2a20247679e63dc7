import { Composer } from "grammy";
import { sizeOfOwnTeam } from "../database/teams.ts";
import { updateUser, type SearchDialogue, type User } from "../database/users.ts";
import { limitsOf } from "../plans.ts";
import type { BotContext } from "../telegram/context.ts";
import { parseField, parseWords } from "./fields.ts";
import { say } from "./say.ts";
import { cachedChoices, cachedIds } from "./search-cache.ts";
import { button, buttonPattern, codeOf, everybody, parseButton, type Filter } from "./search-filter.ts";
import { findCity, readPeople } from "./search-people.ts";
import { choiceKeyboard, questionKeyboard, searchView } from "./search-view.ts";

/**
 * Finds people by type, skill, city and words. Buttons carry the whole filter, as codes; the words of their code stand
 * in the person's row.
 */
export const search = new Composer<BotContext>();

async function show(ctx: BotContext, user: User, filter: Filter, wanted = 0): Promise<void> {
  if (user.dialogue?.flow === "search") await updateUser(ctx.tx, user, { dialogue: null });
  const words = filter.words === "" ? "" : (user.searchText ?? "");
  const ids = await cachedIds(ctx.cache, ctx.tx.query, filter, words);
  let page = wanted;
  const read = () => readPeople(ctx.tx.query, ids, { viewer: user.id, skill: filter.skill, page });
  let people = await read();
  if (people.length === 0 && page > 0) {
    // They left meanwhile.
    page = 0;
    people = await read();
  }
  const size = await sizeOfOwnTeam(ctx.tx, user.id);
  const invites = size > 0 && size < limitsOf(user.plan).teamSize;
  const { text, keyboard } = searchView(ctx, { filter, words, page, people, invites });
  await say(ctx, text, keyboard);
}

/** Keeps the words, and shows who has them. */
async function showWords(ctx: BotContext, user: User, filter: Filter, words: string): Promise<void> {
  const changed = await updateUser(ctx.tx, user, { searchText: words, dialogue: null });
  await show(ctx, changed, { ...filter, words: codeOf(words) });
}

async function ask(ctx: BotContext, user: User, field: SearchDialogue["field"], filter: Filter) {
  await updateUser(ctx.tx, user, { dialogue: { flow: "search", field, filter: button("search", filter) } });
  await say(ctx, ctx.t(`ask-search-${field}`), questionKeyboard(ctx, `ask-${field}`, filter));
}

search.command("search", async (ctx, next) => {
  if (ctx.user === undefined) return next();
  const words = parseWords(ctx.match);
  if (words === undefined) await show(ctx, ctx.user, everybody);
  else await showWords(ctx, ctx.user, everybody, words);
});

search.callbackQuery(buttonPattern, async (ctx, next) => {
  const pressed = parseButton(ctx.callbackQuery.data);
  const { user, t } = ctx;
  if (user === undefined || pressed === undefined) return next();
  const { kind, filter, page } = pressed;
  // The words of an earlier search are gone.
  if (filter.words !== "" && filter.words !== codeOf(user.searchText ?? "")) return next();
  await ctx.answerCallbackQuery();
  switch (kind) {
    case "search":
      return show(ctx, user, filter, page);
    case "skills": {
      const skills = await cachedChoices(ctx.cache, ctx.tx.query, "skills");
      const text = t(skills.length === 0 ? "search-no-skills" : "search-choose-skill");
      return say(ctx, text, choiceKeyboard(ctx, "skill", filter, skills));
    }
    case "cities": {
      const cities = await cachedChoices(ctx.cache, ctx.tx.query, "cities");
      return say(ctx, t("search-choose-city"), choiceKeyboard(ctx, "city", filter, cities));
    }
    case "ask-city":
      return ask(ctx, user, "city", filter);
    case "ask-words":
      return ask(ctx, user, "words", filter);
  }
});

/** The answer to a question of the search. */
search.on("message:text", async (ctx, next) => {
  const { user, t } = ctx;
  const { text } = ctx.message;
  if (user?.dialogue?.flow !== "search" || text.startsWith("/")) return next();
  const { field } = user.dialogue;
  const filter = parseButton(user.dialogue.filter)?.filter ?? everybody;
  if (field === "words") {
    const words = parseWords(text);
    if (words === undefined)
      await say(ctx, t("search-words-empty"), questionKeyboard(ctx, "ask-words", filter));
    else await showWords(ctx, user, filter, words);
    return;
  }
  const parsed = parseField("city", text);
  if ("problem" in parsed) return say(ctx, t(parsed.problem, parsed.values));
  const city = await findCity(ctx.tx.query, parsed.change.city ?? "");
  if (city !== undefined) return show(ctx, user, { ...filter, city: city.code });
  const cities = await cachedChoices(ctx.cache, ctx.tx.query, "cities");
  await say(ctx, t("search-nobody-in-city"), choiceKeyboard(ctx, "city", filter, cities));
});
