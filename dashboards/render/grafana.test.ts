import { expect, test } from "vitest";
import { z } from "zod";
import { alerts } from "../alerts/all.ts";
import { boards } from "../boards/all.ts";
import { dashboardOf } from "./dashboard.ts";
import { renderGrafana } from "./grafana.ts";
import { panelId } from "./ids.ts";

const runbookUrl = (alert: string): string => `http://127.0.0.1:9090/consoles/${alert}.html`;
const own = { runbookUrl };
const shared = (namespace: string) => ({ ...own, namespace, source: "chosen" as const });
const provisioned = {
  ...own,
  prometheusUrl: "http://127.0.0.1:9090",
  alertmanagerUrl: "http://127.0.0.1:9093",
  dashboardsPath: "/somewhere/boards",
};

const panelSchema = z.looseObject({
  id: z.number().int().positive(),
  type: z.string(),
  title: z.string().min(1),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  description: z.string().optional(),
  links: z.array(z.looseObject({ title: z.string(), url: z.string() })).optional(),
});
type Drawn = z.infer<typeof panelSchema>;
const dashboardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  panels: z.array(panelSchema.extend({ panels: z.array(panelSchema).optional() })),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string() })) }),
});

/** A board as Grafana reads it. */
const read = (board: (typeof boards)[number], options: Parameters<typeof dashboardOf>[1] = own) =>
  dashboardSchema.parse(JSON.parse(JSON.stringify(dashboardOf(board, options))));

function expectNoOverlap(panels: readonly Drawn[]): void {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
  });
  expect(cells).toHaveLength(new Set(cells).size);
}

test("Grafana gets its data sources, its provider and every board, the same bytes each time", () => {
  const files = renderGrafana(provisioned);
  expect(files).toEqual(renderGrafana(provisioned));
  expect(files.map(({ path }) => path)).toEqual([
    "datasources/launchlab.yaml",
    "dashboards/launchlab.yaml",
    ...boards.map(({ key }) => `boards/${key}.json`),
  ]);
  expect(files[0]?.content).toContain(provisioned.prometheusUrl);
  expect(files[0]?.content).toContain(provisioned.alertmanagerUrl);
  expect(files[1]?.content).toContain(provisioned.dashboardsPath);
});

test("Grafana shows the alerts of Prometheus and notifies nobody: Alertmanager alone does", () => {
  const files = renderGrafana(provisioned);
  expect(JSON.parse(files[0]?.content ?? "")).toMatchObject({
    datasources: [
      { type: "prometheus", jsonData: { manageAlerts: true, timeInterval: "15s" } },
      {
        type: "alertmanager",
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
      },
    ],
  });
  // The keys under which files would provision rules and receivers of Grafana's own.
  for (const { content } of files) expect(content).not.toMatch(/"(groups|contactPoints|policies)":/);
});

test("a board is left out where its scrape job is missing", () => {
  const needy = boards.filter(({ needs }) => needs !== undefined).map(({ key }) => `boards/${key}.json`);
  const paths = renderGrafana({ ...provisioned, jobs: [] }).map(({ path }) => path);
  expect(paths).toHaveLength(2 + boards.length - needy.length);
  for (const path of needy) expect(paths).not.toContain(path);
});

test.each(boards)(
  "the board $key is classic JSON with unique ids, and panels that do not overlap",
  (board) => {
    expect(dashboardOf(board, own)).toMatchObject({
      schemaVersion: 42,
      uid: `launchlab-${board.key}`,
      editable: false,
      refresh: "30s",
    });
    const { panels } = read(board);
    const all = panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expectNoOverlap(panels);
    for (const row of panels) expectNoOverlap([{ ...row, panels: undefined }, ...(row.panels ?? [])]);
    for (const panel of all) if (panel.type !== "row") expect(panel.description).toBeTruthy();
  },
);

test.each(boards)("the board $key uses the variables that it defines, and no others", (board) => {
  for (const options of [own, shared("bots")]) {
    const { templating, ...rest } = read(board, options);
    const defined = templating.list.map(({ name }) => name);
    const used = [...JSON.stringify({ rest, templating }).matchAll(/\$\{?(\w+)/g)]
      .map(([, name = ""]) => name)
      .filter((name) => !name.startsWith("__"));
    expect([...new Set(used)].sort()).toEqual([...defined].sort());
  }
});

test.each(boards)("the board $key links to the others and keeps time and choice", (board) => {
  expect(dashboardOf(board, own)).toMatchObject({
    tags: ["launchlab"],
    links: [{ type: "dashboards", tags: ["launchlab"], asDropdown: true, keepTime: true, includeVars: true }],
  });
});

test.each(alerts.filter(({ panel }) => panel !== undefined))(
  "$name is one click away from its panel",
  (alert) => {
    const board = boards.find(({ key }) => key === alert.panel?.board);
    if (board === undefined || alert.panel === undefined) throw new Error("no such board");
    const id = panelId(board.key, alert.panel.key);
    const linked = (options: Parameters<typeof read>[1]) =>
      read(board, options)
        .panels.flatMap((panel) => [panel, ...(panel.panels ?? [])])
        .find((panel) => panel.id === id)
        ?.links?.map(({ url }) => url);
    expect(linked(own)).toContain(runbookUrl(alert.name));
    // A path in the repository is no address.
    expect(linked({ runbookUrl: (name) => `dashboards/runbooks/${name}.md` })).toEqual([]);
  },
);

test.each(boards)(
  "the board $key of a shared Grafana is about one namespace, in a source of choice",
  (board) => {
    const namespace = "bots-of-a-company-with-a-long-name";
    const dashboard = read(board, shared(namespace));
    const text = JSON.stringify(dashboard);
    expect(text).not.toContain("launchlab-prometheus");
    expect(dashboard.uid.length).toBeLessThanOrEqual(40);
    expect(dashboard.uid).not.toBe(read(board, shared(`${namespace}-2`)).uid);
    expect(dashboard.title).toContain(namespace);
    const exprs: unknown[] = [];
    JSON.parse(text, (key, value: unknown) => {
      if (key === "expr") exprs.push(value);
    });
    expect(exprs.length).toBeGreaterThan(2);
    for (const expr of exprs.filter((one) => !String(one).startsWith("vector(")))
      expect(expr).toContain(`namespace="${namespace}"`);
    expect(dashboard.templating.list[0]).toMatchObject({ name: "datasource", type: "datasource" });
    expect(text).toContain('"uid":"${datasource}"');
  },
);
