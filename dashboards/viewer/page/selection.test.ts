import { expect, test } from "vitest";
import { fixed, readSelection, spanOf, writeSelection } from "./selection.ts";
import { moment } from "./time.ts";

test("an address of Grafana is understood", () => {
  const query =
    "?from=now-6h&to=now&refresh=30s&var-stack=dev&var-replica=a:1&var-replica=b:2&viewPanel=panel-17";
  expect(readSelection(query)).toEqual({
    from: "now-6h",
    to: "now",
    refresh: true,
    stack: "dev",
    replicas: ["a:1", "b:2"],
    viewPanel: 17,
  });
});

test("what is written is read again", () => {
  const selection = {
    ...fixed({ from: 1_700_000_000, to: 1_700_000_600 }),
    stack: 'a&b="c"',
    replicas: ["x", "y"],
    viewPanel: undefined,
  };
  expect(readSelection(`?${writeSelection(selection)}`)).toEqual(selection);
  expect(spanOf(selection)).toEqual({ from: 1_700_000_000, to: 1_700_000_600 });
});

test.each(["", "?from=yesterday&to=now", "?from=now&to=now-1h", "?viewPanel=all&var-replica=$__all"])(
  "%s shows the last hour of everything",
  (query) => {
    expect(readSelection(query)).toMatchObject({
      from: "now-1h",
      to: "now",
      replicas: [],
      viewPanel: undefined,
    });
  },
);

test("times are relative to now, or milliseconds", () => {
  expect(moment("now", 1000)).toBe(1000);
  expect(moment("now-5m", 1000)).toBe(700);
  expect(moment("1700000000000", 1000)).toBe(1_700_000_000);
  expect(moment("now-5y", 1000)).toBeUndefined();
});
