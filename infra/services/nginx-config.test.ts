import { expect, it } from "vitest";
import { connectionsLimit } from "../../dashboards/alerts/nginx.ts";
import { renderNginx, WORKER_CONNECTIONS, WORKERS } from "./nginx-config.ts";
import { checkConfig } from "./nginx-fixture.ts";

const replicas = (count: number): { host: string; port: number }[] =>
  Array.from({ length: count }, (_, i) => ({ host: "127.0.0.1", port: 8440 + i }));

const log = { host: "127.0.0.1", port: 8419 };
const limits = { callerRequests: 200, callerRate: 1600 };

const render = (count: number): string =>
  renderNginx({
    ...limits,
    log,
    listen: { host: "127.0.0.1", port: 8400 },
    status: { host: "127.0.0.1", port: 8410 },
    upstream: replicas(count),
    scratch: "/run/gateway",
  });

it("lists every web replica, and takes one that fails out for two seconds", () => {
  expect(render(2)).toContain(`  upstream web {
    server 127.0.0.1:8440 max_fails=1 fail_timeout=2s;
    server 127.0.0.1:8441 max_fails=1 fail_timeout=2s;
    keepalive 128;
`);
});

it("listens on the given addresses only", () => {
  const listens = render(2).match(/^ *listen .*$/gm);
  expect(listens).toEqual(["    listen 127.0.0.1:8400;", "    listen 127.0.0.1:8410;"]);
});

it("passes an update on after errors, time-outs and refusals, once", () => {
  expect(render(2)).toContain(`      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
      proxy_next_upstream_tries 2;
`);
});

it("writes nowhere but into its own folder", () => {
  const paths = [...render(2).matchAll(/^ *(pid|\w+_temp_path|error_log) ([^; ]+)/gm)];
  expect(
    paths.map(([, , path]) => path).filter((path) => path?.startsWith("/run/gateway/") !== true),
  ).toEqual(["stderr"]);
  expect(paths).toHaveLength(7);
});

it.each([2, 8])("is accepted by nginx for %i replicas, without a warning", async (count) => {
  const { code, output } = await checkConfig(replicas(count));
  expect(output).not.toMatch(/\[(warn|emerg)\]/);
  expect(code, output).toBe(0);
});

it("asks the name server for replicas that come and go, and only then", () => {
  const resolver = "kube-dns.kube-system.svc.cluster.local";
  const text = renderNginx({
    ...limits,
    log,
    listen: { host: "0.0.0.0", port: 8080 },
    status: { host: "0.0.0.0", port: 8081 },
    upstream: [{ host: "web-webhook.launchlab.svc.cluster.local", port: 8080, resolver }],
    scratch: "/tmp",
  });
  expect(text).toContain(`  upstream web {
    resolver kube-dns.kube-system.svc.cluster.local valid=2s;
    zone web 128k;
    server web-webhook.launchlab.svc.cluster.local:8080 resolve max_fails=1 fail_timeout=2s;
`);
  expect(text).toContain("  keepalive_min_timeout 10s;\n");
  expect(text.match(/proxy_next_upstream_tries 4;/g)).toHaveLength(2);
  expect(text).toContain("error_page 502 = @again;");
  expect(render(2)).not.toMatch(/resolve|zone web|keepalive_min|@again/);
});

it("tells the exporter of each request of both servers, in a line without anything of the caller's", () => {
  const text = render(2);
  expect(text.match(/^ *access_log .*$/gm)).toEqual(
    ["edge", "own"].map(
      (format) => `    access_log syslog:server=127.0.0.1:8419,nohostname,tag=gateway ${format};`,
    ),
  );
  expect(text.match(/log_format .*$/gm)).toEqual([
    'log_format edge "$status $request_time $upstream_response_time";',
    "log_format own own;",
  ]);
  expect(text).not.toContain("stream {");
});

it("passes lines on by itself where the exporter's address changes, and starts without it", () => {
  const text = renderNginx({
    ...limits,
    log: { host: "gateway-exporter", port: 9113, resolver: "127.0.0.11" },
    listen: { host: "0.0.0.0", port: 8080 },
    status: { host: "0.0.0.0", port: 8081 },
    upstream: replicas(2),
    scratch: "/tmp",
  });
  // nginx asks for such a name only once, and ends when there is no answer.
  expect(text).not.toMatch(/syslog:server=gateway-exporter/);
  expect(text).toContain("access_log syslog:server=127.0.0.1:9113,");
  expect(text).toMatch(/stream \{[^]*resolver 127\.0\.0\.11 valid=2s;[^]*default gateway-exporter:9113;/);
  expect(text).toMatch(/listen 127\.0\.0\.1:9113 udp;\n *proxy_pass \$exporter;/);
});

it("is watched for four fifths of the connections that it has, two for each request", () => {
  expect(connectionsLimit.value).toBe(Math.floor((0.8 * WORKERS * WORKER_CONNECTIONS) / 2));
  expect(render(2)).toContain(`worker_connections ${WORKER_CONNECTIONS};`);
});
