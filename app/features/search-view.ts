import { InlineKeyboard } from "grammy";
import { userTypes } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { addressOf, escape, shorten } from "../telegram/texts.ts";
import { button, lastPage, type Filter, type SearchButton } from "./search-filter.ts";
import { pageSize, type Choice, type Person } from "./search-people.ts";
import { shortName } from "./tell.ts";

/** What a search found. */
export interface Found {
  readonly filter: Filter;
  /** Those that the filter has the code of. */
  readonly words: string;
  readonly page: number;
  /** One more than a page shows, where there are more. */
  readonly people: readonly Person[];
  /** Whether who looks can invite people into a team. */
  readonly invites: boolean;
}

// A search shows several people in one message of at most 4096 characters, so long texts are cut.
function card({ t }: BotContext, person: Person): string {
  return t("search-card", {
    name: escape(person.name ?? t("not-given")),
    type: [
      t(`type-${person.user_type ?? "none"}`),
      ...(person.city === null ? [] : [escape(person.city)]),
      ...(person.team === null ? [] : [t("search-team", { team: escape(shorten(person.team, 40)) })]),
    ].join(" · "),
    about: escape(shorten(person.about ?? t("not-given"), 200)),
    skills: person.skills.length === 0 ? t("not-given") : escape(shorten(person.skills.join(", "), 120)),
    link: escape(addressOf(person)),
  });
}

/** Buttons to invite, for what to look for, and for the pages. */
function keyboard({ t }: BotContext, found: Found, chosen: Chosen): InlineKeyboard {
  const { filter, words, page, people, invites } = found;
  const keys = new InlineKeyboard();
  const free = invites ? people.slice(0, pageSize).filter(({ team }) => team === null) : [];
  for (const [index, person] of free.entries()) {
    keys.text(t("invite-button", { name: shortName(t, person) }), `invite:${person.id}`);
    if (index % 2 === 1) keys.row();
  }
  keys.row();
  for (const [index, type] of ([undefined, ...userTypes] as const).entries()) {
    const label = t(`search-type-${type ?? "all"}`);
    keys.text(filter.type === type ? `✓ ${label}` : label, button("search", { ...filter, type }));
    if (index % 2 === 1) keys.row();
  }
  keys
    .text(t("search-button-skill", { skill: chosen.skill }), button("skills", filter))
    .text(t("search-button-city", { city: chosen.city }), button("cities", filter))
    .row()
    .text(
      words === "" ? t("search-button-words") : t("search-words", { words: shorten(words, 30) }),
      button("ask-words", filter),
    )
    .row();
  if (page > 0) keys.text(t("search-button-previous"), button("search", filter, page - 1));
  if (people.length > pageSize && page < lastPage) {
    keys.text(t("search-button-next"), button("search", filter, page + 1));
  }
  return keys;
}

interface Chosen {
  readonly skill: string;
  readonly city: string;
}

export function searchView(ctx: BotContext, found: Found): { text: string; keyboard: InlineKeyboard } {
  const { t } = ctx;
  const { filter, words, page, people } = found;
  const [first] = people;
  // The codes say nothing to people; who was found has the words.
  const chosen: Chosen = {
    skill: filter.skill === "" ? t("search-any-skill") : (first?.matching ?? "…"),
    city: filter.city === "" ? t("search-any-city") : (first?.city ?? "…"),
  };
  const shown = [
    t(filter.type === undefined ? "search-any-type" : `search-type-${filter.type}`),
    escape(chosen.skill),
    escape(chosen.city),
    ...(words === "" ? [] : [t("search-words", { words: escape(words) })]),
  ];
  const parts = [
    `${t("search-title")}\n${shown.join(" · ")}`,
    ...(people.length === 0
      ? [t("search-empty")]
      : people.slice(0, pageSize).map((person) => card(ctx, person))),
    ...(page > 0 || people.length > pageSize ? [t("search-page", { page: page + 1 })] : []),
  ];
  return { text: parts.join("\n\n"), keyboard: keyboard(ctx, found, chosen) };
}

/** The popular skills or cities, one of them perhaps chosen, and "any". */
export function choiceKeyboard(
  { t }: BotContext,
  field: "skill" | "city",
  filter: Filter,
  choices: readonly Choice[],
): InlineKeyboard {
  const keys = new InlineKeyboard();
  for (const [index, { label, code }] of choices.entries()) {
    const chosen = filter[field] === code;
    keys.text(chosen ? `✓ ${label}` : label, button("search", { ...filter, [field]: code }));
    if (index % 2 === 1) keys.row();
  }
  keys.row();
  if (field === "city") keys.text(t("search-button-other-city"), button("ask-city", filter)).row();
  return keys.text(
    t(field === "skill" ? "search-any-skill" : "search-any-city"),
    button("search", { ...filter, [field]: "" }),
  );
}

/** Leaves a question of the search unanswered. */
export function questionKeyboard({ t }: BotContext, kind: SearchButton, filter: Filter): InlineKeyboard {
  const keys = new InlineKeyboard();
  if (kind === "ask-words" && filter.words !== "") {
    keys.text(t("search-button-no-words"), button("search", { ...filter, words: "" })).row();
  }
  return keys.text(t("button-cancel"), button("search", filter));
}
