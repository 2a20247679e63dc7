import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Why the tests that need a browser cannot run here, or undefined when they can. */
export function browserMissing(): string | undefined {
  return findBrowser() === undefined
    ? "Chromium is missing: apt-get install chromium, or set CHROMIUM to the path of one"
    : undefined;
}

function findBrowser(): string | undefined {
  const given = process.env["CHROMIUM"];
  return given !== undefined && given !== "" ? given : places.find((path) => existsSync(path));
}

/** Starts a headless Chromium that talks to nobody but the pages it is shown. Throws when there is none. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(browserMissing());
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
