import { InputFile } from "grammy";
import { z } from "zod";
import type { ApiMethod } from "../metric-labels.ts";

/** A file of the table `files`, as an argument of `sendDocument` and `sendPhoto`. Its bytes are read when it is sent. */
export class StoredFile extends InputFile {
  readonly id: number;
  constructor(id: number) {
    super(new Uint8Array());
    this.id = id;
  }
  override toJSON(): { $file: number } {
    return { $file: this.id };
  }
}

const fields: Partial<Record<ApiMethod, string>> = { sendDocument: "document", sendPhoto: "photo" };
const payloadSchema = z.record(z.string(), z.unknown());
const reference = z.object({ $file: z.number() });

export interface FileReference {
  readonly id: number;
  readonly field: string;
  /** The other fields of the call. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** The stored file that a call refers to; undefined when it refers to none. */
export function storedFileOf(method: ApiMethod, payload: string): FileReference | undefined {
  const field = fields[method];
  if (field === undefined) return undefined;
  const { [field]: value, ...rest } = payloadSchema.parse(JSON.parse(payload));
  const { data } = reference.safeParse(value);
  return data && { id: data.$file, field, rest };
}
