import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  type ListPartsCommandOutput,
  type Part,
} from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { BackupError, codeOf } from "./error.ts";
import type { Target } from "./target.ts";

export interface BucketConfig {
  /** Of the S3-compatible service, as https://HOST. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Stands before every name; empty, or with a slash at its end. */
  readonly prefix: string;
  /** Whether the bucket stands in the path, and not before the host's name. */
  readonly pathStyle: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Bytes of a part: in memory while it is sent. A backup has at most 10 000 of them, 160 GB. */
const PART_BYTES = 16 * 1024 * 1024;
const TRIES = 5;
/** Milliseconds until an answer begins: a part in less than half a megabit a second. */
const ANSWER_MS = 300_000;

/** The content in pieces of this size, the last one smaller. */
async function* pieces(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < size) continue;
    const all = Buffer.concat(waiting);
    const whole = all.length - (all.length % size);
    for (let from = 0; from < whole; from += size) yield all.subarray(from, from + size);
    waiting = [all.subarray(whole)];
    bytes = all.length - whole;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** Backups in a bucket of any service that speaks S3. */
export function bucketTarget(config: BucketConfig, partBytes = PART_BYTES): Target {
  const { endpoint, region, bucket: Bucket, prefix, pathStyle, accessKey, secretKey } = config;
  const place = `the bucket ${Bucket} at ${endpoint}`;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: pathStyle,
    maxAttempts: TRIES,
    // A part is small, and a service that never asks for it costs 6 s each time.
    expectContinueHeader: false,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // Not every service knows the newer checksums; TLS and our own SHA-256 are there anyway.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const keyOf = (name: string): { readonly Bucket: string; readonly Key: string } => ({
    Bucket,
    Key: prefix + name,
  });

  /** What an operator can do something about, in a sentence without secrets. */
  function told(error: unknown): unknown {
    if (error instanceof S3ServiceException) {
      return new BackupError(`${place} refuses (${error.name}): ${error.message}`, error);
    }
    const code = codeOf(error);
    return code === undefined ? error : new BackupError(`${place} cannot be reached (${code})`, error);
  }
  const tell = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw told(error);
    });

  /** Uploads that were begun and not completed. Few: none is left by one that went well. */
  async function unfinished(Prefix: string) {
    const { Uploads = [] } = await tell(client.send(new ListMultipartUploadsCommand({ Bucket, Prefix })));
    return Uploads.flatMap(({ Key, UploadId }) =>
      Key === undefined || UploadId === undefined ? [] : [{ Bucket, Key, UploadId }],
    );
  }

  /** The upload that an interrupted write of this name left, with what it has; otherwise a new one. */
  async function upload(name: string) {
    const key = keyOf(name);
    const parts = new Map<number, Part>();
    const [left] = (await unfinished(key.Key)).filter((one) => one.Key === key.Key);
    if (left === undefined) {
      const { UploadId } = await tell(client.send(new CreateMultipartUploadCommand(key)));
      return { target: { ...key, UploadId }, parts };
    }
    // The library's own pages never end where a service gives a last marker with the last page.
    for (let PartNumberMarker: string | undefined = "0"; PartNumberMarker !== undefined;) {
      const page: ListPartsCommandOutput = await tell(
        client.send(new ListPartsCommand({ ...left, PartNumberMarker })),
      );
      for (const part of page.Parts ?? []) parts.set(part.PartNumber ?? 0, part);
      PartNumberMarker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    }
    return { target: left, parts };
  }

  return {
    place,
    async list() {
      const names: string[] = [];
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }))
          for (const { Key = "" } of Contents) names.push(Key.slice(prefix.length));
      } catch (error) {
        throw told(error);
      }
      return names.filter((name) => !name.includes("/"));
    },
    async size(name) {
      try {
        return (await client.send(new HeadObjectCommand(keyOf(name)))).ContentLength;
      } catch (error) {
        if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
        throw told(error);
      }
    },
    async write(name, content) {
      const all = pieces(content, partBytes);
      const first = await all.next();
      const Body = first.done === true ? Buffer.alloc(0) : first.value;
      if (Body.length < partBytes) {
        await tell(client.send(new PutObjectCommand({ ...keyOf(name), Body })));
        return;
      }
      // What has arrived when it breaks off stays there: the next try goes on after it.
      const { target, parts } = await upload(name);
      const Parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
      const send = async (part: Buffer): Promise<void> => {
        const PartNumber = Parts.length + 1;
        const there = parts.get(PartNumber);
        const same =
          there?.Size === part.length && there.ETag === `"${createHash("md5").update(part).digest("hex")}"`;
        const { ETag } = same
          ? there
          : await tell(client.send(new UploadPartCommand({ ...target, PartNumber, Body: part })));
        Parts.push({ PartNumber, ETag });
      };
      await send(Body);
      for await (const part of all) await send(part);
      await tell(client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } })));
    },
    async *read(name) {
      const { Body } = await tell(client.send(new GetObjectCommand(keyOf(name))));
      try {
        yield* Body as AsyncIterable<Uint8Array>;
      } catch (error) {
        throw told(error);
      }
    },
    async remove(name) {
      await tell(client.send(new DeleteObjectCommand(keyOf(name))));
    },
    async tidy() {
      for (const one of await unfinished(prefix))
        await tell(client.send(new AbortMultipartUploadCommand(one)));
    },
  };
}
