// Secrets through the real kubeseal, opened again with the key that only a cluster has.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { checkout } from "../toolchain/folders.ts";
import { MissingProgram } from "../toolchain/go-build.ts";
import { kubeseal } from "../toolchain/kubeseal.ts";
import { readStackFile } from "../toolchain/stack-file.ts";
import type { Manifest } from "./cluster-mocks.ts";
import { render } from "./render.ts";
import { seal } from "./seal.ts";

const program = await kubeseal().catch((error: unknown) => {
  if (error instanceof MissingProgram) return undefined;
  throw error;
});

let folder = "";
let certificate = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-seal-"));
  certificate = join(folder, "certificate.pem");
  const files = ["-keyout", join(folder, "key.pem"), "-out", certificate];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test", ...files],
    { stdio: "ignore" },
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const openedSchema = z.object({
  kind: z.literal("Secret"),
  type: z.string().optional(),
  immutable: z.boolean().optional(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  data: z.record(z.string(), z.string()),
});

/** What the controller of the cluster would make of it. */
function opened(sealed: unknown): z.infer<typeof openedSchema> {
  const key = join(folder, "key.pem");
  const out = execFileSync(program ?? "", ["--recovery-unseal", "--recovery-private-key", key], {
    input: JSON.stringify(sealed),
  });
  const secret = openedSchema.parse(JSON.parse(out.toString()));
  const plain = Object.entries(secret.data).map(([name, value]) => [
    name,
    Buffer.from(value, "base64").toString(),
  ]);
  return { ...secret, data: z.record(z.string(), z.string()).parse(Object.fromEntries(plain)) };
}

const secret: Manifest = {
  apiVersion: "v1",
  kind: "Secret",
  type: "kubernetes.io/basic-auth",
  metadata: { name: "user", namespace: "bots", labels: { app: "postgres" } },
  immutable: true,
  stringData: { username: "launchlab", password: "planted-1 $'\"" },
};

describe.skipIf(program === undefined)("seal", () => {
  it("seals what the cluster's key opens: the same values, type and labels, and new values may follow", async () => {
    const sealed = await seal(secret, { program: program ?? "", certificate });
    expect(sealed).toMatchObject({ kind: "SealedSecret", metadata: { name: "user", namespace: "bots" } });
    expect(JSON.stringify(sealed)).not.toContain("planted");
    expect(opened(sealed)).toMatchObject({
      type: secret["type"],
      metadata: secret.metadata,
      data: secret["stringData"],
    });
    expect(opened(sealed).immutable).toBeUndefined();
  });

  it("gives no value to a command line or an environment", async () => {
    const spy = join(folder, "spy");
    writeFileSync(
      spy,
      `#!/bin/sh\nprintf '%s\\n' "$@" >"${folder}/seen"\nenv >>"${folder}/seen"\nexec "${program ?? ""}" "$@"\n`,
    );
    chmodSync(spy, 0o755);
    await seal(secret, { program: spy, certificate });
    const seen = readFileSync(join(folder, "seen"), "utf8");
    expect(seen).toContain("--cert");
    expect(seen).not.toContain("planted");
  });

  it("says why a certificate cannot be used", async () => {
    const wrong = { program: program ?? "", certificate: join(folder, "missing.pem") };
    await expect(seal(secret, wrong)).rejects.toThrow(/^kubeseal cannot seal user: .*missing.pem/);
    await expect(seal(secret, wrong)).rejects.not.toThrow("planted");
  });
});

// Each starts the whole program, and kubeseal for each Secret.
describe.skipIf(program === undefined)("npm run render", { timeout: 120_000 }, () => {
  const run = (values: string, ...args: string[]): { code: number | null; text: string } => {
    const out = join(folder, "out");
    const node = join(checkout, "node_modules/.bin/node");
    const { status, stdout, stderr } = spawnSync(
      node,
      [join(import.meta.dirname, "main.ts"), "--stack", "production", "--out", out, ...args],
      {
        input: values,
        encoding: "utf8",
        env: { ...process.env, PATH: `${join(program ?? "", "..")}${delimiter}${process.env["PATH"] ?? ""}` },
      },
    );
    return { code: status, text: stdout + stderr };
  };
  const sealing = (values: Record<string, string>): { code: number | null; text: string } =>
    run(stringify(values), "--seal", certificate, "--values", "-");

  it("seals every Secret that the pods need, and writes no value", async () => {
    const files = await render("production", readStackFile("production") ?? {});
    const asked = [...(files["secrets.txt"] ?? "").matchAll(/<([a-z0-9-]+)>/g)].map(([, name = ""]) => name);
    const token = `123456:${"x".repeat(35)}`;
    const values = Object.fromEntries(
      asked.map((name, index) => [name, name === "bot-token" ? token : `planted${index}`]),
    );
    const out = join(folder, "out");
    mkdirSync(out);
    writeFileSync(join(out, "secrets.txt"), files["secrets.txt"] ?? "");

    const { code, text } = sealing(values);
    expect(text).toMatch(/^\d+ manifests are in .*; their Secrets are sealed\.\n$/);
    expect(code).toBe(0);
    const all = readdirSync(out).map((name) => readFileSync(join(out, name), "utf8"));
    expect(readdirSync(out)).not.toContain("secrets.txt");
    expect(all.join()).not.toMatch(/planted|xxxxx/);

    const sealed = all
      .map((one): unknown => parse(one))
      .filter((one) => JSON.stringify(one).includes('"kind":"SealedSecret"'));
    const secrets = new Map(
      sealed.map((one) => opened(one)).map(({ metadata, data }) => [metadata.name, data]),
    );
    for (const [, name = ""] of all.join().matchAll(/secretName: (\S+)/g))
      expect([...secrets.keys()]).toContain(name);
    expect(secrets.get("web-secrets")).toMatchObject({ BOT_TOKEN: token });
    expect([...secrets.values()].map((data) => Object.values(data).join()).join()).not.toMatch(/<[a-z-]+>/);
    expect(secrets.get("redis-secret-files")?.["redis.conf"]).toMatch(/ >planted\d+ /);
  });

  it("names what is missing, and repeats no value", () => {
    const { code, text } = sealing({ "redis-bot-password": "planted!" });
    expect(code).toBe(1);
    expect(text).toContain("\n  bot-token is missing\n");
    expect(text).toContain("\n  redis-bot-password has to be of letters and digits only\n");
    expect(text).not.toContain("planted");
  });

  it("refuses values that would not be sealed", () => {
    const unsealed = run("", "--values", "-");
    expect(unsealed.code).toBe(1);
    expect(unsealed.text).toContain("--seal and --values belong together");
  });
});
