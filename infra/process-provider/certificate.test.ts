import { X509Certificate, createPrivateKey } from "node:crypto";
import { expect, it } from "vitest";
import { selfSigned } from "./certificate.ts";

it.each(["bot.example.org", "198.51.100.7", "2001:db8::7"])(
  "a certificate for %s vouches for itself, for years, and fits its key",
  async (host) => {
    const { certificate, key } = await selfSigned(host);
    const read = new X509Certificate(certificate);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.subject).toBe(`CN=${host}`);
    expect(host.includes(".org") ? read.checkHost(host) : read.checkIP(host)).toBeDefined();
    expect(read.checkHost("other.example.org")).toBeUndefined();
    expect(read.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
    expect(Date.parse(read.validTo) - Date.now()).toBeGreaterThan(9 * 365 * 86_400_000);
  },
);
