import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-redis-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** Puts a program of this name before those of the system. */
function program(name: string, body: string): void {
  chmodSync(file(name, `#!/bin/sh\n${body}\n`), 0o755);
}

const environment = () => ({ PATH: `${folder}:/usr/bin:/bin` });
const scriptOf = (name: string): string => join(import.meta.dirname, name);

describe("a server", () => {
  const own = "10.0.0.1:6379";
  const other = "10.0.0.2:6380";
  const sentinels = ["a:1", "b:2", "c:3"];

  /** What `redis-server` is told when the Sentinels answer this, by host; "" is none. */
  function told(answers: Record<string, string>): string {
    for (const [host, text] of Object.entries(answers)) file(`${host}.answer`, text);
    // redis-cli -h HOST -p PORT
    program("redis-cli", `read -r line; [ "$line" = "AUTH pw" ] && cat "${folder}/$2.answer"`);
    program("redis-server", `cat "$1"`);
    const config = file("redis.conf", "port 6379\n");
    const question = file("question", "AUTH pw\n");
    const { stdout } = spawnSync(
      "/bin/sh",
      [scriptOf("redis-server.sh"), config, folder, question, own, ...sentinels],
      { env: environment(), encoding: "utf8", timeout: 4000 },
    );
    return stdout;
  }
  const answer = (epoch: number, address: string): string =>
    `OK\nname\nlaunchlab\nip\n9.9.9.9\nport\n1\nflags\nmaster\nconfig-epoch\n${epoch}\nnum-slaves\n2\n${address.replace(":", "\n")}\n`;

  it("is the primary when the Sentinels say so", () => {
    const text = told({ a: answer(0, own), b: answer(0, own), c: answer(0, own) });
    expect(text).toBe("starts as the primary\nport 6379\n\n");
  });

  it("follows the primary that the newest failover made, however many have not heard of it", () => {
    const text = told({ a: answer(9, own), b: answer(10, other), c: answer(9, own) });
    expect(text).toBe(`starts as a replica of ${other}\nport 6379\nreplicaof 10.0.0.2 6380\n`);
  });

  it("needs the answers of two", () => {
    const refusal = "WRONGPASS invalid\nNOAUTH Authentication required.\n";
    expect(told({ a: answer(3, other), b: "", c: answer(2, own) })).toContain("replica of");
    expect(told({ a: answer(3, other), b: "", c: refusal })).toBe(
      "waits until more than half of the Sentinels say who is the primary\n",
    );
  });

  it("does not wait for a Sentinel that hangs", () => {
    for (const host of ["a", "b"]) file(`${host}.answer`, answer(1, other));
    program("redis-cli", `[ "$2" = c ] && exec sleep 60; cat "${folder}/$2.answer"`);
    program("redis-server", `cat "$1"`);
    const args = [file("redis.conf", ""), folder, file("question", ""), own, ...sentinels];
    const { stdout } = spawnSync("/bin/sh", [scriptOf("redis-server.sh"), ...args], {
      env: environment(),
      encoding: "utf8",
      timeout: 10_000,
    });
    expect(stdout).toContain("replica of");
  });
});

describe("a Sentinel", () => {
  const config =
    "port 26379\nuser default on >new\nsentinel monitor launchlab first 1 2\nsentinel auth-pass launchlab new\nsentinel known-replica launchlab second 2\n";
  const start = (servers: readonly string[]): string => {
    program("redis-server", `cat "$1"; echo "$2"`);
    const args = [scriptOf("redis-sentinel.sh"), file("sentinel.rendered", config), folder, ...servers];
    return execFileSync("/bin/sh", args, { env: environment(), encoding: "utf8" });
  };
  const rewritten = `port 26379
user default on #old
sentinel myid abc
sentinel monitor launchlab second 2 2
sentinel auth-pass launchlab old
sentinel config-epoch launchlab 7
sentinel leader-epoch launchlab 8
sentinel known-replica launchlab first 1
sentinel known-sentinel launchlab other 26379 def
sentinel current-epoch 8
`;

  it("begins with its configuration", () => {
    expect(start(["first:1", "second:2"])).toBe(`${config}--sentinel\n`);
  });

  it("keeps what it has learned and promised, and nothing else of its old configuration", () => {
    file("sentinel.conf", rewritten);
    const learned = rewritten.split("\n").filter((line) => /^sentinel (?!auth)/.test(line));
    const fresh = config.split("\n").filter((line) => line !== "" && !/monitor|known-replica/.test(line));
    expect(start(["first:1", "second:2"])).toBe([...fresh, ...learned, "--sentinel", ""].join("\n"));
    // Also the next time, when Redis has not rewritten it.
    expect(start(["first:1", "second:2"])).toContain("sentinel monitor launchlab second 2 2\n");
    expect(readFileSync(join(folder, "sentinel.conf"), "utf8")).not.toContain("old");
  });

  it("begins anew when its primary is none of the servers any more", () => {
    file("sentinel.conf", rewritten);
    expect(start(["first:1", "second:3"])).toBe(`${config}--sentinel\n`);
  });
});
