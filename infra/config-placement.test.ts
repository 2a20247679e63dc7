import { describe, expect, it } from "vitest";
import { loadConfig } from "./config.ts";

const load = (raw: Record<string, string>): ReturnType<typeof loadConfig> =>
  loadConfig((key) => raw[key], { keys: Object.keys(raw) });

describe("each setting of places and sizes", () => {
  it.each([
    ["nodeSelector", '{"disktype":1}', "at disktype: Invalid input: expected string"],
    ["nodeSelector", "ssd", "must be an object of labels that nodes must have, such as"],
    ["tolerations", '{"key":"a"}', "must be a list of tolerations, such as"],
    ["tolerations", '[{"key":"a","effect":"Never"}]', "; at 0.effect: Invalid option: expected one of"],
    ["tolerations", '[{"keys":"a"}]', '; at 0: Unrecognized key: "keys"'],
    ["tolerations", '[{"effect":"NoSchedule"}]', "without a key, the operator has to be Exists"],
    ["tolerations", '[{"key":"a","operator":"Exists","value":"b"}]', "the operator Exists takes no value"],
    ["tolerations", '[{"key":"a","tolerationSeconds":5}]', "tolerationSeconds needs the effect NoExecute"],
    ["priorityClass", "High!", "must be the name of a priority class: small letters"],
    ["resources", '{"web":{"cpu":1}}', '; at web: Unrecognized key: "cpu"'],
    ["resources", '{"web":{"memoryMb":0}}', "; at web.memoryMb: Too small"],
    ["volumes", '{"postgres":"20Gi"}', "; at postgres: Invalid input: expected number"],
    ["images", '{"mongo":"mongo:7.0"}', "names are simulator, postgres, redis, nginx,"],
    ["images", '{"bot":"bot:1.0"}', "must be an object of images by name"],
    ["images", '{"redis":"redis:latest"}', "; at redis: must be an image with a tag other than latest"],
    ["transform", "./folder", "must be the path of a module in this folder, such as ./transform.ts"],
  ])("%s refuses %j", (key, value, problem) => {
    expect(() => load({ [key]: value })).toThrow(problem);
  });

  it("comes as what it stands for", () => {
    const values = {
      nodeSelector: { disktype: "ssd" },
      tolerations: [
        { operator: "Exists" },
        { key: "a", value: "b", effect: "NoExecute", tolerationSeconds: 5 },
      ],
      resources: { web: { cpuMillis: 800 } },
      volumes: { postgres: 100 },
      images: { redis: `mirror.example.org/redis@sha256:${"a".repeat(64)}` },
    };
    const raw = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]),
    );
    expect(load(raw)).toMatchObject(values);
  });
});
