import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { certificateLeft } from "../../app/certificate.ts";
import { until } from "../../test/support/wait.ts";
import type { CertificateFiles } from "../workload.ts";
import { checkConfig, upstream, withNginx, type Run, type Upstream } from "./nginx-fixture.ts";

const HOST = "bot.example.org";
const names = ["old", "new"] as const;
let folder: string;
let replica: Upstream;
let ca: Buffer[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-certificate-"));
  // nginx may run as another user.
  chmodSync(folder, 0o755);
  ca = names.map(create);
  replica = await upstream((incoming, response) => incoming.resume().once("end", () => response.end()));
});
afterAll(async () => {
  await replica.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => exchange("old"));

const filesIn = (name: string): CertificateFiles => ({
  certificate: join(folder, name, "tls.crt"),
  key: join(folder, name, "tls.key"),
});

/** Makes a certificate for HOST whose subject is its own name. */
function create(name: string): Buffer {
  mkdirSync(join(folder, name));
  const { certificate, key } = filesIn(name);
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${HOST}`, "-days", "2"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  execFileSync("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "pipe",
  });
  chmodSync(key, 0o644);
  return readFileSync(certificate);
}

let version = 0;

/** Changes the mounted files as a kubelet does: a link to a folder with all of them changes at once. */
function exchange(certificate: string, key = certificate): void {
  version += 1;
  const next = `mounted-${version}`;
  mkdirSync(join(folder, next));
  cpSync(filesIn(certificate).certificate, filesIn(next).certificate);
  cpSync(filesIn(key).key, filesIn(next).key);
  symlinkSync(next, join(folder, "mounted.next"));
  renameSync(join(folder, "mounted.next"), join(folder, "mounted"));
}

const withTls = (work: (run: Run) => Promise<void>): Promise<void> =>
  withNginx([replica.endpoint], work, { certificate: filesIn("mounted") });

async function handshake({ gateway }: Run, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { hostname, port } = new URL(gateway);
  const socket = connect({ host: hostname, port: Number(port), ca, servername: HOST, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** The subject of the certificate that a new connection gets. */
async function served(run: Run, options: ConnectionOptions = {}): Promise<string> {
  const socket = await handshake(run, options);
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

/** Posts an update, and returns the status. */
async function post({ gateway }: Run, agent: Agent): Promise<number | undefined> {
  const sent = request(`${gateway}/telegram`, { method: "POST", agent, ca, servername: HOST });
  sent.end("{}");
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

it("answers over TLS 1.3 and 1.2, and not over older ones", async () => {
  await withTls(async (run) => {
    for (const protocol of ["TLSv1.3", "TLSv1.2"] as const) {
      const socket = await handshake(run, { minVersion: protocol, maxVersion: protocol });
      expect([socket.authorized, socket.getProtocol()]).toEqual([true, protocol]);
      socket.destroy();
    }
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    await expect(handshake(run, old)).rejects.toThrow(/alert protocol version/);
  });
});

it("speaks no HTTP/2, of which streams could be opened and reset without end", async () => {
  await withTls(async (run) => {
    const socket = await handshake(run, { ALPNProtocols: ["h2", "http/1.1"] });
    expect(socket.alpnProtocol).toBe("http/1.1");
    socket.destroy();
  });
});

it("has the same certificate for clients that name no host, or another one", async () => {
  await withTls(async (run) => {
    for (const servername of [HOST, "", "other.example.org"])
      expect(await served(run, { servername, rejectUnauthorized: false }), servername).toBe("old");
  });
});

it("passes updates on, and refuses those in plain text without telling its version", async () => {
  await withTls(async (run) => {
    const agent = new Agent({ keepAlive: true });
    expect(await post(run, agent)).toBe(200);
    agent.destroy();
    const plain = await fetch(`${run.gateway.replace("https:", "http:")}/telegram`, { method: "POST" });
    expect([plain.status, plain.headers.get("server")]).toEqual([400, "nginx"]);
  });
});

it("keeps its health and its figures in plain text, for the platform", async () => {
  await withTls(async ({ status }) => {
    for (const path of ["/health", "/stub_status"]) expect((await fetch(status + path)).status).toBe(200);
  });
});

it("lets clients resume their sessions", async () => {
  await withTls(async (run) => {
    for (const maxVersion of ["TLSv1.3", "TLSv1.2"] as const) {
      const first = await handshake(run, { maxVersion });
      // TLS 1.3 sends it after the handshake.
      if (maxVersion === "TLSv1.3") await once(first, "session");
      const session = first.getSession();
      first.destroy();
      const second = await handshake(run, { maxVersion, session });
      expect(second.isSessionReused(), maxVersion).toBe(true);
      second.destroy();
    }
  });
});

it("serves a renewed certificate from the next connection on, while requests go on", async () => {
  await withTls(async (run) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const seen: unknown[] = [];
    let over = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!over) seen.push(await post(run, agent).catch(String));
    });
    await until("every client is connected", () => seen.length > 8);
    for (const name of ["new", "old", "new", "old", "new"]) {
      const before = seen.length;
      exchange(name);
      expect(await served(run)).toBe(name);
      await until("requests went on", () => seen.length > before + 8);
    }
    over = true;
    await Promise.all(clients);
    agent.destroy();
    expect(new Set(seen)).toEqual(new Set([200]));
  });
});

it("is seen by the worker as long as it is good, and as soon as it is broken", async () => {
  await withTls(async (run) => {
    const { hostname, port } = new URL(run.gateway);
    const left = () => certificateLeft({ host: hostname, port: Number(port) }, HOST);
    const twoDays = 2 * 86_400_000;
    expect(Math.abs((await left()) - twoDays)).toBeLessThan(600_000);
    exchange("new", "old");
    await expect(left()).rejects.toThrow(/alert internal error/);
  });
});

it("keeps its connections when a renewal is broken, refuses new ones, and recovers with the next renewal", async () => {
  await withTls(async (run) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await post(run, agent)).toBe(200);
    exchange("new", "old");
    await expect(served(run)).rejects.toThrow(/alert internal error/);
    expect(await post(run, agent)).toBe(200);
    agent.destroy();
    exchange("new");
    expect(await served(run)).toBe("new");
  });
});

it.each([
  ["a missing file", "none", "none", /cannot load certificate "\S+none\/tls.crt".*No such file/],
  ["a key of another certificate", "new", "old", /old\/tls.key"\) failed.*key values mismatch/],
])("does not start with %s, and says so", async (_what, certificate, key, problem) => {
  const files = { certificate: filesIn(certificate).certificate, key: filesIn(key).key };
  const { code, output } = await checkConfig([replica.endpoint], { certificate: files });
  expect(code).not.toBe(0);
  expect(output).toMatch(problem);
});

it("starts with good files, without a warning", async () => {
  const { code, output } = await checkConfig([replica.endpoint], { certificate: filesIn("mounted") });
  expect(output).not.toMatch(/\[(warn|emerg)\]/);
  expect(code, output).toBe(0);
});
