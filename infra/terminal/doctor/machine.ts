import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { promisify } from "node:util";
import { bad, good, look, type Finding } from "../../../app/finding.ts";
import { format } from "../../../dashboards/viewer/page/units.ts";
import { holderOf } from "../../process-provider/ports.ts";
import { atLeast } from "../../process-provider/packages.ts";

const GB = 1e9;
/** Ports of a stack (launchlab:basePort). */
const BLOCK = 120;
/** The oldest that starts the project, as package.json says; it brings its own for the rest. */
const OLDEST_NODE = "20.0";
/** Files that a program may have open: each connection is one. */
const FILES = 4096;
/** Telegram's certificates, tokens of registries and the schedule look at the clock. */
const CLOCK_SECONDS = { look: 5, bad: 60 };

/** The Node that npm runs with, and npm itself, by what npm says of itself: "npm/10.8.2 node/v20.19.0 linux x64". */
export function versions(agent: string | undefined): Finding[] {
  const [, npm, node = process.versions.node] = /npm\/(\S+) node\/v(\S+)/.exec(agent ?? "") ?? [];
  const text = `${node}; the project runs on its own ${process.versions.node}`;
  return [
    atLeast(node, OLDEST_NODE)
      ? good("Node", text)
      : bad("Node", text, `install Node ${OLDEST_NODE} or newer: https://nodejs.org`),
    ...(npm === undefined ? [] : [good("npm", npm)]),
  ];
}

/** What is free where `what` lies. */
export function space(what: string, folder: string, bytes: number, files: number): Finding {
  const text = `${format(bytes, "bytes")} are free in ${folder}`;
  const advice = "make room: logs and data grow, and Postgres stops writing on a full disk";
  if (bytes < GB || files < 1000)
    return bad(what, files < 1000 ? `${text}, for ${files} files` : text, advice);
  return bytes < 5 * GB ? look(what, text, advice) : good(what, text);
}

export async function disk(what: string, folder: string): Promise<Finding> {
  const { bavail, bsize, ffree, files } = await statfs(folder);
  // Some file systems have no limit of files, and say 0 of 0.
  return space(what, folder, bavail * bsize, files === 0 ? Infinity : ffree);
}

function availableMemory(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

/** A stack of processes takes 1.2 GB; one that is up has it already. */
export function memory(up: boolean, bytes = availableMemory()): Finding {
  const text = `${format(bytes, "bytes")} are free`;
  return bytes < (up ? 0.3 : 1.5) * GB
    ? look("memory", text, "end other programs, or take a machine with more")
    : good("memory", text);
}

/** What `ulimit -n` says to programs that are started from here. */
export function openFiles(limit: string): Finding {
  const text = limit.trim();
  return text === "unlimited" || Number(text) >= FILES
    ? good("open files", `${text} for each program`)
    : look("open files", `${text} for each program`, `\`ulimit -n ${FILES}\` before \`npm run up\``);
}

export const ulimit = async (): Promise<Finding> =>
  openFiles((await promisify(execFile)("sh", ["-c", "ulimit -n"])).stdout);

/** How far the clock is from that of another machine, in seconds; undefined where none was asked. */
export function clock(offset: number | undefined): Finding {
  if (offset === undefined)
    return look("clock", "not known: no other machine was reached", "see the downloads");
  const text = `${format(Math.abs(offset), "seconds")} ${offset < 0 ? "behind" : "ahead of"} another machine's`;
  const advice = "let the system set it: `timedatectl set-ntp true`";
  if (Math.abs(offset) > CLOCK_SECONDS.bad) return bad("clock", text, advice);
  return Math.abs(offset) > CLOCK_SECONDS.look
    ? look("clock", text, advice)
    : good("clock", "as another machine's");
}

/** Who listens in the block of ports that begins here, besides the stack itself. */
export function ports(base: number, listening: readonly number[], own: readonly number[]): Finding[] {
  const inside = listening.filter((port) => port >= base && port < base + BLOCK);
  const strange = inside.filter((port) => !own.includes(port));
  const block = `${base} to ${base + BLOCK - 1}`;
  if (strange.length === 0) {
    const held = inside.length === 0 ? "all free" : `${inside.length} are the stack's, the others free`;
    return [good("ports", `${block}: ${held}`)];
  }
  return strange.slice(0, 5).map((port) => {
    const holder = holderOf(port);
    const who = holder === undefined ? "another program" : `${holder.program} (pid ${holder.pid})`;
    const advice =
      "stop it, or choose another block: `npm run pulumi -- config set launchlab:basePort NUMBER`";
    return look("ports", `${block}: ${port} is held by ${who}`, advice);
  });
}
