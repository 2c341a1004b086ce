/** The server does not answer: the held set decides until it expires, then nothing is granted, and then the page recovers. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import {
  assertAsDecided, assertClean, countDisplayed, openDemo, openRecords, signIn, snapshot, UNREACHABLE, withoutTicks,
} from "./demo.mjs";
import { startServer } from "./server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** The tolerance between the session's time and the wall clock, in milliseconds. */
const ROUNDING_MS = 250;

const OUTAGES = [
  { what: "stopped", begin: (server) => server.kill(), end: (server) => server.start() },
  { what: "silent", begin: (server) => server.freeze(), end: (server) => server.thaw() },
];

for (const { what, begin, end } of OUTAGES) {
  test(`while the server is ${what}, the set decides until it expires, and afterwards the page recovers by itself`, async (t) => {
    const server = await startServer(t);
    const page = await openDemo(browser, server, { path: "/?ttl=1500&stale=2500", prepare: withoutTicks });
    t.after(() => page.context().close());
    const session = await signIn(page, "grace");
    await openRecords(page, "invoice");
    await page.getByTestId("field-note").fill("Typed before the outage");

    await page.evaluate(() => {
      const { permissions } = window.permgateDemo;
      window.statuses = [];
      permissions.on("status", (status) => window.statuses.push(status));
    });
    await begin(server);
    await page.evaluate(() => {
      window.permgateProbe.phase = "outage";
    });
    // Neither the permission nor its negation is granted.
    await until("nothing is displayed", async () => (await countDisplayed(page)) === 0);
    const states = await page.evaluate(() => window.permgateProbe.record.states);
    assert.ok(states.length > 50 && states.every(({ state }) => state === "unknown"), "not every element became unknown at once, and once only");
    assert.ok(await page.getByTestId("banner").isVisible());
    assert.equal(await page.getByTestId("field-note").isVisible(), false);
    const statuses = await page.evaluate(() => window.statuses);
    assert.deepEqual(statuses.slice(-2), ["stale", "expired"]);

    await end(server);
    await until("elements are displayed again", async () => (await countDisplayed(page)) > 0);
    assert.equal((await snapshot(page)).status, "fresh");
    assert.equal(await page.getByTestId("banner").isVisible(), false);
    assert.equal(await page.getByTestId("field-note").inputValue(), "Typed before the outage");
    await assertAsDecided(page, session);
    await assertClean(page, [UNREACHABLE]);
  });
}

test("a stale set decides until its announced expiry", async (t) => {
  const server = await startServer(t);
  const page = await openDemo(browser, server, { path: "/?ttl=1000&stale=3000", prepare: withoutTicks });
  t.after(() => page.context().close());
  await signIn(page, "grace");
  await server.kill();
  // Read while it can no longer be renewed.
  const { expiresAt, subject } = await snapshot(page);
  assert.ok(subject !== null && expiresAt !== null, "the set had expired before the outage began");
  await page.evaluate(() => {
    window.permgateProbe.phase = "outage";
  });
  await page.locator("[data-testid=status][data-status=stale]").waitFor();
  assert.ok(await page.getByTestId("nav-invoice").isVisible(), "a granted element is hidden while the set is stale");
  await page.locator("[data-testid=status][data-status=expired]").waitFor();
  const states = await page.evaluate(() => window.permgateProbe.record.states);
  assert.ok(states.length > 50);
  const early = Math.max(...states.map(({ at }) => expiresAt - at));
  assert.ok(early <= ROUNDING_MS, `the elements were hidden ${early} ms before the set expired`);
  await assertClean(page, [UNREACHABLE]);
});
