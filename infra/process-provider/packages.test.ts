import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { packages } from "../packages.ts";
import { errorOf } from "./fixture.ts";
import { atLeast, find, parseVersion, provide, type Package } from "./packages.ts";
import { freePort } from "../../test/support/wait.ts";

const run = promisify(execFile);

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "launchlab-packages-"));
  vi.stubEnv("LAUNCHLAB_CACHE", join(root, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

/** Puts a program into a folder that prints its version. */
function put(folder: string, name: string, version: string): string {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, name);
  writeFileSync(path, `#!/bin/sh\necho "${name} version ${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

const pathWith = (...folders: string[]): void => {
  const all = [...folders.map((folder) => join(root, folder)), "/usr/bin", "/bin"];
  vi.stubEnv("PATH", all.join(delimiter));
};

const tool: Package = { name: "Tool", programs: ["launchlab-tool"], minimum: "2.1" };

describe("parseVersion", () => {
  it.each([
    ["postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", "15.20"],
    ["Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", "7.0.15"],
    ["nginx version: nginx/1.22.1", "1.22.1"],
    ["prometheus, version 2.42.0+ds (branch: debian/sid)", "2.42.0"],
    ["go version go1.25.1 linux/amd64", "1.25.1"],
    ["no version here", undefined],
    ["", undefined],
  ])("reads %j as %s", (text, version) => expect(parseVersion(text)).toBe(version));
});

describe("atLeast", () => {
  it.each([
    ["15.20", "15.3", true],
    ["15.3", "15.20", false],
    ["17.0", "15.20", true],
    ["2.42.0", "2.42", true],
    ["2.42", "2.42.1", false],
    ["2.42.1", "2.42", true],
    ["1.9", "1.10", false],
  ])("%s against %s is %s", (version, minimum, result) => expect(atLeast(version, minimum)).toBe(result));
});

describe("find", () => {
  it("is not held up by an old version on PATH when a well-known folder has a good one", async () => {
    put("old", "launchlab-tool", "2.0.9");
    const good = put("known/3/bin", "launchlab-tool", "3.0");
    pathWith("old");
    const found = await find({ ...tool, folders: [join(root, "known/*/bin")] });
    expect(found).toEqual({ programs: { "launchlab-tool": good }, env: {}, version: "3.0" });
  });

  it("takes the newest of several well-known folders by number, and PATH before them", async () => {
    put("known/9/bin", "launchlab-tool", "9.0");
    const ten = put("known/10/bin", "launchlab-tool", "10.0");
    const pkg = { ...tool, folders: [join(root, "known/*/bin")] };
    pathWith();
    expect((await find(pkg))?.programs["launchlab-tool"]).toBe(ten);
    const own = put("own", "launchlab-tool", "2.1");
    pathWith("own");
    expect((await find(pkg))?.programs["launchlab-tool"]).toBe(own);
  });

  it("wants all programs from one folder, under either of their names", async () => {
    const pkg = { ...tool, programs: ["launchlab-tool", "launchlab-helper|vendor-helper"] };
    put("half", "launchlab-tool", "3.0");
    pathWith("half");
    expect(await find(pkg)).toBeUndefined();
    put("whole", "launchlab-tool", "3.0");
    const helper = put("whole", "vendor-helper", "1.0");
    pathWith("half", "whole");
    expect((await find(pkg))?.programs["launchlab-helper"]).toBe(helper);
  });

  it("passes a program by that does not start, or tells no version", async () => {
    const path = put("broken", "launchlab-tool", "3.0");
    writeFileSync(path, "#!/bin/sh\nexit 1\n");
    pathWith("broken");
    expect(await find(tool)).toBeUndefined();
  });
});

describe("the vendor's archive", () => {
  let server: Server | undefined;
  let requests: string[] = [];
  afterEach(() => {
    server?.close();
    server = undefined;
  });

  /** Serves an archive of the tool, with its checksum or the given one. */
  async function vendor(checksum?: string): Promise<Package> {
    put("release/tool-3.0", "launchlab-tool", "3.0");
    execFileSync("tar", ["-czf", join(root, "tool.tar.gz"), "-C", join(root, "release"), "."]);
    const bytes = readFileSync(join(root, "tool.tar.gz"));
    const sum = checksum ?? createHash("sha256").update(bytes).digest("hex");
    requests = [];
    server = createServer((request, response) => {
      requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.end(request.url === "/sums" ? `${sum}  ${name}\n` : bytes);
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${port}`;
    return { ...tool, archive: { url: `${base}/tool-{os}-{arch}.tar.gz`, checksums: `${base}/sums` } };
  }
  const os = process.platform === "darwin" ? "darwin" : "linux";
  const name = `tool-${os}-${process.arch === "arm64" ? "arm64" : "amd64"}.tar.gz`;
  const cached = (): string[] => readdirSync(join(root, "cache/packages"));

  it("is used when its checksum is right, and found in the cache from then on", async () => {
    const pkg = await vendor();
    const lines: string[] = [];
    const { programs, version } = await provide(pkg, (line) => lines.push(line));
    expect(version).toBe("3.0");
    expect((await run(programs["launchlab-tool"] ?? "")).stdout).toBe("launchlab-tool version 3.0\n");
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^downloading http://.*/${name}$`))]);
    expect(cached()).toHaveLength(1);
    const asked = requests.length;
    expect((await find(pkg))?.programs).toEqual(programs);
    expect(requests).toHaveLength(asked);
  });

  it("may be read by the user whom it will run as, whatever modes it was packed with", async () => {
    mkdirSync(join(root, "release/tool-3.0"), { recursive: true, mode: 0o700 });
    const { programs, root: copy = "" } = await provide(await vendor());
    for (const path of [copy, join(copy, "tool-3.0"), programs["launchlab-tool"] ?? ""]) {
      expect(statSync(path).mode & 0o055, path).toBe(0o055);
    }
  });

  it("is refused when its checksum is wrong, and nothing of it stays", async () => {
    const pkg = await vendor("0".repeat(64));
    const error = await errorOf(provide(pkg));
    expect(error).toContain("Tool 2.1 or newer was not found on this machine");
    expect(error).toMatch(
      /tried the vendor's archive: .* has checksum [0-9a-f]{64}, its vendor says 0{64}: not used/,
    );
    expect(cached()).toEqual([]);
    // A failure is not remembered.
    pathWith("release/tool-3.0");
    expect((await provide(pkg)).version).toBe("3.0");
  });

  it("is said to be too old when it is", async () => {
    const pkg = { ...(await vendor()), minimum: "4.0" };
    expect(await errorOf(provide(pkg))).toContain("the unpacked programs do not start, or are too old");
  });

  it("is downloaded once when two processes want it at the same time", async () => {
    const pkg = await vendor();
    const module = JSON.stringify(join(import.meta.dirname, "packages.ts"));
    const script = `import { provide } from ${module};
      const { version } = await provide(${JSON.stringify(pkg)}); console.log(version);`;
    const both = [0, 1].map(async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      await once(child, "close");
      return text;
    });
    expect(await Promise.all(both)).toEqual(["3.0\n", "3.0\n"]);
    expect(requests.filter((line) => line === `GET /${name}`)).toHaveLength(1);
    expect(cached()).toHaveLength(1);
  });
});

describe("the error when there is no way", () => {
  it("names the package to install, and what was tried", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const archive = { url: `${nowhere}/x.tar.gz`, checksums: `${nowhere}/sums` };

    pathWith();
    const error = await errorOf(provide({ ...tool, archive }));
    expect(error).toContain(
      "Tool 2.1 or newer was not found on this machine. Install it: the program from its vendor",
    );
    expect(error).toContain("so that launchlab-tool is on PATH");
    expect(error).toContain("  tried the vendor's archive: not reachable");
  });

  it.skipIf(!existsSync("/usr/bin/apt-get"))(
    "names Debian's package (needs apt-get)",
    async () => {
      pathWith();
      const error = await errorOf(provide({ ...tool, debian: ["launchlab-no-such-package"] }));
      expect(error).toContain(
        "Install it: apt-get install launchlab-no-such-package (or your system's package",
      );
      expect(error).toContain("tried Debian package launchlab-no-such-package: E: Unable to locate package");
      expect(readdirSync(join(root, "cache/packages"))).toEqual([]);
    },
    120_000,
  );
});

describe("Debian's packages", () => {
  it.skipIf(!existsSync("/usr/bin/apt-get"))(
    "are unpacked without being installed, and start (needs apt-get and a package mirror)",
    async () => {
      pathWith();
      const { programs, env, version, root: copy } = await provide(packages.redis);
      const server = programs["redis-server"] ?? "";
      // Where the machine has its own Redis, that one is used.
      if (existsSync("/usr/bin/redis-server")) expect(server).toBe("/usr/bin/redis-server");
      else expect(server).toBe(`${copy ?? ""}/usr/bin/redis-server`);
      expect(atLeast(version, packages.redis.minimum)).toBe(true);
      const port = await freePort();
      const child = spawn(server, ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
        cwd: copy,
        env: { ...process.env, ...env },
      });
      child.stdout.resume();
      try {
        const ping = async (): Promise<string> => {
          const { stdout } = await run(programs["redis-cli"] ?? "", ["-p", String(port), "ping"], {
            env: { ...process.env, ...env },
          }).catch(() => ({ stdout: "" }));
          return stdout;
        };
        await expect.poll(ping, { timeout: 10_000, interval: 50 }).toBe("PONG\n");
      } finally {
        const over = once(child, "exit");
        child.kill("SIGKILL");
        await over;
      }
    },
    180_000,
  );
});
