import { createHash, timingSafeEqual } from "node:crypto";

// The only place where secrets are compared; the linter refuses others.

/** What a secret is compared by: digests have one length, whatever they are of. */
export const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether two digests, of 32 bytes each, are the same. The time taken tells nothing of either. */
export const sameDigest = (one: Uint8Array, other: Uint8Array): boolean => timingSafeEqual(one, other);

/** Whether a text is one of the secrets with these digests. All are compared, whichever it is. */
export function isOneOf(secrets: readonly Uint8Array[], text: string): boolean {
  const given = digest(text);
  return secrets.map((secret) => sameDigest(secret, given)).includes(true);
}
