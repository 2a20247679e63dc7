import { RunError } from "@pulumi/pulumi";
import { bech32 } from "@scure/base";
import { identityToRecipient } from "age-encryption";
import { hkdfSync } from "node:crypto";

/** What stands for a secret that nobody has made yet; not a secret itself, so nothing is derived from it. */
const isPlaceholder = (text: string): boolean => /^<.*>$/.test(text);

/**
 * The age identity (private key) that belongs to a random seed, always the same: 32 bytes of HKDF-SHA-256 over the
 * seed, as an X25519 scalar, written as `age-keygen` does (bech32, https://age-encryption.org/v1).
 */
export function identityFrom(seed: string): string {
  if (isPlaceholder(seed)) return seed;
  const scalar = new Uint8Array(hkdfSync("sha256", seed, "", "launchlab backup identity", 32));
  return bech32.encodeFromBytes("AGE-SECRET-KEY-", scalar).toUpperCase();
}

/**
 * The age recipient (public key) of an identity. Throws a RunError when it is none, or when another recipient is
 * `expected`; neither is in the message.
 */
export async function recipientOf(identity: string, expected?: string): Promise<string> {
  if (isPlaceholder(identity)) return expected ?? "<backup-recipient>";
  let recipient: string;
  try {
    recipient = await identityToRecipient(identity.trim());
  } catch {
    throw new RunError(
      "backup:identity is not an age identity (AGE-SECRET-KEY-..., as age-keygen writes it)",
    );
  }
  if (expected !== undefined && recipient !== expected) {
    throw new RunError(
      "backup:identity does not belong to launchlab:backupRecipient: backups could not be opened with it",
    );
  }
  return recipient;
}
