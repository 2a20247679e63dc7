import { colour } from "./dom.ts";

/** Readable on light and dark; none is the red of what is wrong. */
const COUNT = 10;

export const lineColour = (index: number): string => colour(`line-${index % COUNT}`);
