import { expect, it } from "vitest";
import { fieldsText, understand } from "./log-line.ts";

const parts = (text: string) => {
  const { time, level, message } = understand(text);
  return [time?.toISOString(), level, message];
};

it("reads the lines of every program of the stack", () => {
  expect(parts('{"level":"warn","time":"2026-11-22T04:41:24.123Z","role":"web","msg":"late"}')).toEqual([
    "2026-11-22T04:41:24.123Z",
    "warn",
    "late",
  ]);
  expect(parts('ts=2026-11-22T04:41:24.123Z caller=main.go:1 level=error msg="it \\"failed\\""')).toEqual([
    "2026-11-22T04:41:24.123Z",
    "error",
    'it "failed"',
  ]);
  expect(parts("time=2026-11-22T04:41:24Z level=INFO source=main.go:1 msg=ready")).toEqual([
    "2026-11-22T04:41:24.000Z",
    "info",
    "ready",
  ]);
  expect(parts("2026-11-22 04:41:24.123 UTC [42] FATAL:  it is starting up")).toEqual([
    "2026-11-22T04:41:24.123Z",
    "fatal",
    "it is starting up",
  ]);
  // A user and a database may stand between.
  expect(parts("2026-11-22 04:41:24.123 GMT [42] bot@launchlab WARNING:  late").slice(1)).toEqual([
    "warn",
    "late",
  ]);
  const local = (text: string) => new Date(text).toISOString();
  expect(parts("2026/11/22 04:41:24 [emerg] 42#42: no such file")).toEqual([
    local("2026-11-22T04:41:24"),
    "fatal",
    "42#42: no such file",
  ]);
  expect(parts("42:M 22 Nov 2026 04:41:24.123 # Out of memory")).toEqual([
    local("2026-11-22T04:41:24.123"),
    "warn",
    "Out of memory",
  ]);
  expect(parts("    at somewhere (file.ts:1:2)")).toEqual([
    undefined,
    undefined,
    "    at somewhere (file.ts:1:2)",
  ]);
  expect(parts("[supervisor] web-0 ended: SIGKILL")).toEqual([
    undefined,
    "warn",
    "[supervisor] web-0 ended: SIGKILL",
  ]);
});

it("takes what only looks like JSON for text", () => {
  expect(parts("{ not json")).toEqual([undefined, undefined, "{ not json"]);
  expect(parts('["a"]')[2]).toBe('["a"]');
  expect(parts('{"msg":5,"time":"never","level":"loud"}')).toEqual([undefined, "info", ""]);
});

it("keeps what a line holds from commanding the terminal", () => {
  const escape = "\u001b[2J\u0007\u009b31m";
  // eslint-disable-next-line no-control-regex
  const commands = /[\u001b\u0007\u009b]/;
  expect(understand(JSON.stringify({ msg: `a${escape}b` })).message).not.toMatch(commands);
  expect(understand(`a${escape}b`).message).not.toMatch(commands);
  expect(fieldsText({ name: escape }).inline).not.toMatch(commands);
});

it("shows the fields of a line in one line, and the stack of an error below", () => {
  const err = { name: "Error", message: "no", code: "ECONNREFUSED", stack: "Error: no\n    at x" };
  expect(fieldsText({ role: "web", pid: 4, update_id: 7, list: [1], err })).toEqual({
    inline: "update_id=7 list=[1] code=ECONNREFUSED",
    below: "Error: no\n    at x",
  });
});
