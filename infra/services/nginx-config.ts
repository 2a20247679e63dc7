import type { CertificateFiles, Endpoint } from "../workload.ts";
import { renderLog } from "./nginx-log.ts";

export interface NginxOptions {
  readonly listen: Endpoint;
  /** Serves `/stub_status` and `/health`, never published. */
  readonly status: Endpoint;
  /** Is told of each request, over UDP. */
  readonly log: Endpoint;
  /** The web replicas. */
  readonly upstream: readonly Endpoint[];
  /** A folder that nginx may write, for its pid and for bodies that do not fit into memory. */
  readonly scratch: string;
  /** With which `listen` answers over TLS. @default none: plain HTTP */
  readonly certificate?: CertificateFiles | undefined;
  /** Requests that one caller may have under way. */
  readonly callerRequests: number;
  /** Requests per second at which those of one caller are passed on. */
  readonly callerRate: number;
  /** Networks (CIDR) of those who pass requests on, and whose word for where they come from counts. @default none */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Networks (CIDR) that may post. @default all */
  readonly allowedNetworks?: readonly string[] | undefined;
}

/**
 * Either carries several times what the largest stack is sent. One for each core of the machine (`auto`) would need more
 * memory on large machines than the gateway may have: 2 MB each when idle.
 */
export const WORKERS = 2;
/** Of each worker: those of clients, and those to the bot. */
export const WORKER_CONNECTIONS = 4096;

const at = ({ host, port }: Endpoint): string => `${host}:${port}`;

/**
 * The gateway's nginx.conf, for nginx 1.22 and newer. It passes `POST /telegram` to the next replica when one
 * is down, drains, or hangs: safe although a POST is not idempotent, because each update carries an id that
 * the bot acts on only once.
 */
export function renderNginx(options: NginxOptions): string {
  const { listen, status, upstream, scratch, certificate } = options;
  // One address for all replicas would leave no other one to try. `resolve` needs nginx 1.27.3.
  const servers = upstream.map(
    (one) => `server ${at(one)}${one.resolver === undefined ? "" : " resolve"} max_fails=1 fail_timeout=2s;`,
  );
  const resolvers = [...new Set(upstream.flatMap(({ resolver }) => resolver ?? []))];
  // Replicas come and go; 2 s is as long as one that fails is left out.
  const resolver =
    resolvers.length === 0 ? "" : `resolver ${resolvers.join(" ")} valid=2s;\n    zone web 128k;\n    `;
  // One that stops would close connections that are idle for a moment, just when the next request arrives. Now that one
  // is answered, and closes the connection. Needs nginx 1.27.4, so it stands where `resolve` does.
  const stay = resolvers.length === 0 ? "" : "  keepalive_min_timeout 10s;\n";
  // After a roll, two replicas can be gone whose addresses are still known for 2 s.
  const tries = resolvers.length === 0 ? 2 : 4;
  const pass = `      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Request-Id $request_id;
      proxy_connect_timeout 1s;
      proxy_send_timeout 5s;
      # Longer than the slowest update: 5 s for a connection, 3 s for a lock, 8 s for the handler, 2 s for sends.
      proxy_read_timeout 20s;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
      proxy_next_upstream_tries ${tries};
      proxy_next_upstream_timeout 30s;
`;
  // nginx gives up on an update when the list of replicas changes while one of them is tried: once more, with the new list.
  const again = resolvers.length === 0 ? undefined : `\n    location @again {\n${pass}    }\n`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${scratch}/${kind};`,
  );
  const tls = certificate === undefined ? undefined : renderTls(certificate);
  const callers = renderCallers(options);
  const log = renderLog(options.log);
  return `daemon off;
pid ${scratch}/nginx.pid;
error_log stderr warn;
worker_processes ${WORKERS};
worker_shutdown_timeout 25s;

events {
  worker_connections ${WORKER_CONNECTIONS};
}

http {
  server_tokens off;
${log.formats}  ${temporary.join("\n  ")}

  # Telegram opens at most 100 connections and keeps them.
  keepalive_timeout 75s;
  keepalive_requests 100000;
${stay}  client_header_timeout 5s;
  client_body_timeout 10s;
  client_max_body_size 1m;
  # An update fits into memory, so no body touches the disk.
  client_body_buffer_size 64k;

${callers.zones}
${tls?.variables ?? ""}  upstream web {
    ${resolver}${servers.join("\n    ")}
    keepalive 128;
    # Shorter than the bot's own 75 s: nginx must never use a connection that the bot is closing.
    keepalive_timeout 60s;
    keepalive_requests 100000;
  }

  server {
    listen ${at(listen)}${tls === undefined ? "" : " ssl"};
${tls?.server ?? ""}${log.edge}${callers.server}
    location = /telegram {
      if ($request_method != POST) {
        return 405;
      }
      # Only as it is written: //telegram and /x/../telegram would reach the bot as they came.
      if ($request_uri !~ "^/telegram(\\?|$)") {
        return 404;
      }
${callers.location}${again === undefined ? "" : "      error_page 502 = @again;\n"}${pass}    }
${again ?? ""}
    location @later {
      add_header Retry-After 1 always;
      return 429;
    }

    location / {
      return 404;
    }
  }

  server {
    listen ${at(status)};
${tls?.check ?? ""}${log.own}
    location = /health {
      return 200 "ok\\n";
    }

    location = /stub_status {
      stub_status;
    }

    location / {
      return 404;
    }
  }
}
${log.relay}`;
}

/**
 * The parts of nginx.conf that tell callers apart, by address. What comes faster than the rate waits instead of being
 * refused: a caller has no more waiting than it has under way, so only the limit of those is ever reached. Telegram
 * stays below it however much it has kept back.
 */
function renderCallers({
  callerRequests,
  callerRate,
  trustedProxies = [],
  allowedNetworks = [],
}: NginxOptions): Record<"zones" | "server" | "location", string> {
  const proxies = trustedProxies.map((network) => `    set_real_ip_from ${network};\n`).join("");
  const allowed = allowedNetworks.map((network) => `      allow ${network};\n`).join("");
  return {
    zones: `  limit_conn_zone $binary_remote_addr zone=under_way:10m;
  limit_req_zone $binary_remote_addr zone=pace:10m rate=${callerRate}r/s;
`,
    // From the right, the first address that is not a trusted proxy's own: what stands before it, anybody can write.
    server:
      proxies === ""
        ? ""
        : `${proxies}    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
`,
    location: `      limit_conn under_way ${callerRequests};
      limit_req zone=pace burst=${callerRequests};
      limit_conn_status 429;
      limit_req_status 429;
      # Not a line for each one that waits.
      limit_req_log_level warn;
      # Only for what nginx itself refuses: the bot says when to come again.
      error_page 429 = @later;
${allowed === "" ? "" : `${allowed}      deny all;\n`}`,
  };
}

/** The parts of nginx.conf that answer over TLS. */
function renderTls({ certificate, key }: CertificateFiles): Record<"variables" | "server" | "check", string> {
  return {
    // A path in a variable is read at each handshake: a renewal needs no reload. From 1.27.4 on nginx reads both files
    // again when they do not fit, because they were exchanged between the one and the other.
    variables: `  map "" $certificate {
    default ${certificate};
  }

  map "" $certificate_key {
    default ${key};
  }

`,
    server: `    ssl_certificate $certificate;
    ssl_certificate_key $certificate_key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
    # Sessions are kept here instead of in tickets, whose key would be as old as the process.
    ssl_session_tickets off;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1h;
`,
    // Served to nobody: a path that is no variable is read at the start, which fails when the files are not usable.
    check: `    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
`,
  };
}
