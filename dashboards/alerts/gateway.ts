import type { Alert, Threshold } from "../catalogue.ts";
import { above, breach, complement, given, increase, quantile, rate, ratio, select, sum } from "../promql.ts";
import { from, value } from "./text.ts";

const job = ["job"];
const passedOn = { passed_on: "true" };
const requests = select("gateway_requests_total");
const passed = select("gateway_requests_total", passedOn);
/** nginx itself says no: the caller has too many under way (429), or may not come at all (403). */
const refused = select("gateway_requests_total", { passed_on: "false", code: ["403", "429"] });

/** Below this many in 5 minutes one bad or slow request would be several per cent. */
const minimumPassed = above(sum(job, increase(passed, "5m")), 20);

export const answersByCode = sum(["job", "code"], rate(requests, "5m"));
export const failedShare = ratio(
  sum(job, rate(select("gateway_requests_total", { ...passedOn, code: ["500", "502", "503", "504"] }), "5m")),
  sum(job, rate(passed, "5m")),
);
export const failedLimit: Threshold = { unit: "ratio", is: "above", value: 0.05 };

export const edgeLatency = (q: number) => quantile(q, "gateway_request_duration_seconds", job, "5m");
export const edgeLatencyLimit: Threshold = { unit: "seconds", is: "above", value: 1 };

export const refusedShare = ratio(sum(job, rate(refused, "5m")), sum(job, rate(requests, "5m")));
export const refusedLimit: Threshold = { unit: "ratio", is: "above", value: 0.05 };

const target = ["job", "instance"];
/** nginx counts its requests itself, and logs each of them. */
export const uncounted = complement(
  ratio(
    sum(target, increase(select("gateway_log_lines_total", { kind: ["request", "own"] }), "5m")),
    sum(target, increase(select("nginx_http_requests_total"), "5m")),
  ),
);
export const uncountedLimit: Threshold = { unit: "ratio", is: "above", value: 0.1 };

const board = (key: string) => ({ board: "gateway", key });
const labels = { job: "nginx" };
const edge = from({ job: "nginx", instance: "edge" });
const answered = (code: number, samples: string, passed_on = "true") =>
  edge("gateway_requests_total", samples, `,code="${code}",passed_on="${passed_on}"`);
const within = (le: string, samples: string) =>
  edge("gateway_request_duration_seconds_bucket", samples, `,le="${le}"`);
/** Requests that nginx says it had, and lines about them. */
const logged = (all: string, lines: string, own = "0+5x80") => ({
  ...edge("nginx_http_requests_total", all),
  ...edge("gateway_log_lines_total", lines, ',kind="request"'),
  ...edge("gateway_log_lines_total", own, ',kind="own"'),
});

/** What nginx answers, as those see it who ask. */
export const gatewayAlerts: readonly Alert[] = [
  {
    name: "GatewayErrorRateHigh",
    service: "nginx",
    severity: "critical",
    expr: given(breach(failedShare, failedLimit), minimumPassed),
    for: "2m",
    summary: `The gateway answers ${value("ratio")} of the updates with an error`,
    description:
      "People wait for their answers: Telegram keeps what got an error, and delivers it again, later and later. " +
      "502: the gateway finds no replica; 503: those that it finds take nothing; 504: they do not answer.",
    normal: "0 %",
    threshold: failedLimit,
    panel: board("failed"),
    inhibits: ["GatewayLatencyP95High", "TelegramPendingUpdatesHigh", "TelegramWebhookFailing"],
    fires: [
      {
        when: "every twelfth update finds no replica",
        samples: { ...answered(200, "0+88x60"), ...answered(502, "0+8x60") },
        from: "15s",
        labels,
        summary: "The gateway answers 8.333% of the updates with an error",
      },
      {
        when: "no replica takes anything",
        samples: { ...answered(200, "500x60"), ...answered(503, "0+5x60"), ...answered(504, "0+5x60") },
        from: "45s",
        labels,
        summary: "The gateway answers 100% of the updates with an error",
      },
    ],
    quiet: [
      {
        when: "one of twenty-five fails",
        samples: { ...answered(200, "0+96x60"), ...answered(502, "0+4x60") },
        at: ["10m"],
      },
      {
        when: "a single update of a quiet night fails",
        samples: { ...answered(200, "0+1x4 4x60"), ...answered(502, "0x4 1x60") },
        at: ["3m", "5m"],
      },
      {
        when: "strangers look for something, and the bot is full for a moment",
        samples: {
          ...answered(200, "0+50x60"),
          ...answered(404, "0+50x60", "false"),
          ...answered(429, "0+10x60"),
        },
        at: ["10m"],
      },
      { when: "nothing happens", samples: answered(200, "7x60"), at: ["10m"] },
    ],
  },
  {
    name: "GatewayLatencyP95High",
    service: "nginx",
    severity: "warning",
    expr: given(breach(edgeLatency(0.95), edgeLatencyLimit), minimumPassed),
    for: "5m",
    summary: `5 % of the updates are at the gateway for longer than ${value("seconds")}`,
    description:
      "Telegram waits that long. When the bot's own times are good, updates wait before it: for a replica that " +
      "hangs, or because they come faster than the gateway passes on.",
    normal: "p95 below 100 ms",
    threshold: edgeLatencyLimit,
    panel: board("duration"),
    fires: [
      {
        when: "a tenth of the updates takes 1 to 2.5 s",
        samples: {
          ...within("0.5", "0+90x60"),
          ...within("1", "0+90x60"),
          ...within("2.5", "0+100x60"),
          ...within("+Inf", "0+100x60"),
          ...answered(200, "0+100x60"),
        },
        from: "15s",
        labels,
        summary: "5 % of the updates are at the gateway for longer than 1.75s",
      },
    ],
    quiet: [
      {
        when: "4 % of the updates is slow",
        samples: {
          ...within("1", "0+96x60"),
          ...within("2.5", "0+100x60"),
          ...within("+Inf", "0+100x60"),
          ...answered(200, "0+100x60"),
        },
        at: ["10m"],
      },
      {
        when: "the only update in four minutes is slow, all night",
        samples: {
          ...within("1", "0x80"),
          ...within("2.5", "0x15 1x15 2x15 3x15 4x15"),
          ...within("+Inf", "0x15 1x15 2x15 3x15 4x15"),
          ...answered(200, "0x15 1x15 2x15 3x15 4x15"),
        },
        at: ["10m", "14m"],
      },
      {
        when: "nothing happens",
        samples: { ...within("1", "9x60"), ...within("+Inf", "9x60"), ...answered(200, "9x60") },
        at: ["10m"],
      },
    ],
  },
  {
    name: "GatewayRefusesRequests",
    service: "nginx",
    severity: "warning",
    expr: given(breach(refusedShare, refusedLimit), above(sum(job, increase(refused, "5m")), 20)),
    for: "5m",
    summary: `The gateway refuses ${value("ratio")} of the requests`,
    description:
      "Either somebody floods it, and is held off: then nothing is to be done. Or it takes all callers for one, or " +
      "Telegram for a stranger: then updates come late or not at all.",
    normal: "0 %",
    threshold: refusedLimit,
    panel: board("refused"),
    fires: [
      {
        when: "one caller sends more than it may",
        samples: { ...answered(200, "0+92x60"), ...answered(429, "0+8x60", "false") },
        from: "45s",
        labels,
        summary: "The gateway refuses 8% of the requests",
      },
      {
        when: "Telegram has new networks",
        samples: { ...answered(200, "500x60"), ...answered(403, "0+10x60", "false") },
        from: "45s",
        labels,
        summary: "The gateway refuses 100% of the requests",
      },
    ],
    quiet: [
      {
        when: "one of twenty-five is refused",
        samples: { ...answered(200, "0+96x60"), ...answered(429, "0+4x60", "false") },
        at: ["10m"],
      },
      {
        when: "a stranger tries once a minute while nobody else writes",
        samples: answered(403, "0+1x4 4x4 4+1x4 8x4 8+1x4 12x60", "false"),
        at: ["6m", "8m"],
      },
      {
        when: "the bot is full",
        samples: { ...answered(200, "0+80x60"), ...answered(429, "0+20x60") },
        at: ["10m"],
      },
      { when: "nothing happens", samples: answered(429, "7x60", "false"), at: ["10m"] },
    ],
  },
  {
    name: "GatewayRequestsUncounted",
    service: "nginx",
    severity: "warning",
    expr: breach(uncounted, uncountedLimit),
    for: "5m",
    summary: `${value("ratio")} of the requests at {{ $labels.instance }} are not counted`,
    description:
      "Lines of its log do not reach the exporter, so what the gateway answers is not known, and alerts about it " +
      "may be silent. Nobody who writes to the bot notices.",
    normal: "0 %",
    threshold: uncountedLimit,
    panel: board("uncounted"),
    fires: [
      {
        when: "the exporter is too slow for all of them",
        samples: logged("0+100x80", "0+80x80"),
        from: "15s",
        labels: { job: "nginx", instance: "edge" },
        summary: "15% of the requests at edge are not counted",
      },
      {
        when: "no line arrives, and nobody asks but the exporter itself",
        samples: logged("0+1x80", "0x80", "0x80"),
        from: "15s",
        labels: { job: "nginx", instance: "edge" },
        summary: "100% of the requests at edge are not counted",
      },
    ],
    quiet: [
      { when: "one of twenty is lost", samples: logged("0+100x80", "0+90x80"), at: ["10m"] },
      { when: "all of them arrive", samples: logged("0+105x80", "0+100x80"), at: ["10m"] },
      {
        when: "the exporter is replaced",
        samples: logged("0+100x80", "0+95x30 _x2 0+95x48", "0+5x30 _x2 0+5x48"),
        at: ["9m", "12m"],
      },
      { when: "nothing is known", samples: edge("nginx_up", "0x60"), at: ["10m"] },
    ],
  },
];
