import type { Board } from "../catalogue.ts";
import { boardUid } from "../render/ids.ts";
import { importMap } from "./assets.ts";
import { escape } from "./html.ts";

export interface Page {
  readonly title: string;
  /** HTML. */
  readonly main: string;
  /** Module that draws it. @default none: it is whole as it is */
  readonly module?: string;
}

/** "Launch Lab: overview" is "Overview" among its like. */
export function shortTitle(title: string): string {
  const name = title.replace(/^Launch Lab: /, "");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const notGrafana = `<button type="button" class="chip" popovertarget="about">viewer, not Grafana</button>
<div popover id="about" class="popover">
<h2>This is not Grafana</h2>
<p>No Grafana binary could be had on this machine, so launchlab's own viewer shows the same boards, with the same queries,
thresholds and alerts, at Grafana's address.</p>
<p>To have Grafana instead: install it, so that <code>grafana --version</code> works
(<a href="https://grafana.com/docs/grafana/latest/setup-grafana/installation/">how</a>), then run
<code>npm run up</code>. Addresses of boards and panels stay the same. <code>npm run pulumi -- config set launchlab:grafana
off --stack dev</code> leaves out both.</p>
</div>`;

/** A whole page. `theme`: what its reader chose, if anything. */
export function layout(
  boards: readonly Board[],
  path: string,
  theme: string | undefined,
  page: Page,
): string {
  const link = (href: string, text: string, attributes = ""): string =>
    `<a href="${href}"${path === href ? ' aria-current="page"' : ""}${attributes}>${escape(text)}</a>`;
  const script =
    page.module === undefined
      ? ""
      : `<script type="importmap">${importMap}</script>
<script type="module" src="/assets/${page.module}"></script>`;
  return `<!doctype html>
<html lang="en"${theme === undefined ? "" : ` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(page.title)} · launchlab</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/uplot.css">
<link rel="stylesheet" href="/assets/style.css">
${script}
<script type="module" src="/assets/theme.ts"></script>
<script type="module" src="/assets/firing.ts"></script>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="22" height="22">Launch Lab</a>
${notGrafana}
<nav aria-label="Boards">
${boards.map(({ key, title }) => link(`/d/${boardUid(key)}`, shortTitle(title), " data-board")).join("\n")}
${link("/alerts", "Alerts")}<span class="badge critical" id="firing" hidden></span>
${link("/runbooks", "Runbooks")}
</nav>
<button type="button" class="quiet" id="theme" title="Light or dark"></button>
</header>
<main id="main" tabindex="-1">${page.main}</main>
</body>
</html>
`;
}
