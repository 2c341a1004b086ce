/** A page of another site, with a link to a page of the tested application. */

import assert from "node:assert/strict";
import { serve } from "./static-server.mjs";

/**
 * Opens an address of `127.0.0.1` by a link on a page of `localhost`, which is another site: the browser sends no
 * cookie with `SameSite=Strict`.
 */
export async function followFromOtherSite(page, address) {
  assert.equal(new URL(address).hostname, "127.0.0.1");
  const body = `<!doctype html><title>Elsewhere</title><a href="${address}">Follow</a>`;
  const other = await serve({}, { intercept: () => ({ status: 200, headers: { "content-type": "text/html" }, body }) });
  try {
    await page.goto(other.origin.replace("127.0.0.1", "localhost"));
    const asked = page.waitForRequest(address);
    await page.getByRole("link", { name: "Follow" }).click();
    assert.equal((await (await asked).allHeaders()).cookie, undefined, "the link brings the cookie");
  } finally {
    await other.close();
  }
}
