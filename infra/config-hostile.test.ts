// Every setting with values that are none. Lines of docs/bad-input.md.
import { RunError } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { knownKeys, loadConfig } from "./config.ts";

const planted = "hunter2-4929123412341234-hunter2";
const values = [
  "",
  " ",
  "\0",
  "\r\n",
  `a\r\n${planted}`,
  "-1",
  "1e9",
  "NaN",
  "true; rm -rf /",
  "$(id)",
  "../../etc/passwd",
  "{}",
  "[",
  '["0.0.0.0/0", 1]',
  '{"__proto__": {"a": "b"}}',
  "ключ",
  "１２",
  "x".repeat(100_000),
  planted,
  `https://user:${planted}@bot.example`,
];

it.each(knownKeys)("%s is taken, or refused with its name and without what was set", (key) => {
  let refused = 0;
  for (const value of values) {
    try {
      loadConfig((one) => (one === key ? value : undefined), { keys: [key] });
    } catch (error) {
      refused += 1;
      expect(error).toBeInstanceOf(RunError);
      const { message } = error as RunError;
      expect(message, value.slice(0, 100)).toContain(`launchlab:${key}`);
      expect(message).not.toContain("hunter2");
      expect(message.length).toBeLessThan(5000);
    }
  }
  expect(refused).toBeGreaterThan(0);
});
