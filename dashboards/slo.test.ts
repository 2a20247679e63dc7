import { expect, test } from "vitest";
import { burnLimit, burns, type Objective, objectives } from "./slo.ts";

test("every speed of burning can be reached: it asks for less than all updates to be bad", () => {
  for (const objective of Object.keys(objectives) as Objective[]) {
    for (const { factor } of [...burns.page, ...burns.ticket]) {
      expect(burnLimit(objective, factor)).toBeLessThan(1);
      expect(burnLimit(objective, factor)).toBeGreaterThan(0);
    }
  }
});
