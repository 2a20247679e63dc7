import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Bytes; less is not worth the work. */
const compressedAbove = 1024;
/** Bytes of a value: many times what any has. Who can write to Redis could pack more than memory holds. */
const longest = 4 * 1024 * 1024;
const plain = 0;
const zipped = 1;

/** A value as it is kept: how it is packed (one byte), the version (16 characters), then JSON. */
export async function pack(version: string, value: unknown): Promise<Buffer> {
  const json = Buffer.from(JSON.stringify(value));
  const packed = json.length > compressedAbove;
  const head = Buffer.from(`${String.fromCharCode(packed ? zipped : plain)}${version}`, "latin1");
  return Buffer.concat([head, packed ? await compress(json) : json]);
}

export const versionOf = (bytes: Buffer): string => bytes.subarray(1, 17).toString("latin1");

/** Throws when it is no value that `pack` made. */
export async function unpack(bytes: Buffer): Promise<unknown> {
  const body = bytes.subarray(17);
  const json: unknown = JSON.parse(
    (bytes[0] === zipped ? await decompress(body, { maxOutputLength: longest }) : body).toString(),
  );
  return json;
}
