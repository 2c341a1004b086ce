/** Whether a built page asks for the module before its scripts run, and downloads it and the document once. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { HERE } from "../support/permgate-folder.mjs";
import { served } from "./served.mjs";
import { outcome, shown } from "./shown.mjs";

/** Holds the scripts back until the module is requested; then the page must show the granted elements, after one download. */
export async function isPreloaded(t, browser, { out, base, policy }) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const { server, page } = await served(t, browser, { "/": join(HERE, "package/plain"), [base]: out }, { policy });
  await page.route(/\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/\.wasm$/);
  const opened = page.goto(`${server.origin}${base}`);
  await asked;
  release();
  await opened;
  assert.equal(await outcome(page), "granted");
  assert.deepEqual(await shown(page), ["open", "view", "edit-one", "not"]);
  assert.equal(server.requests.filter((path) => path.endsWith(".wasm")).length, 1);
  assert.equal(server.requests.filter((path) => path.endsWith("/permissions.json")).length, 1);
  assert.deepEqual(page.complaints, []);
}
