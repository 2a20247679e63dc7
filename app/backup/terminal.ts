import type { Progress, Step } from "./progress.ts";

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Milliseconds between two looks at a terminal, and between two lines of a log. */
const REDRAWN_MS = 200;
const LINE_MS = 10_000;

/** "reading 120.0 MB of 240.0 MB (50 %)". */
export function described(step: Step, bytes: number, total: number | undefined): string {
  if (total === undefined) return `${step} ${megabytes(bytes)}`;
  return `${step} ${megabytes(bytes)} of ${megabytes(total)} (${Math.floor((bytes / total) * 100)} %)`;
}

/** Shows how far it is: on a terminal in one line that changes, elsewhere in a line from time to time. */
export function showProgress(
  out: Pick<NodeJS.WriteStream, "write" | "isTTY">,
  now = () => performance.now(),
): { readonly progress: Progress; readonly clear: () => void } {
  let last = now();
  let drawn = false;
  return {
    progress: (step, bytes, total) => {
      if (now() - last < (out.isTTY ? REDRAWN_MS : LINE_MS)) return;
      last = now();
      const text = described(step, bytes, total);
      out.write(out.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
      drawn = out.isTTY;
    },
    clear: () => {
      if (drawn) out.write("\r\x1b[K");
      drawn = false;
    },
  };
}
