import type { Chat, User } from "@grammyjs/types";
import { createHistory, type History } from "./history.ts";

/** Someone who can talk to the bot. The id is also that of their private chat. */
export interface Person {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
  blocked: boolean;
  /** Has written to the bot; before that the bot cannot reach them. */
  started: boolean;
  readonly history: History;
}

export type Profile = Pick<Person, "first_name" | "last_name" | "username" | "language_code">;

/** Always there; keeps its id over restarts, so that the bot knows it again. */
export const FIRST: Profile & { id: number } = {
  id: 5_000_000_001,
  first_name: "Ada",
  last_name: "Lovelace",
  username: "ada",
  language_code: "en",
};

export function createPeople(nextId: () => number, nextRevision: () => number) {
  const people = new Map<number, Person>();

  function add(id: number, profile: Profile): Person {
    const history = createHistory(nextRevision);
    const person: Person = { id, ...profile, blocked: false, started: false, history };
    people.set(id, person);
    return person;
  }
  add(FIRST.id, profileOf(FIRST));

  return {
    add: (profile: Profile): Person => add(nextId(), profile),
    /** Somebody from a snapshot. */
    put: ({ id, blocked, started, ...profile }: Omit<Person, "history">): Person =>
      Object.assign(add(id, profileOf(profile)), { blocked, started }),
    clear: (): void => people.clear(),
    get: (id: number): Person | undefined => people.get(id),
    all: (): Person[] => [...people.values()],
    reset(): void {
      people.clear();
      add(FIRST.id, profileOf(FIRST));
    },
  };
}

export type People = ReturnType<typeof createPeople>;

function profileOf({ first_name, last_name, username, language_code }: Profile): Profile {
  return {
    first_name,
    ...(last_name === undefined ? {} : { last_name }),
    ...(username === undefined ? {} : { username }),
    ...(language_code === undefined ? {} : { language_code }),
  };
}

export const userOf = (person: Person): User => ({ id: person.id, is_bot: false, ...profileOf(person) });

export function chatOf(person: Person): Chat.PrivateChat {
  const { first_name, last_name, username } = person;
  return {
    id: person.id,
    type: "private",
    first_name,
    ...(last_name === undefined ? {} : { last_name }),
    ...(username === undefined ? {} : { username }),
  };
}

/** What the control API shows. */
export function publicPerson(person: Person) {
  const { id, blocked, started, history } = person;
  return { id, ...profileOf(person), blocked, started, last_message: history.summary() };
}
