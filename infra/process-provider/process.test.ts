import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  childPid,
  errorOf,
  never,
  processesWith,
  sandbox,
  server,
  silent,
  supervisorPid,
  textOf,
  type Sandbox,
} from "./fixture.ts";
import { isAlive } from "./identity.ts";
import { drift, reloadProcess, restartKey, startProcess, stopProcess, takenPorts } from "./process.ts";
import { freePort, until } from "../../test/support/wait.ts";

let box: Sandbox;
beforeEach(async () => {
  box = await sandbox();
});
afterEach(() => box.remove());

async function listenOn(port: number): Promise<Server> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
  return holder;
}

describe("a process that comes up", () => {
  it("is waited for until it is healthy, and stopping it leaves only its log", async () => {
    const port = await freePort();
    const inputs = box.node(`console.log("hello"); setTimeout(() => { ${server(port)} }, 200)`, {
      ports: [port],
      health: { kind: "http", url: `http://127.0.0.1:${port}/` },
    });
    const id = await startProcess(inputs, silent);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(drift(id, inputs)).toBeUndefined();
    await stopProcess(inputs);
    expect(existsSync(inputs.folder)).toBe(false);
    expect(readdirSync(box.root, { recursive: true }).sort()).toEqual(["log", "log/probe.log", "run"]);
    expect(textOf(inputs.log)).toContain("hello");
    expect(processesWith(box.root)).toEqual([]);
  });

  it("gets its secrets as private files, never in its environment, command line or spec", async () => {
    const secret = "correct-horse-battery";
    const inputs = box.sh(`cat $TOKEN_FILE >seen; exec ${box.sleep}`, {
      secrets: { TOKEN: secret },
      cwd: box.root,
      health: { kind: "command", command: ["/bin/sh", "-c", `test -s ${box.root}/seen`] },
    });
    await startProcess(inputs, silent);
    expect(textOf(join(box.root, "seen"))).toBe(secret);
    const file = join(inputs.folder, "secrets/TOKEN");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(inputs.folder).mode & 0o777).toBe(0o700);
    for (const pid of [childPid(inputs), supervisorPid(inputs)]) {
      expect(textOf(`/proc/${pid}/environ`)).not.toContain(secret);
      expect(textOf(`/proc/${pid}/cmdline`)).not.toContain(secret);
    }
    expect(textOf(`/proc/${childPid(inputs)}/environ`)).toContain(`TOKEN_FILE=${file}`);
    const others = readdirSync(inputs.folder).filter((name) => name.endsWith(".json"));
    expect(others.sort()).toEqual(["spec.json", "status.json"]);
    for (const name of others) expect(textOf(join(inputs.folder, name))).not.toContain(secret);
  });

  it("does not inherit the environment of whoever runs the stack", async () => {
    process.env["LAUNCHLAB_TEST_PASSPHRASE"] = "planted";
    try {
      const inputs = box.sh(`exec ${box.sleep}`, { env: { GIVEN: "yes" } });
      await startProcess(inputs, silent);
      expect(textOf(`/proc/${childPid(inputs)}/environ`)).toContain("GIVEN=yes");
      for (const pid of [childPid(inputs), supervisorPid(inputs)])
        expect(textOf(`/proc/${pid}/environ`)).not.toContain("planted");
    } finally {
      delete process.env["LAUNCHLAB_TEST_PASSPHRASE"];
    }
  });

  it("reads changed files after SIGHUP without a restart", async () => {
    const read = `require("fs").readFileSync(process.env.CONFIG, "utf8")`;
    const port = await freePort();
    const script = `let text = ${read}; process.on("SIGHUP", () => (text = ${read}));
      require("http").createServer((_, res) => res.end(text)).listen(${port}, "127.0.0.1")`;
    const before = box.node(script, {
      files: { "app.conf": "one" },
      env: { CONFIG: join(box.root, "run/probe/files/app.conf") },
      reload: "SIGHUP",
      health: { kind: "http", url: `http://127.0.0.1:${port}/` },
    });
    const id = await startProcess(before, silent);
    const pid = childPid(before);
    const after = { ...before, files: { "app.conf": "two" } };
    await reloadProcess(after);
    await expect
      .poll(async () => (await fetch(`http://127.0.0.1:${port}/`)).text(), { interval: 20 })
      .toBe("two");
    expect(childPid(before)).toBe(pid);
    expect(drift(id, after)).toBeUndefined();
    expect(restartKey(after)).toBe(restartKey(before));
    const { reload, ...fixed } = after;
    expect(reload).toBe("SIGHUP");
    expect(restartKey(fixed)).not.toBe(restartKey({ ...fixed, files: { "app.conf": "one" } }));
  });

  it("is watched after a reload: files that it cannot serve with are reported", async () => {
    const port = await freePort();
    const script = `process.on("SIGHUP", () => {}); require("http").createServer((_, res) => {
      res.statusCode = Number(require("fs").readFileSync(process.env.CONFIG, "utf8")); res.end("no such upstream");
    }).listen(${port}, "127.0.0.1")`;
    const before = box.node(script, {
      files: { "app.conf": "200" },
      env: { CONFIG: join(box.root, "run/probe/files/app.conf") },
      reload: "SIGHUP",
      health: { kind: "http", url: `http://127.0.0.1:${port}/` },
    });
    await startProcess(before, silent);
    const bad = { ...before, files: { "app.conf": "500" }, startSeconds: 0.2 };
    const error = await errorOf(reloadProcess(bad));
    expect(error).toContain("probe is not healthy after the reload");
    expect(error).toContain("answered 500 no such upstream");
  });

  it("cannot be reloaded when it does not run, and the error says so", async () => {
    const inputs = box.sh(`exec ${box.sleep}`, { reload: "SIGHUP" });
    await startProcess(inputs, silent);
    await stopProcess(inputs);
    await expect(reloadProcess(inputs)).rejects.toThrow("probe does not run, so it cannot reload its files");
  });
});

describe("a process that does not come up", () => {
  it("that exits at once is reported with exit code, the last lines of this start only, and its log", async () => {
    const first = box.sh("echo words of yesterday; exit 3", { health: never });
    await errorOf(startProcess(first, silent));
    const inputs = box.sh("echo to stdout; echo to stderr >&2; exit 7", { health: never });
    const error = await errorOf(startProcess(inputs, silent));
    expect(error).toContain("probe ended with exit code 7 before it was healthy");
    expect(error).toContain("    to stdout");
    expect(error).toContain("    to stderr");
    expect(error).toContain(`whole log: ${inputs.log}`);
    expect(error).not.toContain("yesterday");
    expect(textOf(inputs.log)).toContain("yesterday");
    expect(processesWith(box.root)).toEqual([]);
  });

  it("has its last words in the error even when there are many", async () => {
    const inputs = box.sh("seq 1 200000; echo the end >&2; exit 1", { task: true });
    const error = await errorOf(startProcess(inputs, silent));
    expect(error).toContain("    the end");
    expect(error).toContain("    200000");
    expect(error.split("\n").length).toBeLessThan(20);
  });

  it("that never becomes healthy is ended, with what the probe saw", async () => {
    const inputs = box.sh(`exec ${box.sleep}`, { health: never, startSeconds: 0.5 });
    const error = await errorOf(startProcess(inputs, silent));
    expect(error).toContain("probe was not healthy (nothing listens on port 1) within 0.5 s");
    expect(error).toContain("it logged nothing");
    expect(processesWith(box.sleep)).toEqual([]);
    expect(processesWith(box.root)).toEqual([]);
  });

  it("whose program does not exist is reported by name", async () => {
    const inputs = { ...box.sh(""), command: ["/no/such/program"] };
    const error = await errorOf(startProcess(inputs, silent));
    expect(error).toContain("probe cannot be started");
    expect(error).toContain("/no/such/program");
    expect(processesWith(box.root)).toEqual([]);
  });

  it("is killed when it ignores the request to stop", async () => {
    const inputs = box.sh("trap '' TERM; echo trapped; while :; do sleep 0.05; done", {
      stopSeconds: 0.3,
      health: { kind: "command", command: ["/bin/sh", "-c", `grep -q trapped ${box.root}/log/probe.log`] },
    });
    await startProcess(inputs, silent);
    const pid = childPid(inputs);
    const begun = Date.now();
    await stopProcess(inputs);
    expect(isAlive(pid)).toBe(false);
    // By its supervisor, not only after the supervisor itself has been given up, 5 s later.
    expect(Date.now() - begun).toBeLessThan(4000);
    expect(textOf(inputs.log)).toContain("probe did not stop within 0.3 s: killed");
    expect(processesWith(box.root)).toEqual([]);
  });
});

describe("a taken port", () => {
  it("is reported with its holder's program and pid before anything starts", async () => {
    const port = await freePort();
    const holder = await listenOn(port);
    try {
      const inputs = box.sh(`exec ${box.sleep}`, { ports: [port] });
      const message = `port ${port} is taken by node (pid ${process.pid})`;
      expect((await takenPorts(inputs))[0]).toContain(message);
      const begun = Date.now();
      expect(await errorOf(startProcess(inputs, silent))).toContain(message);
      expect(Date.now() - begun).toBeLessThan(5000);
      expect(processesWith(box.sleep)).toEqual([]);
      expect(existsSync(inputs.folder)).toBe(false);
    } finally {
      holder.close();
    }
  });

  it("is waited for when it is only the rest of a predecessor", async () => {
    const port = await freePort();
    const holder = await listenOn(port);
    const inputs = box.sh(`exec ${box.sleep}`, { ports: [port] });
    const started = startProcess(inputs, silent);
    setTimeout(() => holder.close(), 200);
    expect(drift(await started, inputs)).toBeUndefined();
  });

  it("is told of two stacks of one machine: the second starts nothing", async () => {
    const port = await freePort();
    const health = { kind: "http", url: `http://127.0.0.1:${port}/` } as const;
    const first = box.node(server(port), { name: "first", ports: [port], health });
    const second = box.node(server(port), { name: "second", ports: [port], health });
    await startProcess(first, silent);
    expect(await errorOf(startProcess(second, silent))).toContain(`node (pid ${childPid(first)})`);
    expect(existsSync(second.folder)).toBe(false);
  });
});

describe("a task", () => {
  it("that succeeds is over when it has started, and is no drift afterwards", async () => {
    const inputs = box.sh("echo done", { task: true });
    const id = await startProcess(inputs, silent);
    expect(textOf(inputs.log)).toBe("done\n");
    expect(drift(id, inputs)).toBeUndefined();
    await until("its supervisor ends by itself", () => processesWith(box.root).length === 0);
  });

  it("that fails is reported with its exit code and words, and runs once only", async () => {
    const inputs = box.sh("echo no database; exit 4", { task: true });
    const error = await errorOf(startProcess(inputs, silent));
    expect(error).toMatch(/^probe ended with exit code 4\n/);
    expect(error).toContain("no database");
    expect(textOf(inputs.log)).toBe("no database\n");
  });

  it("that hangs is ended after its time", async () => {
    const inputs = box.sh(`exec ${box.sleep}`, { task: true, startSeconds: 0.4 });
    expect(await errorOf(startProcess(inputs, silent))).toContain("probe did not end within 0.4 s");
    expect(processesWith(box.sleep)).toEqual([]);
  });
});

describe("drift", () => {
  it("is seen when everything is gone, as after a reboot, and a new start heals it", async () => {
    const inputs = box.sh(`exec ${box.sleep}`);
    const id = await startProcess(inputs, silent);
    const [child, supervisor] = [childPid(inputs), supervisorPid(inputs)];
    process.kill(supervisor, "SIGKILL");
    process.kill(-child, "SIGKILL");
    await until("both are gone", () => !isAlive(child) && !isAlive(supervisor));
    expect(drift(id, inputs)).toBe("its supervisor is gone");
    const next = await startProcess(inputs, silent);
    expect(next).not.toBe(id);
    expect(drift(next, inputs)).toBeUndefined();
  });

  it("is seen when the status was deleted under a running process", async () => {
    const inputs = box.sh(`exec ${box.sleep}`);
    const id = await startProcess(inputs, silent);
    const file = join(inputs.folder, "status.json");
    const status = textOf(file);
    rmSync(file);
    expect(drift(id, inputs)).toBe("its status is gone");
    // So that the process can be stopped.
    writeFileSync(file, status);
  });
});
