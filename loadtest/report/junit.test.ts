import { expect, test } from "vitest";
import type { Result } from "../result.ts";
import { junitReport } from "./junit.ts";

const verdict = (ok: boolean) => ({
  metric: "accepted{scenario:people}",
  condition: "rate==1",
  ok,
  actual: 0.5,
});
const result = (invalid: string[], ...kept: boolean[]): Result => ({
  profile: "smoke",
  description: "",
  startedAt: "",
  target: "",
  machine: "",
  k6: "",
  commit: undefined,
  measured: {
    seconds: 12,
    updates: 1,
    perSecond: 1,
    accepted: 1,
    dropped: 0,
    fromDue: undefined,
    fromSent: undefined,
    kinds: [],
    curve: [],
    files: undefined,
    verdicts: kept.map(verdict),
  },
  updates: 1,
  cpu: { cores: 2, machine: { mean: 1, peak: 1 }, generator: undefined },
  apiCalls: undefined,
  knee: undefined,
  invalid,
  exitCode: 0,
});

test("each promise is a test case, and a broken one says what was measured", () => {
  const xml = junitReport(result([], true, false));
  expect(xml).toContain('<testsuite name="load smoke" tests="2" failures="1" time="12.0">');
  expect(xml.match(/<testcase/g)).toHaveLength(2);
  expect(xml).toContain('<failure message="measured 50.00 %"/>');
});

test("nothing is passed in an invalid run, and the reason is escaped", () => {
  const xml = junitReport(result(['the "generator" < busy'], true));
  expect(xml).toContain('failures="1"');
  expect(xml).toContain("invalid run: the &quot;generator&quot; &lt; busy");
});
