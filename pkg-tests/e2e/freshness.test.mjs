/** A permission changes on the server while a page is open: how and when the page notices without a push. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import {
  ALONE, assertAsDecided, assertClean, becomes, flipRight, openDemo, openRecords, REFUSED, requestsOf, settled,
  setGrant, SIGNED_OUT, signIn, signInAside, snapshot, statesOf,
  withoutNavigation, withoutTicks,
} from "./demo.mjs";
import { call } from "./oracle.mjs";
import { startServer } from "./server.mjs";

const PERMISSIONS = "GET /api/me/permissions";
const TEXT = "Half a sentence that nobody may";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A server, and the page of a user, without a stream. */
async function stage(t, username, { mode, ...how } = {}) {
  const server = await startServer(t);
  const page = await openDemo(browser, server, { path: ALONE, ...how });
  t.after(() => page.context().close());
  const session = await signIn(page, username, mode);
  return { server, page, session };
}

/** Leaves a mark in the page that a reload would remove. */
async function markLoad(page) {
  await page.evaluate(() => {
    window.loadedOnce = true;
  });
  return async () => assert.ok(await page.evaluate(() => window.loadedOnce === true), "the page was reloaded");
}

/** A 403 also has the new version. The refusal alone must suffice, since a proxy may drop the header. */
const REFUSALS = [
  { what: "the next 403", pass: (route) => route.continue() },
  { what: "a 403 without its version header", pass: withoutVersion },
];

for (const { what, pass } of REFUSALS) {
  test(`elements that are revoked on the administration page disappear after ${what}, and typed text stays`, (t) =>
    revokedWhileTyping(t, pass));
}

async function withoutVersion(route) {
  const response = await route.fetch();
  const { "permissions-version": version, ...headers } = response.headers();
  assert.equal(version, '2;sub="u-2"');
  await route.fulfill({ response, headers });
}

async function revokedWhileTyping(t, pass) {
  const { server, page, session } = await stage(t, "grace");
  await page.route("**/api/pages/invoice/records/*", pass);
  await openRecords(page, "invoice");
  const sameLoad = await markLoad(page);
  await page.getByTestId("field-note").fill(TEXT);
  const administration = await openDemo(browser, server);
  t.after(() => administration.context().close());
  await signIn(administration, "ada");

  const requests = requestsOf(page);
  await flipRight(administration, "grace", "invoice:edit");
  assert.deepEqual(await statesOf(page, "invoice:edit"), ["granted"], "the page noticed the change before the test made it");

  const refused = page.waitForResponse((response) => response.request().method() === "PUT");
  await page.getByTestId("save").click();
  assert.equal((await refused).status(), 403);
  await becomes(page, "invoice:edit", "denied");
  await page.locator('[data-testid=toast][data-kind=refused]').waitFor();
  assert.equal(await page.getByTestId("save").isVisible(), false);
  assert.equal(await page.getByTestId("field-note").inputValue(), TEXT);
  await sameLoad();
  await assertAsDecided(page, session);
  assert.deepEqual(requests.map((text) => text.split("/").slice(0, 4).join("/")), ["PUT /api/pages/invoice", PERMISSIONS]);
  await assertClean(page, [REFUSED]);
  await assertClean(administration);
}

test("a page that is revoked while the user types in it is shown with the text after the next grant", async (t) => {
  const { server, page, session } = await stage(t, "grace");
  const ada = await signInAside(server, "ada");
  await openRecords(page, "invoice");
  const sameLoad = await markLoad(page);
  await page.getByTestId("field-note").fill(TEXT);

  await setGrant(ada, "grace", "invoice:view", "deny");
  await page.getByTestId("refresh").click();
  await page.getByTestId("no-longer-permitted").waitFor();
  assert.equal(await page.getByTestId("field-note").isVisible(), false);
  await assertAsDecided(page, session);

  await setGrant(ada, "grace", "invoice:view", null);
  await page.getByTestId("refresh").click();
  await page.getByTestId("field-note").waitFor();
  assert.equal(await page.getByTestId("field-note").inputValue(), TEXT);
  await sameLoad();
  await assertAsDecided(page, session);
  await assertClean(page);
});

test("a new grant is shown after a refresh", async (t) => {
  const { server, page, session } = await stage(t, "alan");
  const ada = await signInAside(server, "ada");
  assert.equal(await page.getByTestId("nav-invoice").isVisible(), false);
  const sameLoad = await markLoad(page);
  await setGrant(ada, "alan", "invoice:*", "allow");
  assert.deepEqual(await statesOf(page, "invoice:view"), ["denied"], "the page noticed the change before the test made it");
  await page.getByTestId("refresh").click();
  await page.getByTestId("nav-invoice").waitFor();
  await openRecords(page, "invoice");
  assert.ok(await page.getByTestId("save").isVisible());
  await assertAsDecided(page, session);
  await sameLoad();
  await assertClean(page);
});

test("grants and revocations are shown within the time to live, without any action of the user", async (t) => {
  const { server, page, session } = await stage(t, "alan", { path: `${ALONE}&ttl=1500`, prepare: withoutTicks });
  const ada = await signInAside(server, "ada");
  await settled(page, "overview");
  const requests = requestsOf(page);
  for (const [effect, state] of [["allow", "granted"], [null, "denied"]]) {
    await setGrant(ada, "alan", "invoice:view", effect);
    requests.length = 0;
    await becomes(page, "invoice:view", state);
    // A request may have been in flight when the permission changed: the next request has the change.
    assert.ok(requests.length <= 2, `it took ${requests.length} requests: ${requests}`);
    assert.ok(requests.every((request) => request === PERMISSIONS), `${requests}`);
    assert.equal(await page.getByTestId("nav-invoice").isVisible(), state === "granted");
    await assertAsDecided(page, session);
  }
  await assertClean(page);
});

test("a change is noticed by the version in the next ordinary response", async (t) => {
  const { server, page, session } = await stage(t, "grace", { prepare: withoutNavigation });
  const ada = await signInAside(server, "ada");
  await openRecords(page, "invoice");
  const { version } = await snapshot(page);
  const requests = requestsOf(page);
  await setGrant(ada, "grace", "payment:*", "deny");
  await setGrant(ada, "grace", "lead:view", "allow");
  assert.deepEqual(await statesOf(page, "payment:view"), ["granted"], "the page noticed the change before the test made it");
  assert.deepEqual(requests, []);

  const answered = page.waitForResponse((response) => response.url().endsWith("/api/pages/customer/records"));
  await page.getByTestId("nav-customer").click();
  const answer = await answered;
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["permissions-version"], `${version + 2};sub="${session.subject}"`);
  await becomes(page, "payment:view", "denied");
  await becomes(page, "lead:view", "granted");
  assert.equal((await snapshot(page)).version, version + 2);
  assert.deepEqual(requests, ["GET /api/pages/customer/records", PERMISSIONS]);
  await settled(page, "page-customer");
  await assertAsDecided(page, session);
  await assertClean(page);
});

test("a change of a role reaches all users who have it", async (t) => {
  const { server, page, session } = await stage(t, "linus", { mode: "cookie" });
  const ada = await signInAside(server, "ada");
  const roles = await call(ada, "GET", "/api/admin/roles");
  const { title, permissions } = roles.find(({ name }) => name === "warehouse");
  const less = permissions.filter((pattern) => pattern !== "shipment:*");
  assert.equal(less.length, permissions.length - 1);
  await openRecords(page, "shipment");
  await call(ada, "PUT", "/api/admin/roles/warehouse", { title, permissions: less });
  await page.getByTestId("nav-product").click();
  await becomes(page, "shipment:view", "denied");
  await settled(page, "page-product");
  await assertAsDecided(page, session);
  await assertClean(page);
});

test("a session that the server ended hides everything, and a new sign-in shows the page and the text again", async (t) => {
  const { page, session } = await stage(t, "grace", { mode: "cookie" });
  await openRecords(page, "invoice");
  const sameLoad = await markLoad(page);
  await page.getByTestId("field-note").fill(TEXT);
  await call(session, "DELETE", "/api/session");

  await page.getByTestId("save").click();
  await page.getByTestId("sign-in-dialog").waitFor();
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);

  await page.getByTestId("again-grace").click();
  await page.getByTestId("sign-in-dialog").waitFor({ state: "detached" });
  await becomes(page, "invoice:edit", "granted");
  await until("the form is in view", () => page.getByTestId("field-note").isVisible());
  assert.equal(await page.getByTestId("field-note").inputValue(), TEXT);
  await sameLoad();
  await assertClean(page, [SIGNED_OUT]);
});
