import { expect, it } from "vitest";
import { scheduleOf, url } from "./workload.ts";

it("writes the address of an endpoint, with a path when one is given", () => {
  const endpoint = { host: "127.0.0.1", port: 8400 };
  expect(url(endpoint)).toBe("http://127.0.0.1:8400");
  expect(url(endpoint, "/health")).toBe("http://127.0.0.1:8400/health");
});

it("takes a schedule of five fields, and refuses what some platform would read differently", () => {
  for (const schedule of ["0 2 * * *", "0 3 * * 1", "*/15 8-18 1,15 * 0"])
    expect(scheduleOf({ schedule })).toBe(schedule);
  for (const schedule of [
    "",
    "0 2 * *",
    "0 2 * * * *",
    "60 2 * * *",
    "0 2 * * 7",
    "@daily",
    "0 2 L * *",
    "a b c d e",
  ])
    expect(() => scheduleOf({ schedule }), schedule).toThrow("is no schedule");
  expect(() => scheduleOf({})).toThrow("is no schedule");
});
