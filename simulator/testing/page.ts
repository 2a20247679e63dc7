import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished, type TestContext } from "vitest";
import { browserMissing, startBrowser } from "../../test/browser.ts";

/**
 * For tests: a browser for all tests of a file. The answer opens a window on a page; it skips the test openly without a
 * browser, and fails it when the page's scripts do. `ready`: what a page has that can be used.
 */
export function needBrowser(ready = '[data-connected="true"]') {
  const missing = browserMissing();
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (missing === undefined) browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  return async (ctx: TestContext, url: string, options: BrowserContextOptions = {}): Promise<Page> => {
    if (missing !== undefined) ctx.skip(missing);
    if (browser === undefined) throw new Error("there is no browser");
    const context = await browser.newContext({
      ...options,
      viewport: options.viewport ?? { width: 1280, height: 800 },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      if (errors.length > 0) throw new AggregateError(errors, "the page's scripts failed");
    });
    await page.goto(url);
    await page.waitForSelector(ready);
    return page;
  };
}

/** A text in the chat; the list of people shows the newest one too. */
export const inChat = (page: Page, text: string) => page.getByRole("main").getByText(text);

export const write = async (page: Page, text: string): Promise<void> => {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
};
