import { metricList } from "../app/metrics.ts";
import type { Annotation } from "./catalogue.ts";
import { max, overTime, select, unless } from "./promql.ts";

/** What tells one build of the bot from another. */
const build = metricList.find(({ name }) => name === "bot_build_info")?.labelNames ?? [];
const running = select("bot_build_info");

export const annotations: readonly Annotation[] = [
  {
    key: "firing",
    title: "Firing alerts",
    expr: max(
      ["alertname", "job", "severity"],
      select("ALERTS", { alertstate: "firing", severity: ["critical", "warning"] }),
    ),
    text: "{{alertname}} {{job}}",
    is: "bad",
  },
  {
    key: "deployments",
    title: "Deployments",
    // A new build is a new series, so its value never changes: it is the build that did not run two minutes ago.
    expr: unless(
      max(["job", ...build], running),
      max(["job", ...build], overTime("max", running, "5m", "2m")),
    ),
    text: ["New build", ...build.map((label) => `{{${label}}}`)].join(" "),
    is: "good",
  },
];
