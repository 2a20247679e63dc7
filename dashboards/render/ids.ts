import { createHash } from "node:crypto";

/** A panel's number, the same in every rendering, so that alerts and links can point to the panel. */
export function panelId(board: string, key: string): number {
  const hash = createHash("sha256").update(`${board}/${key}`).digest();
  return (hash.readUInt32BE() % 1_000_000) + 1;
}

/**
 * A board's fixed uid: addresses of dashboards stay valid from one deployment to the next. `stack` tells the boards of
 * several stacks apart in one Grafana, which takes 40 characters.
 */
export function boardUid(board: string, stack = "launchlab"): string {
  const uid = `${stack}-${board}`;
  return uid.length <= 40 ? uid : `${createHash("sha256").update(stack).digest("hex").slice(0, 16)}-${board}`;
}

/** Uids of the provisioned data sources. */
export const dataSources = { prometheus: "launchlab-prometheus", alertmanager: "launchlab-alertmanager" };
