import type { Query } from "../database/pool.ts";
import type { UserType } from "../database/users.ts";
import { lastPage, type Filter } from "./search-filter.ts";

export const pageSize = 5;
/** As many as all pages show. */
const most = pageSize * (lastPage + 1);

const visible = "is_searching AND deleted_at IS NULL AND blocked_at IS NULL";

export interface Person {
  readonly id: number;
  readonly user_type: UserType | null;
  readonly name: string | null;
  readonly username: string | null;
  readonly about: string | null;
  readonly skills: string[];
  readonly city: string | null;
  /** The name of the team that the person is in. */
  readonly team: string | null;
  /** The skill that was looked for. */
  readonly matching: string | null;
}

/** The search itself: ids of whom the filter finds, who was here last first. `words` are those of its code. */
export function searchStatement({ type, skill, city }: Filter, words: string) {
  return {
    sql:
      `SELECT id FROM users WHERE ${visible} AND ($1::text IS NULL OR user_type = $1) ` +
      "AND ($2 = '' OR skill_codes @> ARRAY[$2]) AND ($3 = '' OR city_code = $3) " +
      `AND ($4 = '' OR document @@ people_query($4)) ORDER BY last_active DESC, id LIMIT ${most}`,
    values: [type ?? null, skill, city, words],
  };
}

export async function searchIds(query: Query, filter: Filter, words: string): Promise<number[]> {
  const { sql, values } = searchStatement(filter, words);
  return (await query<{ id: number }>("profile_search", sql, values)).map(({ id }) => id);
}

/**
 * A page of those that were found, as they are now: who hides or leaves is gone from every page at once. One more
 * than it shows, which tells whether there is a next one.
 */
export function readPeople(
  query: Query,
  ids: readonly number[],
  { viewer, skill, page }: { viewer: number; skill: string; page: number },
): Promise<Person[]> {
  return query<Person>(
    "search_people",
    "SELECT id, user_type, name, username, about, skills, city, " +
      "(SELECT t.name FROM teams AS t JOIN team_members ON team_id = t.id WHERE user_id = users.id) AS team, " +
      "(SELECT s FROM unnest(skills) AS s WHERE left(md5(s), 8) = $3) AS matching " +
      `FROM users JOIN unnest($1::bigint[]) WITH ORDINALITY AS found (id, place) USING (id) ` +
      `WHERE ${visible} AND id <> $2 ORDER BY place LIMIT $4 OFFSET $5`,
    [ids, viewer, skill, pageSize + 1, page * pageSize],
  );
}

export interface Choice {
  readonly label: string;
  readonly code: string;
}

// The commonest among those who were here last: bounded work, however many people there are.
const recent = (column: string): string =>
  `(SELECT ${column} FROM users WHERE ${visible} ORDER BY last_active DESC LIMIT 500) AS recent`;

export function popularSkills(query: Query): Promise<Choice[]> {
  return query(
    "popular_skills",
    `SELECT skill AS label, left(md5(skill), 8) AS code FROM ${recent("skills")}, unnest(skills) AS skill ` +
      "GROUP BY skill ORDER BY count(*) DESC, skill LIMIT 10",
  );
}

/** Each as most people write it. */
export function popularCities(query: Query): Promise<Choice[]> {
  return query(
    "popular_cities",
    "SELECT mode() WITHIN GROUP (ORDER BY city) AS label, city_code AS code " +
      `FROM ${recent("city, city_code")} WHERE city IS NOT NULL ` +
      "GROUP BY city_code ORDER BY count(*) DESC, label LIMIT 10",
  );
}

/** The code of a city as somebody wrote it, and how one of its people does; undefined when nobody is there. */
export async function findCity(query: Query, city: string): Promise<Choice | undefined> {
  const [found] = await query<Choice>(
    "city_people",
    `SELECT city AS label, city_code AS code FROM users WHERE city_code = city_code($1) AND ${visible} LIMIT 1`,
    [city],
  );
  return found;
}
