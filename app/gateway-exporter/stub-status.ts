/** In the order in which nginx says them; the names are those of its own exporter. */
const figures = [
  ["nginx_connections_active", "gauge", "Connections of clients that are open"],
  ["nginx_connections_accepted", "counter", "Connections of clients that were accepted"],
  ["nginx_connections_handled", "counter", "Connections of clients that were not dropped at once"],
  ["nginx_http_requests_total", "counter", "Requests, with those about nginx itself"],
  ["nginx_connections_reading", "gauge", "Connections of which a request is read"],
  ["nginx_connections_writing", "gauge", "Connections of which a request is answered"],
  ["nginx_connections_waiting", "gauge", "Connections that wait for the next request"],
] as const;

const metric = (name: string, type: string, help: string, value: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;

/** nginx' answer about itself as text for Prometheus; `nginx_up` alone when there is none that can be read. */
export function exposition(answer: string | undefined): string {
  const values = answer?.match(/\d+/g) ?? [];
  const up = values.length === figures.length;
  const known = figures.map(([name, type, help], i) => metric(name, type, help, values[i] ?? ""));
  return [metric("nginx_up", "gauge", "Whether nginx answers", up ? "1" : "0"), ...(up ? known : [])].join(
    "",
  );
}
