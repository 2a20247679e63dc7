import { basename } from "node:path";
import type { Upload } from "../files.ts";
import { ApiError } from "./error.ts";

const LINE = "\r\n";

/** A field with its name: text or a file. */
type Part = readonly [name: string, value: string | Upload];

/** Reads a multipart/form-data body. Throws ApiError when it is none. */
export function readMultipart(contentType: string, body: Buffer): Part[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const marker = boundary?.[1] ?? boundary?.[2];
  if (marker === undefined) throw new ApiError(400, "multipart form data without a boundary");
  const parts: Part[] = [];
  const first = `--${marker}`;
  let start = body.indexOf(first);
  for (;;) {
    const end = start < 0 ? -1 : body.indexOf(`${LINE}${first}`, start);
    // Two dashes after the last boundary.
    if (start >= 0 && body.toString("latin1", start + first.length, start + first.length + 2) === "--") {
      return parts;
    }
    if (end < 0) throw new ApiError(400, "can't parse multipart form data");
    const part = readPart(body.subarray(start + first.length + LINE.length, end));
    if (part !== undefined) parts.push(part);
    start = end + LINE.length;
  }
}

function readPart(part: Buffer): Part | undefined {
  const headEnd = part.indexOf(`${LINE}${LINE}`);
  if (headEnd < 0) return undefined;
  const head = part.toString("utf8", 0, headEnd);
  const content = part.subarray(headEnd + 4);
  const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined) return undefined;
  const encoded = /;\s*filename\*=utf-8''([^;\r\n]+)/i.exec(head)?.[1];
  const plain = /;\s*filename="([^"]*)"/i.exec(head)?.[1];
  if (encoded === undefined && plain === undefined) return [name, content.toString()];
  const mime = /^content-type:\s*([^;\s]+)/im.exec(head)?.[1] ?? "application/octet-stream";
  // A copy, so that a small file does not hold the whole body.
  return [name, { name: fileName(encoded, plain), mime: mime.toLowerCase(), content: Buffer.from(content) }];
}

function fileName(encoded: string | undefined, plain = ""): string {
  let name = plain;
  try {
    if (encoded !== undefined) name = decodeURIComponent(encoded);
  } catch {
    // The plain one is there for that.
  }
  return basename(name.replaceAll("\\", "/")).slice(0, 255) || "file";
}
