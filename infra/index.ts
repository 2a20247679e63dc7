import * as pulumi from "@pulumi/pulumi";
import { checkToken, loadConfig } from "./config.ts";
import { packages } from "./packages.ts";
import { localPlatform } from "./platforms/local.ts";
import { find } from "./process-provider/packages.ts";
import { createStack } from "./stack.ts";

const settings = new pulumi.Config("launchlab");
const token = new pulumi.Config("bot").getSecret("token");
const known = Object.keys(pulumi.runtime.allConfig()).flatMap((key) => {
  const [namespace, name] = key.split(":");
  return namespace === "launchlab" && name !== undefined ? [name] : [];
});
const config = loadConfig((key) => settings.get(key), token !== undefined, known);
const name = pulumi.getStack();

export default createStack({
  name,
  config,
  platform: localPlatform({ stack: name, basePort: config.basePort, keepData: config.keepData }),
  token: token?.apply(checkToken),
  grafana:
    config.grafana === "on" || (config.grafana === "auto" && (await find(packages.grafana)) !== undefined),
});
