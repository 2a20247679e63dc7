import * as pulumi from "@pulumi/pulumi";
import { images } from "../images.ts";
import type { Endpoint, Platform } from "../workload.ts";

/** Ada, who is always there in the simulator. */
export const FIRST_PERSON = "5000000001";

/** The group of the simulator in which alerts are told. */
export const ALERT_CHAT = "-1002000000001";

export interface SimulatorArgs {
  readonly platform: Platform;
  readonly botToken: pulumi.Input<string>;
  /** Workloads that call the Bot API. */
  readonly callers: readonly string[];
}

/** Stands in for Telegram: a Bot API server with a chat page. */
export class Simulator extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where people find it. */
  readonly page: Endpoint;
  readonly nodes: readonly pulumi.Resource[];

  constructor(
    name: string,
    { platform, botToken, callers }: SimulatorArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("launchlab:index:Simulator", name, {}, opts);
    const workload = platform.run(
      name,
      {
        kind: "service",
        image: images.simulator,
        ports: [{ name: "http", port: 8081, slot: 1, page: true, reachableFrom: callers }],
        resources: { cpuMillis: 200, memoryMb: 256 },
        env: (at) => ({
          SIMULATOR_HOST: at.host,
          SIMULATOR_PORT: String(at.port("http")),
          SIMULATOR_ALERT_GROUP: ALERT_CHAT,
        }),
        secrets: { BOT_TOKEN: botToken },
        command: () => ["node", "simulator/main.ts"],
        health: { kind: "http", port: "http", path: "/health", live: "/health" },
      },
      { parent: this },
    );
    this.endpoint = workload.endpoint("http");
    this.page = workload.fromHost("http");
    this.nodes = workload.nodes;
    this.registerOutputs({});
  }
}
