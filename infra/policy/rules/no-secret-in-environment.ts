import { z } from "zod";
import { containersOf } from "../pods.ts";
import { isProcess, type Resource, type ResourceRule } from "../rule.ts";

const SECRET_NAME =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRETS?|TOKENS?|CREDENTIALS?)$|(^|_)PASS$|(?<!PUBLIC)(^|_)KEYS?$/i;

/** Names a file: Grafana reads it in place of the value. */
const REFERENCE = /^(\$__file\{[^}]+\})?$/;

/** Forms of well-known secrets; the words are for the report, which never repeats the value. */
const SHAPES: readonly (readonly [string, RegExp])[] = [
  ["the token of a Telegram bot", /\b\d{8,10}:[\w-]{35}\b/],
  ["an address with a password", /[a-z]:\/\/[^\s/:@]*:[^\s/@]+@/i],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1/],
  ["an access key of AWS", /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a random password", /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{24,}$/],
];

const shapeOf = (text: string): string | undefined => SHAPES.find(([, shape]) => shape.test(text))?.[0];

interface Plain {
  readonly env: readonly (readonly [string, string])[];
  readonly command: readonly string[];
}

const processSchema = z.object({
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

function plainOf(resource: Resource): Plain[] {
  if (isProcess(resource)) {
    const { env, command } = processSchema.parse(resource.props);
    return [{ env: Object.entries(env), command }];
  }
  return containersOf(resource).map(({ env, command, args }) => ({
    env: env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
    command: [...command, ...args],
  }));
}

export const noSecretInEnvironment: ResourceRule = {
  name: "no-secret-in-environment",
  description: "No secret is in plain text in the environment or on the command line; secrets are files.",
  check: (resource) =>
    plainOf(resource).flatMap(({ env, command }) => [
      ...env.flatMap(([name, value]) => {
        const shape =
          SECRET_NAME.test(name) && !REFERENCE.test(value) ? "a secret by its name" : shapeOf(value);
        return shape === undefined ? [] : [`${name} looks like ${shape}: give it as a file, by ${name}_FILE`];
      }),
      ...command.flatMap((word) => {
        const shape = shapeOf(word);
        return shape === undefined
          ? []
          : [`an argument looks like ${shape}, and everybody may read it: give it as a file`];
      }),
    ]),
};
