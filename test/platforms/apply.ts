// What somebody does who applies rendered manifests: `node apply.ts STACK FOLDER` in a checkout. Secrets that
// secrets.txt asks for get values at the first time, and keep them.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [stack = "", folder = ""] = process.argv.slice(2);

const run = (command: string, args: readonly string[], input = ""): void =>
  void execFileSync(command, args, { input, stdio: ["pipe", "inherit", "inherit"] });
const kubectl = (...args: string[]): void => run("kubectl", args);

/** The Secrets of secrets.txt, with what stands in angle brackets replaced. */
function secrets(text: string, namespace: string): object[] {
  const file = `${folder}.values.json`;
  const values = new Map<string, string>(
    existsSync(file)
      ? Object.entries<string>(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>)
      : [],
  );
  const valueOf = (name: string): string => {
    const value = values.get(name) ?? randomBytes(32).toString("hex").slice(0, 35);
    values.set(name, value);
    return value;
  };
  const [, ...blocks] = text.trimEnd().split(/\n\n+/);
  const objects = blocks.map((block) => {
    const [title = "", ...lines] = block.split("\n");
    const [, name = "", type = "Opaque"] = /^(\S+)(?: \(of type (\S+)\))?$/.exec(title) ?? [];
    const stringData: Record<string, string> = {};
    let key = "";
    for (const line of lines) {
      const [, found, value = ""] = /^ {2}(\S+):(?: (.*))?$/.exec(line) ?? [];
      if (found !== undefined) stringData[(key = found)] = value;
      else stringData[key] = `${stringData[key] ?? ""}${line.slice(4)}\n`;
    }
    for (const [one, value] of Object.entries(stringData))
      stringData[one] = value.replace(/<([\w-]+)>/g, (_, placeholder: string) => valueOf(placeholder));
    return { apiVersion: "v1", kind: "Secret", type, metadata: { name, namespace }, stringData };
  });
  writeFileSync(file, JSON.stringify(Object.fromEntries(values)), { mode: 0o600 });
  return objects;
}

try {
  run("npm", ["run", "--silent", "render", "--", "--stack", stack, "--out", folder]);
  const [namespaceFile = ""] = globSync(join(folder, "*-namespace-*.yaml"));
  const namespace = /-namespace-([^/]*)\.yaml$/.exec(namespaceFile)?.[1] ?? "";
  const items = secrets(readFileSync(join(folder, "secrets.txt"), "utf8"), namespace);
  kubectl("apply", "--server-side", "-f", namespaceFile);
  run("kubectl", ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  kubectl("apply", "--server-side", "-f", folder);
  for (const file of globSync("*-job-*.yaml", { cwd: folder }))
    kubectl("wait", "--for=condition=Complete", "--timeout=300s", "-f", join(folder, file));
} catch {
  // The program that failed has said why.
  process.exitCode = 1;
}
