import { Decrypter, Encrypter } from "age-encryption";
import { BackupError } from "./error.ts";

type Bytes = AsyncIterable<Uint8Array>;

const stream = (content: Bytes): ReadableStream<Uint8Array> => ReadableStream.from(content);

/** Encrypts for an age recipient (`age1...`), piece by piece. Throws a BackupError when it is none. */
export async function encrypt(content: Bytes, recipient: string): Promise<Bytes> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new BackupError("the recipient is not a valid age recipient", error);
  }
  return encrypter.encrypt(stream(content));
}

/**
 * Opens what was encrypted for this age identity, piece by piece; each piece is authenticated before it is handed on.
 * Throws a BackupError at once when the identity is another one, and while reading when the content was changed.
 */
export async function decrypt(content: Bytes, identity: string, recipient: string): Promise<Bytes> {
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity);
  } catch (error) {
    throw new BackupError("the identity is not a valid age identity", error);
  }
  let opened: Bytes;
  try {
    opened = await decrypter.decrypt(stream(content));
  } catch (error) {
    const wrongKey = error instanceof Error && error.message.startsWith("no identity matched");
    throw new BackupError(
      wrongKey ? `wrong key: the backup is encrypted for ${recipient}` : "the backup is not an age file",
      error,
    );
  }
  return (async function* () {
    try {
      yield* opened;
    } catch (error) {
      throw new BackupError("the encrypted content was changed, or is cut off", error);
    }
  })();
}
