import pg from "pg";
import { describe, expect, test } from "vitest";
import { classify, DatabaseUnavailable, serverAbsent, worthRepeating } from "./errors.ts";

function refused(code: string): Error {
  const error = new pg.DatabaseError("refused", 7, "error");
  error.code = code;
  return error;
}
const ofNode = (code: string): Error => Object.assign(new Error("socket"), { code });

describe("while another server takes over", () => {
  test.each(["57P01", "57P02", "57P03", "25006", "08P01", "08006", "08003", "08001"])(
    "the refusal %s is no fault of the work",
    (code) => {
      expect(classify(refused(code))).toBeInstanceOf(DatabaseUnavailable);
      expect(serverAbsent(refused(code))).toBe(true);
      expect(serverAbsent(classify(refused(code)))).toBe(true);
    },
  );

  test.each(["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ENOTFOUND", "EPIPE"])(
    "nor is %s",
    (code) => {
      expect(serverAbsent(ofNode(code))).toBe(true);
      expect(serverAbsent(classify(ofNode(code)))).toBe(true);
    },
  );

  test.each(["Connection terminated unexpectedly", "timeout expired", "Query read timeout"])(
    "nor is %s",
    (message) => {
      expect(serverAbsent(new Error(message))).toBe(true);
      expect(serverAbsent(classify(new Error(message)))).toBe(true);
    },
  );
});

test.each(["42601", "23505", "28P01", "3D000"])("the refusal %s says that a server is there", (code) => {
  expect(serverAbsent(refused(code))).toBe(false);
});

test.each(["57014", "55P03", "40P01", "53100"])("so does %s, which may pass", (code) => {
  expect(classify(refused(code))).toBeInstanceOf(DatabaseUnavailable);
  expect(serverAbsent(classify(refused(code)))).toBe(false);
});

test("only a deadlock and a lost connection are worth another try at once", () => {
  for (const code of ["40001", "40P01", "57P01", "08P01", "08006"])
    expect(worthRepeating(classify(refused(code))), code).toBe(true);
  for (const code of ["57014", "55P03", "25006", "53300", "42601"])
    expect(worthRepeating(classify(refused(code))), code).toBe(false);
  expect(worthRepeating(classify(ofNode("ECONNREFUSED")))).toBe(false);
});
