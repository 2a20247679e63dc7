import { randomBytes } from "node:crypto";
import type { FileToSend } from "../database/files.ts";

/** The body of a call with a file, which cannot be a part of JSON. */
export interface Form {
  readonly contentType: string;
  /** Bytes. */
  readonly length: number;
  /** From the beginning, each time that it is called. */
  content(): AsyncIterable<Uint8Array>;
}

/** As browsers do it: these three cannot stand in the head of a part. */
const quoted = (name: string): string =>
  name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** Puts the fields of a call and a file into multipart/form-data. */
export function formOf(fields: Readonly<Record<string, unknown>>, field: string, file: FileToSend): Form {
  const boundary = randomBytes(16).toString("hex");
  const head = (rest: string): string => `--${boundary}\r\nContent-Disposition: form-data; name=${rest}\r\n`;
  const texts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `${head(`"${name}"`)}\r\n${text}\r\n`;
    });
  const fileHead = `${head(`"${field}"; filename="${quoted(file.name)}"`)}Content-Type: ${file.mime}\r\n\r\n`;
  const before = Buffer.from([...texts, fileHead].join(""));
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: before.length + file.size + after.length,
    async *content() {
      yield before;
      yield* file.content();
      yield after;
    },
  };
}
