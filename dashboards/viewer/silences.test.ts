import { expect, test } from "vitest";
import { silenceOf } from "./silences.ts";

const now = new Date("2026-03-01T12:00:00Z");
const wanted = {
  matchers: [{ name: "alertname", value: "RedisDown" }],
  minutes: 90,
  comment: " moving the cache ",
  author: "Ada",
};

test("a silence begins now and matches texts as they are", () => {
  expect(silenceOf(wanted, now)).toEqual({
    matchers: [{ name: "alertname", value: "RedisDown", isRegex: false, isEqual: true }],
    startsAt: "2026-03-01T12:00:00.000Z",
    endsAt: "2026-03-01T13:30:00.000Z",
    createdBy: "Ada",
    comment: "moving the cache",
  });
});

test.each([
  ["about every alert", { matchers: [] }, "every alert"],
  ["about a label without a value", { matchers: [{ name: "job", value: "" }] }, "no value"],
  ["about something that is no label", { matchers: [{ name: "a b", value: "x" }] }, "names no label"],
  ["for ever", { minutes: 1e9 }, "30 days at most"],
  ["for no time", { minutes: 0 }, "a minute at least"],
  ["without a reason", { comment: "  " }, "say why"],
  ["by nobody", { author: "" }, "who you are"],
])("a silence %s is refused with what is wrong", (_, part, message) => {
  expect(() => silenceOf({ ...wanted, ...part }, now)).toThrow(message);
});
