/** The guard for Vue Router, with a router that a test controls: routes that are entered, left, or opened after a failure, and guards that are stopped. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakePermissions } from "../dist/testing.js";
import { guardRoutes } from "../dist/vue-guard.js";

/** A turn of the event loop, in which all promises that can be settled are settled. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const route = (fullPath, permission, redirectedFrom) => ({ fullPath, params: {}, matched: permission ? [{ meta: { permission } }] : [], redirectedFrom });
const HOME = route("/");
const INVOICES = route("/invoices", "invoice:view");

/** A router at a route; `enter` asks the guards and ends the navigation, without leaving the route. */
function routerAt(current) {
  const guards = new Set();
  const ends = new Set();
  const listening = (listeners) => (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    replaced: [],
    guards,
    ends,
    currentRoute: { value: current },
    beforeEach: listening(guards),
    beforeResolve: listening(ends),
    afterEach: listening(ends),
    onError: listening(ends),
    async replace(to) {
      this.replaced.push(to);
    },
    async enter(to) {
      const [ending] = await Promise.all([...guards].map((guard) => guard(to)));
      for (const end of [...ends]) end(to, to);
      return ending;
    },
  };
}

/** An instance whose listeners are counted. */
function counted(t, granted, status = "fresh") {
  const fake = fakePermissions(granted, { status });
  t.after(() => fake.dispose());
  const counts = { listeners: 0 };
  const subscribe = (listener) => {
    const stop = fake.subscribe(listener);
    counts.listeners += 1;
    return () => ((counts.listeners -= 1), stop());
  };
  return { fake, counts, instance: new Proxy(fake, { get: (target, name) => (name === "subscribe" ? subscribe : target[name]) }) };
}

/** The guard follows changes only where there is a page. */
function inBrowser(t) {
  globalThis.document = {};
  t.after(() => delete globalThis.document);
}

const TARGETS = { to: "/", signIn: "/sign-in" };

test("a route is entered when it is granted, and redirects when it is denied or nobody is signed in", async (t) => {
  inBrowser(t);
  const { fake, instance } = counted(t, ["invoice:view"]);
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, TARGETS));
  const entered = [await router.enter(HOME), await router.enter(INVOICES)];
  fake.revoke("invoice:view");
  entered.push(await router.enter(INVOICES));
  fake.setStatus("unauthenticated");
  entered.push(await router.enter(INVOICES));
  assert.deepEqual(entered, [true, true, "/", "/sign-in"]);
});

test("an open route is left when it is denied, also at the start of the guard, and stays while its permission is unknown", async (t) => {
  inBrowser(t);
  const { fake, instance } = counted(t, []);
  const router = routerAt(INVOICES);
  t.after(guardRoutes(router, instance, TARGETS));
  await turn();
  assert.deepEqual(router.replaced, ["/"]);
  fake.grant("invoice:view");
  fake.setStatus("loading");
  assert.deepEqual(router.replaced, ["/"]);
  fake.setStatus("unauthenticated");
  assert.deepEqual(router.replaced, ["/", "/sign-in"]);
});

test("a route that was not entered because loading failed is opened once the permissions are loaded, and not before", async (t) => {
  inBrowser(t);
  const { fake, instance } = counted(t, ["invoice:view"], "failed");
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, TARGETS));
  assert.equal(await router.enter(INVOICES), false);
  fake.setStatus("loading");
  assert.deepEqual(router.replaced, []);
  fake.setStatus("fresh");
  assert.deepEqual(router.replaced, ["/invoices"]);
});

test("a route that was not entered because loading failed is later opened from the page of the failure, but not after the user has navigated to another page", async (t) => {
  inBrowser(t);
  for (const [next, expected] of [[route("/sorry", undefined, INVOICES), ["/invoices"]], [route("/elsewhere"), []]]) {
    const { fake, instance } = counted(t, ["invoice:view"], "failed");
    const router = routerAt(HOME);
    t.after(guardRoutes(router, instance, { ...TARGETS, failed: "/sorry" }));
    assert.equal(await router.enter(INVOICES), "/sorry");
    assert.equal(await router.enter(next), true);
    fake.setStatus("fresh");
    assert.deepEqual(router.replaced, expected, next.fullPath);
  }
});

test("a route whose permission is asked for at least one resource is entered by the grant of one row, whatever its resource is", async (t) => {
  const { fake, instance } = counted(t, { grants: [{ permission: "invoice:view", resource: "invoices/2", effect: "allow" }] });
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, TARGETS));
  const list = { ...INVOICES, matched: [{ meta: { permission: "invoice:view", permissionSomewhere: true, permissionResource: "invoices/1" } }] };
  assert.equal(await router.enter(INVOICES), "/");
  assert.equal(await router.enter(list), true);
  fake.setDocument([]);
  assert.equal(await router.enter(list), "/");
});

test("a stopped guard guards no route and leaves no listener, also if the instance is created later", async (t) => {
  inBrowser(t);
  const { instance, counts } = counted(t, []);
  const router = routerAt(INVOICES);
  const stop = guardRoutes(router, instance, TARGETS);
  await turn();
  assert.deepEqual([router.guards.size, router.ends.size, counts.listeners], [1, 3, 1]);
  stop();
  assert.deepEqual([router.guards.size, router.ends.size, counts.listeners], [0, 0, 0]);

  let arrive;
  guardRoutes(router, new Promise((resolve) => (arrive = resolve)), TARGETS)();
  arrive(instance);
  await turn();
  assert.deepEqual([router.guards.size, counts.listeners, router.replaced], [0, 0, ["/"]]);
});

test("on a server, routes are guarded, and changes of permissions are not followed", async (t) => {
  const { instance, counts } = counted(t, []);
  const router = routerAt(INVOICES);
  t.after(guardRoutes(router, instance, TARGETS));
  await turn();
  assert.deepEqual([await router.enter(INVOICES), counts.listeners, router.replaced], ["/", 0, []]);
});

test("a route below another needs what both need, the outer first; a route without a requirement needs nothing", async (t) => {
  inBrowser(t);
  const { instance } = counted(t, ["invoice:view"]);
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, TARGETS));
  const below = (...permissions) => ({ ...HOME, matched: permissions.map((permission) => ({ meta: permission === undefined ? {} : { permission } })) });
  assert.deepEqual([await router.enter(below("invoice:view", "report:view")), await router.enter(below("report:view", "invoice:view"))], ["/", "/"]);
  assert.equal(await router.enter(below(undefined, "invoice:view", undefined)), true);
});

test("the resource of a route is a text, or made from the route", async (t) => {
  inBrowser(t);
  const { instance } = counted(t, { grants: [{ permission: "invoice:edit", resource: "invoices/7", effect: "allow" }] });
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, TARGETS));
  const about = (id, permissionResource) => ({ ...HOME, params: { id }, matched: [{ meta: { permission: "invoice:edit", permissionResource } }] });
  const ofRoute = ({ params }) => `invoices/${params.id}`;
  const entered = [about("7", ofRoute), about("8", ofRoute), about("8", "invoices/7"), about("7", "invoices/8")].map((to) => router.enter(to));
  assert.deepEqual(await Promise.all(entered), [true, "/", true, "/"]);
});

test("a target may be made from the route, and without `signIn` the target is the same for nobody", async (t) => {
  inBrowser(t);
  const { fake, instance } = counted(t, []);
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, { to: ({ fullPath }) => `/no?to=${fullPath}` }));
  const entered = [await router.enter(INVOICES)];
  fake.setStatus("unauthenticated");
  entered.push(await router.enter(INVOICES));
  assert.deepEqual(entered, ["/no?to=/invoices", "/no?to=/invoices"]);
});

test("a route that was denied is not opened by a later grant", async (t) => {
  inBrowser(t);
  const { fake, instance } = counted(t, []);
  const router = routerAt(HOME);
  t.after(guardRoutes(router, instance, TARGETS));
  assert.equal(await router.enter(INVOICES), "/");
  fake.grant("invoice:view");
  assert.deepEqual(router.replaced, []);
});

test("a route that could not be entered is tried again once nobody is known to be signed in, in the place of the open one, which is denied", async (t) => {
  inBrowser(t);
  const { fake, instance } = counted(t, [], "failed");
  const router = routerAt(route("/reports", "report:view"));
  t.after(guardRoutes(router, instance, TARGETS));
  assert.equal(await router.enter(INVOICES), false);
  fake.setStatus("unauthenticated");
  assert.deepEqual(router.replaced, ["/invoices"]);
});

test("where the instance cannot be made, a guarded route is not entered, and nothing else happens", async (t) => {
  inBrowser(t);
  const router = routerAt(INVOICES);
  t.after(guardRoutes(router, Promise.reject(new Error("no module")), { ...TARGETS, failed: "/sorry" }));
  await turn();
  assert.deepEqual([await router.enter(INVOICES), await router.enter(HOME), router.replaced], ["/sorry", true, []]);
});
