/**
 * writing: a new backup. copying: it, to the bucket. checking: is it what was written? reading: it is decrypted and put to
 * use.
 */
export type Step = "writing" | "copying" | "checking" | "reading";

/** Hears how far it is: bytes of this step up to now, and of all of it, where that is known. */
export type Progress = (step: Step, bytes: number, total?: number) => void;

/** The same content; `progress` hears of each piece. */
export async function* counted(
  content: AsyncIterable<Uint8Array>,
  progress: Progress,
  step: Step,
  total?: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    progress(step, bytes, total);
    yield chunk;
  }
}
