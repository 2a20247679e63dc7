import { createServer } from "node:net";
import { expect, it } from "vitest";
import type { Finding } from "../../../app/finding.ts";
import { listeningPorts } from "../../process-provider/ports.ts";
import { summary, type Downloads } from "./downloads.ts";
import { clock, memory, openFiles, ports, space, versions } from "./machine.ts";
import { cli } from "./programs.ts";

const states = (...findings: Finding[]): string[] => findings.map(({ state }) => state);

it("knows the Node and npm that it was started by", () => {
  expect(versions("npm/10.8.2 node/v20.19.0 linux x64")).toMatchObject([
    { about: "Node", state: "good" },
    { about: "npm", found: "10.8.2" },
  ]);
  expect(versions("npm/8.19.4 node/v16.20.2 linux x64")[0]).toMatchObject({
    state: "bad",
    advice: expect.stringContaining("Node 20") as string,
  });
  expect(versions(undefined)).toHaveLength(1);
});

it("says when the disk is nearly full, of bytes or of files", () => {
  expect(
    states(space("disk", "/", 5e8, 1e6), space("disk", "/", 2e9, 1e6), space("disk", "/", 9e9, 1e6)),
  ).toEqual(["bad", "look", "good"]);
  expect(space("disk", "/", 9e9, 10)).toMatchObject({
    state: "bad",
    found: expect.stringContaining("for 10 files") as string,
  });
});

it("asks for less memory when the stack is up already", () => {
  expect(states(memory(false, 1e9), memory(true, 1e9), memory(true, 1e8))).toEqual(["look", "good", "look"]);
});

it("wants a few thousand open files", () => {
  expect(states(openFiles("unlimited\n"), openFiles("20000\n"), openFiles("1024\n"))).toEqual([
    "good",
    "good",
    "look",
  ]);
});

it("compares the clock with another machine's, in both directions", () => {
  expect(states(clock(0.8), clock(-20), clock(-3600), clock(undefined))).toEqual([
    "good",
    "look",
    "bad",
    "look",
  ]);
  expect(clock(-3600).found).toBe("60 min behind another machine's");
  expect(clock(20).found).toBe("20 s ahead of another machine's");
});

it("tells ports of the stack from those of others, and names who holds them", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    expect(listeningPorts()).toContain(port);
    expect(ports(port - 5, [port], [])).toMatchObject([
      { state: "look", found: `${port - 5} to ${port + 114}: ${port} is held by node (pid ${process.pid})` },
    ]);
    expect(states(...ports(port - 5, [port], [port]))).toEqual(["good"]);
    // Just behind and just before the block.
    expect(ports(port - 120, [port], [])).toMatchObject([
      { state: "good", found: `${port - 120} to ${port - 1}: all free` },
    ]);
    expect(states(...ports(port + 1, [port], []))).toEqual(["good"]);
  } finally {
    server.close();
  }
});

it("says how the Pulumi CLI can be had, and when it cannot", () => {
  const reach = (pulumi: boolean, modules: boolean): Downloads => ({
    ...{ pulumi, modules, releases: false, clockAhead: undefined },
    finding: summary([]),
  });
  expect(cli("/usr/bin/pulumi", reach(false, false), undefined).state).toBe("good");
  expect(cli(undefined, reach(true, false), undefined)).toMatchObject({
    state: "look",
    advice: expect.stringContaining("downloads") as string,
  });
  expect(cli(undefined, reach(false, true), "1.25.1")).toMatchObject({
    state: "look",
    advice: expect.stringContaining("builds") as string,
  });
  for (const finding of [
    cli(undefined, reach(false, true), "1.22.0"),
    cli(undefined, reach(false, true), undefined),
    cli(undefined, reach(false, false), "1.25.1"),
  ])
    expect(finding.state).toBe("bad");
});

it("takes one open way for enough, and none for worth a look", () => {
  const way = (name: string, reached: boolean) => ({ name, reached });
  expect(summary([way("a", true), way("b", false)])).toMatchObject({
    state: "good",
    found: "reached: a; not reached: b",
  });
  expect(summary([way("a", false)])).toMatchObject({ state: "look", found: "not reached: a" });
});
