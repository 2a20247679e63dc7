import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mendLinks, relocate } from "./unpacked.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "launchlab-unpacked-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Buffer): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: 0o755 });
  return file;
}

function link(path: string, target: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
  return file;
}

it("makes links to absolute targets point at what was unpacked beside them, also over other links", async () => {
  put("usr/share/x/file", "content");
  const links = [
    link("etc/file", "/usr/share/x/file"),
    link("etc/a-first", "/etc/b-second"),
    link("etc/b-second", "/usr/share/x/file"),
  ];
  const folder = link("usr/lib/x", "/usr/share/x");
  await mendLinks(root);
  for (const one of links) expect(readFileSync(one, "utf8")).toBe("content");
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("content");
  expect(readlinkSync(folder)).toBe("../share/x");
});

it("leaves relative links and links to the machine's own files as they are", async () => {
  put("usr/bin/a", "content");
  const relative = link("usr/bin/b", "a");
  const outside = link("usr/bin/c", "/no/such/file");
  await mendLinks(root);
  expect(readlinkSync(relative)).toBe("a");
  expect(readlinkSync(outside)).toBe("/no/such/file");
});

it("makes folders that are compiled into a program relative, and keeps size, mode and all other bytes", async () => {
  const before = Buffer.concat([
    Buffer.from([0, 255, 128]),
    Buffer.from("a=/usr/share/x/web/ui b=/usr/share/x/web/\0c=/usr/share/other"),
    Buffer.from([254, 10, 0]),
  ]);
  const file = put("usr/bin/tool", before);
  await relocate(root, ["missing", "tool"], ["/usr/share/x/web/"]);
  const after = readFileSync(file);
  expect(after.length).toBe(before.length);
  expect(statSync(file).mode & 0o777).toBe(0o755);
  const expected = before.toString("latin1").replaceAll("/usr/share/x/web/", "usr/share/x/web//");
  expect(after.toString("latin1")).toBe(expected);
});

it("lets a relocated program find its files when it starts in the copy's root", async () => {
  put("usr/share/launchlab-test/words", "found");
  const tool = put("usr/sbin/tool", "#!/bin/sh\ncat /usr/share/launchlab-test/words\n");
  await relocate(root, ["tool"], ["/usr/share/launchlab-test"]);
  expect(execFileSync(tool, { cwd: root, encoding: "utf8" })).toBe("found");
});
