import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { selfSigned } from "../../process-provider/certificate.ts";
import { certificate, configuration, validity, webhook } from "./configuration.ts";

const secret = "7000000001:not-a-token-but-a-secret";

it("names every setting that is wrong, and never the value of a secret", () => {
  const { config, findings } = configuration({
    "launchlab:users": "many",
    "launchlab:colour": "red",
    "bot:token": secret,
  });
  expect(config).toBeUndefined();
  const text = JSON.stringify(findings);
  for (const words of [
    "bot:token does not look like",
    "launchlab:users must be",
    "launchlab:colour is not a setting",
    "launchlab:webhookUrl is missing",
  ])
    expect(text).toContain(words);
  expect(text).not.toContain(secret);
  expect(findings.every(({ state }) => state === "bad")).toBe(true);
});

it("takes a configuration that fits", () => {
  const values = {
    "launchlab:users": "50",
    "bot:token": `7000000001:${"a".repeat(35)}`,
    "launchlab:webhookUrl": "https://bot.example.org",
  };
  const { config, findings } = configuration(values);
  expect(config?.users).toBe(50);
  expect(findings.map(({ about, state }) => `${state} ${about}`)).toEqual([
    "good bot:token",
    "good configuration",
  ]);
  expect(configuration({}).config?.platform).toBe("local");
});

it("says when a certificate ends", () => {
  const inDays = (days: number) =>
    validity("webhook", new Date(Date.now() + days * 86_400_000 + 1000), "renew it").state;
  expect([inDays(-1), inDays(1), inDays(13), inDays(15)]).toEqual(["bad", "look", "look", "good"]);
});

async function files() {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const made = await selfSigned("127.0.0.1");
  const paths = { tlsCertificate: join(folder, "a.pem"), tlsKey: join(folder, "a.key") };
  writeFileSync(paths.tlsCertificate, made.certificate);
  writeFileSync(paths.tlsKey, made.key);
  return { made, paths };
}

it("looks into the files of the certificate: are they there, do they belong together?", async () => {
  const { paths } = await files();
  expect(certificate({})).toEqual([]);
  expect(certificate(paths)).toMatchObject([{ state: "good" }]);
  const other = await selfSigned("127.0.0.1");
  writeFileSync(paths.tlsKey, other.key);
  expect(certificate(paths)).toMatchObject([
    { state: "bad", found: `${paths.tlsKey} is not the key of ${paths.tlsCertificate}` },
  ]);
  rmSync(paths.tlsKey);
  expect(certificate(paths)).toMatchObject([
    { state: "bad", found: expect.stringContaining("ENOENT") as string },
  ]);
});

it("asks the public address for its certificate, and says why nobody could use it", async () => {
  const { made } = await files();
  const server = createServer({ cert: made.certificate, key: made.key });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const webhookUrl = `https://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
  try {
    expect(await webhook({ webhookUrl: undefined, tlsSelfSigned: undefined })).toEqual([]);
    expect(await webhook({ webhookUrl, tlsSelfSigned: "true" })).toMatchObject([{ state: "good" }]);
    expect(await webhook({ webhookUrl, tlsSelfSigned: undefined })).toMatchObject([
      { state: "look", found: expect.stringMatching(/self.signed/) as string },
    ]);
    expect(await webhook({ webhookUrl: "https://name.invalid", tlsSelfSigned: undefined })).toMatchObject([
      { state: "bad", found: "the name name.invalid is not known" },
    ]);
  } finally {
    server.close();
  }
});
