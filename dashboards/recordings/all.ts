import type { Recording } from "../catalogue.ts";
import { sloRecordings } from "./slo.ts";

/** Those that are the same for all stacks; `capacityRecordings` are not. */
export const recordings: readonly Recording[] = [...sloRecordings];
