/** The provider for Next in a browser: the router is asked to refresh when the user has changed, as soon as the server answers, and only then; without a router, nothing else is different. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { bundle, serveAdapters } from "./adapters/build.mjs";

let browser;
let server;
before(async () => {
  browser = await launch();
  const navigation = join(HERE, "package/adapters/next-navigation.js");
  server = await serveAdapters({ "/next.js": await bundle("next.jsx", { "next/navigation": navigation }) });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** What the page of a user carries. */
const carriedOf = (subject) => ({ v: 1, document: subject === null ? null : { subject, permissions: ["invoice:edit"] }, language: {}, decisions: {}, asOf: Date.now(), subject, tenant: null });

/** The application with an instance of an endpoint that answers as `state` says; `dehydrated` is what the page carries. */
async function open(t, { dehydrated, hasRouter = true, ...state }) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  const answer = () => (state.user === null ? { status: 401 } : { json: { subject: state.user, permissions: state.permissions ?? ["invoice:edit"] } });
  await page.route("**/api/me/permissions", (route) => route.fulfill(answer()));
  await page.goto(server.origin);
  await page.evaluate(
    async ([dehydrated, hasRouter]) => {
      const [{ createPermissions }, { mount }] = await Promise.all([import("/permgate/index.js"), import("/next.js")]);
      window.permissions = await createPermissions({ endpoint: "/api/me/permissions", tabs: false });
      window.app = mount(document.getElementById("target"), { permissions, dehydrated, hasRouter });
    },
    [dehydrated, hasRouter],
  );
  const shows = (isGranted) => until(`the answer is ${isGranted}`, async () => (await page.textContent("#edit")) === String(isGranted));
  const refreshed = () => page.evaluate(async () => (await new Promise(requestAnimationFrame), app.counts.refreshed));
  return {
    page,
    shows,
    /** Loads again as the user who is signed in by then, and waits until the application shows what is granted. */
    async as(user, permissions = ["invoice:edit"]) {
      Object.assign(state, { user, permissions });
      await page.evaluate(() => permissions.refresh());
      await shows(user !== null && permissions.includes("invoice:edit"));
    },
    ready: () => page.evaluate(() => permissions.whenReady()),
    /** How often the router was asked to refresh, once React has nothing left to do. */
    refreshed,
    /** Waits until the router has been asked to refresh this often. */
    refreshes: (times) => until(`the router is asked ${times} times`, async () => (await refreshed()) === times),
  };
}

/** Has the page's server answer requests for the page as `answer` says, which is `null` while it does not answer; gives the requests. */
async function serverOf(page, state) {
  const asked = [];
  await page.route((address) => address.pathname === "/", (route) => {
    asked.push(route.request().method());
    return state.answer ? route.fulfill(state.answer) : route.abort();
  });
  return asked;
}

test("another user, nobody, and a user again: each has the router refresh once; the same user with other permissions does not", async (t) => {
  const { page, as, shows, refreshed, refreshes } = await open(t, { user: "u-1" });
  await shows(true);
  assert.equal(await refreshed(), 0, "the first user whom the browser finds is the one of the page");
  await as("u-1", []);
  await as("u-1");
  assert.equal(await refreshed(), 0);
  await as("u-2");
  assert.equal(await refreshed(), 1);
  await page.evaluate(() => permissions.signOut());
  await shows(false);
  await refreshes(2);
  await as("u-2");
  assert.equal(await refreshed(), 3);
  assert.deepEqual(page.complaints, []);
});

for (const [carried, found, times] of [["u-1", "u-1", 0], ["u-1", "u-2", 1], [null, "u-1", 1], ["u-1", null, 1], [null, null, 0]]) {
  test(`a page that was rendered for ${carried ?? "nobody"}, with ${found ?? "nobody"} signed in, has the router refresh ${times} times`, async (t) => {
    const { ready, refreshes, shows } = await open(t, { dehydrated: carriedOf(carried), user: found });
    await ready();
    await shows(found !== null);
    await refreshes(times);
  });
}

test("users whom the source does not name are one user, and not nobody", async (t) => {
  const { as, page, refreshed, refreshes, shows } = await open(t, { user: undefined });
  await shows(true);
  await as(undefined, []);
  await as(undefined);
  assert.equal(await refreshed(), 0);
  await page.evaluate(() => permissions.signOut());
  await shows(false);
  await refreshes(1);
});

for (const [what, answer] of [["does not answer", null], ["answers 502 through a proxy", { status: 502 }]]) {
  test(`after a sign-out while the server ${what}, the router is asked only once the server answers: without an answer, Next would leave the page`, async (t) => {
    const state = { answer };
    const { page, refreshed, refreshes, shows } = await open(t, { user: "u-1" });
    const asked = await serverOf(page, state);
    await shows(true);
    await page.evaluate(() => permissions.signOut());
    await until("the server is asked again", () => asked.length >= 2);
    assert.equal(await refreshed(), 0);
    state.answer = { status: 200 };
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await refreshes(1);
    assert.deepEqual([...new Set(asked)], ["HEAD"]);
    const before = asked.length;
    await page.evaluate(() => dispatchEvent(new Event("online")));
    assert.equal(await refreshed(), 1);
    assert.equal(asked.length, before, "the server is asked no more");
  });
}

test("in Next 15, whose React can lose a navigation during which it is refreshed, the router is asked at once, unless there is no network", async (t) => {
  for (const isOnline of [true, false]) {
    const { page, refreshed, refreshes, shows } = await open(t, { user: "u-1" });
    const asked = await serverOf(page, { answer: null });
    await shows(true);
    await page.evaluate((isOnline) => {
      window.next = { version: "15.5.4" };
      Object.defineProperty(navigator, "onLine", { value: isOnline });
    }, isOnline);
    await page.evaluate(() => permissions.signOut());
    await (isOnline ? refreshes(1) : until("the server is asked", () => asked.length > 0));
    assert.equal(await refreshed(), Number(isOnline));
  }
});

test("a server that leads from the page to another has answered", async (t) => {
  const { page, refreshes, shows } = await open(t, { user: "u-1" });
  await serverOf(page, { answer: { status: 307, headers: { location: "/elsewhere" } } });
  await shows(true);
  await page.evaluate(() => permissions.signOut());
  await refreshes(1);
});

test("the user before who signs in again while the server has not answered yet has the router refresh at once, and only once", async (t) => {
  const state = { answer: null };
  const { as, page, refreshed, refreshes, shows } = await open(t, { user: "u-1" });
  const asked = await serverOf(page, state);
  await shows(true);
  await page.evaluate(() => permissions.signOut());
  await until("the server is asked", () => asked.length >= 1);
  assert.equal(await refreshed(), 0);
  await as("u-1");
  await refreshes(1);
  state.answer = { status: 200 };
  const before = asked.length;
  await page.evaluate(() => dispatchEvent(new Event("online")));
  assert.equal(await refreshed(), 1);
  assert.equal(asked.length, before, "nothing is waited for any more");
});

test("without a router, as in the test of a component, the provider answers, and a change of the user is no error", async (t) => {
  const { as, page, refreshed, shows } = await open(t, { user: "u-1", hasRouter: false });
  await shows(true);
  await as("u-2");
  await page.evaluate(() => permissions.signOut());
  await shows(false);
  assert.equal(await refreshed(), 0);
  assert.deepEqual(page.complaints, []);
});

test("in the browser the provider inserts nothing into the page", async (t) => {
  const { page, shows } = await open(t, { dehydrated: carriedOf("u-1"), user: "u-1" });
  await shows(true);
  assert.deepEqual(await page.evaluate(() => [...new Set(app.counts.inserted)]), [null]);
});
