import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Database, Query } from "./pool.ts";

export interface NewFile {
  readonly userId: number;
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
  /** Size of the content when `bytes` are it compressed; they are sent unpacked. */
  readonly gzippedFrom?: number;
  /** Days for which it stays; without, it goes when it was sent. */
  readonly keepDays?: number;
}

/** A file that is sent. */
export interface FileToSend {
  readonly name: string;
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
  /** Reads it from the beginning; a few hundred kilobytes are in memory at a time. */
  content(): AsyncIterable<Uint8Array>;
}

/** Bytes that are read at once. */
const piece = 512 * 1024;

/** Stores a file; calls name it by the id (see `StoredFile`). */
export async function addFile(query: Query, file: NewFile): Promise<number> {
  const { userId, name, mime, bytes, gzippedFrom, keepDays } = file;
  const [row] = await query<{ id: number }>(
    "file_add",
    `INSERT INTO files (user_id, name, mime, size, gzipped, bytes, keep_until)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)) RETURNING id`,
    [userId, name, mime, gzippedFrom ?? bytes.length, gzippedFrom !== undefined, bytes, keepDays ?? null],
  );
  if (row === undefined) throw new Error("the database gave no id for a file");
  return row.id;
}

async function* pieces(database: Database, id: number): AsyncGenerator<Buffer> {
  for (let from = 1; ; from += piece) {
    const [row] = await database.query<{ part: Buffer }>(
      "file_read",
      "SELECT substring(bytes FROM $2::int FOR $3::int) AS part FROM files WHERE id = $1",
      [id, from, piece],
    );
    if (row === undefined) throw new Error("the file was deleted while it was read");
    if (row.part.length > 0) yield row.part;
    if (row.part.length < piece) return;
  }
}

/** Finds a stored file; undefined when it is not there any more. */
export async function findFile(database: Database, id: number): Promise<FileToSend | undefined> {
  const [row] = await database.query<{ name: string; mime: string; size: number; gzipped: boolean }>(
    "file_read",
    "SELECT name, mime, size, gzipped FROM files WHERE id = $1",
    [id],
  );
  if (row === undefined) return undefined;
  const { gzipped, ...file } = row;
  const content = (): AsyncIterable<Uint8Array> => pieces(database, id);
  if (!gzipped) return { ...file, content };
  return { ...file, content: () => pipeline(Readable.from(content()), createGunzip(), () => undefined) };
}

/** Deletes files whose time is over, and those that nothing sent within two days. */
export async function purgeFiles(database: Database): Promise<void> {
  await database.query(
    "file_purge",
    "DELETE FROM files WHERE coalesce(keep_until, created_at + interval '2 days') < now()",
  );
}
