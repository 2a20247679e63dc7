import { z } from "zod";
import { object, text, type Arguments } from "./arguments.ts";
import { ApiError } from "./error.ts";
import type { Call, Method } from "./method.ts";

const command = z.object({ command: z.string(), description: z.string() });
const scope = z.discriminatedUnion("type", [
  z.object({
    type: z.enum(["default", "all_private_chats", "all_group_chats", "all_chat_administrators"]),
  }),
  z.object({ type: z.enum(["chat", "chat_administrators"]), chat_id: z.union([z.int(), z.string()]) }),
  z.object({
    type: z.literal("chat_member"),
    chat_id: z.union([z.int(), z.string()]),
    user_id: z.union([z.int(), z.string()]),
  }),
]);

/** The scope as one word, such as "chat:5". */
function readScope(args: Arguments): string {
  const given = object(args, "scope");
  if (given === undefined) return "default";
  const { success, data } = scope.safeParse(given);
  if (!success) throw new ApiError(400, "can't parse BotCommandScope: unsupported scope type");
  if (data.type === "chat_member") return `${data.type}:${data.chat_id}:${data.user_id}`;
  return "chat_id" in data ? `${data.type}:${data.chat_id}` : data.type;
}

/** A language code of two letters, or "". Throws ApiError. */
export function readLanguage(args: Arguments): string {
  const language = text(args, "language_code");
  if (language !== "" && !/^[a-z]{2}$/.test(language))
    throw new ApiError(400, "invalid language code specified");
  return language;
}

function changed({ world }: Call): true {
  world.events.publish("commands", {});
  return true;
}

const setMyCommands: Method = (call) => {
  const { success, data } = z.array(command).safeParse(object(call.args, "commands"));
  if (!success) throw new ApiError(400, "can't parse commands: expected an Array of BotCommand");
  if (data.length > 100) throw new ApiError(400, "BOT_COMMANDS_TOO_MUCH");
  const commands = data.map(({ command, description }) => ({
    command: command.replace(/^\//, "").toLowerCase(),
    description: description.trim(),
  }));
  for (const { command, description } of commands) {
    if (!/^[a-z0-9_]{1,32}$/.test(command)) throw new ApiError(400, "BOT_COMMAND_INVALID");
    if (description === "" || description.length > 256) {
      throw new ApiError(400, "BOT_COMMAND_DESCRIPTION_INVALID");
    }
  }
  call.world.commands.set(readScope(call.args), readLanguage(call.args), commands);
  return changed(call);
};

const getMyCommands: Method = ({ world, args }) => world.commands.get(readScope(args), readLanguage(args));

const deleteMyCommands: Method = (call) => {
  call.world.commands.set(readScope(call.args), readLanguage(call.args), []);
  return changed(call);
};

export const commandMethods = { setMyCommands, getMyCommands, deleteMyCommands };
