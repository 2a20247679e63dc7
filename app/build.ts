import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What runs: the version of the package, and what tells two builds of it apart, a hash of the bot's sources. */
export interface Build {
  readonly version: string;
  readonly source: string;
}

export function readBuild(): Build {
  const root = join(import.meta.dirname, "..");
  const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest
      ? String(manifest.version)
      : "unknown";
  const hash = createHash("sha256");
  // Tests are not in every build.
  const files = globSync("app/**/*.{ts,sql,ftl}", {
    cwd: root,
    exclude: ["app/**/*.test.ts", "app/testing/**"],
  });
  for (const file of [...files, "package.json"].sort())
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return { version, source: hash.digest("hex").slice(0, 8) };
}
