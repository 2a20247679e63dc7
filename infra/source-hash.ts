import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";

function filesBelow(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesBelow(root, join(path, name)));
}

/** Tests, and what only they use, run nowhere but in the checkout. */
const isTest = (path: string): boolean => path.endsWith(".test.ts") || path.split(sep).includes("testing");

/** Changes when the content or name of a file that runs does; tests do not count. */
export function hashFiles(root: string, paths: readonly string[]): string {
  const hash = createHash("sha256");
  const files = paths.flatMap((path) => filesBelow(root, path)).filter((path) => !isTest(path));
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}
