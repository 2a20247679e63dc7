import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { needBrowser } from "../../simulator/testing/page.ts";
import { boardUid, panelId } from "../render/ids.ts";
import { startViewer } from "./testing/fakes.ts";

const openPage = needBrowser('body[data-drawn="true"]');
const path = `/d/${boardUid("test")}`;
const panel = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

test("every kind of panel is drawn", async (ctx) => {
  const { url } = await startViewer();
  const page = await openPage(ctx, url);
  expect(page.url()).toContain(path);
  const lines = panel(page, "Lines");
  await lines.locator("canvas").waitFor();
  for (const text of ["127.0.0.1:8480", "limit", "alerts above 2"])
    await lines.getByText(text).first().waitFor();
  expect(await panel(page, "Number").locator(".stat.good .value").allTextContents()).toEqual(["up", "up"]);
  const table = panel(page, "Rows");
  const cells = table.getByRole("row").last().getByRole("cell");
  expect(await cells.allTextContents()).toEqual(["1", "100 %"]);
  const places = async (all: Locator): Promise<(number | undefined)[]> =>
    Promise.all((await all.all()).map(async (one) => (await one.boundingBox())?.x));
  // Each value stands below its title.
  expect(await places(cells)).toEqual((await places(table.getByRole("columnheader"))).slice(-2));
  const stretches = panel(page, "States").locator(".lane").first().locator(".stretch");
  expect(await stretches.allTextContents()).toEqual(["up", "down"]);
  // What alerts say is text, never markup.
  await panel(page, "List").getByText("Redis <b>does not</b> answer").waitFor();
  expect(await page.getByRole("button", { name: "viewer, not Grafana" }).isVisible()).toBe(true);
});

test("a folded row asks nothing until it is opened", async (ctx) => {
  const { url, prometheus } = await startViewer();
  const page = await openPage(ctx, url);
  const asked = (): boolean =>
    prometheus.state.queries.some((query) => query.includes("bot_db_pool_waiting"));
  expect(asked()).toBe(false);
  await page.getByRole("button", { name: /Folded/ }).click();
  await panel(page, "Later").locator(".value").first().waitFor();
  expect(asked()).toBe(true);
});

test("a panel has an address of its own, in Grafana's form", async (ctx) => {
  const { url } = await startViewer();
  const page = await openPage(ctx, `${url}${path}?viewPanel=${panelId("test", "later")}`);
  await panel(page, "Later").locator(".value").first().waitFor();
  expect(await page.locator(".panel").count()).toBe(1);
});

test("a drag zooms, and the other boards keep time and stack", async (ctx) => {
  const { url } = await startViewer();
  const page = await openPage(ctx, `${url}${path}?var-stack=other`);
  const box = await panel(page, "Lines").locator(".u-over").boundingBox();
  if (box === null) throw new Error("the chart has no room");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.25, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, y, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d{13}&to=\d{13}/);
  const query = new URL(page.url()).searchParams;
  const minutes = (Number(query.get("to")) - Number(query.get("from"))) / 60_000;
  expect(minutes).toBeGreaterThan(25);
  expect(minutes).toBeLessThan(35);
  await page.getByRole("link", { name: "Second" }).click();
  await page.waitForURL(/launchlab-second/);
  expect(new URL(page.url()).searchParams.get("from")).toBe(query.get("from"));
  expect(await page.getByLabel("Stack").inputValue()).toBe("other");
});

test("the pointer's moment is shown in all panels, with every line's value", async (ctx) => {
  const { url } = await startViewer();
  const page = await openPage(ctx, url);
  const lines = panel(page, "Lines");
  await lines.locator(".u-over").hover();
  await lines.locator(".tooltip").getByText("127.0.0.1:8481").waitFor();
  await panel(page, "States").locator(".crosshair").waitFor();
});

test("what fails is said where it fails, and what was drawn stays when Prometheus goes away", async (ctx) => {
  const { url, prometheus } = await startViewer();
  prometheus.state.broken = "nginx_up";
  const page = await openPage(ctx, url);
  await panel(page, "States").getByText("Prometheus refuses: too many samples").waitFor();
  await panel(page, "Number").getByText("up").first().waitFor();
  await prometheus.server.close();
  await page.getByRole("button", { name: "Ask again now" }).click();
  await page.getByText(/Prometheus does not answer at .* What is shown is from/).waitFor();
  await panel(page, "Number")
    .getByText(/does not answer/)
    .waitFor();
  await panel(page, "Number").getByText("up").first().waitFor();
});

test("an alert is silenced, says by whom, and is told again when the silence is ended", async (ctx) => {
  const { url, silences } = await startViewer();
  const page = await openPage(ctx, `${url}/alerts`);
  const alert = page.locator('[data-alert="RedisDown"]');
  await alert.getByRole("button", { name: "Silence" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("For").selectOption("4 hours");
  await dialog.getByLabel("Comment").fill("moving the cache");
  await dialog.getByLabel("Your name").fill("Ada");
  await page.keyboard.press("Enter");
  await alert.getByText(/Silenced by Ada until .*: moving the cache/).waitFor();
  expect(silences).toMatchObject([
    {
      comment: "moving the cache",
      createdBy: "Ada",
      matchers: [
        { name: "alertname", value: "RedisDown", isRegex: false, isEqual: true },
        { name: "instance", value: "cache:6379" },
      ],
    },
  ]);
  await page.getByRole("button", { name: "Expire" }).click();
  await page.getByText("Nothing is silenced").waitFor();
  expect(silences).toMatchObject([{ status: { state: "expired" } }]);
});

test("a phone shows panels below each other, and the chosen colours stay", async (ctx) => {
  const { url } = await startViewer();
  const page = await openPage(ctx, url, { viewport: { width: 390, height: 844 }, colorScheme: "light" });
  const width = (): Promise<number> => page.evaluate("document.documentElement.scrollWidth");
  expect(await width()).toBe(390);
  const background = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const light = await background();
  await page.getByRole("button", { name: "Dark colours" }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.getByRole("button", { name: "Light colours" }).waitFor();
  expect(await background()).toBe(dark);
});
