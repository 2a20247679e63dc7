import type { CheckResult, DiffResult } from "@pulumi/pulumi/provider/index.js";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { childPid, errorOf, processesWith, sandbox, server, textOf, type Sandbox } from "./fixture.ts";
import { isAlive } from "./identity.ts";
import type { ProcessInputs } from "./inputs.ts";
import { provider as partial } from "./provider.ts";
import { freePort, until } from "../../test/support/wait.ts";

type Properties = Record<string, unknown>;
// Every method exists: the provider's type merely allows for less, and for any value.
const provider: Methods = {
  check: partial.check?.bind(partial) ?? missing,
  diff: partial.diff?.bind(partial) ?? missing,
  create: partial.create?.bind(partial) ?? missing,
  read: partial.read?.bind(partial) ?? missing,
  update: partial.update?.bind(partial) ?? missing,
  delete: partial.delete?.bind(partial) ?? missing,
};
interface Methods {
  check(urn: string, olds: Properties, news: Properties): Promise<CheckResult>;
  diff(id: string, urn: string, olds: Properties, news: Properties): Promise<DiffResult>;
  create(urn: string, inputs: Properties): Promise<{ id: string; outs?: Properties }>;
  read(id: string, urn: string, state: Properties): Promise<unknown>;
  update(id: string, urn: string, olds: Properties, news: Properties): Promise<{ outs?: Properties }>;
  delete(id: string, urn: string, state: Properties): Promise<void>;
}
function missing(): never {
  throw new Error("the provider lacks a method");
}

const urn = (type: string): string =>
  `urn:pulumi:dev::launchlab::launchlab:index:Bot$process:index:${type}::it`;
const process_ = urn("Process");
const password = urn("Password");
const folder = urn("Folder");

/** A value as the engine hands over a secret. */
const wrap = (value: unknown): unknown => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

let box: Sandbox;
beforeEach(async () => {
  box = await sandbox();
});
afterEach(() => box.remove());

async function holding<T>(port: number, work: () => Promise<T>): Promise<T> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
  try {
    return await work();
  } finally {
    holder.close();
  }
}

describe("a Process", () => {
  it("is created from wrapped secrets, which stay wrapped in the state", async () => {
    const inputs = box.sh(`exec ${box.sleep}`);
    const wrapped = { ...inputs, secrets: { TOKEN: wrap("planted") }, files: { a: wrap("also planted") } };
    const { outs } = await provider.create(process_, wrapped);
    expect(outs).toEqual(wrapped);
    expect(textOf(join(inputs.folder, "secrets/TOKEN"))).toBe("planted");
    expect(textOf(join(inputs.folder, "files/a"))).toBe("also planted");
    await provider.delete("id", process_, wrapped);
    expect(processesWith(box.sleep)).toEqual([]);
  });

  it("is read as present while it runs, and as gone when it does not", async () => {
    const inputs = box.sh(`exec ${box.sleep}`);
    const { id } = await provider.create(process_, inputs);
    expect(await provider.read(id, process_, inputs)).toEqual({ id, props: inputs });
    await provider.delete(id, process_, inputs);
    expect(await provider.read(id, process_, inputs)).toEqual({ id: "", props: {} });
  });

  it("has no changes when its inputs come in another order, or newly wrapped", async () => {
    const inputs = box.sh("true", { env: { A: "1", B: "2" }, secrets: { T: "t" } });
    const same = {
      ...Object.fromEntries(Object.entries(inputs).reverse()),
      env: { B: "2", A: "1" },
      secrets: wrap({ T: "t" }),
    };
    expect(await provider.diff("id", process_, inputs, same)).toEqual({ changes: false });
  });

  it("is replaced, the old one first, when anything changes", async () => {
    const inputs = box.sh("true");
    const changes: Partial<ProcessInputs>[] = [
      { env: { A: "1" } },
      { secrets: { T: "new" } },
      { files: { a: "new" } },
      { source: "new" },
    ];
    for (const change of changes) {
      expect(await provider.diff("id", process_, inputs, { ...inputs, ...change })).toEqual({
        changes: true,
        replaces: Object.keys(change),
        deleteBeforeReplace: true,
      });
    }
  });

  it("is updated in place when only its files change and it can reload them", async () => {
    const before = box.sh("trap 'cat $FILE' HUP; cat $FILE; while :; do sleep 0.05; done", {
      files: { conf: "one\n" },
      env: { FILE: join(box.root, "run/probe/files/conf") },
      reload: "SIGHUP",
    });
    const { id } = await provider.create(process_, before);
    await until("it has read the first", () => existsSync(before.log) && textOf(before.log) === "one\n");
    const pid = childPid(before);
    const after = { ...before, files: { conf: "two\n" } };
    expect(await provider.diff(id, process_, before, after)).toEqual({ changes: true });
    const { outs } = await provider.update(id, process_, before, after);
    expect(outs).toEqual(after);
    await until("it has read the second", () => textOf(before.log) === "one\ntwo\n");
    expect(childPid(before)).toBe(pid);
    const both = await provider.diff(id, process_, before, { ...after, env: {} });
    expect(both).toMatchObject({ replaces: ["env", "files"], deleteBeforeReplace: true });
  });

  it("is refused by check, so already in a preview, when somebody else has its port", async () => {
    const port = await freePort();
    const inputs = box.sh(`exec ${box.sleep}`, { ports: [port] });
    await holding(port, async () => {
      const { failures } = await provider.check(process_, {}, inputs);
      expect(failures).toHaveLength(1);
      expect(failures?.[0]?.property).toBe("ports");
      expect(failures?.[0]?.reason).toContain(`port ${port} is taken by node (pid ${process.pid})`);
      expect(failures?.[0]?.reason).toContain("launchlab:basePort");
    });
    expect(existsSync(inputs.folder)).toBe(false);
    expect(await provider.check(process_, {}, inputs)).toEqual({ inputs, failures: [] });
  });

  it("passes check on the ports of what it replaces under another name", async () => {
    const port = await freePort();
    const old = box.sh("true", { ports: [port] });
    const successor = { ...box.sh("true"), name: "successor", folder: `${old.folder}-2`, ports: [port] };
    await holding(port, async () => {
      expect((await provider.check(process_, old, successor)).failures).toEqual([]);
      // Before the replacement the engine asks once more, as if it were new.
      expect((await provider.check(process_, {}, successor)).failures).toEqual([]);
    });
  });

  it("passes check on its own ports while it runs, and is refused new ones that are taken", async () => {
    const [own, taken] = [await freePort(), await freePort()];
    const inputs = box.node(server(own), { ports: [own], health: { kind: "tcp", port: own } });
    await provider.create(process_, inputs);
    expect((await provider.check(process_, inputs, inputs)).failures).toEqual([]);
    // State lost, process there: `up` will end and replace it.
    expect((await provider.check(process_, {}, inputs)).failures).toEqual([]);
    await holding(taken, async () => {
      const { failures } = await provider.check(process_, inputs, { ...inputs, ports: [own, taken] });
      expect(failures?.map(({ reason }) => reason.slice(0, 11))).toEqual([`port ${taken} `]);
    });
    expect(isAlive(childPid(inputs))).toBe(true);
  });

  it("is not judged by values that a preview does not know yet", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { ...box.sh("true"), ports: unknown };
    expect((await provider.check(process_, {}, inputs)).failures).toEqual([]);
  });
});

describe("a Password", () => {
  const args = (more: object = {}): Record<string, unknown> => ({
    length: 40,
    path: join(box.root, "kept/it"),
    keep: false,
    ...more,
  });
  const make = async (inputs = args()): Promise<string> => {
    const { outs } = await provider.create(password, inputs);
    return String(outs?.["result"]);
  };

  it("has the wanted length, letters and digits only, and is different each time", async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => make()));
    for (const one of all) expect(one).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(new Set(all).size).toBe(50);
    // Every one of the 62 characters turns up among 2000.
    expect(new Set(all.join("")).size).toBe(62);
  });

  it("is on no disk while it stands in the state", async () => {
    await make(args({ keep: true }));
    expect(readdirSync(box.root)).toEqual([]);
  });

  it("is forgotten when it is deleted", async () => {
    const first = await make();
    await provider.delete("password", password, args({ result: first }));
    expect(readdirSync(box.root)).toEqual([]);
    expect(await make()).not.toBe(first);
  });

  it("is kept over delete and create when asked, in a file that only its owner reads", async () => {
    const first = await make(args({ keep: true }));
    await provider.delete("password", password, args({ keep: true, result: wrap(first) }));
    const file = join(box.root, "kept/it");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(box.root, "kept")).mode & 0o777).toBe(0o700);
    expect(await make(args({ keep: true }))).toBe(first);
    // Still there: the run that made it may be killed before the engine has noted it.
    expect(await make(args({ keep: true }))).toBe(first);
    await provider.delete("password", password, args({ result: first }));
    expect(existsSync(file)).toBe(false);
  });

  it("is made anew when another length is wanted than was kept", async () => {
    const first = await make(args({ keep: true }));
    await provider.delete("password", password, args({ keep: true, result: first }));
    expect(await make(args({ keep: true, length: 20 }))).toHaveLength(20);
  });

  it("is replaced for another length only", async () => {
    const state = args({ result: "x".repeat(40) });
    expect(await provider.diff("password", password, state, args())).toEqual({
      changes: false,
      replaces: [],
    });
    expect(await provider.diff("password", password, state, args({ keep: true }))).toEqual({
      changes: true,
      replaces: [],
    });
    const longer = await provider.diff("password", password, state, args({ length: 41 }));
    expect(longer.replaces).toEqual(["length"]);
    const { outs } = await provider.update("password", password, state, args({ keep: true }));
    expect(outs).toEqual({ ...state, keep: true });
  });
});

describe("a Folder", () => {
  it("goes with its content when it is deleted", async () => {
    const args = { path: join(box.root, "data"), keep: false };
    await provider.create(folder, args);
    writeFileSync(join(args.path, "file"), "x");
    expect(await provider.read(args.path, folder, args)).toEqual({ id: args.path, props: args });
    await provider.delete(args.path, folder, args);
    expect(existsSync(args.path)).toBe(false);
    expect(await provider.read(args.path, folder, args)).toEqual({ id: "", props: {} });
  });

  it("is kept with its content when asked, and taken up again", async () => {
    const args = { path: join(box.root, "data"), keep: true };
    await provider.create(folder, args);
    writeFileSync(join(args.path, "file"), "x");
    await provider.delete(args.path, folder, args);
    await provider.create(folder, args);
    expect(readFileSync(join(args.path, "file"), "utf8")).toBe("x");
  });

  it("is kept or not without being made anew", async () => {
    const args = { path: join(box.root, "data"), keep: false };
    expect(await provider.diff("id", folder, args, { ...args, keep: true })).toEqual({
      changes: true,
      replaces: [],
    });
    const moved = await provider.diff("id", folder, args, { ...args, path: "/elsewhere" });
    expect(moved.replaces).toEqual(["path"]);
  });
});

it("keeps folders and passwords for once when `destroy` is told to", async () => {
  vi.stubEnv("LAUNCHLAB_KEEP_DATA", "1");
  vi.resetModules();
  const { provider: keeping } = await import("./provider.ts");
  const data = { path: join(box.root, "data"), keep: false };
  await provider.create(folder, data);
  await keeping.delete?.("id", folder, data);
  expect(existsSync(data.path)).toBe(true);
  const state = { length: 9, path: join(box.root, "kept/it"), keep: false, result: "planted-1" };
  await keeping.delete?.("password", password, state);
  expect(textOf(state.path)).toBe("planted-1");
  vi.unstubAllEnvs();
});

it("says which type of resource it does not know", async () => {
  const error = await errorOf(Promise.resolve().then(() => provider.create(urn("Rocket"), {})));
  expect(error).toBe("the process provider has no resource type process:index:Rocket");
});
