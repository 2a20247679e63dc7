import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Asset {
  readonly type: string;
  readonly content: string;
}

const folder = join(import.meta.dirname, "page");
const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";
const uPlot = fileURLToPath(import.meta.resolve("uplot"));

/** What the browser loads, by path. TypeScript loses its types here, so that there is nothing to build. */
export function readAssets(): ReadonlyMap<string, Asset> {
  const text = (...path: string[]): string => readFileSync(join(...path), "utf8");
  const modules = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return new Map([
    ...modules.map((name): [string, Asset] => [
      `/assets/${name}`,
      { type: script, content: stripTypeScriptTypes(text(folder, name)) },
    ]),
    ["/assets/style.css", { type: style, content: text(folder, "style.css") }],
    ["/assets/icon.svg", { type: "image/svg+xml", content: text(folder, "icon.svg") }],
    ["/assets/uplot.js", { type: script, content: text(uPlot, "../uPlot.esm.js") }],
    ["/assets/uplot.css", { type: style, content: text(uPlot, "../uPlot.min.css") }],
  ]);
}

/** Tells the browser where the page's modules find the library. */
export const importMap = JSON.stringify({ imports: { uplot: "/assets/uplot.js" } });

export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash("sha256").update(importMap).digest("base64")}'`,
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
