import { RunError } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { checkToken, loadConfig } from "./config.ts";

type Raw = Record<string, string>;

const load = (raw: Raw, hasToken = false, hasPassword = false): ReturnType<typeof loadConfig> =>
  loadConfig((key) => raw[key], { keys: Object.keys(raw), hasToken, hasPassword });

function problemOf(raw: Raw, hasToken = false, hasPassword = false): string {
  try {
    load(raw, hasToken, hasPassword);
  } catch (error) {
    // The engine shows a RunError without a stack trace.
    expect(error).toBeInstanceOf(RunError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the configuration was accepted");
}

it("works without a single setting", () => {
  expect(load({})).toEqual({
    platform: "local",
    users: 2000,
    basePort: 8400,
    keepData: false,
    grafana: "auto",
    rateLimit: 20,
    premiumStars: 250,
    admins: "",
    logLevel: "info",
    secretGeneration: 1,
    redisHa: "none",
    backups: "auto",
    buildNetwork: "default",
    backupKeepDaily: 7,
    backupKeepWeekly: 4,
    cpuReservation: 100,
    namespace: "launchlab",
    serviceType: "ClusterIP",
    autoscaling: "cpu",
    postgresHa: "none",
    postgresPort: 5432,
    postgresUser: "launchlab",
    postgresDatabase: "launchlab",
    postgresTls: "verify-full",
    postgresSpread: "required",
    monitoring: "own",
    discovery: "pods",
    remoteWrite: "auto",
  });
});

it("reads every setting", () => {
  const raw = {
    platform: "kubernetes",
    users: "20000",
    basePort: "65000",
    keepData: "true",
    grafana: "off",
    rateLimit: "100",
    premiumStars: "10000",
    admins: "1234567,7654321",
    logLevel: "debug",
    secretGeneration: "2",
    redisHa: "sentinel",
    webhookUrl: "https://bot.example.org",
    kubeconfig: "/home/me/.kube/config",
    kubeContext: "production",
    namespace: "bots",
    botImage: `registry.example.org:5000/launchlab/bot@sha256:${"a".repeat(64)}`,
    registry: "registry.example.org:5000/hub",
    imagePullSecret: "registry",
    storageClass: "fast.example.org",
    cpuReservation: "10",
    serviceType: "NodePort",
    autoscaling: "keda",
    monitoring: "own",
    prometheusUrl: "http://prometheus.monitoring.svc:9090",
    runbookUrl: "https://wiki.example.org/runbooks/{alert}",
    remoteWrite: "on",
    discovery: "pods",
    monitoringNamespace: "keda",
    backups: "off",
  };
  const numbers = {
    buildNetwork: "default",
    users: 20_000,
    basePort: 65_000,
    rateLimit: 100,
    premiumStars: 10_000,
    secretGeneration: 2,
    keepData: true,
    cpuReservation: 10,
    postgresPort: 6543,
  };
  const postgres = {
    postgresHa: "external",
    postgresHost: "db.example.org",
    postgresPort: "6543",
    postgresUser: "bot",
    postgresDatabase: "people",
    postgresTls: "require",
    postgresCa: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  };
  expect(load({ ...raw, ...postgres }, false, true)).toEqual({
    ...raw,
    ...postgres,
    ...numbers,
    postgresSpread: "required",
    backupKeepDaily: 7,
    backupKeepWeekly: 4,
  });
});

describe("each setting", () => {
  it.each([
    ["platform", "", "must be local, docker or kubernetes"],
    ["platform", "moon", "must be local, docker or kubernetes"],
    ["users", "", "must be at least 1 active user"],
    ["users", "many", "must be a whole number of active users, 1 to 20000"],
    ["users", "2.5", "must be a whole number of active users, 1 to 20000"],
    ["users", "Infinity", "must be a whole number of active users, 1 to 20000"],
    ["users", "-1", "must be at least 1 active user"],
    ["users", "20001", "is more than one machine carries: 20000 at most"],
    ["basePort", "", "must be 1024 or more: lower ports need root"],
    ["basePort", "http", "must be a port number"],
    ["basePort", "8400.5", "must be a whole port number"],
    ["basePort", "1023", "must be 1024 or more: lower ports need root"],
    ["basePort", "65001", "must be 65000 or less: the stack takes 120 ports from there"],
    ["keepData", "", "must be true or false"],
    ["keepData", "maybe", "must be true or false"],
    ["grafana", "", "must be auto, on or off"],
    ["grafana", "yes", "must be auto, on or off"],
    ["rateLimit", "", "must be at least 1 request per minute and person"],
    ["rateLimit", "often", "must be a number of requests per minute and person, 1 to 100"],
    ["rateLimit", "1.5", "must be a whole number of requests per minute and person"],
    ["rateLimit", "0", "must be at least 1 request per minute and person"],
    ["premiumStars", "0", "must be at least 1 Telegram Star"],
    ["premiumStars", "10001", "must be at most 10000 Telegram Stars"],
    ["admins", "@ada", "must be ids of people at Telegram with commas between them"],
    ["secretGeneration", "0", "must be 1 or more"],
    ["secretGeneration", "new", "must be a whole number, 1 or more"],
    ["rateLimit", "101", "must be at most 100 requests per minute and person"],
    ["logLevel", "", "must be trace, debug, info, warn or error"],
    ["logLevel", "loud", "must be trace, debug, info, warn or error"],
    ["redisHa", "", "must be none or sentinel"],
    ["redisHa", "cluster", "must be none or sentinel"],
    ["kubeconfig", "", "must be the path of a kubeconfig file"],
    ["kubeContext", "", "must be the name of a context of the kubeconfig file"],
    ["namespace", "bots.example", "must be the name of a namespace: small letters, digits and dashes"],
    ["namespace", "Bots", "must be the name of a namespace: small letters, digits and dashes"],
    ["namespace", "b".repeat(64), "must be the name of a namespace, of 63 characters at most"],
    ["botImage", "launchlab/bot", "must be an image with a tag other than latest, or a digest"],
    ["botImage", "launchlab/bot:latest", "must be an image with a tag other than latest, or a digest"],
    ["botImage", "launchlab/bot@sha256:12", "must be an image with a tag other than latest, or a digest"],
    ["registry", "https://registry.example.org", "must be the address of a registry without https://"],
    ["registry", "registry.example.org/", "must be the address of a registry without https://"],
    ["imagePullSecret", "my secret", "must be the name of a Secret in the namespace"],
    ["storageClass", "-fast", "must be the name of a storage class"],
    ["cpuReservation", "0", "must be at least 1 per cent"],
    ["cpuReservation", "101", "must be at most 100 per cent"],
    ["cpuReservation", "a tenth", "must be a percentage from 1 to 100"],
    ["autoscaling", "", "must be cpu, custom-metrics or keda"],
    ["discovery", "", "must be pods or dns"],
    ["monitoring", "mine", "must be own or prometheus-operator"],
    [
      "monitorLabels",
      "release=x",
      'must be labels as JSON, such as {"release":"monitoring"}; this is no JSON',
    ],
    ["monitorLabels", '{"release":1}', 'must be labels as JSON, such as {"release":"monitoring"}'],
    ["prometheusUrl", "prometheus:9090", "must be the http:// or https:// address of a Prometheus"],
    ["runbookUrl", "runbooks/{alert}", "must be the http:// or https:// address of a runbook"],
    [
      "runbookUrl",
      "https://wiki.example.org/runbooks",
      "must have {alert} where the name of the alert stands",
    ],
    ["remoteWrite", "yes", "must be auto, on or off"],
    ["monitoringNamespace", "a b", "must be the name of a namespace: small letters"],
    ["webhookUrl", "", "must be an https:// address that Telegram can reach"],
    ["webhookUrl", "bot.example.org", "must be an https:// address that Telegram can reach"],
    ["webhookUrl", "http://bot.example.org", "must be an https:// address that Telegram can reach"],
  ])("%s refuses %j", (key, value, problem) => {
    const text = problemOf({ [key]: value });
    expect(text).toContain("the stack's configuration has 1 problem(s):");
    expect(text).toContain(`\n  launchlab:${key} ${problem}`);
    expect(text).toContain("Set a value with `npm run pulumi -- config set KEY VALUE`.");
  });

  it("shows the value that it refuses", () => {
    expect(problemOf({ users: "many" })).toContain('(it is "many")');
  });
});

it("names a setting that does not exist, and those that do", () => {
  const text = problemOf({ user: "2000" });
  expect(text).toContain("launchlab:user is not a setting; known are platform, users, basePort, keepData,");
});

it("says everything that is wrong at once", () => {
  const text = problemOf({ users: "0", basePort: "80", keepData: "?", colour: "red" }, true);
  expect(text).toContain("has 5 problem(s):");
  for (const key of ["users", "basePort", "keepData", "colour", "webhookUrl"]) {
    expect(text).toContain(`launchlab:${key} `);
  }
});

it("wants to know the cluster and the bot's image on kubernetes, all at once", () => {
  const text = problemOf({ platform: "kubernetes", users: "0" });
  expect(text).toContain("has 4 problem(s):");
  for (const key of ["kubeconfig", "kubeContext", "botImage"])
    expect(text).toContain(`launchlab:${key} is missing: the `);
});

it("reads labels for the operator", () => {
  expect(load({ monitorLabels: '{"release":"monitoring"}' }).monitorLabels).toEqual({
    release: "monitoring",
  });
});

it("leaves everything to the operator where there is one, and wants to know where it is", () => {
  const own = { monitoring: "prometheus-operator", grafana: "on", discovery: "dns" };
  const text = problemOf({ ...own, autoscaling: "keda" });
  expect(text).toContain("has 6 problem(s):");
  expect(text).toContain("launchlab:monitoring must be left out: on local there is no operator");
  expect(text).toContain(
    "launchlab:monitoringNamespace is missing: the namespace of the operator's Prometheus",
  );
  expect(text).toContain("launchlab:grafana must not be on: the boards go to");
  expect(text).toContain("launchlab:discovery must be left out: the operator finds pods in its own way");
  expect(text).toContain("launchlab:prometheusUrl is missing: the address at which KEDA finds");
});

it("wants to know who asks for figures, and a platform where replicas follow them", () => {
  const text = problemOf({ autoscaling: "keda", discovery: "dns" });
  expect(text).toContain("has 3 problem(s):");
  expect(text).toContain("launchlab:autoscaling must be left out: on local replicas do not follow the load");
  expect(text).toContain("launchlab:discovery must be pods for launchlab:autoscaling keda: figures are told");
  expect(text).toContain(
    "launchlab:monitoringNamespace is missing: the namespace of KEDA or prometheus-adapter",
  );
});

it.each(["registry.example.org/launchlab/bot:1.0.0", "bot:latest-1", "localhost:5000/bot:1"])(
  "takes %s as the bot's image",
  (botImage) => {
    expect(load({ botImage }).botImage).toBe(botImage);
  },
);

describe("an external Postgres", () => {
  const external = { postgresHa: "external", postgresHost: "db.example.org" };

  it("needs a host and a password, checks the server, and works on every platform", () => {
    expect(load(external, false, true)).toMatchObject({
      ...external,
      postgresPort: 5432,
      postgresTls: "verify-full",
    });
    const text = problemOf({ postgresHa: "external" });
    expect(text).toContain("has 2 problem(s):");
    expect(text).toContain("launchlab:postgresHost is missing: the host of the external Postgres");
    expect(text).toContain(
      "postgres:password is missing: set it with `npm run pulumi -- config set --secret",
    );
  });

  it.each([
    ["postgresHost", "https://db.example.org", "must be a host name or an address"],
    ["postgresHost", "db.example.org:5432", "must be a host name or an address"],
    ["postgresPort", "0", "must be a port number, 1 to 65535"],
    ["postgresPort", "pg", "must be a port number, 1 to 65535"],
    ["postgresUser", "", "must be the name of a user of Postgres"],
    ["postgresDatabase", "", "must be the name of a database"],
    ["postgresTls", "prefer", "must be disable, require or verify-full"],
    ["postgresCa", "/etc/ca.pem", "must be the text of a certificate"],
  ])("refuses %s %j", (key, value, problem) => {
    const text = problemOf({ ...external, [key]: value }, false, true);
    expect(text).toContain("has 1 problem(s):");
    expect(text).toContain(`launchlab:${key} ${problem}`);
  });

  it.each(["198.51.100.7", "2001:db8::7", "db"])("may be at %s", (postgresHost) => {
    expect(load({ ...external, postgresHost }, false, true).postgresHost).toBe(postgresHost);
  });

  it("leaves no setting without effect", () => {
    expect(problemOf({ postgresHost: "db" })).toContain(
      "launchlab:postgresHost has no effect: set launchlab:postgresHa to external",
    );
    expect(problemOf({}, false, true)).toContain("postgres:password has no effect");
    const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    expect(problemOf({ ...external, postgresCa: ca, postgresTls: "disable" }, false, true)).toContain(
      "launchlab:postgresCa has no effect while launchlab:postgresTls is disable",
    );
  });
});

describe("a Postgres cluster", () => {
  const cluster = {
    platform: "kubernetes",
    kubeconfig: "/k",
    kubeContext: "c",
    botImage: "bot:1",
    postgresHa: "cloudnative-pg",
  };

  it("may be spread and have snapshots as the nodes and volumes allow", () => {
    const choice = { postgresSpread: "preferred", postgresSnapshotClass: "csi.snapshots" };
    expect(load({ ...cluster, ...choice })).toMatchObject(choice);
    expect(problemOf({ ...cluster, postgresSpread: "maybe" })).toContain(
      "launchlab:postgresSpread must be required (one server on each node) or preferred",
    );
    expect(problemOf({ ...cluster, postgresSnapshotClass: "My class" })).toContain(
      "launchlab:postgresSnapshotClass must be the name of a volume snapshot class",
    );
    expect(problemOf(choice)).toContain(
      "launchlab:postgresSpread has no effect: set launchlab:postgresHa to cloudnative-pg",
    );
  });

  it("is only there on kubernetes", () => {
    expect(problemOf({ postgresHa: "cloudnative-pg" })).toContain(
      "launchlab:postgresHa cannot be cloudnative-pg here: its operator needs launchlab:platform to be kubernetes",
    );
    expect(problemOf({ postgresHa: "patroni" })).toContain(
      "launchlab:postgresHa must be none, cloudnative-pg, external",
    );
  });
});

it("wants an address of the gateway once a real bot's token is there", () => {
  expect(problemOf({}, true)).toContain("launchlab:webhookUrl is missing: with a real bot:token, Telegram");
  expect(load({ webhookUrl: "https://bot.example.org" }, true).webhookUrl).toBe("https://bot.example.org");
});

describe("an address of the gateway", () => {
  it.each(["https://bot.example.org/hooks", "https://bot.example.org/?a=1", "https://bot.example.org/#a"])(
    "may not be %s: the bot's own path is the only one",
    (webhookUrl) => {
      expect(problemOf({ webhookUrl })).toContain(
        "launchlab:webhookUrl must be an address without a path: the gateway",
      );
    },
  );

  it("may have a port of its own", () => {
    expect(load({ webhookUrl: "https://bot.example.org:8443/" }).webhookUrl).toContain(":8443");
  });
});

describe("secrets", () => {
  const token = `123456789:${"a".repeat(35)}`;

  it("are not repeated when they stand in the wrong setting", () => {
    expect(problemOf({ users: token })).not.toContain("aaaa");
    expect(problemOf({ webhookUrl: "http://me:hunter2@bot.example.org" })).not.toContain("hunter2");
    // Short and long ones, with and without the signs of an address.
    expect(problemOf({ webhookUrl: "ftp://me:hunter2@b" })).not.toContain("hunter2");
    expect(problemOf({ logLevel: "a".repeat(48) })).not.toContain("aaaa");
    expect(problemOf({ token })).not.toContain("aaaa");
  });

  it("that are tokens have Telegram's shape", () => {
    expect(checkToken(token)).toBe(token);
    for (const wrong of ["", "123456789", `${token}a`, token.slice(0, -1), ` ${token}`, `x${token}`]) {
      expect(() => checkToken(wrong)).toThrow("bot:token does not look like a token of @BotFather");
    }
  });

  it("that are no tokens are not repeated either", () => {
    expect(() => checkToken("123456789:secret")).toThrow(expect.not.stringContaining("secret"));
  });
});

describe("backups", () => {
  const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

  it("are read with their numbers, and with a recipient that age takes", () => {
    expect(load({ backups: "on", backupRecipient: recipient, backupKeepDaily: "14" })).toMatchObject({
      backups: "on",
      backupRecipient: recipient,
      backupKeepDaily: 14,
      backupKeepWeekly: 4,
    });
  });

  it("refuse what age does not take, and settings that have no effect", () => {
    const typo = recipient.replace("ql3", "ql4");
    const wrong = problemOf({ backups: "on", backupRecipient: typo, backupKeepWeekly: "0" });
    expect(wrong).toContain("launchlab:backupRecipient must be an age recipient");
    expect(wrong).toContain("launchlab:backupKeepWeekly must be a whole number of weeks");
    expect(problemOf({ backups: "off", backupKeepDaily: "3" })).toContain(
      "launchlab:backupKeepDaily has no effect: set launchlab:backups to on, or remove it",
    );
  });

  it("of a bucket need all that it takes to reach it, and say what is missing", () => {
    const wrong = problemOf({ backups: "on", backupBucket: "launchlab", backupPrefix: "/x y" });
    expect(wrong).toContain("launchlab:backupEndpoint is missing");
    expect(wrong).toContain(
      "backup:accessKey is missing: set it with `npm run pulumi -- config set --secret",
    );
    expect(wrong).toContain("backup:secretKey is missing");
    expect(wrong).toContain("launchlab:backupPrefix must be the beginning of names");
    expect(problemOf({ backups: "on", backupRegion: "eu" })).toContain(
      "launchlab:backupRegion has no effect: set launchlab:backupBucket, or remove it",
    );
  });
});
