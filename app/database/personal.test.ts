import { beforeAll, expect, inject, it } from "vitest";
import { freshDatabase, sql } from "../../test/support/database.ts";
import { personalTables } from "./personal.ts";

const port = inject("servers").postgres;
let name: string;
const query = (statement: string) => sql(port, name, statement);

beforeAll(async () => {
  name = await freshDatabase(port);
});

it("names every table that has a person's id, or refers to people", async () => {
  const rows = await query(
    `SELECT DISTINCT c.relname AS table FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid = 'users'::regclass
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND (c.oid = 'users'::regclass OR f.oid IS NOT NULL
         OR a.attname ~ '(^|_)(user|owner|person|member|chat|sender|receiver|recipient|inviter|invitee|author|admin|by)(_id)?$')
     ORDER BY 1`,
  );
  expect(rows.map((row) => row["table"])).toEqual(Object.keys(personalTables).sort());
});

it("has statements that the database understands", async () => {
  for (const { show, forget } of Object.values(personalTables)) {
    if ("sql" in show) await query(`PREPARE show (bigint) AS ${show.sql}; DEALLOCATE show`);
    if ("sql" in forget) await query(`PREPARE forget (bigint[]) AS ${forget.sql}; DEALLOCATE forget`);
  }
});

/** What stays of a person who is gone: when it was, and what the bot may still do. */
const kept = ["id", "created_at", "deleted_at", "anonymised_at", "last_active", "language", "notifications"];
const alsoKept = ["blocked_at", "premium_until", "premium_told"];

it("forgets every column of a person that says something about them", async () => {
  await query(
    `INSERT INTO users (id, user_type, name, username, about, skills, city, is_searching, dialogue, chosen_language,
       language, blocked_at, deleted_at, premium_until, notifications, search_text)
     VALUES (1, 'team', 'Ada', 'ada', 'x', '{rust}', 'Riga', true, '{}', 'ru', 'ru', now(), now(), now(), false, 'go')`,
  );
  const columns = async (): Promise<Map<string, unknown>> => {
    const [row] = await query("SELECT to_jsonb(users) AS person FROM users WHERE id = 1");
    return new Map(Object.entries(row?.["person"] as object));
  };
  const isEmpty = (value: unknown): boolean =>
    value === null || value === false || value === "" || (Array.isArray(value) && value.length === 0);
  const filled = [...(await columns())].filter(([, value]) => !isEmpty(value)).map(([column]) => column);
  const all = await columns();
  const telling = [...all.keys()].filter((column) => ![...kept, ...alsoKept].includes(column));
  // A new column has to be filled here, and forgotten there.
  expect(filled).toEqual(expect.arrayContaining(telling));
  const { forget } = personalTables["users"] ?? {};
  if (forget === undefined || !("sql" in forget)) throw new Error("people are not forgotten at all");
  await query(forget.sql.replace("$1", "'{1}'"));
  const left = [...(await columns())].filter(
    ([column, value]) => telling.includes(column) && !isEmpty(value),
  );
  expect(left).toEqual([]);
});
