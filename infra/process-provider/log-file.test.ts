import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lastLines, openLog, sizeOf } from "./log-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-log-"));
  path = join(folder, "deep/er/x.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (suffix = ""): string => readFileSync(path + suffix, "utf8");

describe("openLog", () => {
  it("appends to what is there, in a file that only its owner reads", () => {
    for (const line of ["one\n", "two\n"]) {
      const log = openLog(path);
      log.write(line);
      log.close();
    }
    expect(text()).toBe("one\ntwo\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("keeps the last two pieces, so that a chatty program cannot fill the disk", () => {
    const log = openLog(path, 10);
    for (let i = 0; i < 8; i += 1) log.write(`line ${i}....\n`);
    log.close();
    expect([text(), text(".1"), text(".2")]).toEqual(["line 7....\n", "line 6....\n", "line 5....\n"]);
    expect(existsSync(`${path}.3`)).toBe(false);
  });

  it("counts what a former writer left when it decides to rotate", () => {
    openLog(path).write("0123456789");
    const log = openLog(path, 10);
    log.write("a");
    log.write("b");
    expect([text(), text(".1")]).toEqual(["b", "0123456789a"]);
  });

  it("tells how much was lost on a full disk with the first line that can be written", () => {
    openLog(path).close();
    symlinkSync("/dev/full", path);
    const log = openLog(path);
    log.write("12345");
    log.write("ü");
    rmSync(path);
    log.write("back\n");
    log.write("again\n");
    expect(text()).toBe("[7 bytes of log lost: the disk was full]\nback\nagain\n");
  });

  it("does not end the supervisor when the folder of the log has vanished", () => {
    const log = openLog(path);
    log.write("one\n");
    log.close();
    rmSync(join(folder, "deep"), { recursive: true });
    expect(() => log.write("two\n")).not.toThrow();
  });
});

describe("lastLines", () => {
  it("gives the last lines after the given byte", () => {
    writeFileSync(join(folder, "a"), "old\none\ntwo\nthree\n\n");
    expect(lastLines(join(folder, "a"), 2, 4)).toEqual(["two", "three"]);
    expect(lastLines(join(folder, "a"), 9, 4)).toEqual(["one", "two", "three"]);
  });

  it("gives all lines when the log was rotated since", () => {
    writeFileSync(join(folder, "a"), "new\n");
    expect(lastLines(join(folder, "a"), 5, 4000)).toEqual(["new"]);
  });

  it("gives nothing for an empty or missing log", () => {
    writeFileSync(join(folder, "a"), "");
    expect(lastLines(join(folder, "a"), 5)).toEqual([]);
    expect(lastLines(join(folder, "missing"), 5)).toEqual([]);
    expect(sizeOf(join(folder, "missing"))).toBe(0);
  });
});
