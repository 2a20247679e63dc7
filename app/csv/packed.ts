import { once } from "node:events";
import { createGzip } from "node:zlib";

/** The largest file that a bot may send, less what surrounds it in a form. */
const largest = 49 * 1024 * 1024;
/** Characters that are written at once. */
const batch = 64 * 1024;

/** A text, compressed. */
export interface Packed {
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Bytes of the text itself. */
  readonly size: number;
}

/** Compresses a text while it is made, off the event loop. */
export class Packer {
  private readonly gzip = createGzip();
  private readonly parts: Buffer[] = [];
  private pending = "";
  private size = 0;

  constructor() {
    this.gzip.on("data", (part: Buffer) => this.parts.push(part));
  }

  add(text: string): void {
    this.pending += text;
  }

  /** Waits until what was added is nearly through, so that it does not pile up. */
  async flush(): Promise<void> {
    if (this.pending.length < batch) return;
    await this.write();
  }

  private async write(): Promise<void> {
    const bytes = Buffer.from(this.pending);
    this.pending = "";
    this.size += bytes.length;
    if (this.size <= largest && !this.gzip.write(bytes)) await once(this.gzip, "drain");
  }

  /** The result; undefined when it is larger than a bot may send. */
  async end(): Promise<Packed | undefined> {
    await this.write();
    this.gzip.end();
    await once(this.gzip, "end");
    return this.size <= largest
      ? { gzip: new Uint8Array(Buffer.concat(this.parts)), size: this.size }
      : undefined;
  }

  /** Gives its memory back when the result is not wanted any more. */
  drop(): void {
    this.gzip.destroy();
  }
}
