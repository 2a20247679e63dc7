import { createServer } from "node:http";
import { expect, it } from "vitest";
import { probe } from "./health.ts";
import { freePort } from "../../test/support/wait.ts";

it("says what a web server answered when it is not well", async () => {
  let status = 503;
  const server = createServer((_, response) => response.writeHead(status).end("no database"));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const check = { kind: "http", url: `http://127.0.0.1:${port}/ready` } as const;
  expect(await probe(check, {})).toBe(`${check.url} answered 503 no database`);
  status = 200;
  expect(await probe(check, {})).toBeUndefined();
  expect(await probe({ kind: "tcp", port }, {})).toBeUndefined();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await probe(check, {})).toBe(`${check.url} does not answer`);
  expect(await probe({ kind: "tcp", port }, {})).toBe(`nothing listens on port ${port}`);
});

it("runs a command in the program's environment and gives its words when it fails", async () => {
  const command = (script: string): { kind: "command"; command: string[] } => ({
    kind: "command",
    command: ["/bin/sh", "-c", script],
  });
  expect(await probe(command("test $A = 1"), { A: "1" })).toBeUndefined();
  expect(await probe(command("echo starting up; exit 1"), {})).toBe("sh: starting up");
  expect(await probe(command("exit 3"), {})).toBe("sh: ended with 3");
  expect(await probe({ kind: "command", command: ["/no/such/probe"] }, {})).toBe("probe: ended with ENOENT");
});

it("does not wait for a command that hangs and ignores signals", async () => {
  const command = ["/bin/sh", "-c", "trap '' TERM; exec tail -f /dev/null"];
  expect(await probe({ kind: "command", command }, {})).toBe("sh: no answer within 2000 ms");
});
