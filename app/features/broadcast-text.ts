import { InlineKeyboard } from "grammy";
import type { Broadcast } from "../database/broadcasts.ts";
import type { Translate } from "../telegram/texts.ts";

/** How far a broadcast is, and the button that stops it while it runs. */
export function broadcastStatus(
  t: Translate,
  { id, state, sent, blocked, failed, total }: Broadcast,
): { readonly text: string; readonly keyboard: InlineKeyboard } {
  const keyboard = new InlineKeyboard();
  if (state === "running") keyboard.text(t("broadcast-stop"), `broadcast:stop:${id}`);
  const counts = t("broadcast-counts", { sent, blocked, failed, total });
  const titles = { draft: "broadcast-running", running: "broadcast-running" } as const;
  const ends = { stopped: "broadcast-stopped", done: "broadcast-done" } as const;
  return { text: `${t({ ...titles, ...ends }[state])}\n\n${counts}`, keyboard };
}
