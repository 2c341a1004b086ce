/** A sign-in on a page that a server rendered, before the module is loaded. */

import assert from "node:assert/strict";
import { evaluate } from "permgate/server";
import { openPage } from "../support/chromium.mjs";

/** Opens a page that a server rendered for nobody, whose module comes late: its form cannot be sent before, and signs in then. */
export async function signInEarly(t, browser, address) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  // Of a page that a server renders, only the state counts here.
  const state = `<script type="application/json" id="ng-state">${JSON.stringify({ permgate: evaluate(null).dehydrate() })}</script>`;
  await page.route(address, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace("<app-root>", `${state}<app-root>`) });
  });
  let release;
  const isReleased = new Promise((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await isReleased;
    await route.continue();
  });
  await page.goto(address, { waitUntil: "commit" });
  await page.getByLabel("User").fill("grace");
  await page.getByLabel("Password").fill("grace-demo");
  assert.equal(await page.getByRole("button", { name: "Sign in" }).isDisabled(), true);
  // A form whose button is disabled is not sent by the Enter key either.
  await page.getByLabel("Password").press("Enter");
  assert.equal(page.url(), address);
  release();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Signed in as grace").waitFor();
}
