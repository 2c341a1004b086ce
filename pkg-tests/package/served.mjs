/** A static server and an empty page of a browser for one test. */

import { openPage } from "../support/chromium.mjs";
import { serve } from "../support/static-server.mjs";

/** Serves `folders` (as `serve` takes them) and opens an empty page; both are closed after the test. */
export async function served(t, browser, folders, options) {
  const server = await serve(folders, options);
  t.after(() => server.close());
  const page = await openPage(browser);
  t.after(() => page.context().close());
  return { server, page };
}
