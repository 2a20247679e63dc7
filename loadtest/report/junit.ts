import type { Result } from "../result.ts";
import { actualOf, promise } from "./format.ts";

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? "&quot;");

/** The promises as test cases, for what shows JUnit's XML; none is passed in an invalid run. */
export function junitReport({ profile, measured: { verdicts, seconds }, invalid }: Result): string {
  const cases = verdicts.map(({ metric, condition, ok, actual }) => {
    const name = escape(promise(metric, condition));
    const reason =
      invalid.length > 0 ? `invalid run: ${invalid.join("; ")}` : `measured ${actualOf(metric, actual)}`;
    const failure = ok && invalid.length === 0 ? "" : `<failure message="${escape(reason)}"/>`;
    return `  <testcase classname="load.${profile}" name="${name}">${failure}</testcase>`;
  });
  const failures = invalid.length > 0 ? verdicts.length : verdicts.filter(({ ok }) => !ok).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="load ${profile}" tests="${verdicts.length}" failures="${failures}" time="${seconds.toFixed(1)}">`,
    ...cases,
    "</testsuite>",
    "",
  ].join("\n");
}
