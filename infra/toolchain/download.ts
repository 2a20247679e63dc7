import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** How long a host may take to answer at all before it counts as unreachable. */
const REACH_MS = 4000;
/** How long a whole download may take. */
const DOWNLOAD_MS = 15 * 60_000;

/**
 * True when the file is there and its host answers within seconds. An error status counts as no: a company's
 * proxy answers 403 or 407 for what it does not let through.
 */
export async function reachable(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(REACH_MS);
    return (await fetch(url, { method: "HEAD", redirect: "manual", signal })).status < 400;
  } catch {
    return false;
  }
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Finds the line of a `sha256sums.txt` (or a bare checksum file) that belongs to `name`. */
export function checksumOf(text: string, name: string): string {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const line = lines.find(
    ([sum, file]) => /^[0-9a-f]{64}$/.test(sum ?? "") && (file ?? name).replace(/^\*/, "") === name,
  );
  if (line?.[0] === undefined) throw new Error(`the list of checksums does not name ${name}`);
  return line[0];
}

/** Downloads `url` to `target` and checks it against the vendor's list of checksums. Nothing is left on failure. */
export async function download(url: string, checksumsUrl: string, target: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  try {
    const signal = AbortSignal.timeout(DOWNLOAD_MS);
    const [sums, body] = await Promise.all([fetch(checksumsUrl, { signal }), fetch(url, { signal })]);
    if (!sums.ok) throw new Error(`${checksumsUrl} answered ${sums.status}`);
    if (!body.ok || body.body === null) throw new Error(`${url} answered ${body.status}`);
    await pipeline(Readable.fromWeb(body.body), createWriteStream(target));
    const wanted = checksumOf(await sums.text(), name);
    const got = await sha256(target);
    if (got !== wanted) throw new Error(`${name} has checksum ${got}, its vendor says ${wanted}: not used`);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}
