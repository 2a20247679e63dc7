import { expect, it } from "vitest";
import { url } from "./workload.ts";

it("writes the address of an endpoint, with a path when one is given", () => {
  const endpoint = { host: "127.0.0.1", port: 8400 };
  expect(url(endpoint)).toBe("http://127.0.0.1:8400");
  expect(url(endpoint, "/health")).toBe("http://127.0.0.1:8400/health");
});
