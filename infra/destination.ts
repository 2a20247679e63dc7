import { isIP } from "node:net";
import type { Destination } from "./workload.ts";

/** One host out of the stack, by its name or its address (IPv6 also in brackets). */
export function destination(host: string, port: number): Destination {
  const address = host.replace(/^\[|\]$/g, "");
  const bits = { 0: undefined, 4: 32, 6: 128 }[isIP(address)];
  // A name may stand for another address tomorrow.
  return { networks: bits === undefined ? ["0.0.0.0/0", "::/0"] : [`${address}/${bits}`], port };
}

/** The host of an http or https address. */
export function destinationOf(url: string): Destination {
  const { hostname, protocol, port } = new URL(url);
  return destination(hostname, Number(port) || (protocol === "https:" ? 443 : 80));
}

/**
 * Telegram's networks, all that https://core.telegram.org/resources/cidr.txt lists (2026-02). Which of them serve the
 * Bot API is said nowhere, and may change.
 */
export const telegram: Destination = {
  networks: [
    "91.105.192.0/23",
    "91.108.4.0/22",
    "91.108.8.0/22",
    "91.108.12.0/22",
    "91.108.16.0/22",
    "91.108.20.0/22",
    "91.108.56.0/22",
    "149.154.160.0/20",
    "185.76.151.0/24",
    "2001:67c:4e8::/48",
    "2001:b28:f23c::/48",
    "2001:b28:f23d::/48",
    "2001:b28:f23f::/48",
    "2a0a:f280::/32",
  ],
  port: 443,
};
