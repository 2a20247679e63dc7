import { extname } from "node:path";

/** What people and bots send as a file is kept up to this size altogether; then the oldest go. */
const MOST_BYTES = 512 * 2 ** 20;

export type FileKind = "photo" | "document" | "video" | "audio" | "voice" | "animation";

/** A file on its way into the simulator. */
export interface Upload {
  readonly name: string;
  readonly mime: string;
  readonly content: Buffer;
}

export interface StoredFile extends Upload {
  readonly kind: FileKind;
  readonly file_id: string;
  readonly file_unique_id: string;
  /** The path of getFile. */
  readonly path: string;
}

/** What ids begin with at Telegram, which some people know by heart. */
const prefixes: Readonly<Record<FileKind, string>> = {
  photo: "AgACAgIAAxkB",
  document: "BQACAgIAAxkB",
  video: "BAACAgIAAxkB",
  audio: "CQACAgIAAxkB",
  voice: "AwACAgIAAxkB",
  animation: "CgACAgIAAxkB",
};

export function createFiles(nextId: () => number) {
  const byId = new Map<string, StoredFile>();
  const byPath = new Map<string, StoredFile>();
  let bytes = 0;

  function put(file: StoredFile): void {
    byId.set(file.file_id, file);
    byPath.set(file.path, file);
    bytes += file.content.length;
    for (const oldest of byId.values()) {
      if (bytes <= MOST_BYTES) break;
      byId.delete(oldest.file_id);
      byPath.delete(oldest.path);
      bytes -= oldest.content.length;
    }
  }

  return {
    /** One from a snapshot. */
    put,
    all: (): StoredFile[] => [...byId.values()],
    add(kind: FileKind, upload: Upload): StoredFile {
      const number = nextId();
      const id = Buffer.from(`${kind}:${number}`).toString("base64url");
      const file: StoredFile = {
        ...upload,
        kind,
        file_id: `${prefixes[kind]}${id}`,
        file_unique_id: `AQAD${id}`,
        path: `${kind}s/file_${number}${extname(upload.name).toLowerCase()}`,
      };
      put(file);
      return file;
    },
    /** What is asked for stays longer than what is not. */
    get(fileId: string): StoredFile | undefined {
      const file = byId.get(fileId);
      if (file === undefined) return undefined;
      byId.delete(fileId);
      byId.set(fileId, file);
      return file;
    },
    at: (path: string): StoredFile | undefined => byPath.get(path),
    reset(): void {
      byId.clear();
      byPath.clear();
      bytes = 0;
    },
  };
}

export type Files = ReturnType<typeof createFiles>;
