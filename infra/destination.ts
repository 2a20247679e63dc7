import { isIP } from "node:net";
import type { Destination } from "./workload.ts";

/** One host out of the stack, by its name or its address (IPv6 also in brackets). */
export function destination(host: string, port: number): Destination {
  const address = host.replace(/^\[|\]$/g, "");
  const bits = { 0: undefined, 4: 32, 6: 128 }[isIP(address)];
  // A name may stand for another address tomorrow.
  return { networks: bits === undefined ? ["0.0.0.0/0", "::/0"] : [`${address}/${bits}`], port };
}
