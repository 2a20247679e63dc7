import { unknownCheckingProxy } from "@pulumi/policy";
import { expect, it } from "vitest";
import { z } from "zod";
import { judge, type Described } from "./judge.ts";
import type { ResourceRule, StackRule } from "./rule.ts";

/** The library exports it without its type. */
const asEngine = z.custom<(props: unknown) => Record<string, unknown>>().parse(unknownCheckingProxy);

/** What the engine sends for a text that is not known before the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const levelSchema = z.object({ level: z.string() });
const isHigh = (props: unknown): boolean => levelSchema.parse(props).level === "high";

const ofEach: ResourceRule = {
  name: "not-high",
  description: "Nothing is high.",
  check: ({ name, protect, props }) => (isHigh(props) ? [`${name} is high, protect ${protect}`] : []),
};
const ofAll: StackRule = {
  name: "none-high",
  description: "Nothing is high.",
  checkStack: (all) =>
    all.filter(({ props }) => isHigh(props)).map((resource) => ({ resource, message: "high" })),
};

const described = (name: string, level: string, rest = ""): Described => ({
  type: "test:index:One",
  name,
  urn: `urn:${name}`,
  props: asEngine({ level, rest }),
  opts: { protect: true },
});

function judged(rule: ResourceRule | StackRule, ...resources: Described[]): string[] {
  const found: string[] = [];
  judge(rule, resources, (message, urn) => found.push(`${urn}: ${message}`));
  return found;
}

it("reports what breaks a rule at the resource that does", () => {
  const resources = [described("a", "low"), described("b", "high")];
  expect(judged(ofEach, ...resources)).toEqual(["urn:b: b is high, protect true"]);
  expect(judged(ofAll, ...resources)).toEqual(["urn:b: high"]);
});

it("leaves to the update what is not known in a preview, and judges the rest", () => {
  const resources = [described("a", UNKNOWN), described("b", "high")];
  expect(judged(ofEach, ...resources)).toEqual(["urn:b: b is high, protect true"]);
  expect(judged(ofAll, ...resources)).toEqual([]);
});

it("minds only the values that the rule reads", () => {
  expect(judged(ofAll, described("b", "high", UNKNOWN))).toHaveLength(1);
});

it("does not hide a rule that fails", () => {
  const broken = { ...described("a", "low"), props: {} };
  expect(() => judged(ofEach, broken)).toThrow("level");
});
