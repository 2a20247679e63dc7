import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, it } from "vitest";
import { unwrap } from "./secrets.ts";

const signature = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown): unknown => ({ [signature]: pulumi.runtime.specialSecretSig, value });
const output = (value: unknown): unknown => ({
  [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  value,
  secret: true,
  dependencies: [],
});

it("uses the engine's own signatures", () => {
  expect(pulumi.runtime.specialSigKey).toBe(signature);
});

it("removes wrapping at any depth, also within each other", () => {
  const tree = { a: secret("x"), b: [output(secret({ c: secret("y") }))], d: 1, e: null, f: undefined };
  expect(unwrap(tree)).toEqual({ a: "x", b: [{ c: "y" }], d: 1, e: null, f: undefined });
});

it("leaves every plain value as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(unwrap(value)).toEqual(value);
    }),
  );
});

it("gives back every value that was wrapped", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const wrapped = Array.isArray(value) ? value.map(secret) : { only: secret(value) };
      expect(unwrap(wrapped)).toEqual(Array.isArray(value) ? value : { only: value });
    }),
  );
});
