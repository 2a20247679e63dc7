import type { UserFromGetMe } from "grammy/types";
import { z } from "zod";
import type { Log } from "../log.ts";
import { repeat } from "../repeat.ts";
import type { TelegramApi } from "./api.ts";

const answer = z.object({ id: z.number(), first_name: z.string(), username: z.string() });

/**
 * Who the bot is. The token tells the id; the rest is asked once in the background, so that a replica starts
 * and serves even while the Bot API is down.
 */
export function createMe(
  token: string,
  api: TelegramApi,
  log: Log,
  signal: AbortSignal,
): () => UserFromGetMe {
  let me: UserFromGetMe = {
    id: Number(token.split(":")[0]),
    is_bot: true,
    first_name: "",
    username: "",
    can_join_groups: false,
    can_read_all_group_messages: false,
    can_manage_bots: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    supports_join_request_queries: false,
  };
  void repeat("getMe", log, signal, async () => {
    const result = await api.call("getMe", "{}");
    if (!result.ok) throw new Error(`${result.code} ${result.description}`);
    me = { ...me, ...answer.parse(result.result) };
    log.info({ bot: me.username }, "the Bot API knows the bot");
    return true;
  });
  return () => me;
}
