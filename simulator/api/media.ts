import { z } from "zod";
import { contentOf, PictureError, storeContent, type Dimensions } from "../contents.ts";
import type { FileKind } from "../files.ts";
import type { Content } from "../history.ts";
import type { World } from "../world.ts";
import { integer, object, text, upload, type Arguments } from "./arguments.ts";
import { findReader } from "./chat.ts";
import { ApiError } from "./error.ts";
import type { Call, Method } from "./method.ts";
import { post, readOptions, sender } from "./send.ts";
import { readCaption } from "./text.ts";

const MAX = Number.MAX_SAFE_INTEGER;
/** Telegram takes smaller pictures than other files. */
const LARGEST_PHOTO = 10 * 2 ** 20;
const LARGEST_FILE = 50 * 2 ** 20;

const kinds = ["photo", "document", "video", "audio", "voice", "animation"] as const;

const capital = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

const readDimensions = (from: Arguments): Dimensions => ({
  width: integer(from, "width", 0, 0, MAX),
  height: integer(from, "height", 0, 0, MAX),
  duration: integer(from, "duration", 0, 0, MAX),
});

/**
 * The file that an argument means: one that comes with the call, or one that Telegram has already.
 *
 * @param from where the name is looked up: the arguments, or an element of a media group
 */
export function readFile(
  world: World,
  args: Arguments,
  kind: FileKind,
  name: string,
  from: Arguments,
): Content {
  const given = text(from, name).trim();
  const attached = given.startsWith("attach://") ? given.slice("attach://".length) : undefined;
  const file = attached === undefined ? upload(from, name) : upload(args, attached);
  if (file !== undefined) {
    if (file.content.length === 0) throw new ApiError(400, "file must be non-empty");
    if (file.content.length > (kind === "photo" ? LARGEST_PHOTO : LARGEST_FILE)) {
      throw new ApiError(413, "Request Entity Too Large");
    }
    try {
      return storeContent(world.files, kind, file, readDimensions(from));
    } catch (error) {
      throw error instanceof PictureError ? new ApiError(400, error.message) : error;
    }
  }
  if (given === "" || attached !== undefined) throw new ApiError(400, `there is no ${kind} in the request`);
  if (/^https?:/i.test(given)) {
    throw new ApiError(501, "the simulator gets no files from the network: upload it, or give a file_id");
  }
  const stored = world.files.get(given);
  if (stored === undefined) {
    throw new ApiError(400, "wrong file identifier/HTTP URL specified");
  }
  if (stored.kind !== kind) {
    throw new ApiError(400, `can't use file of type ${capital(stored.kind)} as ${capital(kind)}`);
  }
  return contentOf(stored, readDimensions(from));
}

const sendFile = (kind: FileKind): Method =>
  sender(`send${capital(kind)}`, ({ world, args }) => {
    const caption = readCaption(world, args);
    return { ...caption, content: readFile(world, args, kind, kind, args) };
  });

const media = z.looseObject({ type: z.enum(kinds), media: z.string() });

/** An element of `media`, which is how albums and replaced files are described. Throws ApiError. */
export function readMedia(
  { world, args }: Call,
  value: unknown,
): ReturnType<typeof readCaption> & { content: Content } {
  const parsed = media.safeParse(value);
  if (!parsed.success)
    throw new ApiError(400, "can't parse InputMedia: expected an object with type and media");
  const { type, ...rest } = parsed.data;
  return { ...readCaption(world, rest), content: readFile(world, args, type, "media", rest) };
}

const sendMediaGroup: Method = (call) => {
  const { world, args } = call;
  const target = findReader(world, args);
  const list = object(args, "media");
  if (!Array.isArray(list) || list.length === 0) throw new ApiError(400, "there is no media in the request");
  if (list.length > 10) throw new ApiError(400, "too many media files: an album has at most 10");
  const drafts = list.map((one: unknown) => readMedia(call, one));
  const types = new Set(drafts.map(({ content }) => Object.keys(content)[0]));
  if (types.has("voice") || types.has("animation"))
    throw new ApiError(400, "can't use the media type in an album");
  if (types.size > 1 && (types.has("document") || types.has("audio"))) {
    const type = types.has("document") ? "Document" : "Audio";
    throw new ApiError(400, `${type} can't be mixed with other media types`);
  }
  const options = readOptions(call, target);
  const media_group_id = String(world.ids.query());
  return drafts.map((draft) =>
    post(call, target, "sendMediaGroup", { ...draft, ...options, keyboard: null, media_group_id }),
  );
};

const LARGEST_DOWNLOAD = 20 * 2 ** 20;

const getFile: Method = ({ world, args }) => {
  const file = world.files.get(text(args, "file_id").trim());
  if (file === undefined) {
    throw new ApiError(400, "invalid file_id: wrong file_id or the file is temporarily unavailable");
  }
  if (file.content.length > LARGEST_DOWNLOAD) throw new ApiError(400, "file is too big");
  const { file_id, file_unique_id, content, path } = file;
  return { file_id, file_unique_id, file_size: content.length, file_path: path };
};

export const mediaMethods = {
  ...Object.fromEntries(kinds.map((kind) => [`send${capital(kind)}`, sendFile(kind)])),
  sendMediaGroup,
  getFile,
};
