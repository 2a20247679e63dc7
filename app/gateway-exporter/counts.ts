import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

/** Statuses that nginx or the bot answers with, each counted by itself; any other is one of its class. */
const codes = [200, 400, 401, 403, 404, 405, 408, 413, 429, 499, 500, 502, 503, 504].map(String);
/** Those of requests that were for a replica, whether or not there was one to ask. */
const failures = ["500", "502", "503", "504"];
const classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const passed = ["true", "false"];
const kinds = ["request", "own", "unreadable"] as const;

/**
 * A line of nginx-log.ts behind the head that syslog has: status, seconds, and the seconds of each replica that was
 * asked, `-` for none. Or `own`, for a question about nginx itself.
 */
const line = /^<\d{1,3}>.{15} gateway: (?:own|([1-5]\d\d) (\d{1,9}\.\d{3}) (-|\d[\d., :-]*))$/;

/** Counts the lines of nginx' log. What reads like none of them is counted too, and does nothing else. */
export function createCounts() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: "gateway_requests_total",
    help: "Requests that the gateway answered, by status, and by whether they were to be passed on to a replica",
    labelNames: ["code", "passed_on"],
    registers,
  });
  const duration = new Histogram({
    name: "gateway_request_duration_seconds",
    help: "Time from the first byte of a request that was to be passed on until the last one of its answer",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });
  const lines = new Counter({
    name: "gateway_log_lines_total",
    help: "Lines of the gateway's log that arrived: about requests, about questions to nginx itself, others",
    labelNames: ["kind"],
    registers,
  });
  // All of them from the start, so that rates see the first one.
  for (const code of [...codes, ...classes])
    for (const passed_on of passed) requests.inc({ code, passed_on }, 0);
  for (const kind of kinds) lines.inc({ kind }, 0);

  return {
    registry,
    read(text: string): void {
      const match = line.exec(text);
      const [, status, seconds, replicas] = match ?? [];
      if (status === undefined) {
        lines.inc({ kind: match === null ? "unreadable" : "own" });
        return;
      }
      const passedOn = replicas !== "-" || failures.includes(status);
      const code = codes.includes(status) ? status : `${status.charAt(0)}xx`;
      lines.inc({ kind: "request" });
      requests.inc({ code, passed_on: String(passedOn) });
      if (passedOn) duration.observe(Number(seconds));
    },
  };
}
