/** Counts what the OpenAI-compatible API did. */
export function createUsage() {
  const none = { calls: 0, failed: 0, prompt_tokens: 0, completion_tokens: 0 };
  let counts = { ...none };
  return {
    add(more: Partial<typeof none>): void {
      for (const [name, count] of Object.entries(more)) counts[name as keyof typeof none] += count;
    },
    counts: () => ({ ...counts }),
    reset(): void {
      counts = { ...none };
    },
  };
}
