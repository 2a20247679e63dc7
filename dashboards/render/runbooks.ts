import MarkdownIt from "markdown-it";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alerts } from "../alerts/all.ts";
import { present } from "./present.ts";

const folder = join(import.meta.dirname, "../runbooks");
const markdown = new MarkdownIt({ html: false, linkify: true });

/** What to do about an alert, in Markdown. */
export const runbookOf = (alert: string): string => readFileSync(join(folder, `${alert}.md`), "utf8");

/** The same in HTML. */
export const runbookHtml = (alert: string): string => markdown.render(runbookOf(alert));

const page = (alert: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${alert}</title>
<style>
  :root { color-scheme: light dark; }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }
  code { background: #8883; border-radius: 3px; padding: 0.1em 0.3em; }
  pre > code { display: block; overflow-x: auto; padding: 0.8em; }
</style>
${runbookHtml(alert)}</html>
`;

/**
 * The runbooks as pages that Prometheus serves below /consoles: it is there wherever alerts come from, whether or not the
 * network is. It takes such files for templates, so braces are written as text.
 */
export const renderRunbooks = (options: {
  readonly jobs?: readonly string[];
}): { path: string; content: string }[] =>
  alerts
    .filter((alert) => present(options, alert))
    .map(({ name }) => ({ path: `${name}.html`, content: page(name).replaceAll("{{", '{{ "{{" }}') }));
