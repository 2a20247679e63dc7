import { createHash } from "node:crypto";
import type { Build } from "../build.ts";
import type { BreakerStatus } from "../mentor/breaker.ts";
import { checkedServices } from "../metric-labels.ts";
import { isUnwell, stateOf, type Monitor } from "./monitor.ts";

interface Shown {
  readonly status: "ok" | "degraded" | "unavailable";
  readonly reasons: readonly string[];
  readonly degraded: readonly string[];
  readonly mentor?: BreakerStatus;
  readonly monitor: Monitor | undefined;
  readonly build: Build;
  /** Whether there is an API to be linked to. */
  readonly api: boolean;
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dde3, #39414b); --soft: light-dark(#59636e, #9aa4af);
  --good: light-dark(#17743a, #57c97f); --look: light-dark(#8a5300, #e0a54a); --bad: light-dark(#b3261e, #ff8a80) }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 34rem; padding: 1.5rem 1rem;
  background: light-dark(#fff, #14181d); color: light-dark(#1b2127, #e6eaee) }
h1 { font-size: 1.05rem; font-weight: 600; margin: 0 }
.state { font-size: 1.9rem; font-weight: 650; margin: .15rem 0 1rem }
.good { color: var(--good) } .look { color: var(--look) } .bad { color: var(--bad) }
ul { padding-left: 1.2rem; margin: 0 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-top: 1px solid var(--line); padding: .5rem .5rem .5rem 0; text-align: left; vertical-align: top }
th { font-weight: 500 } td:last-child { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums }
p, footer { color: var(--soft); font-size: .9rem } a { color: inherit }
`;

const hash = createHash("sha256").update(style).digest("base64");

/** The page takes nothing from anywhere, and runs nothing. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'`,
  "x-content-type-options": "nosniff",
} as const;

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const states = {
  ok: ["good", "All is well"],
  degraded: ["look", "Works, with less"],
  unavailable: ["bad", "Does not work"],
} as const;

const colours = { ok: "good", slow: "look", down: "bad", unknown: "look" } as const;

const row = (what: string, state: string, colour: string, figure: string): string =>
  `<tr><th>${escape(what)}</th><td class="${colour}">${escape(state)}</td><td>${escape(figure)}</td></tr>`;

/** One look at one process, for a person: what /ready says, and how the services answered last. */
export function statusPage({ status, reasons, degraded, mentor, monitor, build, api }: Shown): string {
  // A service that fails its check is not known to be away before the bot itself has asked it in vain.
  const unwell = checkedServices.some((service) => isUnwell(stateOf(monitor?.last(service))));
  const [colour, told] = states[status === "ok" && unwell ? "degraded" : status];
  const list = [...reasons, ...degraded].map((line) => `<li>${escape(line)}</li>`).join("");
  const checks =
    monitor === undefined
      ? []
      : checkedServices.map((service) => {
          const check = monitor.last(service);
          const state = stateOf(check);
          return row(service, state, colours[state], check === undefined ? "" : `${Math.round(check.ms)} ms`);
        });
  const breaker =
    mentor === undefined
      ? []
      : [row("mentor", `breaker ${mentor.state}`, mentor.state === "closed" ? "good" : "look", "")];
  const rows = [...checks, ...breaker].join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="15"><title>${told} · launchlab</title><style>${style}</style></head>
<body><h1>launchlab</h1><div class="state ${colour}">${told}</div>
${list === "" ? "" : `<ul>${list}</ul>`}
${rows === "" ? "" : `<table>${rows}</table>`}
<p>As of ${new Date().toISOString().slice(11, 19)} UTC, of this replica alone; looks again every 15 s.</p>
<footer><a href="/ready">ready</a> · <a href="/metrics">metrics</a>${api ? ' · <a href="/api/docs">API</a>' : ""}
 · ${escape(build.version)} ${escape(build.source)}</footer></body></html>
`;
}
