import { writeFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/**
 * What became of a download. slow: it took longer than it may. large: there is more than asked for. gone: Telegram has
 * no such file. network: everything else, which another try may mend.
 */
export type Download =
  | { readonly ok: true; readonly size: number }
  | { readonly ok: false; readonly why: "slow" | "large" | "gone" | "network"; readonly description: string };

/** Bytes that Telegram hands to a bot at most. */
export const largestDownload = 20 * 1024 * 1024;
/** Milliseconds. */
export const downloadLimit = 10_000;

/**
 * Writes a file of Telegram into an open one, waiting for the disk, as only a thread of its own may: at most 20 MB
 * within 10 s, whatever was said about its size before. Never throws; no description names the address, which holds the
 * token.
 *
 * @param url of the file, see `TelegramApi.fileUrl`
 * @param fd of a new file
 */
export function download(url: string, fd: number): Promise<Download> {
  return new Promise((resolve) => {
    const ended = (result: Download): void => {
      clearTimeout(timer);
      resolve(result);
      if (!result.ok) outgoing.destroy();
    };
    const failed = (why: Exclude<Download, { ok: true }>["why"], description: string): void =>
      ended({ ok: false, why, description });

    async function write(incoming: IncomingMessage): Promise<void> {
      const { statusCode = 0 } = incoming;
      if (statusCode !== 200) {
        const refused = statusCode >= 400 && statusCode < 500 && statusCode !== 429;
        failed(refused ? "gone" : "network", `status ${statusCode}`);
        return;
      }
      let size = 0;
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > largestDownload) {
          failed("large", `more than ${largestDownload} bytes`);
          return;
        }
        // Not a stream: when one is destroyed it closes a file that is not its own.
        writeFileSync(fd, chunk);
      }
      ended({ ok: true, size });
    }
    const answered = (incoming: IncomingMessage): void => {
      write(incoming).catch((error: unknown) => failed("network", String(error)));
    };
    const outgoing = url.startsWith("https:") ? https.get(url, answered) : http.get(url, answered);
    const timer = setTimeout(() => failed("slow", `not there within ${downloadLimit} ms`), downloadLimit);
    outgoing.on("error", (error) => failed("network", error.message));
  });
}
