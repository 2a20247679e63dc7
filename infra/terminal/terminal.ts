import type { WriteStream } from "node:tty";
import type { Screen } from "./draw.ts";

/** Colours for people alone, and not for those who want none: https://no-color.org. */
export const hasColour = ({ isTTY }: Pick<WriteStream, "isTTY">, env = process.env): boolean =>
  isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";

/** What is known of the terminal. What is no terminal takes lines of any length. */
export const screenOf = (stream: WriteStream): Screen => ({
  // Some say that they have no width.
  width: stream.isTTY && stream.columns > 0 ? stream.columns : Infinity,
  colour: hasColour(stream),
});
