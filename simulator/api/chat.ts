import type { Chat } from "@grammyjs/types";
import { chatOf, type Person } from "../people.ts";
import type { World } from "../world.ts";
import { text, type Arguments } from "./arguments.ts";
import { ApiError } from "./error.ts";

/** A chat that the bot may write to: somebody's, or one of the sink. */
export type Target =
  | { readonly kind: "person"; readonly id: number; readonly person: Person }
  | { readonly kind: "sink"; readonly id: number };

/** The chat of the chat_id argument. Throws Telegram's errors when there is none. */
export function findChat(world: World, args: Arguments): Target {
  const given = text(args, "chat_id").trim();
  if (given === "") throw new ApiError(400, "chat_id is empty");
  const person = given.startsWith("@")
    ? undefined // Bots cannot address people by their names.
    : world.people.get(Number(given));
  if (person !== undefined && person.started) return { kind: "person", id: person.id, person };
  if (/^\d{1,15}$/.test(given) && world.sink.has(Number(given))) return { kind: "sink", id: Number(given) };
  throw new ApiError(400, "chat not found");
}

/** The same, when something is to be sent there. */
export function findReader(world: World, args: Arguments): Target {
  const target = findChat(world, args);
  if (target.kind === "person" && target.person.blocked) {
    throw new ApiError(403, "bot was blocked by the user");
  }
  return target;
}

export const sinkChat = (id: number): Chat.PrivateChat => ({ id, type: "private", first_name: "Sink" });

export const chatOfTarget = (target: Target): Chat.PrivateChat =>
  target.kind === "person" ? chatOf(target.person) : sinkChat(target.id);
