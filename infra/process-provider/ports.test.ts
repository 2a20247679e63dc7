import { createServer, type Server } from "node:net";
import { expect, it } from "vitest";
import { holderOf, isFree, takenMessage } from "./ports.ts";
import { freePort } from "../../test/support/wait.ts";

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return server;
}

it("tells a free port from one that is taken on the loopback or on all addresses", async () => {
  const port = await freePort();
  expect(await isFree(port)).toBe(true);
  expect(holderOf(port)).toBeUndefined();
  for (const host of ["127.0.0.1", "0.0.0.0", "::"]) {
    const server = await listen(port, host);
    expect(await isFree(port), host).toBe(false);
    expect(holderOf(port), host).toEqual({ pid: process.pid, program: "node" });
    await new Promise((resolve) => server.close(resolve));
  }
  expect(await isFree(port)).toBe(true);
});

it("names the port, its holder and the setting that helps, but no command line", async () => {
  const port = await freePort();
  const server = await listen(port, "127.0.0.1");
  const message = takenMessage(port);
  server.close();
  expect(message).toContain(`port ${port} is taken by node (pid ${process.pid})`);
  expect(message).toContain("pulumi config set launchlab:basePort");
  expect(message).not.toContain("vitest");
});

it("says another program when the holder is unknown", async () => {
  expect(takenMessage(await freePort())).toContain("is taken by another program:");
});
