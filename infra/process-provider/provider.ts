import type {
  CheckFailure,
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { selfSigned } from "./certificate.ts";
import { certificateSchema, folderSchema, passwordSchema, processSchema } from "./inputs.ts";
import { drift, heldPorts, reloadProcess, startProcess, stopProcess, takenPorts } from "./process.ts";
import { unwrap } from "./secrets.ts";

type Properties = Record<string, unknown>;

/** One resource type of the provider. `inputs` is plain; `wrapped` is what goes back to the engine. */
interface Resource {
  check?(olds: Properties, inputs: Properties): Promise<CheckFailure[]>;
  diff(olds: Properties, inputs: Properties): DiffResult;
  create(inputs: Properties, wrapped: Properties): Promise<CreateResult>;
  read?(id: string, state: Properties): boolean;
  update?(inputs: Properties): Promise<void>;
  delete(state: Properties): Promise<void> | void;
}

/** Set by `destroy --keep-data`: data folders and passwords stay for the next `up`. */
const keepData = process.env["LAUNCHLAB_KEEP_DATA"] === "1";

/** Stands for a value that a preview does not know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const hasUnknown = (value: unknown): boolean => JSON.stringify(value).includes(UNKNOWN);

function changedKeys(olds: Properties, news: Properties): string[] {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...keys].filter((key) => !isDeepStrictEqual(olds[key], news[key]));
}

/** Folders of the processes that were ended by this plugin, which lives as long as one update. */
const ended = new Set<string>();

/**
 * Ports that the resources of this update hold themselves, which is no clash. A replacement is checked once more, as if
 * it were new, and may have another name than what it replaces.
 */
const known = new Set<number>();

const processResource: Resource = {
  async check(olds, inputs) {
    if (hasUnknown(inputs["ports"]) || hasUnknown(inputs["folder"])) return [];
    const parsed = processSchema.pick({ ports: true, folder: true }).parse(inputs);
    const before = processSchema.pick({ ports: true }).safeParse(olds).data?.ports;
    for (const port of before ?? []) known.add(port);
    const ports = parsed.ports.filter((port) => !known.has(port));
    const taken = before === undefined ? await takenPorts({ ...parsed, ports }) : await heldPorts(ports);
    return taken.map((reason) => ({ property: "ports", reason }));
  },
  diff(olds, inputs) {
    const changed = changedKeys(olds, inputs);
    const reloadable = inputs["reload"] !== undefined && changed.every((key) => key === "files");
    if (changed.length === 0) return { changes: false };
    return reloadable ? { changes: true } : { changes: true, replaces: changed, deleteBeforeReplace: true };
  },
  async create(inputs, wrapped) {
    const parsed = processSchema.parse(inputs);
    const id = await startProcess(parsed, (line) => console.error(line));
    const { folder, settleSeconds = 0 } = parsed;
    if (ended.has(folder)) await delay(settleSeconds * 1000);
    return { id, outs: wrapped };
  },
  read: (id, state) => drift(id, processSchema.parse(state)) === undefined,
  update: (inputs) => reloadProcess(processSchema.parse(inputs)),
  async delete(state) {
    const parsed = processSchema.parse(state);
    await stopProcess(parsed);
    ended.add(parsed.folder);
  },
};

const folderResource: Resource = {
  diff(olds, inputs) {
    const changed = changedKeys(olds, inputs);
    return { changes: changed.length > 0, replaces: changed.filter((key) => key === "path") };
  },
  create(inputs, wrapped) {
    const { path } = folderSchema.parse(inputs);
    mkdirSync(path, { recursive: true });
    return Promise.resolve({ id: path, outs: wrapped });
  },
  read: (id) => existsSync(id),
  update: () => Promise.resolve(),
  delete(state) {
    const { path, keep } = folderSchema.parse(state);
    if (!keep && !keepData) rmSync(path, { recursive: true, force: true });
  },
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const passwordResource: Resource = {
  diff(olds, inputs) {
    const changed = changedKeys(olds, { ...inputs, result: olds["result"] });
    return { changes: changed.length > 0, replaces: changed.filter((key) => key === "length") };
  },
  create(inputs, wrapped) {
    const { length, path } = passwordSchema.parse(inputs);
    const kept = existsSync(path) ? readFileSync(path, "utf8") : "";
    const fresh = Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
    // The kept one stays until it is deleted for good: this run may be killed before the engine has noted it.
    return Promise.resolve({
      id: "password",
      outs: { ...wrapped, result: kept.length === length ? kept : fresh },
    });
  },
  update: () => Promise.resolve(),
  delete(state) {
    const { path, keep } = passwordSchema.parse(state);
    const result = state["result"];
    if ((keep || keepData) && typeof result === "string") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, result, { mode: 0o600 });
    } else rmSync(path, { force: true });
  },
};

const certificateResource: Resource = {
  diff(olds, inputs) {
    const changed = olds["host"] !== inputs["host"];
    return { changes: changed, ...(changed ? { replaces: ["host"] } : {}) };
  },
  async create(inputs, wrapped) {
    const { host } = certificateSchema.parse(inputs);
    return { id: host, outs: { ...wrapped, ...(await selfSigned(host)) } };
  },
  delete: () => undefined,
};

const resources: Record<string, Resource> = {
  "process:index:Certificate": certificateResource,
  "process:index:Process": processResource,
  "process:index:Folder": folderResource,
  "process:index:Password": passwordResource,
};

function resourceOf(urn: string): Resource {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = resources[type];
  if (resource === undefined) throw new Error(`the process provider has no resource type ${type}`);
  return resource;
}

const plain = (value: unknown): Properties => unwrap(value) as Properties;

/** The Pulumi provider `process`: supervised local processes, data folders, passwords and certificates. */
export const provider: Provider = {
  version: "0.1.0",
  async check(urn: string, olds: Properties, news: Properties): Promise<CheckResult> {
    const failures = (await resourceOf(urn).check?.(plain(olds), plain(news))) ?? [];
    return { inputs: news, failures };
  },
  diff(_id: string, urn: string, olds: Properties, news: Properties): Promise<DiffResult> {
    return Promise.resolve(resourceOf(urn).diff(plain(olds), plain(news)));
  },
  create(urn: string, inputs: Properties): Promise<CreateResult> {
    return resourceOf(urn).create(plain(inputs), inputs);
  },
  read(id: string, urn: string, state?: Properties): Promise<ReadResult> {
    const present = resourceOf(urn).read?.(id, plain(state)) ?? true;
    return Promise.resolve(present ? { id, props: state } : { id: "", props: {} });
  },
  async update(_id: string, urn: string, olds: Properties, news: Properties): Promise<UpdateResult> {
    await resourceOf(urn).update?.(plain(news));
    return { outs: { ...olds, ...news } };
  },
  async delete(_id: string, urn: string, state: Properties): Promise<void> {
    await resourceOf(urn).delete(plain(state));
  },
};
