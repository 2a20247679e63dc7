import type { IncomingHttpHeaders } from "node:http";
import type { Upload } from "../files.ts";
import { ApiError } from "./error.ts";
import { readMultipart } from "./multipart.ts";

/**
 * The arguments of a call. Telegram takes every value as text or as JSON, whatever way it came, so numbers may
 * be strings and objects may be JSON inside a string. Files are uploads.
 */
export type Arguments = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads the arguments from the query and the body. Throws ApiError when the body is not what it says. */
export function readArguments(
  query: string,
  headers: Pick<IncomingHttpHeaders, "content-type">,
  body: Buffer,
): Arguments {
  const type = headers["content-type"] ?? "";
  if (query === "" && type.startsWith("application/json")) return json(body);
  const fromQuery = Object.fromEntries(new URLSearchParams(query));
  if (body.length === 0) return fromQuery;
  if (type.startsWith("application/json")) return { ...fromQuery, ...json(body) };
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body.toString())) };
  }
  if (type.startsWith("multipart/form-data")) {
    return { ...fromQuery, ...Object.fromEntries(readMultipart(type, body)) };
  }
  throw new ApiError(400, `unsupported content type ${JSON.stringify(type.slice(0, 100))}`);
}

function json(body: Buffer): Arguments {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new ApiError(400, "can't parse JSON object");
  }
  if (!isRecord(value)) throw new ApiError(400, "can't parse request: expected an object");
  return value;
}

/** Text, "" when missing. Numbers and booleans are taken as text. */
export function text(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** A whole number, clamped to the limits; `fallback` when missing or not a number, as at Telegram. */
export function integer(args: Arguments, name: string, fallback: number, min: number, max: number): number {
  const value = text(args, name).trim();
  return /^-?\d{1,15}$/.test(value) ? Math.min(max, Math.max(min, Number(value))) : fallback;
}

export const flag = (args: Arguments, name: string): boolean =>
  ["true", "yes", "1"].includes(text(args, name).trim().toLowerCase());

/** An object or list, also from JSON inside a string; undefined when missing. */
export function object(args: Arguments, name: string): unknown {
  const value = args[name];
  if (typeof value !== "string" || value === "") return value === "" ? undefined : value;
  try {
    return JSON.parse(value);
  } catch {
    throw new ApiError(400, `can't parse ${name} JSON object`);
  }
}

/** A file that came with the call under that name; undefined when there is none. */
export function upload(args: Arguments, name: string): Upload | undefined {
  const value = args[name];
  if (typeof value !== "object" || value === null || !("content" in value)) return undefined;
  // Only the reader of multipart bodies makes Buffers.
  return Buffer.isBuffer(value.content) ? (value as Upload) : undefined;
}
