import { expect, test } from "vitest";
import { alerts } from "../../dashboards/alerts/all.ts";
import { recipes } from "./recipes/all.ts";

test("every alert can be fired, and nothing else", () => {
  const names = alerts.map(({ name }) => name);
  expect(Object.keys(recipes).sort()).toEqual([...names].sort());
});

test("what fires along with an alert is another alert, that calls somebody", () => {
  const critical = alerts.flatMap(({ name, severity }) => (severity === "critical" ? [name] : []));
  for (const [name, { alsoFires = [] }] of Object.entries(recipes))
    for (const other of alsoFires)
      expect(
        critical.filter((one) => one !== name),
        name,
      ).toContain(other);
});
