import { beforeAll, describe, expect, it } from "vitest";
import { connectivity, podsOf } from "../platforms/kubernetes-fixture.ts";
import { clusterConfig, open, register, type Registration } from "../stack-fixture.ts";

const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const external = { postgresHa: "external", postgresHost: "db.example.org", postgresPort: "6543" } as const;

describe("an external Postgres", () => {
  let stack: Registration;
  beforeAll(async () => {
    stack = await register({
      config: { ...external, postgresUser: "bot", postgresDatabase: "people", postgresCa: ca },
      postgresPassword: "planted-external",
    });
  });

  it("takes the place of the server", () => {
    expect(stack.processes.map(({ name }) => name)).not.toContain("postgres");
    for (const name of ["migrate", "web-0", "worker-0"]) {
      const { env, secrets, files } = stack.process(name);
      expect(env).toMatchObject({
        DATABASE_HOST: "db.example.org",
        DATABASE_PORT: "6543",
        DATABASE_USER: "bot",
        DATABASE_NAME: "people",
        DATABASE_TLS: "verify-full",
      });
      expect(env["DATABASE_CA_FILE"]).toMatch(/database-ca\.pem$/);
      expect(files["database-ca.pem"]).toBe(ca);
      expect(secrets["DATABASE_PASSWORD"]).toBe("planted-external");
    }
  });

  it("is watched like one of our own", () => {
    const { env, secrets } = stack.process("postgres-exporter");
    expect(env["DATA_SOURCE_URI"]).toMatch(
      /^db\.example\.org:6543\/people\?sslmode=verify-full&sslrootcert=\/.*database-ca\.pem$/,
    );
    expect(secrets["DATA_SOURCE_PASS"]).toBe("planted-external");
  });

  it("keeps its password secret", () => {
    for (const { name, inputs } of stack.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain("planted-");
  });

  it("is trusted like everybody else when no authority is given", async () => {
    const plain = await register({ config: external, postgresPassword: "planted-external" });
    expect(plain.process("web-0").env).not.toHaveProperty("DATABASE_CA_FILE");
    expect(plain.process("web-0").files).not.toHaveProperty("database-ca.pem");
  });

  it.each([
    ["198.51.100.7", ["198.51.100.7/32"]],
    ["2001:db8::7", ["2001:db8::7/128"]],
    ["db.example.org", ["0.0.0.0/0", "::/0"]],
  ])("at %s is all that the bot may call on a cluster", async (postgresHost, networks) => {
    const { manifests } = await register({
      config: { ...clusterConfig, ...external, postgresHost },
      postgresPassword: "planted-external",
    });
    const callers = [
      "backup",
      "backup-drill",
      "backup-restore",
      "migrate",
      "postgres-exporter",
      "web",
      "worker",
    ];
    const expected = callers.flatMap((name) => networks.map((network) => `${name} -> ${network}:6543/tcp`));
    expect(connectivity(manifests).filter((line) => line.includes(":6543"))).toEqual(expected.sort());
    expect(podsOf(manifests).map(({ name }) => name)).not.toContain("postgres");
  });
});
