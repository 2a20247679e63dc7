import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { basename } from "node:path";

/** True when nothing listens on the port of this address. */
export async function isFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

const LISTEN = "0A";

/** Ports that something listens on, as far as the system says it: Linux alone. */
export function listeningPorts(): number[] {
  const ports = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => {
    try {
      const rows = readFileSync(table, "utf8").trim().split("\n").slice(1);
      return rows.map((row) => row.trim().split(/\s+/)).filter(([, , , state]) => state === LISTEN);
    } catch {
      return [];
    }
  });
  return [...new Set(ports.map(([, local = ""]) => Number.parseInt(local.split(":").at(-1) ?? "", 16)))];
}

function listeningInode(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    let text: string;
    try {
      text = readFileSync(table, "utf8");
    } catch {
      continue;
    }
    for (const line of text.split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTEN && local?.endsWith(`:${wanted}`) === true) return inode;
    }
  }
  return undefined;
}

export interface Holder {
  readonly pid: number;
  /** The program's name only: command lines of others may hold their secrets. */
  readonly program: string;
}

function linuxHolder(port: number): Holder | undefined {
  const inode = listeningInode(port);
  if (inode === undefined) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`) {
          return { pid: Number(pid), program: basename(readlinkSync(`/proc/${pid}/exe`)) };
        }
      }
    } catch {
      // It ended meanwhile, or belongs to another user.
    }
  }
  return undefined;
}

/** Who listens on the port, as far as this user may know. */
export function holderOf(port: number): Holder | undefined {
  if (process.platform === "linux") return linuxHolder(port);
  try {
    const text = execFileSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], { encoding: "utf8" });
    const pid = /^p(\d+)/m.exec(text)?.[1];
    const program = /^c(.+)/m.exec(text)?.[1];
    return pid === undefined ? undefined : { pid: Number(pid), program: program ?? "?" };
  } catch {
    return undefined;
  }
}

/** One sentence that names the port and whoever holds it. */
export function takenMessage(port: number): string {
  const holder = holderOf(port);
  const who = holder === undefined ? "another program" : `${holder.program} (pid ${holder.pid})`;
  return `port ${port} is taken by ${who}: stop it, or choose other ports with \`pulumi config set launchlab:basePort NUMBER\``;
}
