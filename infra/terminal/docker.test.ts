import { expect, it } from "vitest";
import { dockerSite } from "./docker.ts";

const container = (name: string, workload: string, more: { state?: object; [key: string]: unknown } = {}) => {
  const { state = {}, ...others } = more;
  return {
    Id: `${name}0123456789abcdef`.slice(0, 16),
    Name: `/${name}`,
    RestartCount: 0,
    State: {
      Status: "running",
      ExitCode: 0,
      OOMKilled: false,
      Error: "",
      Health: { Status: "healthy", Log: [] },
      ...state,
    },
    Config: { Labels: { "launchlab.stack": "docker", "launchlab.workload": workload }, Cmd: ["app/main.ts"] },
    HostConfig: { RestartPolicy: { Name: "unless-stopped" } },
    NetworkSettings: { Ports: {} },
    ...others,
  };
};

/** As an engine 20.10 answered, without what nobody reads. */
const containers = [
  container("web-0-aaa", "web"),
  container("web-1-bbb", "web", {
    RestartCount: 2,
    state: { Health: { Status: "unhealthy", Log: [{ Output: "first" }, { Output: "503 draining\n" }] } },
  }),
  container("web-0-aaa-files", "web", { state: { Status: "created", Health: null } }),
  container("worker-0-c", "worker", { state: { Status: "restarting", ExitCode: 137, OOMKilled: true } }),
  container("migrate-d", "migrate", {
    state: { Status: "exited", Health: null },
    HostConfig: { RestartPolicy: { Name: "no" } },
  }),
  container("backup-eeee", "backup", {
    state: { Health: null },
    Config: {
      Labels: { "launchlab.stack": "docker", "launchlab.workload": "backup" },
      Cmd: ["/etc/launchlab/scheduler/main.mts", "0 2 * * *"],
    },
  }),
  container("prometheus-f", "prometheus", {
    NetworkSettings: { Ports: { "9090/tcp": [{ HostIp: "127.0.0.1", HostPort: "8402" }], "9091/tcp": null } },
  }),
  container("redis-ggggg", "redis", {
    state: { Status: "exited", ExitCode: 1, Health: { Status: "unhealthy" } },
  }),
];
const stats = [
  { ID: "web-0-aaa012", CPUPerc: "1.52%", MemUsage: "123.4MiB / 512MiB" },
  { ID: "redis-ggggg0", CPUPerc: "--", MemUsage: "-- / --" },
];

function fake(answers: Record<string, string>) {
  const asked: string[][] = [];
  const ask = (...args: string[]): Promise<string> => {
    asked.push(args);
    const answer = answers[args[0] ?? ""];
    return answer === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(answer);
  };
  return { site: dockerSite("docker", ask), asked };
}

const answers = {
  ps: containers.map(({ Id }) => Id).join("\n"),
  inspect: JSON.stringify(containers),
  stats: stats.map((one) => JSON.stringify(one)).join("\n"),
  exec: "done\n",
};

it("says how the containers of each workload are", async () => {
  const { site, asked } = fake(answers);
  const workloads = await site.workloads();
  expect(asked[0]).toContain("label=launchlab.stack=docker");
  expect(workloads.map(({ name, kind, wanted }) => `${name} ${kind} ${wanted}`)).toEqual([
    "web service 2",
    "worker service 1",
    "migrate task 1",
    "backup schedule 1",
    "prometheus service 1",
    "redis service 1",
  ]);
  expect(workloads.flatMap(({ replicas }) => replicas)).toEqual([
    {
      name: "web-0-aaa",
      state: "healthy",
      restarts: 0,
      cpu: 0.0152,
      memoryBytes: Math.round(123.4 * 2 ** 20),
    },
    { name: "web-1-bbb", state: "unhealthy", detail: "503 draining", restarts: 2 },
    {
      name: "worker-0-c",
      state: "down",
      detail: "it ended (it needed more than its limit of memory), and is started again",
      restarts: 0,
    },
    { name: "migrate-d", state: "done", restarts: 0 },
    { name: "backup-eeee", state: "waiting", restarts: 0 },
    { name: "prometheus-f", state: "healthy", restarts: 0 },
    { name: "redis-ggggg", state: "down", detail: "it is exited (exit code 1)", restarts: 0 },
  ]);
});

it("does without figures of use where the engine gives none, and knows of nothing on an empty engine", async () => {
  const { site } = fake({ ps: answers.ps, inspect: answers.inspect });
  expect((await site.workloads())[0]?.replicas[0]).toEqual({
    name: "web-0-aaa",
    state: "healthy",
    restarts: 0,
  });
  expect(await fake({ ps: "" }).site.workloads()).toEqual([]);
});

it("finds the published port of a workload, and says when there is none", async () => {
  const { site } = fake(answers);
  expect((await site.address("prometheus")).url).toBe("http://127.0.0.1:8402");
  await expect(site.address("web")).rejects.toThrow("no port of web is open to this machine");
  await expect(site.address("redis")).rejects.toThrow("redis does not run");
});

it("has a log of each container that ever ran, and knows which will not grow", async () => {
  const logs = await fake(answers).site.logs();
  expect(logs.map(({ name, over }) => `${name}${over === true ? " over" : ""}`)).toEqual([
    "web-0-aaa",
    "web-1-bbb",
    "worker-0-c",
    "migrate-d over",
    "backup-eeee",
    "prometheus-f",
    "redis-ggggg over",
  ]);
});
