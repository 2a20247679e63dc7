import { expect, test } from "vitest";
import { refusalOf } from "./callers.ts";

const caller = (method: string, host: string, origin?: string) =>
  refusalOf({ method, headers: origin === undefined ? { host } : { host, origin } });

test.each(["127.0.0.1:8404", "localhost:8404", "[::1]:8404", "localhost"])("%s is let in", (host) => {
  expect(caller("GET", host)).toBeUndefined();
  expect(caller("POST", host, `http://${host}`)).toBeUndefined();
});

test.each(["evil.example", "127.0.0.1.evil.example:8404", "localhost.evil.example", "", "192.168.1.5:8404"])(
  "a browser that was told that this machine is %s reads nothing",
  (host) => {
    expect(caller("GET", host)).toContain("127.0.0.1");
  },
);

test.each(["https://evil.example", "http://127.0.0.1:9999", "null", "https://127.0.0.1:8404"])(
  "a page of %s changes nothing",
  (origin) => {
    expect(caller("POST", "127.0.0.1:8404", origin)).toContain("other sites");
    expect(caller("DELETE", "127.0.0.1:8404", origin)).toContain("other sites");
  },
);

test("programs of this machine have no origin, and may do what its people may", () => {
  expect(caller("POST", "127.0.0.1:8404")).toBeUndefined();
});
