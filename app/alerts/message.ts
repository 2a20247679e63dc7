import { escape } from "../telegram/texts.ts";
import type { AlertState, Notification } from "./notification.ts";

/** Characters of a message that Telegram takes. It counts them without the tags, so this is on the safe side. */
const LONGEST = 4096;
const LONGEST_NAME = 120;
const LONGEST_LINE = 400;
const LONGEST_DESCRIPTION = 1500;
const LONGEST_LINK = 500;

/** How urgent it is; what is over has a mark of its own. */
const marks: Readonly<Record<string, string>> = { critical: "🔴", warning: "🟠" };

/** The text as HTML of at most so many characters. */
function html(text: string, longest: number): string {
  let result = "";
  for (const character of text) {
    const next = escape(character);
    if (result.length + next.length >= longest) return `${result}…`;
    result += next;
  }
  return result;
}

/** 12:03:15 UTC */
const clock = (date: string): string => `${new Date(date).toISOString().slice(11, 19)} UTC`;

/** "2 h 5 min", by the two largest units. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [d, h, m, s] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const parts = [`${d} d`, `${h} h`, `${m} min`, `${s} s`];
  const first = [d, h, m, s].findIndex((n) => n > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter((part) => !part.startsWith("0 "))
    .join(" ");
}

function lineOf({ status, labels, annotations, startsAt, endsAt }: AlertState): string {
  const summary = html(annotations["summary"] ?? labels["alertname"] ?? "", LONGEST_LINE);
  if (status === "firing") return `${summary}\n<i>since ${clock(startsAt)}</i>`;
  const lasted = duration(Date.parse(endsAt) - Date.parse(startsAt));
  return `<s>${summary}</s>\n<i>over at ${clock(endsAt)}, after ${lasted}</i>`;
}

/** Telegram makes no link of what is no address. */
function linksOf({ annotations }: AlertState, grafanaUrl: string | undefined): string[] {
  const { runbook_url: runbook, __dashboardUid__: board, __panelId__: panel } = annotations;
  const link = (url: string, text: string): string[] => {
    const href = escape(url);
    return href.length > LONGEST_LINK ? [] : [`<a href="${href}">${text}</a>`];
  };
  return [
    ...(runbook === undefined
      ? []
      : /^https?:\/\//.test(runbook)
        ? link(runbook, "Runbook")
        : [`Runbook: <code>${html(runbook, LONGEST_LINK)}</code>`]),
    ...(grafanaUrl === undefined || board === undefined || panel === undefined
      ? []
      : link(`${grafanaUrl}/d/${encodeURIComponent(board)}?viewPanel=${encodeURIComponent(panel)}`, "Panel")),
  ];
}

/** As many as fit, one after the other. */
function listed(alerts: readonly AlertState[], room: number): string {
  let text = "";
  for (const [i, alert] of alerts.entries()) {
    const more = `\n\n… and ${alerts.length - i} more`;
    const next = `${text}\n\n${lineOf(alert)}`;
    if (next.length + more.length > room) return text + more;
    text = next;
  }
  return text;
}

/**
 * What people read in the chat, as HTML of the Bot API. Alerts of one notification have the same name; what is over
 * comes last. `grafanaUrl`: where the panels are, if anywhere.
 */
export function messageOf({ alerts }: Notification, grafanaUrl: string | undefined): string {
  const firing = alerts.filter(({ status }) => status === "firing");
  const over = alerts.filter(({ status }) => status === "resolved");
  const [first] = [...firing, ...over];
  if (first === undefined) throw new Error("a notification without an alert");
  const { labels, annotations } = first;
  const all = firing.length === 0;
  const place = [labels["stack"], labels["namespace"]].filter((text) => text !== undefined).join(" / ");
  const count = alerts.length === 1 ? "" : ` (${all ? over.length : firing.length})`;
  const head =
    `${all ? "✅" : (marks[labels["severity"] ?? ""] ?? "🔵")} ` +
    `<b>${html(labels["alertname"] ?? "Alert", LONGEST_NAME)}</b>${count}${all ? " is over" : ""}` +
    (place === "" ? "" : ` · ${html(place, LONGEST_NAME)}`);
  const description = all ? "" : html(annotations["description"] ?? "", LONGEST_DESCRIPTION);
  const links = linksOf(first, grafanaUrl).join(" · ");
  const foot = [description, all ? "" : links].filter((text) => text !== "").map((text) => `\n\n${text}`);
  const rest = foot.join("");
  return head + listed([...firing, ...over], LONGEST - head.length - rest.length) + rest;
}
