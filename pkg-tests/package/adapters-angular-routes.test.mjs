/** Angular's route guards with a fake instance in jsdom: where each of their options leads, what is left at a change, and what is shown of a page meanwhile. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../support/deadline.mjs";
import { importAngular } from "./adapters/angular.mjs";
import { openWindow } from "./adapters/dom/window.mjs";

// Before anything that looks for a document is imported.
openWindow("<!doctype html><base href='/'><title>Page</title>");
const { fakePermissions } = await import("permgate/testing");

let application;
let remove;
before(async () => {
  ({ application, remove } = await importAngular("guarded-routes"));
});
after(() => remove?.());

/** The application at a path, with a fake instance. */
async function open(t, granted = [], status = "fresh", path = "/") {
  window.history.replaceState(null, "", path);
  const permissions = fakePermissions(granted, { status });
  const target = document.body.appendChild(document.createElement("div"));
  const app = await application.start(target, permissions);
  // Elsewhere the application is not stable before the answer is known.
  if (path === "/") await app.settle();
  t.after(() => {
    app.destroy();
    target.remove();
    permissions.dispose();
  });
  return {
    ...app,
    permissions,
    find: (id) => target.querySelector(`#${id}`),
    isShut: () => target.querySelector("main").style.display === "none",
    /** The address after a navigation to a path. */
    async visit(path) {
      await app.go(path);
      await app.settle();
      return app.url();
    },
    isAt: (url) => until(`the address is ${url}`, () => app.url() === url),
  };
}

const GRANT = { grants: [{ permission: "invoice:edit", resource: "invoices/7", effect: "allow" }] };

test("a route that is denied leads to `to`, and one where nobody is signed in to `signIn`, or else to `to`", async (t) => {
  const { permissions, visit } = await open(t, []);
  const seen = [await visit("/both"), await visit("/same"), await visit("/wanted"), await visit("/other")];
  permissions.setStatus("unauthenticated");
  seen.push(await visit("/both"), await visit("/same"), await visit("/wanted"), await visit("/old"));
  assert.deepEqual(seen, ["/no", "/no", "/no?wanted=%2Fwanted", "/no", "/sign-in", "/no", "/no?wanted=%2Fwanted", "/no?wanted=%2Fwanted"]);
});

test("the resource of a question is that of the guard or of the route's data; a guard by data asks nothing of a route without them", async (t) => {
  const { visit } = await open(t, GRANT);
  const seen = [];
  for (const path of ["/on/7", "/on/8", "/data-on/7", "/data-on/8", "/data-fixed", "/data-none", "/match/7", "/match/8"]) seen.push(await visit(path));
  assert.deepEqual(seen, ["/on/7", "/no", "/data-on/7", "/no", "/data-fixed", "/data-none", "/match/7", "/no"]);
});

for (const path of ["/both", "/on/7", "/data-on/7", "/data-fixed", "/match/7", "/other", "/around/deep/report"]) {
  test(`${path}: an open route is left when it is denied, in its place in the history, and stays while that is unknown`, async (t) => {
    const { find, isAt, isShut, permissions, visit } = await open(t, { permissions: ["invoice:view", "report:view"], ...GRANT });
    assert.equal(await visit(path), path);
    const page = find("page");
    const { length } = window.history;
    for (const status of ["loading", "loading", "failed"]) {
      permissions.setStatus("loading");
      await until("the page is shut", isShut);
      permissions.setStatus(status);
      await until("the status is shown", () => find("waiting")?.textContent === status);
      permissions.setStatus("fresh");
      await until("the page is open", () => !isShut());
      assert.deepEqual([find("page"), find("waiting")], [page, null]);
    }
    permissions.setDocument([]);
    await isAt("/no");
    assert.equal(window.history.length, length);
    await until("nothing is shut", () => !isShut() && find("waiting") === null);
  });
}

test("an open route is left when nobody is signed in any more, and its child needs only its own permission", async (t) => {
  const { isAt, permissions, visit } = await open(t, ["report:view"]);
  assert.equal(await visit("/around/deep/report"), "/around/deep/report");
  assert.equal(await visit("/around/free"), "/around/free");
  permissions.grant("invoice:view");
  await visit("/both");
  permissions.setStatus("unauthenticated");
  await isAt("/sign-in");
});

test("a route that could not be entered, since loading failed, is opened once the permissions are loaded, from `failed` or from where the user was", async (t) => {
  for (const [path, meanwhile] of [["/failing", "/sorry"], ["/both", "/"]]) {
    const { isAt, permissions, visit } = await open(t, ["invoice:view"], "failed");
    assert.equal(await visit(path), meanwhile);
    permissions.setStatus("loading");
    assert.equal(await visit(meanwhile === "/" ? "/" : "/sorry").then(() => meanwhile), meanwhile);
    permissions.setStatus("failed");
    assert.equal(await visit(path), meanwhile);
    permissions.setStatus("fresh");
    await isAt(path);
  }
});

test("it is tried again also once nobody is known to be signed in, and not after the user has gone elsewhere", async (t) => {
  const { isAt, permissions, settle, url, visit } = await open(t, [], "failed");
  await visit("/both");
  permissions.setStatus("unauthenticated");
  await isAt("/sign-in");
  permissions.setStatus("failed");
  await visit("/failing");
  await visit("/elsewhere");
  permissions.setDocument(["invoice:view"]);
  permissions.setStatus("fresh");
  await settle();
  assert.equal(url(), "/elsewhere");
});

test("a deep link shows what is waited for, and then the failure, until the route can be entered", async (t) => {
  const { find, isAt, isShut, permissions } = await open(t, ["invoice:view"], "loading", "/both");
  for (const status of ["loading", "failed"]) {
    permissions.setStatus(status);
    await until(`it says ${status}`, () => find("waiting")?.textContent === status && isShut());
  }
  permissions.setStatus("fresh");
  await isAt("/both");
  await until("the page is open", () => find("page") !== null && find("waiting") === null && !isShut());
});

test("on the way in a guard waits for the answer", async (t) => {
  const { find, go, isAt, permissions, url } = await open(t, ["invoice:view"], "loading");
  const entered = go("/both");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([url(), find("page").textContent], ["/", ""]);
  permissions.setStatus("fresh");
  assert.equal(await entered, true);
  await isAt("/both");
});

test("a navigation that waits is completed, and an open route that is denied by the same answer does not redirect it, but is left when the navigation leads nowhere", async (t) => {
  const { go, isAt, permissions, settle, url, visit } = await open(t, ["invoice:view"]);
  await visit("/both");
  permissions.setStatus("loading");
  const gone = go("/around/deep/report");
  await new Promise((resolve) => setImmediate(resolve));
  permissions.setDocument(["report:view"]);
  assert.equal(await gone, true);
  await settle();
  assert.equal(url(), "/around/deep/report");
  permissions.setStatus("loading");
  const refused = go("/both");
  await new Promise((resolve) => setImmediate(resolve));
  permissions.setDocument([]);
  await refused;
  await isAt("/no");
});

test("a route that is denied while its code is loaded is left at the end of the navigation", async (t) => {
  let arrive;
  globalThis.arrival = new Promise((resolve) => (arrive = resolve));
  t.after(() => delete globalThis.arrival);
  const { go, isAt, permissions } = await open(t, ["report:view"]);
  const gone = go("/lazy");
  await new Promise((resolve) => setImmediate(resolve));
  permissions.setDocument([]);
  arrive();
  await gone;
  await isAt("/no");
});
