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
  /** What it belongs to, and goes with. */
  readonly csvResult?: number;
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

/** Bytes that are written or read at once: the client copies what it sends several times. */
const piece = 256 * 1024;

/** Stores a file, in the transaction of `query`; calls name it by the id (see `StoredFile`). */
export async function addFile(query: Query, file: NewFile): Promise<number> {
  const { userId, name, mime, bytes, gzippedFrom, keepDays, csvResult } = file;
  const [row] = await query<{ id: number }>(
    "file_add",
    `INSERT INTO files (user_id, name, mime, size, gzipped, keep_until, csv_result_id)
     VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6), $7) RETURNING id`,
    [
      ...[userId, name, mime, gzippedFrom ?? bytes.length, gzippedFrom !== undefined],
      ...[keepDays ?? null, csvResult ?? null],
    ],
  );
  if (row === undefined) throw new Error("the database gave no id for a file");
  for (let at = 0; at < bytes.length; at += piece) {
    await query("file_add", "INSERT INTO file_pieces (file_id, number, bytes) VALUES ($1, $2, $3)", [
      ...[row.id, at / piece, bytes.subarray(at, at + piece)],
    ]);
  }
  return row.id;
}

async function* pieces(database: Database, id: number): AsyncGenerator<Buffer> {
  for (let number = 0; ; number += 1) {
    const [row] = await database.query<{ bytes: Buffer }>(
      "file_read",
      "SELECT bytes FROM file_pieces WHERE file_id = $1 AND number = $2",
      [id, number],
    );
    if (row === undefined) return;
    yield row.bytes;
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
