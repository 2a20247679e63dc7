import type { Recording } from "../catalogue.ts";

export const recordings: readonly Recording[] = [];
