import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { codeOf, everybody, type Filter } from "./search-filter.ts";
import { searchStatement } from "./search-people.ts";

/**
 * Three of four are looking. A third are of each of two types, one in a thousand is a team; a skill of 500 has 200
 * people, a city of 1000 has 100, a word of 2000 has 50; everybody knows "everything".
 */
const people = `
  INSERT INTO users (id, user_type, name, about, skills, city, is_searching, last_active, deleted_at)
  SELECT n, CASE WHEN n % 1000 = 1 THEN 'team' WHEN n % 2 = 0 THEN 'participant' ELSE 'cofounder' END,
    'Name' || n, 'I can do everything, and word' || n % 2000 || ' best', ARRAY['skill' || n % 500, 'common'],
    'City' || n % 1000, n % 4 > 0, now() - n * interval '1 minute',
    CASE WHEN n % 50 = 0 THEN now() END
  FROM generate_series(1, 100000) AS n`;

let client: pg.Client;
beforeAll(async () => {
  const port = inject("servers").postgres;
  client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: await freshDatabase(port) });
  await client.connect();
  await client.query(people);
  await client.query("VACUUM ANALYZE users");
}, 60_000);
afterAll(() => client.end());

const skill = { skill: codeOf("skill7") };
const city = { city: codeOf("city7") };
const words = (text: string) => ({ words: text });

test.each<[string, Partial<Filter>, string]>([
  ["everybody", {}, "users_active"],
  ["a common type", { type: "participant" }, "users_active"],
  ["a rare type", { type: "team" }, "users_search"],
  ["a skill", skill, "users_skill_codes"],
  ["a city", city, "users_city"],
  ["a word", words("word7"), "users_document"],
  ["a word that all use", words("everything"), "users_active"],
  ["all of them", { type: "participant", ...skill, ...city, ...words("best word7") }, "users_"],
])("of 100 000 people, %s is found by an index", async (_, part, index) => {
  const filter = { ...everybody, ...part };
  const { sql, values } = searchStatement(filter, filter.words);
  const { rows } = await client.query<Record<string, string>>(`EXPLAIN ANALYZE ${sql}`, values);
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toContain(index);
  expect(plan).not.toContain("Seq Scan");
});
