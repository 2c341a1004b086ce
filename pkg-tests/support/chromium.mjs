/** Starts headless Chromium with a fresh profile, and opens pages that record every error and warning. */

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { DEADLINE_MS } from "./deadline.mjs";

const USUAL_PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Switches the browser's own activities off: no sync, no updates, no first-run pages, no QUIC. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** The program of the browser: `$CHROME`, or one in the usual places. */
export function program() {
  const { CHROME } = process.env;
  if (CHROME && !existsSync(CHROME)) throw new Error(`CHROME names \`${CHROME}\`, which does not exist`);
  const found = CHROME || USUAL_PLACES.find((path) => existsSync(path));
  if (!found) throw new Error("Chromium was not found; install it, or name it in the variable CHROME");
  return found;
}

/** Starts a browser; the caller closes it. Its profile is new, and removed when it closes. */
export function launch({ flags = [] } = {}) {
  return chromium.launch({
    executablePath: program(),
    headless: true,
    chromiumSandbox: false,
    args: [...FLAGS, ...flags],
    timeout: DEADLINE_MS,
  });
}

/** Starts a browser with a profile in an empty folder, which has these preferences. Returns its context; the caller closes it. */
export async function launchProfile(folder, preferences) {
  await mkdir(join(folder, "Default"));
  await writeFile(join(folder, "Default/Preferences"), JSON.stringify(preferences));
  return chromium.launchPersistentContext(folder, {
    executablePath: program(),
    headless: true,
    chromiumSandbox: false,
    args: FLAGS,
    timeout: DEADLINE_MS,
  });
}

/**
 * Opens a page in a context of its own (nothing shared with other pages: cookies, storage, cache).
 * `page.complaints` collects console errors and warnings and uncaught errors.
 */
export async function openPage(browser, contextOptions = {}) {
  return openTab(await browser.newContext(contextOptions));
}

/** Opens a further page in a context, which shares cookies, storage and cache with the context's other pages. */
export async function openTab(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  page.complaints = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // Browsers request the icon by themselves, once for each origin.
    if (message.location().url.endsWith("/favicon.ico")) return;
    page.complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.complaints.push(`uncaught: ${error.message}`));
  return page;
}
