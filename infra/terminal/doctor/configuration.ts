import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { z } from "zod";
import { bad, good, look, type Finding } from "../../../app/finding.ts";
import { certificateFiles, publicAddress } from "../../config-edge.ts";
import { checkToken, loadConfig, type Config } from "../../config.ts";
import { engine } from "../../toolchain/engine.ts";

const DAY_MS = 86_400_000;
/** Of a certificate that nobody seems to renew: two weeks, as the alert CertificateEndsSoon has it. */
const SOON_DAYS = 14;
const TLS_MS = 5000;
const SET = "npm run pulumi -- config set";

const valuesSchema = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));
/** Settings of a stack by their keys, secrets in plain text. */
export type Values = Readonly<Record<string, string>>;

/** The configuration of a stack, as the engine opens it. */
export async function valuesOf(stack: string): Promise<Values> {
  const pulumi = await engine(() => undefined);
  const text = await pulumi.read(["config", "--json", "--show-secrets", "--stack", stack]);
  const entries = Object.entries(valuesSchema.parse(JSON.parse(text)));
  return Object.fromEntries(
    entries.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])),
  );
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The checked configuration, or what is wrong with it. No value of a secret is in any text. */
export function configuration(values: Values): { config: Config | undefined; findings: Finding[] } {
  const has = (key: string): boolean => values[key] !== undefined;
  const findings: Finding[] = [];
  for (const key of ["bot:token", "bot:alertToken"]) {
    const token = values[key];
    if (token === undefined) continue;
    try {
      checkToken(token, key);
      findings.push(good(key, "has the form of a token"));
    } catch (error) {
      findings.push(bad(key, reasonOf(error), `\`${SET} --secret ${key}\``));
    }
  }
  const keys = Object.keys(values).flatMap((key) => (key.startsWith("launchlab:") ? [key.slice(10)] : []));
  try {
    const config = loadConfig((key) => values[`launchlab:${key}`], {
      keys,
      hasToken: has("bot:token"),
      hasAlertToken: has("bot:alertToken"),
      hasMentorKey: has("bot:mentorKey"),
      hasPassword: has("postgres:password"),
      hasIdentity: has("backup:identity"),
      bucketSecrets: ["backup:accessKey", "backup:secretKey"].filter(has),
    });
    findings.push(good("configuration", `${keys.length} settings, all of them fit`));
    return { config, findings };
  } catch (error) {
    // The first line counts the problems, the last says how to set a value.
    const problems = reasonOf(error)
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim());
    const all = problems.map((problem) => bad("configuration", problem, `\`${SET} KEY VALUE\``));
    return { config: undefined, findings: [...findings, ...all] };
  }
}

/** How long a certificate is good for. */
export function validity(about: string, end: Date, renew: string): Finding {
  const days = Math.floor((end.getTime() - Date.now()) / DAY_MS);
  const text = `the certificate is good until ${end.toISOString().slice(0, 10)}`;
  if (days < 0) return bad(about, `the certificate ended on ${end.toISOString().slice(0, 10)}`, renew);
  return days < SOON_DAYS ? look(about, `${text}, ${days} days`, renew) : good(about, text);
}

/** The files of tlsCertificate and tlsKey: are they there, do they fit together, are they good for long? */
export function certificate(config: Parameters<typeof certificateFiles>[0]): Finding[] {
  const files = certificateFiles(config);
  if (files === undefined) return [];
  const about = "certificate files";
  try {
    const found = new X509Certificate(readFileSync(files.certificate));
    const key = createPrivateKey(readFileSync(files.key));
    if (!found.checkPrivateKey(key))
      return [
        bad(
          about,
          `${files.key} is not the key of ${files.certificate}`,
          "give the pair that belongs together",
        ),
      ];
    return [validity(about, new Date(found.validTo), "renew it: a new one in its place is taken")];
  } catch (error) {
    return [
      bad(
        about,
        reasonOf(error).split("\n")[0] ?? "",
        "set launchlab:tlsCertificate and launchlab:tlsKey to PEM files",
      ),
    ];
  }
}

/** The certificate that is shown at an address. Rejects with why there is none that a client could use. */
function shown(host: string, port: number, trustsAll: boolean): Promise<Date> {
  return new Promise((resolve, reject) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...name, rejectUnauthorized: !trustsAll, timeout: TLS_MS });
    const end = (): void => void socket.destroy();
    socket.once("secureConnect", () => {
      resolve(new Date(socket.getPeerCertificate().valid_to));
      end();
    });
    socket.once("error", reject);
    socket.once("timeout", () => {
      reject(new Error(`no answer within ${TLS_MS / 1000} s`));
      end();
    });
  });
}

/** Whether Telegram could reach the address of the webhook, seen from here. */
export async function webhook(config: Pick<Config, "webhookUrl" | "tlsSelfSigned">): Promise<Finding[]> {
  const address = publicAddress(config.webhookUrl);
  if (address === undefined) return [];
  const { host, port } = address;
  const about = "webhook";
  try {
    await lookup(host);
  } catch {
    return [
      bad(
        about,
        `the name ${host} is not known`,
        "let its DNS record point to the gateway, or set launchlab:webhookUrl",
      ),
    ];
  }
  try {
    const end = await shown(host, port, config.tlsSelfSigned !== undefined);
    return [validity(about, end, "renew the certificate of whatever ends TLS there")];
  } catch (error) {
    // From inside of a network its own public address is often out of reach.
    const advice =
      "what ends TLS there has to run, with a certificate that everybody trusts and its whole chain";
    return [look(about, `${host}:${port} cannot be used from here: ${reasonOf(error)}`, advice)];
  }
}
