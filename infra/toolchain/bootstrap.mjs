// Run by whatever Node the machine has (20 or newer): installs the dependencies when they are missing or out of
// date, then runs the given TypeScript file with the project's own Node.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const node = join(checkout, "node_modules/.bin/node");

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
const packagesOf = (path) => JSON.parse(readFileSync(path, "utf8")).packages;

/** True when what npm installed is what the lock file asks for. */
function upToDate() {
  const installed = join(checkout, "node_modules/.package-lock.json");
  if (!existsSync(installed) || !existsSync(node)) return false;
  const [wanted, present] = [packagesOf(join(checkout, "package-lock.json")), packagesOf(installed)];
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => name === "" || optional === true || present[name]?.version === version,
  );
}

if (!upToDate()) {
  console.error("Installing the project's dependencies (npm ci) ...");
  const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", options, {
    cwd: checkout,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("npm ci failed: see above. It needs the npm registry and a writable checkout.");
    process.exit(1);
  }
}

const [script = "", ...args] = process.argv.slice(2);
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(checkout, script), ...args], {
  cwd: checkout,
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(node)}:${process.env["PATH"] ?? ""}` },
});
// Ctrl-C reaches the child through the terminal; it decides how to end.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
