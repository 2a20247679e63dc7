import type { Board } from "../catalogue.ts";
import { overview } from "./overview.ts";

export const boards: readonly Board[] = [overview];
