import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { download, reachable } from "../toolchain/download.ts";
import { cacheFolder, ensureFolder } from "../toolchain/folders.ts";
import { withLock } from "../toolchain/lock.ts";
import { patiently } from "../toolchain/patiently.ts";
import { executable, mendLinks, relocate } from "./unpacked.ts";

const run = promisify(execFile);

/** Where a vendor's own build of a program can be had. */
export interface Archive {
  /** URL of a .tar.gz; {os} is linux or darwin, {arch} is amd64 or arm64. */
  readonly url: string;
  /** URL of the list of SHA-256 checksums that belongs to it; {os} and {arch} as above. */
  readonly checksums: string;
}

/** A program of the operating system that the local platform runs. */
export interface Package {
  readonly name: string;
  /**
   * Binaries that it must bring; the first is asked for its version. "a|b": b is another name of a,
   * used by some distributions.
   */
  readonly programs: readonly string[];
  /** Folders to look in besides PATH; may contain `*`. */
  readonly folders?: readonly string[];
  /** Oldest version that works, as "major.minor". */
  readonly minimum: string;
  /** Packages of Debian and Ubuntu, tried in order: the first that exists is taken. */
  readonly debian?: readonly string[];
  /**
   * Absolute folders that Debian compiled into the program. In an unpacked copy they are rewritten as relative
   * ones of the same length, and the program has to start in the copy's root.
   */
  readonly relocate?: readonly string[];
  readonly homebrew?: string;
  readonly archive?: Archive;
}

/** Where a package's programs are, and the environment they need (for unpacked libraries). */
export interface Installation {
  readonly programs: Record<string, string>;
  readonly env: Record<string, string>;
  readonly version: string;
  /** Folder to start in, for an unpacked copy. */
  readonly root?: string;
}

type Log = (line: string) => void;

/** "PostgreSQL 15.20 (Debian...)" -> "15.20". */
export function parseVersion(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)*/.exec(text)?.[0];
}

export function atLeast(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((v) => v.split(".").map(Number));
  for (const [i, wanted] of (b ?? []).entries()) {
    const got = a?.[i] ?? 0;
    if (got !== wanted) return got > wanted;
  }
  return true;
}

async function versionOf(program: string, env: Record<string, string>): Promise<string | undefined> {
  for (const flag of ["--version", "-version", "-v"]) {
    try {
      const { stdout, stderr } = await run(program, [flag], {
        env: { ...process.env, ...env },
        timeout: 10_000,
      });
      const version = parseVersion(stdout + stderr);
      if (version !== undefined) return version;
    } catch {
      // Not every program knows every flag.
    }
  }
  return undefined;
}

async function inFolder(
  pkg: Package,
  folder: string,
  env: Record<string, string>,
): Promise<Installation | undefined> {
  const programs: Record<string, string> = {};
  for (const program of pkg.programs) {
    const names = program.split("|");
    const found = names.map((name) => join(folder, name)).find(executable);
    if (found === undefined) return undefined;
    programs[names[0] ?? program] = found;
  }
  const first = Object.values(programs)[0] ?? "";
  const version = await versionOf(first, env);
  if (version === undefined || !atLeast(version, pkg.minimum)) return undefined;
  return { programs, env, version };
}

/** Highest version first, so that PostgreSQL 17 wins over 15. */
function expand(patterns: readonly string[], root = ""): string[] {
  const byVersion = new Intl.Collator("en", { numeric: true }).compare;
  return patterns.flatMap((pattern) =>
    globSync(root + pattern)
      .sort(byVersion)
      .reverse(),
  );
}

async function onSystem(pkg: Package): Promise<Installation | undefined> {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const sbin = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
  // One folder at a time: an old version on PATH must not hide a good one in a well-known folder.
  for (const folder of [...path, ...sbin]) {
    const found = await inFolder(pkg, folder, {});
    if (found !== undefined) return found;
  }
  for (const folder of expand(pkg.folders ?? [])) {
    const found = await inFolder(pkg, folder, {});
    if (found !== undefined) return found;
  }
  return undefined;
}

async function inUnpacked(pkg: Package, root: string): Promise<Installation | undefined> {
  if (!existsSync(root)) return undefined;
  const libraries = expand(["/usr/lib/*-linux-gnu*", "/lib/*-linux-gnu*"], root).filter((folder) =>
    readdirSync(folder).some((file) => file.includes(".so")),
  );
  const env: Record<string, string> =
    libraries.length === 0 ? {} : { LD_LIBRARY_PATH: libraries.join(delimiter) };
  const folders = ["/usr/bin", "/usr/sbin", ...(pkg.folders ?? [])];
  const candidates = [...expand(folders, root), ...expand(["/*", "/*/bin", "/"], root)];
  for (const folder of candidates) {
    const found = await inFolder(pkg, folder, env);
    if (found !== undefined) return { ...found, root };
  }
  return undefined;
}

/** Unpacks the missing packages and what they need into `root`; nothing is installed, no service starts. */
async function unpackDebian(pkg: Package, root: string, log: Log): Promise<void> {
  const archives = join(root, ".archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  const lists = cacheFolder("apt", "lists");
  const common = ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root", "-y", "-q"];
  const own = ["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${cacheFolder("apt")}`];
  const fetchInto = async (name: string, extra: string[]): Promise<void> => {
    const options = [...common, ...extra, "-o", `Dir::Cache::archives=${archives}`];
    await run("apt-get", [...options, "--no-install-recommends", "--download-only", "install", name]);
  };
  let failure: unknown;
  for (const extra of [[], own]) {
    if (extra.length > 0) {
      // The machine's own lists are missing or stale; these are ours and need no root.
      log(`refreshing the package lists`);
      await mkdir(join(lists, "partial"), { recursive: true });
      await mkdir(cacheFolder("apt", "archives", "partial"), { recursive: true });
      await withLock(cacheFolder("apt.lock"), () => run("apt-get", [...common, ...extra, "update"]));
    }
    for (const name of pkg.debian ?? []) {
      try {
        await fetchInto(name, extra);
        const debs = readdirSync(archives).filter((file) => file.endsWith(".deb"));
        for (const deb of debs) await run("dpkg", ["-x", join(archives, deb), root]);
        await rm(archives, { recursive: true });
        await mendLinks(root);
        await relocate(
          root,
          pkg.programs.flatMap((names) => names.split("|")),
          pkg.relocate ?? [],
        );
        return;
      } catch (error) {
        failure = error;
      }
    }
  }
  throw failure;
}

async function unpackArchive(archive: Archive, root: string, log: Log): Promise<boolean> {
  const os = process.platform === "darwin" ? "darwin" : "linux";
  const arch = process.arch === "arm64" ? "arm64" : "amd64";
  const fill = (template: string): string => template.replaceAll("{os}", os).replaceAll("{arch}", arch);
  const url = fill(archive.url);
  if (!(await reachable(url))) return false;
  log(`downloading ${url}`);
  const file = join(root, "archive.tar.gz");
  await download(url, fill(archive.checksums), file);
  await run("tar", ["-xzf", file, "-C", root]);
  await rm(file);
  return true;
}

async function install(pkg: Package, target: string, log: Log): Promise<string[]> {
  const failures: string[] = [];
  const attempt = async (what: string, fill: (root: string) => Promise<boolean>): Promise<boolean> => {
    const root = await mkdtemp(`${target}.new-`);
    try {
      if (await fill(root)) {
        await run("chmod", ["-R", "a+rX", root]);
        await rm(target, { recursive: true, force: true });
        await rename(root, target);
        return true;
      }
      failures.push(`${what}: not reachable`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      // Of a command, what it said rather than what it was.
      const lines = text.trim().split("\n");
      const words = lines.filter((line) => !line.startsWith("Command failed: "));
      failures.push(`${what}: ${(words.length === 0 ? lines : words).slice(-2).join(" ")}`);
    }
    await rm(root, { recursive: true, force: true });
    return false;
  };
  if (pkg.debian !== undefined && existsSync("/usr/bin/dpkg") && existsSync("/usr/bin/apt-get")) {
    log(`unpacking ${pkg.debian.join(" or ")} into the cache`);
    const unpacked = await attempt(`Debian package ${pkg.debian.join(" or ")}`, async (root) => {
      await unpackDebian(pkg, root, log);
      return true;
    });
    if (unpacked) return [];
  }
  if (pkg.archive !== undefined) {
    const { archive } = pkg;
    if (await attempt("the vendor's archive", (root) => unpackArchive(archive, root, log))) return [];
  }
  return failures;
}

function cacheOf(pkg: Package): string {
  // What decides the content; the engine hands packages over with their keys in another order.
  const content = [pkg.programs, pkg.debian, pkg.relocate, pkg.archive?.url];
  const id = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
  return cacheFolder("packages", `${pkg.programs[0]?.split("|")[0] ?? pkg.name}-${id}`);
}

/** Finds the package without downloading anything. */
export async function find(pkg: Package): Promise<Installation | undefined> {
  return (await onSystem(pkg)) ?? (await inUnpacked(pkg, cacheOf(pkg)));
}

const known = new Map<string, Promise<Installation>>();

/**
 * Finds a package's programs: on PATH and in well-known folders, else in the user's cache, which is filled
 * from the operating system's packages or the vendor's archive. Throws an error that names the package to
 * install when there is no other way.
 */
export function provide(pkg: Package, log: Log = () => undefined): Promise<Installation> {
  const key = cacheOf(pkg);
  let found = known.get(key);
  if (found === undefined) {
    found = provideNow(pkg, key, log);
    known.set(key, found);
    found.catch(() => known.delete(key));
  }
  return found;
}

async function provideNow(pkg: Package, target: string, log: Log): Promise<Installation> {
  const present = await find(pkg);
  if (present !== undefined) return present;
  ensureFolder(cacheFolder("packages"));
  return withLock(`${target}.lock`, async () => {
    // Another process may have been quicker.
    const meanwhile = await inUnpacked(pkg, target);
    if (meanwhile !== undefined) return meanwhile;
    const failures = await patiently(log, () => install(pkg, target, log));
    const installed = await inUnpacked(pkg, target);
    if (installed !== undefined) return installed;
    if (failures.length === 0) failures.push("the unpacked programs do not start, or are too old");
    throw new Error(missing(pkg, failures));
  });
}

function missing(pkg: Package, failures: string[]): string {
  const advice =
    process.platform === "darwin" && pkg.homebrew !== undefined
      ? `brew install ${pkg.homebrew}`
      : pkg.debian?.[0] !== undefined
        ? `apt-get install ${pkg.debian[0]} (or your system's package of the same program)`
        : `the program from its vendor, so that ${pkg.programs.join(", ").replaceAll("|", " or ")} is on PATH`;
  return [
    `${pkg.name} ${pkg.minimum} or newer was not found on this machine. Install it: ${advice}`,
    ...failures.map((failure) => `  tried ${failure}`),
  ].join("\n");
}
