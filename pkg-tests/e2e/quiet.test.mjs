/** While a page loads slowly, no refused element is shown, the console stays empty, and no policy is violated. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MODULE_AND_COPY_ARE_MISSING } from "../../tests/sentences.mjs";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { assertAsDecided, assertClean, becomes, openDemo, settled, signIn } from "./demo.mjs";
import { startServer } from "./server.mjs";

/** The number of frames to observe while a request is held back. */
const FRAMES = 10;

/** Tagged elements in the HTML of the document, which exist before any script runs. */
const EARLY = `
  <p id="early" data-permission="invoice:edit">Edit</p>
  <p data-permission="!invoice:edit">Do not edit</p>
  <p data-permission="payroll:view">Payroll</p>
  <p data-permission="!payroll:view">No payroll</p>
  <p data-permission="invoice:edit &">Malformed</p>`;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Grace's page, signed in by a cookie, before it is opened anew with the early elements. */
async function stage(t) {
  const server = await startServer(t);
  const page = await openDemo(browser, server);
  t.after(() => page.context().close());
  const session = await signIn(page, "grace", "cookie");
  return { page, session, address: `${server.origin}/p/invoice` };
}

/** Changes the HTML of the document before the page gets it; the rest of the answer stays. */
async function rewrite(page, address, change) {
  await page.route(address, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.text()) });
  });
}

const withEarly = (html) => html.replace("<body>", `<body>${EARLY}`);

/** Holds requests back; returns a function that releases them. */
async function keepBack(page, pattern) {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(pattern, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

const frames = (page) => page.evaluate(() => window.permgateProbe.record.frames);
const flashes = (page) => page.evaluate(() => window.permgateProbe.record.flashes);

/** Waits for some frames with the early elements on the page. */
async function framesPass(page) {
  await until("the document is parsed", () => page.evaluate(() => document.getElementById("early") !== null));
  const start = await frames(page);
  await until(`${FRAMES} frames have passed`, async () => (await frames(page)) >= start + FRAMES);
}

test("nothing is displayed before it is granted, while module and endpoint are slow", async (t) => {
  const { page, session, address } = await stage(t);
  await rewrite(page, address, withEarly);
  const giveModule = await keepBack(page, "**/*.wasm");
  const giveSet = await keepBack(page, "**/api/me/permissions");
  await page.goto(address);

  await framesPass(page);
  assert.equal(await page.evaluate(() => "permgateDemo" in window), false, "the module was loaded before the test released it");
  assert.deepEqual(await flashes(page), []);
  giveModule();
  await until("permgate runs", () => page.evaluate(() => "permgateDemo" in window));
  await framesPass(page);
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
  giveSet();
  await becomes(page, "invoice:edit", "granted");
  await settled(page, "page-invoice");
  assert.equal(await page.locator("#early").isVisible(), true);
  await assertAsDecided(page, session);
  await assertClean(page, [/^warning: permgate: `data-permission=/]);
});

test("when the module cannot be loaded, tagged elements stay hidden", async (t) => {
  const { page, address } = await stage(t);
  await rewrite(page, address, withEarly);
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" }));
  // The copy in JavaScript cannot be loaded either.
  await page.route("**/inline-*.js", (route) => route.fulfill({ status: 404, body: "" }));
  const failed = page.waitForEvent("pageerror");
  await page.goto(address);
  const error = await failed;
  assert.match(error.message, MODULE_AND_COPY_ARE_MISSING);
  await framesPass(page);
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
  await assertClean(page, [
    /^error: Failed to load resource: the server responded with a status of 404/,
    /^uncaught: permgate: the WebAssembly module could not be started/,
  ]);
});

test("the probe records a flash, a policy violation and a console error", async (t) => {
  const { page, address } = await stage(t);
  await rewrite(page, address, (html) =>
    withEarly(html)
      .replace(/<link rel="stylesheet"[^>]*>/, "")
      .replace("</body>", "<script>window.ran = true</script></body>"),
  );
  const giveModule = await keepBack(page, "**/*.wasm");
  await page.goto(address);
  await framesPass(page);
  assert.equal((await flashes(page)).length, EARLY.match(/data-permission/g).length);
  await assert.rejects(assertClean(page), ({ actual }) => {
    assert.match(actual.violations.join(), /script-src-elem: inline/);
    assert.match(actual.complaints.join(), /Content Security Policy/);
    return true;
  });
  assert.equal(await page.evaluate(() => "ran" in window), false);
  giveModule();
});
