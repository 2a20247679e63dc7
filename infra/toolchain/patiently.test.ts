import { afterEach, expect, it, vi } from "vitest";
import { patiently } from "./patiently.ts";

afterEach(() => void vi.useRealTimers());

it("says every 15 s that it goes on, until the end", async () => {
  vi.useFakeTimers();
  const said: string[] = [];
  let end = (): void => undefined;
  const work = patiently(
    (line) => said.push(line),
    () => new Promise<string>((resolve) => (end = () => resolve("done"))),
  );
  vi.advanceTimersByTime(31_000);
  end();
  expect(await work).toBe("done");
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(["  ... still at it after 15 s", "  ... still at it after 30 s"]);
});
