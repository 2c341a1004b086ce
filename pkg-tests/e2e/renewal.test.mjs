/** The credentials end while a user works: the user signs in over the page, and the pending request succeeds. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { ALONE, assertClean, openDemo, openRecords, requestsOf, SIGNED_OUT, signIn, signInAside, snapshot } from "./demo.mjs";
import { call } from "./oracle.mjs";
import { startServer } from "./server.mjs";

const TEXT = "Typed before the session ended";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Grace's page of invoices with a typed text, and a session that the server has ended unnoticed. */
async function stage(t, mode) {
  const server = await startServer(t);
  const page = await openDemo(browser, server, { path: ALONE });
  t.after(() => page.context().close());
  const session = await signIn(page, "grace", mode);
  await openRecords(page, "invoice");
  await page.getByTestId("field-note").fill(TEXT);
  await call(session, "DELETE", "/api/session");
  const requests = requestsOf(page);
  const aside = await signInAside(server, "grace");
  const savedNotes = async () => (await call(aside, "GET", "/api/pages/invoice/records")).filter(({ note }) => note === TEXT);
  return { server, page, requests, savedNotes };
}

const count = (requests, start) => requests.filter((request) => request.startsWith(start)).length;

for (const mode of ["token", "cookie"]) {
  test(`a form that got a 401 is saved once after a new sign-in, without a second click (${mode})`, async (t) => {
    const { page, requests, savedNotes } = await stage(t, mode);
    await page.getByTestId("save").click();
    await page.getByTestId("sign-in-dialog").waitFor();
    assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
    assert.deepEqual(await savedNotes(), []);

    await page.getByTestId("again-grace").click();
    await page.locator("[data-testid=toast][data-kind=done]").waitFor();
    assert.equal((await savedNotes()).length, 1);
    assert.equal(await page.getByTestId("unsaved").isVisible(), false);
    assert.equal(await page.getByTestId("field-note").inputValue(), TEXT);
    assert.equal(count(requests, "PUT"), 2, "the form was not sent exactly twice: refused once, and saved once");
    assert.equal(await page.locator("[data-testid=toast]").count(), 1);
    await assertClean(page, [SIGNED_OUT]);
  });

  test(`when another user signs in over the page, the form of the first user is not sent (${mode})`, async (t) => {
    const { page, requests, savedNotes } = await stage(t, mode);
    await page.getByTestId("save").click();
    await page.getByTestId("sign-in-dialog").waitFor();
    await page.getByTestId("again-ada").click();
    await page.getByTestId("who").getByText("Ada Lovelace").waitFor();
    await until("ada's records are shown", () => page.getByTestId("field-note").isVisible());
    assert.notEqual(await page.getByTestId("field-note").inputValue(), TEXT);
    assert.deepEqual(await savedNotes(), []);
    assert.equal(count(requests, "PUT"), 1, "the form of the first user was sent again");
    await assertClean(page, [SIGNED_OUT]);
  });

  test(`a user who cancels the sign-in gets to the sign-in page, and nothing is sent again (${mode})`, async (t) => {
    const { page, requests, savedNotes } = await stage(t, mode);
    await page.getByTestId("save").click();
    await page.getByTestId("give-up").click();
    await page.getByTestId("sign-in").waitFor();
    assert.equal((await snapshot(page)).status, "unauthenticated");
    assert.deepEqual(await savedNotes(), []);
    assert.equal(count(requests, "PUT"), 1);
    assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
    await assertClean(page, [SIGNED_OUT]);
  });

  test(`F12 fifty requests that get a 401 at the same time ask for one sign-in, and each is answered after it (${mode})`, async (t) => {
    const { page, requests } = await stage(t, mode);
    await page.evaluate(() => {
      const ask = () => window.permgateDemo.permissions.fetch("/api/pages/customer/records");
      window.answers = Promise.all(Array.from({ length: 50 }, async () => (await ask()).status));
    });
    await page.getByTestId("sign-in-dialog").waitFor();
    await until("all fifty requests were refused", () => count(requests, "GET /api/pages/customer") === 50);
    await page.getByTestId("again-grace").click();
    const statuses = await page.evaluate(() => window.answers);
    assert.deepEqual(statuses, Array.from({ length: 50 }, () => 200));
    assert.equal(count(requests, "GET /api/pages/customer"), 100, "not every request was sent once more");
    assert.equal(count(requests, "POST /api/session"), 1);
    await assertClean(page, [SIGNED_OUT]);
  });
}

test("F14 a request that gets a 401 twice is not sent a third time, and the typed text is kept", async (t) => {
  const { page, requests, savedNotes } = await stage(t, "token");
  const address = "**/api/pages/invoice/records/*";
  await page.route(address, (route) =>
    route.fulfill({ status: 401, headers: { "WWW-Authenticate": "Bearer" }, json: { title: "no", detail: "never" } }),
  );
  await page.getByTestId("save").click();
  await page.getByTestId("again-grace").click();
  await until("the request was sent again", () => count(requests, "PUT") === 2);
  // The demo itself asks for a sign-in now; permgate knows no user.
  await page.getByTestId("sign-in-dialog").waitFor();
  assert.equal((await snapshot(page)).status, "unauthenticated");
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
  assert.equal(count(requests, "POST /api/session"), 1);

  await page.unroute(address);
  await page.getByTestId("again-grace").click();
  await page.getByTestId("save").click();
  await page.locator("[data-testid=toast][data-kind=done]").waitFor();
  assert.equal((await savedNotes()).length, 1);
  assert.equal(count(requests, "PUT"), 3);
  await assertClean(page, [SIGNED_OUT]);
});

test("a user who mistypes the password is asked again, and the form is saved in the end", async (t) => {
  const { page, savedNotes } = await stage(t, "cookie");
  await page.getByTestId("save").click();
  await page.getByTestId("again-username").fill("grace");
  await page.getByTestId("again-password").fill("not it");
  await page.getByTestId("again-submit").click();
  await page.getByTestId("again-error").getByText("wrong").waitFor();
  await page.getByTestId("again-password").fill("grace-demo");
  await page.getByTestId("again-submit").click();
  await page.locator("[data-testid=toast][data-kind=done]").waitFor();
  assert.equal((await savedNotes()).length, 1);
  await assertClean(page, [SIGNED_OUT]);
});
