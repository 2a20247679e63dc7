const EVERY_MS = 15_000;

/** Does what may take long without a word of its own, and says every 15 s that it goes on. */
export async function patiently<T>(say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const begun = Date.now();
  const timer = setInterval(
    () => say(`  ... still at it after ${Math.round((Date.now() - begun) / 1000)} s`),
    EVERY_MS,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
