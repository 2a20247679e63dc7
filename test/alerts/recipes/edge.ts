import { down, series, type Recipe } from "../recipe.ts";
import { talk } from "../traffic.ts";

/** People write while nginx has another configuration. */
const misconfigured = (cause: string, change: (config: string) => string): Recipe => ({
  how: "fault",
  cause,
  inject: async ({ stack }) => {
    const stop = await talk(stack, 10, 1000, () => "/help");
    const restore = stack.reconfigure(change);
    return async () => {
      restore();
      await stop();
    };
  },
});

const other = 'job="nginx",instance="other"';

export const edgeRecipes: Readonly<Record<string, Recipe>> = {
  NginxDown: down("nginx is ended", ["gateway"]),
  GatewayConnectionsHigh: series("5000 connections are open", {
    [`nginx_connections_active{${other}}`]: 5000,
  }),
  GatewayConnectionsDropped: series("a tenth of the connections is dropped", {
    [`nginx_connections_accepted{${other}}`]: { perSecond: 100 },
    [`nginx_connections_handled{${other}}`]: { perSecond: 90 },
  }),
  GatewayErrorRateHigh: misconfigured("nginx looks for the replicas where nobody is", (config) =>
    config.replace(/server 127\.0\.0\.1:\d+ max_fails/g, "server 127.0.0.1:9 max_fails"),
  ),
  GatewayLatencyP95High: misconfigured("nginx passes on two updates a second, and ten come", (config) =>
    config.replace(/rate=\d+r\/s/, "rate=2r/s"),
  ),
  GatewayRefusesRequests: misconfigured("nginx lets nobody wait, and ten updates a second come", (config) =>
    config.replace(/rate=\d+r\/s/, "rate=2r/s").replace(/ burst=\d+/, ""),
  ),
  GatewayRequestsUncounted: misconfigured("nginx writes its log to nobody", (config) =>
    config.replace(/syslog:server=127\.0\.0\.1:\d+/g, "syslog:server=127.0.0.1:9"),
  ),
  CertificateEndsSoon: series("the certificate is good for ten more days", {
    'bot_webhook_certificate_left_seconds{job="bot",instance="other",role="worker",host="bot.example.org"}':
      10 * 86_400,
  }),
};
