import type { Upload } from "../files.ts";

/** For tests: the beginning of a PNG, which says how large the picture is. */
export function png(width: number, height: number): Buffer {
  const head = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const size = Buffer.alloc(17);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.writeUInt8(8, 8);
  return Buffer.concat([head, size]);
}

/** For tests: a file as it comes out of a form. */
export const upload = (
  name: string,
  content: Buffer | string,
  mime = "application/octet-stream",
): Upload => ({
  name,
  mime,
  content: Buffer.from(content),
});
