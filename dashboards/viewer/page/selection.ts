import { moment, type Span } from "./time.ts";

/** What the reader chose. It stands in the address, with the names that Grafana uses. */
export interface Selection {
  /** `now-1h`, or Unix milliseconds. */
  readonly from: string;
  readonly to: string;
  /** Whether the page asks again every 30 s. */
  readonly refresh: boolean;
  readonly stack: string | undefined;
  /** None stands for all. */
  readonly replicas: readonly string[];
  /** The only panel that is shown. */
  readonly viewPanel: number | undefined;
}

const DEFAULT_SPAN = { from: "now-1h", to: "now" };
export const REFRESH = "30s";

export function readSelection(query: string): Selection {
  const parameters = new URLSearchParams(query);
  const from = parameters.get("from") ?? "";
  const to = parameters.get("to") ?? "";
  const [start, end] = [moment(from, Date.now() / 1000), moment(to, Date.now() / 1000)];
  const usable = start !== undefined && end !== undefined && start < end;
  // Grafana 12 writes panel-12.
  const panel = Number(parameters.get("viewPanel")?.replace(/^panel-/, ""));
  return {
    ...(usable ? { from, to } : DEFAULT_SPAN),
    refresh: parameters.get("refresh") !== "",
    stack: parameters.get("var-stack") ?? undefined,
    replicas: parameters.getAll("var-replica").filter((value) => value !== "$__all" && value !== "All"),
    viewPanel: Number.isInteger(panel) && panel > 0 ? panel : undefined,
  };
}

/** The part of an address behind the question mark. */
export function writeSelection(selection: Selection): string {
  const { from, to, refresh, stack, replicas, viewPanel } = selection;
  return new URLSearchParams([
    ["from", from],
    ["to", to],
    ["refresh", refresh ? REFRESH : ""],
    ...(stack === undefined ? [] : [["var-stack", stack]]),
    ...replicas.map((replica) => ["var-replica", replica]),
    ...(viewPanel === undefined ? [] : [["viewPanel", String(viewPanel)]]),
  ] as [string, string][]).toString();
}

/** Unix seconds of what is chosen. */
export const spanOf = ({ from, to }: Selection): Span => {
  const now = Date.now() / 1000;
  return { from: moment(from, now) ?? now - 3600, to: moment(to, now) ?? now };
};

/** A span that stays where it is. */
export const fixed = ({ from, to }: Span): Pick<Selection, "from" | "to" | "refresh"> => ({
  from: String(Math.floor(from) * 1000),
  to: String(Math.ceil(to) * 1000),
  refresh: false,
});
