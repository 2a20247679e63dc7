import type { ServerResponse } from "node:http";
import type { Files } from "../files.ts";

/** What the page shows; everything else is only saved. */
const shown: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Sends a file of a chat to the page; the answer says whether there is one. */
export function sendStored(files: Files, fileId: string, response: ServerResponse): boolean {
  const file = files.get(fileId);
  if (file === undefined) return false;
  const { mime, name, content } = file;
  const disposition = shown.has(mime) ? "inline" : "attachment";
  response.writeHead(200, {
    // What a bot or a person calls HTML must not become a page of this origin.
    "content-type": shown.has(mime) ? mime : "application/octet-stream",
    "content-disposition": `${disposition}; filename*=UTF-8''${encodeURIComponent(name)}`,
    "content-length": content.length,
    "content-security-policy": "sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=3600",
  });
  response.end(content);
  return true;
}
