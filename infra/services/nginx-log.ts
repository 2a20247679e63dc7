import type { Endpoint } from "../workload.ts";

/**
 * The parts of nginx.conf that tell of each request to the exporter, which counts them (app/gateway-exporter): a datagram
 * with a line, in which there is no address and nothing that a caller wrote. While nobody listens they are lost, and
 * nginx goes on.
 */
export function renderLog({
  host,
  port,
  resolver,
}: Endpoint): Record<"formats" | "edge" | "own" | "relay", string> {
  // nginx asks for the name of a log's place once, and does not start when there is none. Where the address behind the
  // name changes it sends to itself, and asks for each line whither to pass it on.
  const to = resolver === undefined ? `${host}:${port}` : `127.0.0.1:${port}`;
  const log = (format: string): string =>
    `    access_log syslog:server=${to},nohostname,tag=gateway ${format};\n`;
  return {
    formats: `  log_format edge "$status $request_time $upstream_response_time";
  log_format own own;
`,
    edge: log("edge"),
    // So that there are as many lines as nginx says that it had requests.
    own: log("own"),
    relay:
      resolver === undefined
        ? ""
        : `
stream {
  # An alert tells when lines are lost; not a line in this log for each of them.
  error_log stderr crit;
  resolver ${resolver} valid=2s;
  resolver_timeout 1s;

  map "" $exporter {
    default ${host}:${port};
  }

  server {
    listen ${to} udp;
    proxy_pass $exporter;
    proxy_responses 0;
    proxy_timeout 1s;
  }
}
`,
  };
}
