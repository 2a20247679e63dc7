import { describe, expect, it } from "vitest";
import type { Manifest } from "./cluster-mocks.ts";
import { describeSecrets, fillSecrets, parseValues } from "./secrets.ts";

const secret = (
  name: string,
  stringData: Record<string, string>,
  more: Record<string, unknown> = {},
): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "bots" },
  stringData,
  ...more,
});
const token = `123456:${"x".repeat(35)}`;
const secrets = [
  secret("web", { BOT_TOKEN: "<bot-token>", PASSWORD: "<db-password>" }, { immutable: true }),
  secret("cache", {
    "redis.conf": "bind 0.0.0.0\nrequirepass <redis-password>\n",
    JSON: '{"a":"<redis-password>"}',
  }),
];
const values = { "bot-token": token, "db-password": "p@ss word", "redis-password": "Secret1" };

describe("fillSecrets", () => {
  it("puts each value wherever it is asked for, and leaves the rest alone", () => {
    expect(fillSecrets(secrets, values)).toEqual([
      secret("web", { BOT_TOKEN: token, PASSWORD: "p@ss word" }, { immutable: true }),
      secret("cache", { "redis.conf": "bind 0.0.0.0\nrequirepass Secret1\n", JSON: '{"a":"Secret1"}' }),
    ]);
  });

  it("names all that is missing and all that is not asked for at once, and no value", () => {
    const fill = (): unknown => fillSecrets(secrets, { "db-password": "planted", typo: "planted" });
    expect(fill).toThrow(
      "the values do not fit the stack's Secrets:\n  bot-token is missing\n  redis-password is missing\n  typo is not asked for",
    );
    expect(fill).not.toThrow("planted");
  });

  it.each([
    ["redis-password", 'a"b', "redis-password has to be of letters and digits only"],
    ["redis-password", "", "redis-password has to be of letters and digits only"],
    ["db-password", "planted\nmore", "db-password has to be one line"],
    ["db-password", "", "db-password has to be one line"],
    ["bot-token", "planted", "bot-token: bot:token does not look like a token"],
  ])("refuses %s where its value cannot stand there, and does not repeat it", (name, value, message) => {
    const fill = (): unknown => fillSecrets(secrets, { ...values, [name]: value });
    expect(fill).toThrow(message);
    expect(fill).not.toThrow("planted");
  });

  it("does not take a value for a placeholder", () => {
    const [web] = fillSecrets(secrets, { ...values, "db-password": "<bot-token>" });
    expect(web).toMatchObject({ stringData: { PASSWORD: "<bot-token>" } });
  });
});

describe("parseValues", () => {
  it("reads a line for each value", () => {
    expect(parseValues('a-b: x\nc: "123"\n')).toEqual({ "a-b": "x", c: "123" });
  });

  it.each(["a: planted: x", "- planted", "a: 1234567", "planted", ""])(
    "refuses '%s' and repeats nothing",
    (text) => {
      expect(() => parseValues(text)).toThrow(/^the values have to be YAML(?!.*(planted|1234567))/);
    },
  );
});

describe("describeSecrets", () => {
  it("says what to create, in order of the names", () => {
    expect(describeSecrets([...secrets, secret("user", { u: "x" }, { type: "kubernetes.io/basic-auth" })]))
      .toBe(`Secrets to create in the namespace bots before the manifests are applied.
What stands in angle brackets is a value of your own, the same wherever it stands; letters and digits only.

cache
  redis.conf:
    bind 0.0.0.0
    requirepass <redis-password>
  JSON: {"a":"<redis-password>"}

user (of type kubernetes.io/basic-auth)
  u: x

web
  BOT_TOKEN: <bot-token>
  PASSWORD: <db-password>
`);
  });

  it("is nothing without Secrets", () => {
    expect(describeSecrets([])).toBe("");
  });
});
