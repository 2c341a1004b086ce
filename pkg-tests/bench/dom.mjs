/** Binding and flipping 10 000 elements in one page of Chromium, against hand-written JavaScript. */

import { join } from "node:path";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { ISOLATION, serve } from "../support/static-server.mjs";

/** Measures everything, and gives the rows and the browser's version. */
export async function domRows() {
  const server = await serve(
    { "/": join(HERE, "bench/page"), "/bench/": join(HERE, "bench"), "/support/": join(HERE, "support"), "/permgate/": DIST },
    { headers: ISOLATION },
  );
  const browser = await launch({ flags: ["--js-flags=--expose-gc"] });
  try {
    const page = await openPage(browser);
    await page.goto(`${server.origin}/`);
    const rows = await page.evaluate(async () => (await import("/main.mjs")).domRows());
    if (page.complaints.length > 0) throw new Error(`the page complained: ${page.complaints.join("; ")}`);
    return { rows, browser: browser.version() };
  } finally {
    await browser.close();
    await server.close();
  }
}
