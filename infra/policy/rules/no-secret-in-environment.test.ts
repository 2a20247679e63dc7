import { describe, expect, it } from "vitest";
import { processOf, withContainer } from "../rule-fixture.ts";
import { noSecretInEnvironment } from "./no-secret-in-environment.ts";

describe("no-secret-in-environment", () => {
  const check = (env: Record<string, string>): readonly string[] => {
    const pods = withContainer({ env: Object.entries(env).map(([name, value]) => ({ name, value })) });
    const [inPod, local] = [
      noSecretInEnvironment.check(pods),
      noSecretInEnvironment.check(processOf({ env })),
    ];
    expect(local).toEqual(inPod);
    return inPod;
  };

  it.each(["PASSWORD", "PGPASSWORD", "BOT_TOKEN", "WEBHOOK_SECRETS", "API_KEY", "DATA_SOURCE_PASS", "key"])(
    "refuses %s by its name",
    (name) => {
      expect(check({ [name]: "x" })).toEqual([
        `${name} looks like a secret by its name: give it as a file, by ${name}_FILE`,
      ]);
    },
  );

  it.each(["BOT_TOKEN_FILE", "PUBLIC_KEY", "MONKEY", "COMPASS", "TOKEN_SECONDS", "DATABASE_USER"])(
    "takes %s",
    (name) => {
      expect(check({ [name]: "x" })).toEqual([]);
    },
  );

  it.each([
    `12345678:${"A1b".repeat(11)}-_`,
    "postgres://bot:hunter2@db:5432/x",
    "redis://:hunter2@cache",
    "-----BEGIN RSA PRIVATE KEY-----",
    "AGE-SECRET-KEY-1QQQ",
    "AKIAIOSFODNN7EXAMPLE",
    "h5BqW0sJm2Zr8TnXcY4vLk7P",
  ])("refuses %s by its shape, on the command line too, and does not repeat it", (value) => {
    expect(check({ SETTING: value })).toHaveLength(1);
    const command = ["program", value];
    for (const one of [
      withContainer({ command }),
      withContainer({ args: [value] }),
      processOf({ command }),
    ]) {
      const found = noSecretInEnvironment.check(one);
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain(value);
    }
  });

  it.each([
    "",
    "https://bot.example.org/telegram",
    "redis://redis.launchlab.svc.cluster.local:6379",
    "http://127.0.0.1:8400/telegram",
    "3f2a9c1be04d5f6a7b8c9d0e1f2a3b4c",
    "/etc/launchlab/secrets/BOT_TOKEN",
    "web-webhook.launchlab.svc.cluster.local:8080",
  ])("takes the value '%s'", (value) => {
    expect(check({ SETTING: value })).toEqual([]);
  });

  it("takes a reference to a file, and nothing, in place of a secret", () => {
    expect(check({ PASSWORD: "$__file{/etc/password}" })).toEqual([]);
    expect(check({ PASSWORD: "" })).toEqual([]);
    expect(check({ PASSWORD: "$__file{/etc/password}x" })).toHaveLength(1);
  });

  it("takes what comes from a Secret", () => {
    const env = [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }];
    expect(noSecretInEnvironment.check(withContainer({ env }))).toEqual([]);
  });
});
