import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The checkout that this code belongs to. */
export const checkout = resolve(import.meta.dirname, "../..");

/**
 * Downloads and builds, shared by all checkouts of this user and safe to delete at any time.
 * `LAUNCHLAB_CACHE` overrides it. Root uses /var/cache because services that refuse to run as root
 * start from there under another user, who cannot look into root's home.
 */
export function cacheFolder(...parts: string[]): string {
  const own = process.env["LAUNCHLAB_CACHE"];
  const xdg = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const base = own ?? (process.getuid?.() === 0 ? "/var/cache/launchlab" : join(xdg, "launchlab"));
  return join(base, ...parts);
}

function everyoneMayEnter(folder: string): boolean {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & constants.S_IXOTH) === 0) return false;
  }
  return true;
}

/**
 * Where one stack's processes keep their files: `.launchlab/stacks/NAME` in the checkout. When root owns a
 * checkout that nobody else may enter (in /root, say), it is /var/lib/launchlab/HASH/NAME instead, because
 * Postgres refuses to run as root and another user must reach its data.
 */
export function stackFolder(stack: string, project = checkout): string {
  if (process.getuid?.() === 0 && !everyoneMayEnter(project)) {
    const id = createHash("sha256").update(project).digest("hex").slice(0, 12);
    return join("/var/lib/launchlab", id, stack);
  }
  return join(project, ".launchlab", "stacks", stack);
}

/** Creates the folder when it is missing and says so clearly when it cannot be written. */
export function ensureFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (cause) {
    throw new Error(`cannot write to ${folder}: make it writable, or set LAUNCHLAB_CACHE for caches`, {
      cause,
    });
  }
}
