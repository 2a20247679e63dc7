import { imageSize } from "image-size";
import type { Content } from "./history.ts";
import type { FileKind, Files, StoredFile, Upload } from "./files.ts";

/** A picture that Telegram would not take; the message is Telegram's. */
export class PictureError extends Error {}

const MOST_SIDES = 10_000;
const MOST_RATIO = 20;

/** Width and height. Throws PictureError when Telegram would not show it as a picture. */
function pictureSize(content: Buffer): { width: number; height: number } {
  let size;
  try {
    size = imageSize(content);
  } catch {
    throw new PictureError("IMAGE_PROCESS_FAILED");
  }
  const { width, height } = size;
  if (width + height > MOST_SIDES || Math.max(width, height) > MOST_RATIO * Math.min(width, height)) {
    throw new PictureError("PHOTO_INVALID_DIMENSIONS");
  }
  return { width, height };
}

/** What the sender says about a recording. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
  /** Seconds. */
  readonly duration: number;
}

/** Stores a file and answers the content of a message that holds it. Throws PictureError. */
export function storeContent(files: Files, kind: FileKind, upload: Upload, given: Dimensions): Content {
  if (kind === "photo") pictureSize(upload.content);
  return contentOf(files.add(kind, upload), given);
}

/** The content of a message that holds a stored file. */
export function contentOf(file: StoredFile, { width, height, duration }: Dimensions): Content {
  const { kind, file_id, file_unique_id, name, mime, content } = file;
  const ids = { file_id, file_unique_id };
  const size = { file_size: content.length };
  const named = { ...ids, file_name: name, mime_type: mime, ...size };
  switch (kind) {
    case "photo":
      return { photo: [{ ...ids, ...pictureSize(content), ...size }] };
    case "document":
      return { document: named };
    case "video":
      return { video: { ...named, width, height, duration } };
    case "audio":
      return { audio: { ...named, duration } };
    case "voice":
      return { voice: { ...ids, duration, mime_type: mime, ...size } };
    case "animation":
      // Telegram sets both, for bots from before there were animations.
      return { animation: { ...named, width, height, duration }, document: named };
  }
}
