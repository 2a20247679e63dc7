import * as pulumi from "@pulumi/pulumi";
import { homedir } from "node:os";
import { gatewayAddressOf } from "./config-docker.ts";
import { certificateFiles, certificateTexts, publicAddress } from "./config-edge.ts";
import { checkToken, loadConfig, type Config } from "./config.ts";
import { neighboursOf } from "./config-monitoring.ts";
import { builds } from "./images.ts";
import { packages } from "./packages.ts";
import { localPlatform } from "./platforms/local.ts";
import { find } from "./process-provider/packages.ts";
import { Certificate } from "./process-provider/resources.ts";
import { createStack, type StackOutputs } from "./stack.ts";
import { dockerEngine } from "./toolchain/docker-engine.ts";
import { loadTransform, registerTransform } from "./transform.ts";
import type { Platform } from "./workload.ts";

type Create = (
  stack: string,
  config: Config,
  /** Made by the stack itself. */
  selfSigned: Certificate | undefined,
) => Platform | Promise<Platform>;

const platforms: Record<Config["platform"], Create> = {
  local: (stack, config) => localPlatform({ stack, ...config, certificate: certificateFiles(config) }),
  docker: async (stack, config, selfSigned) => {
    const [{ default: docker }, { dockerPlatform }] = await Promise.all([
      import("@pulumi/docker"),
      import("./platforms/docker.ts"),
    ]);
    // Without the Docker CLI the plugin still works, and builds for the processor of this machine.
    const engine = await dockerEngine().catch(() => undefined);
    return dockerPlatform({
      ...config,
      stack,
      builds,
      buildNetwork: config.buildNetwork === "host" ? "host" : undefined,
      buildPlatform: engine && `${engine.os}/${engine.arch}`,
      gatewayAddress: gatewayAddressOf(config.gatewayAddress),
      certificate: selfSigned ?? certificateTexts(config),
      // The engine is the one of DOCKER_HOST, or of this machine.
      provider: new docker.Provider("engine", {}),
    });
  },
  kubernetes: async (_stack, config) => {
    // Loaded only here: the SDK is large, and other platforms should not wait for it.
    const [{ default: k8s }, { kubernetesPlatform }] = await Promise.all([
      import("@pulumi/kubernetes"),
      import("./platforms/kubernetes.ts"),
    ]);
    // For one update, and read by the plugin itself; as an argument it would be a part of the state.
    delete process.env["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"];
    // Given in full, so that it is never the cluster that the shell happens to point at.
    const { kubeconfig = "", kubeContext: context = "" } = config;
    const cluster = { kubeconfig: kubeconfig.replace(/^~(?=\/)/, homedir()), context };
    const neighbours = neighboursOf(config);
    return kubernetesPlatform({ ...config, neighbours, provider: new k8s.Provider("cluster", cluster) });
  },
};

/** The program: configuration, platform, services, outputs. Returns what `pulumi stack output` shows. */
export async function program(): Promise<StackOutputs> {
  const settings = new pulumi.Config("launchlab");
  const token = new pulumi.Config("bot").getSecret("token");
  const alertToken = new pulumi.Config("bot").getSecret("alertToken");
  const mentorKey = new pulumi.Config("bot").getSecret("mentorKey");
  const postgresPassword = new pulumi.Config("postgres").getSecret("password");
  const backup = new pulumi.Config("backup");
  const backupIdentity = backup.getSecret("identity");
  const [accessKey, secretKey] = [backup.getSecret("accessKey"), backup.getSecret("secretKey")];
  const keys = Object.keys(pulumi.runtime.allConfig()).flatMap((key) => {
    const [namespace, name] = key.split(":");
    return namespace === "launchlab" && name !== undefined ? [name] : [];
  });
  const config = loadConfig((key) => settings.get(key), {
    keys,
    hasToken: token !== undefined,
    hasAlertToken: alertToken !== undefined,
    hasPassword: postgresPassword !== undefined,
    hasMentorKey: mentorKey !== undefined,
    hasIdentity: backupIdentity !== undefined,
    bucketSecrets: [
      ...(accessKey === undefined ? [] : ["backup:accessKey"]),
      ...(secretKey === undefined ? [] : ["backup:secretKey"]),
    ],
  });
  if (config.transform !== undefined) registerTransform(await loadTransform(config.transform));
  const name = pulumi.getStack();
  const hasGrafana = config.platform !== "local" || (await find(packages.grafana)) !== undefined;
  const inPlace = config.grafana === "auto" && !hasGrafana ? "viewer" : "grafana";
  const host = config.tlsSelfSigned === undefined ? undefined : publicAddress(config.webhookUrl)?.host;
  const selfSigned = host === undefined ? undefined : new Certificate("gateway-certificate", { host });
  return createStack({
    name,
    config,
    platform: await platforms[config.platform](name, config, selfSigned),
    webhookCertificate: selfSigned?.certificate,
    token: token?.apply((text) => checkToken(text)),
    alertToken: alertToken?.apply((text) => checkToken(text, "bot:alertToken")),
    mentorKey,
    postgresPassword,
    backupIdentity,
    bucketKeys: accessKey && secretKey && { accessKey, secretKey },
    dashboards: config.grafana === "off" ? "none" : inPlace,
  });
}
