import { beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../config.ts";
import { connectivity } from "../platforms/kubernetes-fixture.ts";
import { clusterConfig, open, register, type Registration } from "../stack-fixture.ts";

const token = `8000000001:${"aB3_-".repeat(7)}`;
const api = { mentorUrl: "https://ai.example.org/v1", mentorModel: "small" } as const;
const real = { token, config: { webhookUrl: "https://bot.example.org" } } as const;

describe("the mentor", () => {
  let stack: Registration;
  beforeAll(async () => {
    stack = await register({ token, config: { ...real.config, ...api }, mentorKey: "planted-key" });
  });

  it("is called by workers alone, which get its key in a file", () => {
    const { env, secrets } = stack.process("worker-0");
    expect(env).toMatchObject({ MENTOR_URL: api.mentorUrl, MENTOR_MODEL: "small" });
    expect(secrets["MENTOR_KEY"]).toBe("planted-key");
    const web = stack.process("web-0");
    expect([...Object.keys(web.env), ...Object.keys(web.secrets)].join()).not.toContain("MENTOR");
  });

  it("keeps its key secret", () => {
    for (const { name, inputs } of stack.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain("planted-key");
  });

  it("is the simulator's own where nothing is said, and none beside a real bot", async () => {
    const simulated = await register();
    expect(simulated.process("worker-0").env).toMatchObject({
      MENTOR_URL: `${simulated.outputs.simulator}/v1`,
      MENTOR_MODEL: "simulated",
    });
    expect(simulated.process("worker-0").secrets).toHaveProperty("MENTOR_KEY");
    const { env, secrets } = (await register(real)).process("worker-0");
    expect([...Object.keys(env), ...Object.keys(secrets)].join()).not.toContain("MENTOR");
  });

  it.each([
    ["https://ai.example.org:8443/v1", ["0.0.0.0/0", "::/0"], 8443],
    ["http://198.51.100.7:8443/v1", ["198.51.100.7/32"], 8443],
    ["https://[2001:db8::7]/v1", ["2001:db8::7/128"], 443],
    ["http://198.51.100.7/v1", ["198.51.100.7/32"], 80],
  ])("at %s may be called on a cluster, by workers alone", async (mentorUrl, networks, port) => {
    const { manifests } = await register({
      config: { ...clusterConfig, ...api, mentorUrl },
      mentorKey: "planted-key",
    });
    const called = connectivity(manifests).filter(
      (line) => line.includes(`:${port}/`) && /\/\d+:/.test(line),
    );
    expect(called.filter((line) => /^(web|worker) /.test(line))).toEqual(
      networks.map((network) => `worker -> ${network}:${port}/tcp`),
    );
  });
});

describe("its settings", () => {
  const problemsOf = (raw: Record<string, string>, hasMentorKey = false): string => {
    try {
      loadConfig((key) => raw[key], { keys: Object.keys(raw), hasMentorKey });
    } catch (error) {
      return String(error);
    }
    return "";
  };

  it("are all there, or none", () => {
    expect(problemsOf(api, true)).toBe("");
    expect(problemsOf({ mentorUrl: api.mentorUrl })).toMatch(
      /launchlab:mentorModel is missing[^]*bot:mentorKey is missing/,
    );
    expect(problemsOf({ mentorModel: "small" }, true)).toMatch(
      /launchlab:mentorModel has no effect[^]*bot:mentorKey has no effect/,
    );
  });

  it.each([
    "ai.example.org",
    "ftp://ai.example.org",
    "https://me:planted@ai.example.org",
    "https://a/?key=planted",
  ])("refuse %s as an address, and do not repeat it", (mentorUrl) => {
    const text = problemsOf({ ...api, mentorUrl }, true);
    expect(text).toContain(
      "launchlab:mentorUrl must be the http or https address of an OpenAI-compatible API",
    );
    expect(text).not.toContain("planted");
  });
});
