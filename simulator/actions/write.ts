import { PictureError, storeContent } from "../contents.ts";
import { isGroup, type Conversation } from "../conversation.ts";
import { hasBot, type Group } from "../groups.ts";
import type { FileKind, Upload } from "../files.ts";
import type { ChatMessage, Content } from "../history.ts";
import { Refusal } from "../refusal.ts";
import { findEntities } from "../text/entities.ts";
import type { FormattedText } from "../text/html.ts";
import type { World } from "../world.ts";
import { actor, findMessage } from "./actor.ts";

const LONGEST_TEXT = 4096;
const LONGEST_CAPTION = 1024;
/** So long people can edit what they wrote. */
const EDITABLE_S = 48 * 3600;

export interface Written {
  readonly update_id: number | null;
  readonly message_id: number;
}

/** Where something is written, and what it answers. */
export interface Place {
  /** A group; the private chat when it is left out. */
  readonly chat_id?: number | undefined;
  readonly reply_to?: number | undefined;
}

const plain = (text: string): FormattedText => {
  const trimmed = text.trim();
  return { text: trimmed, entities: findEntities({ text: trimmed, entities: [] }) };
};

function checkLength(text: string, what: string, longest: number): void {
  if (text.length > longest) {
    throw new Refusal(400, `${what} has ${text.length} characters; Telegram takes ${longest}`);
  }
}

/**
 * Whether the bot is told of a message. In groups where it is no administrator it has privacy mode, as every bot at
 * first: it gets commands, what mentions or answers it, and what was written by means of it.
 */
function isForBot(world: World, group: Group, message: Omit<ChatMessage, "rev">): boolean {
  if (!hasBot(group)) return false;
  if (group.bot === "administrator" || message.via_bot === true) return true;
  const answered = message.reply_to === undefined ? undefined : group.history.get(message.reply_to);
  if (answered?.from === "bot") return true;
  const own = `@${world.bot.username}`.toLowerCase();
  return message.entities.some(({ type, offset, length }) => {
    const word = message.text.slice(offset, offset + length).toLowerCase();
    if (type === "mention") return word === own;
    return type === "bot_command" && offset === 0 && (!word.includes("@") || word.endsWith(own));
  });
}

/** Tells the bot of a message, unless it is in a group and not for it. */
function tell(
  world: World,
  type: "message" | "edited_message",
  chat: Conversation,
  message: Omit<ChatMessage, "rev">,
): number | null {
  if (isGroup(chat) && !isForBot(world, chat, message)) return null;
  return world.updates.create(type, world.asMessage(chat, message), {
    chatId: chat.id,
    userId: message.sender,
    summary: summaryOf(message),
  });
}

/** Puts a message of a person into a chat and tells the bot. */
export function say(
  world: World,
  personId: number,
  chat: Conversation,
  what: FormattedText & Partial<Pick<ChatMessage, "content" | "reply_to" | "via_bot" | "media_group_id">>,
): Written {
  const { reply_to } = what;
  if (reply_to !== undefined) findMessage(chat, reply_to);
  const message: Omit<ChatMessage, "rev"> = {
    ...what,
    message_id: world.ids.message(),
    from: "person",
    sender: personId,
    keyboard: null,
    date: world.seconds(),
  };
  if (!isGroup(chat)) chat.started = true;
  const update_id = tell(world, "message", chat, message);
  world.put(chat, { ...message, update_id });
  return { update_id, message_id: message.message_id };
}

const summaryOf = ({ text, content }: Pick<ChatMessage, "text"> & { content?: Content }): string =>
  text === "" ? Object.keys(content ?? {}).join() : text.slice(0, 100);

const replyOf = ({ reply_to }: Place): Pick<ChatMessage, "reply_to"> =>
  reply_to === undefined ? {} : { reply_to };

export function writeActions(world: World) {
  return {
    write(id: number, text: string, place: Place = {}): Written {
      const { chat } = actor(world, id, place.chat_id);
      if (text.trim() === "") throw new Refusal(400, "text is empty");
      checkLength(text, "text", LONGEST_TEXT);
      return say(world, id, chat, { ...plain(text), ...replyOf(place) });
    },

    /** Sends files; several become an album. */
    upload(
      id: number,
      files: readonly Upload[],
      { as, caption = "", ...place }: Place & { as: FileKind; caption?: string },
    ): Written[] {
      const { chat } = actor(world, id, place.chat_id);
      checkLength(caption, "caption", LONGEST_CAPTION);
      if (files.length === 0) throw new Refusal(400, "there is no file: send it as multipart/form-data");
      if (files.length > 10)
        throw new Refusal(400, `${files.length} files are too many; Telegram takes 10 at once`);
      const empty = files.find(({ content }) => content.length === 0);
      if (empty !== undefined) throw new Refusal(400, `the file ${empty.name} is empty`);
      const album = files.length === 1 ? {} : { media_group_id: String(world.ids.query()) };
      return files
        .map((file) => store(world, file, as))
        .map((content, i) =>
          say(world, id, chat, {
            ...plain(i === 0 ? caption : ""),
            content,
            ...album,
            ...replyOf(place),
          }),
        );
    },

    /** Changes a message that the person wrote. */
    edit(id: number, messageId: number, text: string, chatId?: number): { update_id: number | null } {
      const { chat } = actor(world, id, chatId);
      const message = findMessage(chat, messageId);
      if (message.sender !== id) throw new Refusal(409, `message ${messageId} was written by somebody else`);
      if (world.seconds() - message.date > EDITABLE_S) {
        throw new Refusal(
          409,
          `message ${messageId} is older than 48 hours; Telegram lets nobody edit it any more`,
        );
      }
      if (message.content === undefined && text.trim() === "") throw new Refusal(400, "text is empty");
      checkLength(text, "text", message.content === undefined ? LONGEST_TEXT : LONGEST_CAPTION);
      const changed = { ...message, ...plain(text), edited: world.seconds() };
      if (changed.text === message.text) throw new Refusal(409, "that is what the message says already");
      const update_id = tell(world, "edited_message", chat, changed);
      world.put(chat, changed);
      return { update_id };
    },
  };
}

function store(world: World, file: Upload, as: FileKind): Content {
  try {
    return storeContent(world.files, as, file, { width: 0, height: 0, duration: 0 });
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    throw new Refusal(
      400,
      `${file.name} is no picture that Telegram takes (${error.message}); send it as a document`,
    );
  }
}
