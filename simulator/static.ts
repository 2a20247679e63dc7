import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { ServerResponse } from "node:http";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Reads the files of a folder once; the answer sends one of them, or says that there is none. */
export function staticFiles(folder: string): (path: string, response: ServerResponse) => boolean {
  const files = new Map<string, { type: string; content: Buffer }>();
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)];
    if (type !== undefined) files.set(`/${name}`, { type, content: readFileSync(join(folder, name)) });
  }
  return (path, response) => {
    const file = files.get(path === "/" ? "/index.html" : path);
    if (file === undefined) return false;
    response.writeHead(200, {
      "content-type": file.type,
      "cache-control": "no-cache",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    response.end(file.content);
    return true;
  };
}
