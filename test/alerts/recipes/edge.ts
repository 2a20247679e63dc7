import { down, series, type Recipe } from "../recipe.ts";

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
  CertificateEndsSoon: series("the certificate is good for ten more days", {
    'bot_webhook_certificate_left_seconds{job="bot",instance="other",role="worker",host="bot.example.org"}':
      10 * 86_400,
  }),
};
