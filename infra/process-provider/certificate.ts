import { isIP } from "node:net";

const YEARS = 10;

/**
 * A certificate for a host, a name or an address, that vouches for itself, and its private key, in PEM format. RSA,
 * which Telegram is known to take; it lives for 10 years, and is made anew by `up --replace`.
 */
export async function selfSigned(host: string): Promise<{ certificate: string; key: string }> {
  // Loaded only here: it is large, and made once in the life of a stack.
  const { generate } = await import("selfsigned");
  const end = new Date();
  end.setFullYear(end.getFullYear() + YEARS);
  const name = isIP(host) === 0 ? { type: 2 as const, value: host } : { type: 7 as const, ip: host };
  const made = await generate([{ name: "commonName", value: host }], {
    keySize: 2048,
    algorithm: "sha256",
    notAfterDate: end,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "subjectAltName", altNames: [name] },
    ],
  });
  return { certificate: made.cert, key: made.private };
}
