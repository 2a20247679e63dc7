import { identityToRecipient } from "age-encryption";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { identityFrom } from "../backup-keys.ts";
import { packages } from "../packages.ts";
import { podsOf } from "../platforms/kubernetes-fixture.ts";
import { clusterConfig, open, passwordOf, register, valueOf, type Registration } from "../stack-fixture.ts";
import { stackFolder } from "../toolchain/folders.ts";

const identity = identityFrom("somebody's own");
const generated = identityFrom(passwordOf("backup-identity"));
let recipient: string;
let local: Registration;
let cluster: Registration;
beforeAll(async () => {
  recipient = await identityToRecipient(identity);
  local = await register({ config: { backups: "on" } });
  cluster = await register({ config: clusterConfig });
});

const names = (stack: Registration): string[] => stack.processes.map(({ name }) => name);
const watched = (stack: Registration): string | undefined => stack.process("worker-0").env["BACKUPS"];

describe("locally", () => {
  it("are off unless they are asked for, and nobody waits for them then", async () => {
    const plain = await register();
    expect(names(plain).filter((name) => name.startsWith("backup"))).toEqual([]);
    expect(watched(plain)).toBe("");
    expect(plain.outputs).not.toHaveProperty("backupIdentity");
  });

  it("are programs of the bot with those of Postgres, in one folder; the drill alone runs by the clock", () => {
    const folder = join(stackFolder("dev"), "data/backup");
    for (const [name, schedule, command] of [
      ["backup", undefined, "serve"],
      ["backup-drill", "0 4 * * 1", "drill"],
      ["backup-restore", undefined, "serve"],
    ] as const) {
      const inputs = local.process(name);
      expect(inputs).toMatchObject({ task: false, data: folder, tools: { name: packages.postgres.name } });
      expect(inputs.schedule).toBe(schedule);
      expect(inputs.command).toEqual(["node", "app/backup/main.ts", command]);
      expect(inputs.env).toMatchObject({
        BACKUP_FOLDER: folder,
        // Only who restores needs the owner.
        DATABASE_USER: name === "backup-restore" ? "launchlab" : "launchlab_backup_1",
        BACKUP_KEEP_DAILY: "7",
        BACKUP_KEEP_WEEKLY: "4",
      });
    }
    expect(watched(local)).toBe("backup,drill");
    expect(local.named("backup-data").inputs).toMatchObject({ path: folder });
    for (const name of ["backup-drill", "backup-restore"])
      expect(local.named(name).dependsOn).toContain("backup");
    // Which makes its user, and the table by which it is asked.
    expect(local.named("backup").dependsOn).toContain("migrate");
  });
});

describe("the keys", () => {
  it("are apart: what makes backups cannot open them, and what opens them is secret everywhere", async () => {
    const common = {
      DATABASE_PASSWORD: passwordOf("postgres-backup-password"),
      BACKUP_SIGNATURE: passwordOf("backup-signature"),
    };
    expect(local.process("backup").secrets).toEqual({
      ...common,
      BACKUP_RECIPIENT: await identityToRecipient(generated),
    });
    const opens = { ...common, BACKUP_IDENTITY: generated };
    expect(local.process("backup-drill").secrets).toEqual(opens);
    const owner = { DATABASE_PASSWORD: passwordOf("postgres-password") };
    expect(local.process("backup-restore").secrets).toEqual({ ...opens, ...owner });
    for (const { name, secrets } of local.processes)
      expect("BACKUP_IDENTITY" in secrets, name).toBe(["backup-drill", "backup-restore"].includes(name));
    for (const stack of [local, cluster])
      for (const { name, inputs } of stack.resources)
        expect(JSON.stringify(open(inputs)), name).not.toContain("AGE-SECRET-KEY");
    const { backupIdentity } = local.outputs;
    expect(backupIdentity && (await valueOf(backupIdentity))).toEqual({ value: generated, secret: true });
  });

  it("of somebody's own need not be here: then there are backups, no drill, and nobody who restores", async () => {
    const stack = await register({ config: { backups: "on", backupRecipient: recipient } });
    expect(names(stack).filter((name) => name.startsWith("backup"))).toEqual(["backup"]);
    expect(stack.process("backup").secrets["BACKUP_RECIPIENT"]).toBe(recipient);
    expect(watched(stack)).toBe("backup");
    expect(stack.outputs.backupIdentity).toBeUndefined();
    expect(stack.resources.map(({ name }) => name)).not.toContain("backup-identity");
  });

  it("of somebody's own that are both here let the drill run", async () => {
    const config = { backups: "on", backupRecipient: recipient } as const;
    const stack = await register({ config, backupIdentity: identity });
    expect(stack.process("backup").secrets["BACKUP_RECIPIENT"]).toBe(recipient);
    expect(stack.process("backup-drill").secrets["BACKUP_IDENTITY"]).toBe(identity);
  });
});

it("a bucket gets copies: all of them know it and its keys, and may call it", async () => {
  const config = {
    ...clusterConfig,
    backupBucket: "launchlab",
    backupEndpoint: "https://192.0.2.7:9000",
    backupPrefix: "production/",
  };
  const bucketKeys = { accessKey: "an-access-key", secretKey: "a-secret-key" };
  const { manifests } = await register({ config, bucketKeys });
  for (const name of ["backup", "backup-drill", "backup-restore"]) {
    const env = podsOf(manifests).find((one) => one.name === name)?.container.env;
    const values = new Map(env?.map((one) => [one.name, one.value]));
    expect(values.get("BACKUP_BUCKET_ENDPOINT")).toBe(config.backupEndpoint);
    expect([...values.keys()]).toEqual(
      expect.arrayContaining([
        "BACKUP_BUCKET",
        "BACKUP_BUCKET_PREFIX",
        "BACKUP_ACCESS_KEY_FILE",
        "BACKUP_SECRET_KEY_FILE",
      ]),
    );
    const policies = manifests.filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name.startsWith(name),
    );
    expect(JSON.stringify(policies), name).toContain("192.0.2.7/32");
  }
  for (const { kind, spec } of manifests)
    if (kind !== "Secret") expect(JSON.stringify(spec ?? "")).not.toContain("a-secret-key");
});

describe("on Kubernetes", () => {
  const pod = z.object({
    affinity: z
      .object({
        podAffinity: z.object({
          requiredDuringSchedulingIgnoredDuringExecution: z.array(
            z.object({ labelSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
          ),
        }),
      })
      .optional(),
    volumes: z.array(
      z.looseObject({
        name: z.string(),
        persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
      }),
    ),
  });

  it("work on one volume, all on the node that has it", () => {
    for (const name of ["backup", "backup-drill", "backup-restore"]) {
      const found = podsOf(cluster.manifests).find((one) => one.name === name);
      const { volumes, affinity } = pod.parse(found?.pod);
      expect(volumes.flatMap((one) => one.persistentVolumeClaim?.claimName ?? [])).toEqual(["backup-data"]);
      const beside = affinity?.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]?.labelSelector;
      expect(beside?.matchLabels["app.kubernetes.io/name"]).toBe(name === "backup" ? undefined : "backup");
    }
  });

  it("have their drill in a CronJob in UTC, one run at a time", () => {
    const cron = z.object({
      schedule: z.string(),
      timeZone: z.string(),
      concurrencyPolicy: z.string(),
      jobTemplate: z.object({
        spec: z.object({
          activeDeadlineSeconds: z.number().gt(7200),
          template: z.object({ spec: z.object({ restartPolicy: z.literal("Never") }) }),
        }),
      }),
    });
    const [drill, ...others] = cluster.manifests.filter(({ kind }) => kind === "CronJob");
    expect([drill?.metadata.name, others]).toEqual(["backup-drill", []]);
    const { schedule, timeZone, concurrencyPolicy } = cron.parse(drill?.spec);
    expect([schedule, timeZone, concurrencyPolicy]).toEqual(["0 4 * * 1", "Etc/UTC", "Forbid"]);
  });

  it("are on, and can be turned off", async () => {
    const off = await register({ config: { ...clusterConfig, backups: "off" } });
    expect(podsOf(off.manifests).map(({ name }) => name)).not.toContain("backup");
  });

  it("go past the pooler of a Postgres cluster, with its certificate authority", async () => {
    const ha = await register({ config: { ...clusterConfig, postgresHa: "cloudnative-pg" } });
    const pods = podsOf(ha.manifests);
    for (const name of ["backup", "backup-drill", "backup-restore"]) {
      const env = new Map(
        pods.find((one) => one.name === name)?.container.env.map((one) => [one.name, one.value]),
      );
      expect(env.get("DATABASE_HOST")).toBe("postgres-rw.launchlab.svc.cluster.local");
      expect(env.get("DATABASE_TLS")).toBe("verify-full");
      expect(env.get("DATABASE_CA_FILE")).toMatch(/\.pem$/);
    }
  });
});
