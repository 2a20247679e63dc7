import { isIP } from "node:net";
import { connect } from "node:tls";
import type { Address } from "./config.ts";

const timeout = 5000;

/**
 * Milliseconds until the certificate ends that a server shows to clients of `host`; negative when it has. Who vouches for
 * it does not matter. Rejects when the server shows none.
 */
export function certificateLeft(
  { host: at, port }: Address,
  host: string,
  now = Date.now(),
): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: at,
      port,
      // An address is no name to ask for.
      servername: isIP(host) === 0 ? host : "",
      rejectUnauthorized: false,
      timeout,
    });
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate === undefined) reject(new Error(`${at}:${port} shows no certificate`));
      else resolve(certificate.validToDate.getTime() - now);
    });
    socket.once("timeout", () => socket.destroy(new Error(`${at}:${port} does not answer over TLS`)));
    socket.once("error", reject);
  });
}
