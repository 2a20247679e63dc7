import { Composer } from "grammy";
import type { BotContext } from "../telegram/context.ts";
import { searchesChanged } from "./search-cache.ts";

/** A person blocked the bot, or let it in again. */
export const membership = new Composer<BotContext>();

membership.on("my_chat_member", async (ctx) => {
  const blocked = ctx.myChatMember.new_chat_member.status === "kicked";
  await ctx.tx.query(
    "user_update",
    "UPDATE users SET blocked_at = CASE WHEN $2 THEN now() END WHERE id = $1",
    [ctx.from.id, blocked],
  );
  if (!blocked && ctx.user !== undefined) searchesChanged(ctx, ctx.user);
});
