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

  it("run on a schedule as the bot's program with the programs of Postgres, in one folder", () => {
    const folder = join(stackFolder("dev"), "data/backup");
    for (const [name, schedule, command] of [
      ["backup", "0 2 * * *", "create"],
      ["backup-drill", "0 3 * * 1", "drill"],
    ] as const) {
      const inputs = local.process(name);
      expect(inputs).toMatchObject({
        schedule,
        task: false,
        data: folder,
        tools: { name: packages.postgres.name },
      });
      expect(inputs.command).toEqual(["node", "app/backup/main.ts", command]);
      expect(inputs.env).toMatchObject({
        BACKUP_FOLDER: folder,
        BACKUP_KEEP_DAILY: "7",
        BACKUP_KEEP_WEEKLY: "4",
      });
    }
    expect(watched(local)).toBe("backup,drill");
    expect(local.named("backup-data").inputs).toMatchObject({ path: folder });
    expect(local.named("backup-drill").dependsOn).toContain("backup");
  });
});

describe("the keys", () => {
  it("are apart: what makes backups cannot open them, and what opens them is secret everywhere", async () => {
    const common = {
      DATABASE_PASSWORD: passwordOf("postgres-password"),
      BACKUP_SIGNATURE: passwordOf("backup-signature"),
    };
    expect(local.process("backup").secrets).toEqual({
      ...common,
      BACKUP_RECIPIENT: await identityToRecipient(generated),
    });
    expect(local.process("backup-drill").secrets).toEqual({ ...common, BACKUP_IDENTITY: generated });
    for (const stack of [local, cluster])
      for (const { name, inputs } of stack.resources)
        expect(JSON.stringify(open(inputs)), name).not.toContain("AGE-SECRET-KEY");
    const { backupIdentity } = local.outputs;
    expect(backupIdentity && (await valueOf(backupIdentity))).toEqual({ value: generated, secret: true });
  });

  it("of somebody's own need not be here: then there are backups, and no drill", async () => {
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

describe("on Kubernetes", () => {
  const cron = z.object({
    schedule: z.string(),
    timeZone: z.string(),
    concurrencyPolicy: z.string(),
    jobTemplate: z.object({
      spec: z.object({
        activeDeadlineSeconds: z.number(),
        template: z.object({
          spec: z.object({
            restartPolicy: z.string(),
            volumes: z.array(
              z.looseObject({
                name: z.string(),
                persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
              }),
            ),
          }),
        }),
      }),
    }),
  });

  it("are CronJobs in UTC, one run at a time, both on one volume", () => {
    const found = cluster.manifests.filter(({ kind }) => kind === "CronJob");
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["backup", "backup-drill"]);
    const schedules = found.map(({ spec }) => {
      const { schedule, timeZone, concurrencyPolicy, jobTemplate } = cron.parse(spec);
      const { template, activeDeadlineSeconds } = jobTemplate.spec;
      expect([timeZone, concurrencyPolicy, template.spec.restartPolicy]).toEqual([
        "Etc/UTC",
        "Forbid",
        "Never",
      ]);
      expect(activeDeadlineSeconds).toBeGreaterThan(3600);
      const claims = template.spec.volumes.flatMap((one) => one.persistentVolumeClaim?.claimName ?? []);
      expect(claims).toEqual(["backup-data"]);
      return schedule;
    });
    expect(schedules).toEqual(["0 2 * * *", "0 3 * * 1"]);
  });

  it("are on, and can be turned off", async () => {
    const off = await register({ config: { ...clusterConfig, backups: "off" } });
    expect(podsOf(off.manifests).map(({ name }) => name)).not.toContain("backup");
  });

  it("go past the pooler of a Postgres cluster, with its certificate authority", async () => {
    const ha = await register({ config: { ...clusterConfig, postgresHa: "cloudnative-pg" } });
    const pods = podsOf(ha.manifests);
    for (const name of ["backup", "backup-drill"]) {
      const env = new Map(
        pods.find((one) => one.name === name)?.container.env.map((one) => [one.name, one.value]),
      );
      expect(env.get("DATABASE_HOST")).toBe("postgres-rw.launchlab.svc.cluster.local");
      expect(env.get("DATABASE_TLS")).toBe("verify-full");
      expect(env.get("DATABASE_CA_FILE")).toMatch(/\.pem$/);
    }
  });
});
