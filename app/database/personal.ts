import type { Query } from "./pool.ts";

/** A statement, or why there is none. */
type Rule = { readonly sql: string } | { readonly none: string };

interface PersonalTable {
  /** Selects what of the person $1 goes into the answer to /my_data. */
  readonly show: Rule;
  /** Deletes, or empties, what is stored about the people $1 (a list), who are gone for good. */
  readonly forget: Rule;
}

const shortLived = { none: "gone long before a deleted profile is" };

/** Every table with something about a person, in the order of /my_data. */
export const personalTables: Readonly<Record<string, PersonalTable>> = {
  users: {
    show: {
      sql: "SELECT to_jsonb(users) - '{skill_codes,document,city_code}'::text[] FROM users WHERE id = $1",
    },
    forget: {
      sql: `UPDATE users SET anonymised_at = now(), user_type = NULL, name = NULL, username = NULL, about = NULL,
              skills = '{}', city = NULL, is_searching = false, dialogue = NULL, chosen_language = NULL,
              search_text = NULL
            WHERE id = ANY($1)`,
    },
  },
  payments: {
    show: { sql: "SELECT to_jsonb(payments) - 'id' FROM payments WHERE user_id = $1 ORDER BY id" },
    forget: { none: "books stay; of the person they have the id alone" },
  },
  teams: {
    show: { sql: "SELECT to_jsonb(teams) FROM teams WHERE owner_id = $1" },
    forget: { none: "left, with what is told to others, when the profile is deleted" },
  },
  team_members: {
    show: { sql: "SELECT to_jsonb(team_members) FROM team_members WHERE user_id = $1" },
    forget: { none: "as with teams" },
  },
  invitations: {
    show: { sql: "SELECT to_jsonb(invitations) FROM invitations WHERE user_id = $1 ORDER BY id" },
    forget: {
      sql: `DELETE FROM invitations WHERE id IN (
              SELECT id FROM invitations WHERE user_id = ANY($1) ORDER BY id FOR UPDATE)`,
    },
  },
  broadcasts: {
    show: {
      sql: "SELECT to_jsonb(broadcasts) - '{last_id,unsent}'::text[] FROM broadcasts WHERE admin_id = $1 ORDER BY id",
    },
    forget: { none: "of an admin they have the id alone; the text is nowhere but in the chat" },
  },
  csv_results: {
    show: { sql: "SELECT to_jsonb(csv_results) FROM csv_results WHERE user_id = $1 ORDER BY id" },
    forget: { sql: "DELETE FROM csv_results WHERE user_id = ANY($1)" },
  },
  files: {
    show: { sql: "SELECT to_jsonb(files) FROM files WHERE user_id = $1 ORDER BY id" },
    forget: { sql: "DELETE FROM files WHERE user_id = ANY($1)" },
  },
  mentor_history: {
    show: {
      sql: `SELECT to_jsonb(mentor_history) - 'user_id' FROM mentor_history
            WHERE user_id = $1 ORDER BY created_at`,
    },
    forget: { sql: "DELETE FROM mentor_history WHERE user_id = ANY($1)" },
  },
  mentor_questions: {
    show: { sql: "SELECT to_jsonb(mentor_questions) FROM mentor_questions WHERE user_id = $1" },
    forget: { sql: "DELETE FROM mentor_questions WHERE user_id = ANY($1)" },
  },
  mentor_usage: {
    show: { sql: "SELECT to_jsonb(mentor_usage) FROM mentor_usage WHERE user_id = $1 ORDER BY day" },
    forget: { sql: "DELETE FROM mentor_usage WHERE user_id = ANY($1)" },
  },
  jobs: {
    show: {
      sql: `SELECT jsonb_build_object('kind', kind, 'payload', payload, 'created_at', created_at, 'outcome', outcome)
            FROM jobs WHERE user_id = $1 ORDER BY id`,
    },
    forget: shortLived,
  },
  outbox: {
    show: {
      sql: `SELECT jsonb_build_object('method', method, 'payload', payload, 'created_at', created_at)
            FROM outbox WHERE chat_id = $1 ORDER BY id`,
    },
    forget: shortLived,
  },
  receipts: {
    show: {
      sql: `SELECT jsonb_build_object('update_id', update_id, 'received_at', received_at)
            FROM receipts WHERE user_id = $1 ORDER BY update_id`,
    },
    forget: shortLived,
  },
  dead_letters: {
    show: { sql: "SELECT to_jsonb(dead_letters) FROM dead_letters WHERE user_id = $1 ORDER BY failed_at" },
    forget: { sql: "DELETE FROM dead_letters WHERE user_id = ANY($1)" },
  },
};

/** Everything that is stored about a person: the rows of each table that has some. */
export async function personalData(query: Query, userId: number): Promise<Record<string, unknown[]>> {
  const sections: Record<string, unknown[]> = {};
  for (const [table, { show }] of Object.entries(personalTables)) {
    if ("none" in show) continue;
    const rows = await query<Record<string, unknown>>("my_data", show.sql, [userId]);
    if (rows.length > 0) sections[table] = rows.flatMap((row) => Object.values(row));
  }
  return sections;
}
