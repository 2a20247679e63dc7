import type { UserFromGetMe } from "@grammyjs/types";

/** The bot that a token belongs to. Throws when the token is none. */
export function botOf(token: string): UserFromGetMe {
  const id = /^(\d{1,15}):[A-Za-z0-9_-]{35}$/.exec(token)?.[1];
  if (id === undefined) {
    throw new Error("it must hold a bot token, which is digits, a colon and 35 letters, digits, _ or -");
  }
  return {
    id: Number(id),
    is_bot: true,
    first_name: "Launch Lab",
    username: "launch_lab_bot",
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: true,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  };
}
