import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, it } from "vitest";
import { identityFrom, recipientOf } from "./backup-keys.ts";

it("derives one age identity from one seed, always the same", async () => {
  const identity = identityFrom("seed");
  // Backups of earlier versions must stay readable.
  expect(identity).toBe("AGE-SECRET-KEY-1HWTEQ6XZ7LR7Z4ZX68HQUCYENUZWN3WEFHENA6N3NM2TC5DVGC6S3MNU0J");
  expect(identityFrom("other")).not.toBe(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(await recipientOf(identity));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  expect(await decrypter.decrypt(await encrypter.encrypt("text"), "text")).toBe("text");
});

it("accepts a pair that belongs together, and refuses any other without showing it", async () => {
  const [mine, other] = [await generateX25519Identity(), await generateX25519Identity()];
  const recipient = await identityToRecipient(mine);
  expect(await recipientOf(`${mine}\n`, recipient)).toBe(recipient);
  await expect(recipientOf(other, recipient)).rejects.toThrow(/^backup:identity does not belong to[^1]*$/);
  await expect(recipientOf("AGE-SECRET-KEY-1nonsense")).rejects.toThrow(
    /^backup:identity is not an age identity/,
  );
});

it("derives nothing from what only stands for a secret", async () => {
  const identity = identityFrom("<backup-identity>");
  expect(identity).toBe("<backup-identity>");
  expect(await recipientOf(identity)).toBe("<backup-recipient>");
});
