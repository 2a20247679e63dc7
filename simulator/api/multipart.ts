import { ApiError } from "./error.ts";

/** Reads the fields of a multipart/form-data body. Files are read as text too: no method takes any yet. */
export function readMultipart(contentType: string, body: Buffer): Record<string, string> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const marker = boundary?.[1] ?? boundary?.[2];
  if (marker === undefined) throw new ApiError(400, "multipart form data without a boundary");
  // With a line break before the first boundary, all of them look the same.
  const parts = `\r\n${body.toString()}`.split(`\r\n--${marker}`);
  if (parts.length < 2 || parts.at(-1)?.startsWith("--") !== true) {
    throw new ApiError(400, "can't parse multipart form data");
  }
  const fields: Record<string, string> = {};
  for (const part of parts.slice(1, -1)) {
    const headEnd = part.indexOf("\r\n\r\n");
    const name = /;\s*name="([^"]*)"/i.exec(part.slice(0, Math.max(0, headEnd)))?.[1];
    if (name !== undefined) fields[name] = part.slice(headEnd + 4);
  }
  return fields;
}
