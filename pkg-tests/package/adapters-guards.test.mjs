/** The guards of React Router, TanStack Router and Vue Router with a fake instance: their redirects, their failures, loaders that run again on changes, and navigations that are under way meanwhile. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { until } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { bundle } from "./adapters/build.mjs";
import { openWindow } from "./adapters/dom/window.mjs";

const ROUTERS = { "React Router 8": {}, "React Router 7": { "react-router": "react-router-7" } };

// Before anything that looks for a document is imported.
openWindow();
const { fakePermissions } = await import("permgate/testing");
const { followPermissions, permissionGuard } = await import("permgate/tanstack-router");
const { guardRoutes } = await import("permgate/vue-router");
const { createMemoryHistory, createRouter } = await import("vue-router");

const applications = {};
let folder;
before(async () => {
  folder = await mkdtemp(join(HERE, "package/adapters/built-guards-"));
  for (const [name, alias] of Object.entries(ROUTERS)) {
    const path = join(folder, `${name.replaceAll(" ", "-")}.mjs`);
    await writeFile(path, await bundle("dom/react-router.jsx", alias));
    applications[name] = await import(pathToFileURL(path));
  }
  const path = join(folder, "tanstack-router.mjs");
  await writeFile(path, await bundle("dom/tanstack-router.js"));
  applications["TanStack Router"] = await import(pathToFileURL(path));
});
after(() => rm(folder, { recursive: true }));

/** A turn of the event loop, after which the frameworks have nothing left to do that needs no timer. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An instance whose listeners to events are counted. */
function counted(t, granted, status = "fresh") {
  const fake = fakePermissions(granted, { status });
  t.after(() => fake.dispose());
  const counts = { listeners: 0 };
  const counting = (name) => (...parameters) => {
    const stop = fake[name](...parameters);
    counts.listeners += 1;
    return () => ((counts.listeners -= 1), stop());
  };
  const own = { on: counting("on"), subscribe: counting("subscribe") };
  return { fake, counts, instance: new Proxy(fake, { get: (target, name) => own[name] ?? target[name] }) };
}

/** Starts the application of a router. */
async function start(t, name, { granted = [], status, given, ...more }) {
  const { fake, counts, instance } = counted(t, granted, status);
  const target = document.body.appendChild(document.createElement("div"));
  const app = applications[name].start(target, { permissions: given?.(instance) ?? instance, ...more });
  let isMounted = true;
  const unmount = () => {
    if (isMounted) app.unmount();
    isMounted = false;
  };
  t.after(() => (unmount(), target.remove()));
  return {
    ...app,
    fake,
    instance,
    listeners: () => counts.listeners,
    unmount,
    sees: (id) => until(`${id} is shown`, () => target.querySelector(`[id="${id}"]`) !== null),
    text: (id) => target.querySelector(`[id="${id}"]`)?.textContent,
    /** Every navigation of the router since its start, as the action on its history, and whether it keeps the scroll position. */
    actions: (() => {
      const seen = [];
      let last = app.router.state.location.key;
      app.router.subscribe(({ location, historyAction, preventScrollReset }) => {
        if (location.key !== last) seen.push(`${historyAction} ${location.pathname}${preventScrollReset ? ", unscrolled" : ""}`);
        last = location.key;
      });
      return seen;
    })(),
  };
}

/** How a middleware ends: it goes on, redirects, or answers with a status. */
async function ending(middleware, params = {}) {
  try {
    await middleware({ params });
    return "goes on";
  } catch (thrown) {
    assert.ok(thrown instanceof Response, String(thrown));
    return thrown.headers.get("location") ?? thrown.status;
  }
}

for (const name of Object.keys(ROUTERS)) {
  const ELSEWHERE = { to: "/no", signIn: "/sign-in" };

  for (const [status, options, expected] of [
    ["fresh", ELSEWHERE, "/no"],
    ["unauthenticated", ELSEWHERE, "/sign-in"],
    ["unauthenticated", { to: "/no" }, "/no"],
    ["failed", ELSEWHERE, 503],
    ["expired", ELSEWHERE, 503],
  ]) {
    test(`${name}: the middleware of a requirement that is not granted ends with ${expected}: status ${status}, options ${JSON.stringify(options)}`, async (t) => {
      // What a fake cannot be: a set that has expired.
      const expired = { can: () => false, check: () => ({ outcome: "unknown" }), status, subscribe: () => () => undefined };
      const permissions = status === "expired" ? expired : counted(t, [], status).instance;
      assert.equal(await ending(applications[name].permissionMiddleware(permissions, "invoice:view", options)), expected);
    });
  }

  test(`${name}: the middleware asks about the resource that the route's parameters name`, async (t) => {
    const { instance } = counted(t, { grants: [{ permission: "invoice:edit", resource: "invoices/7", effect: "allow" }] });
    const middleware = applications[name].permissionMiddleware(Promise.resolve(instance), "invoice:edit", { ...ELSEWHERE, on: ({ id }) => `invoices/${id}` });
    assert.deepEqual([await ending(middleware, { id: "7" }), await ending(middleware, { id: "8" })], ["goes on", "/no"]);
  });

  test(`${name}: a guarded route is replaced in the history, whether it is denied or nobody is signed in; without \`signIn\` it leads to the same place`, async (t) => {
    for (const [status, guard, expected] of [["fresh", { to: "/", signIn: "/sign-in" }, "home"], ["unauthenticated", { to: "/", signIn: "/sign-in" }, "sign-in"], ["unauthenticated", { to: "/sign-in" }, "sign-in"]]) {
      const { actions, router, sees } = await start(t, name, { status, guard, path: "/" });
      await router.navigate("/page");
      await sees(expected);
      await until("it is replaced", () => actions.length === 2);
      assert.deepEqual(actions, ["PUSH /page", `REPLACE /${expected === "home" ? "" : expected}`]);
      assert.equal(router.state.location.state?.from?.pathname, status === "unauthenticated" ? "/page" : undefined);
    }
  });

  test(`${name}: loaders run again on each change, without a navigation, and a denied route is left`, async (t) => {
    const { actions, counts, fake, router, sees } = await start(t, name, { granted: ["invoice:view"], path: "/counted" });
    await sees("counted");
    for (const report of ["report:view", "report:edit"]) {
      const { loads } = counts;
      fake.grant(report);
      await until("the loader has run again", () => counts.loads > loads && router.state.revalidation === "idle");
    }
    assert.deepEqual(actions, []);
    await router.navigate("/loaded");
    await sees("loaded");
    fake.setDocument([]);
    await sees("home");
  });

  test(`${name}: a route whose permissions could not be loaded says 503, and is opened by a navigation in its place once they are, with its state; later changes need none`, async (t) => {
    const { actions, counts, fake, router, sees, text } = await start(t, name, { granted: ["invoice:view"], status: "failed", path: "/" });
    await router.navigate("/loaded", { state: { kept: true } });
    await sees("failed");
    assert.equal(text("failed"), "503");
    fake.setStatus("loading");
    fake.setStatus("fresh");
    await sees("loaded");
    assert.deepEqual([actions, router.state.location.state], [["PUSH /loaded", "REPLACE /loaded, unscrolled"], { kept: true }]);
    const { loads } = counts;
    fake.grant("report:view");
    await until("the loader has run again", () => counts.loads > loads);
    assert.equal(actions.length, 2);
  });

  test(`${name}: a change after a failure does not give up a navigation that waits for the answer`, async (t) => {
    const told = {};
    const listening = (instance) => new Proxy(instance, { get: (target, name) => (name === "on" ? (event, listener) => ((told[event] = listener), () => undefined) : target[name]) });
    const { actions, fake, router, sees } = await start(t, name, { granted: ["invoice:view"], path: "/counted", given: listening });
    await sees("counted");
    await until("the hook listens", () => told.change !== undefined);
    told.status("failed");
    fake.setStatus("loading");
    const gone = router.navigate("/other");
    await until("the navigation waits", () => router.state.navigation.state === "loading");
    told.change();
    await turn();
    fake.setStatus("fresh");
    await gone;
    await sees("other");
    assert.deepEqual(actions, ["PUSH /other"]);
  });

  test(`${name}: loaders run again also for a change between the first rendering and the moment at which the hook listens`, async (t) => {
    let isEarly = true;
    const changing = (instance) => new Proxy(instance, {
      get: (target, name) => name !== "on" ? target[name] : (...parameters) => {
        if (isEarly) target.grant("report:view");
        isEarly = false;
        return target.on(...parameters);
      },
    });
    const { counts, sees } = await start(t, name, { granted: ["invoice:view"], path: "/counted", given: changing });
    await sees("counted");
    await until("the loader has run again", () => counts.loads === 2);
  });

  test(`${name}: a failure is remembered up to the next change, which navigates; the one after that does not`, async (t) => {
    for (const status of ["failed", "expired"]) {
      const told = {};
      const listening = (instance) => new Proxy(instance, { get: (target, name) => (name === "on" ? (event, listener) => ((told[event] = listener), () => undefined) : target[name]) });
      const { actions, counts, router, sees } = await start(t, name, { granted: ["invoice:view"], path: "/counted", given: listening });
      await sees("counted");
      const isIdle = () => router.state.navigation.state === "idle" && router.state.revalidation === "idle";
      // React runs the hook's effect after the page is there.
      await until("the hook listens", () => told.status && told.change);
      told.status(status);
      told.status("loading");
      told.change();
      await until("the route is entered anew", () => actions.length === 1 && isIdle());
      assert.equal(actions[0], "REPLACE /counted, unscrolled");
      const { loads } = counts;
      told.change();
      await until("the loader has run again", () => counts.loads > loads && isIdle());
      assert.equal(actions.length, 1);
    }
  });

  test(`${name}: without an instance nothing runs again; no listener is left of one that comes and goes`, async (t) => {
    let arrive;
    const arriving = new Promise((resolve) => (arrive = resolve));
    const { counts, fake, instance, listeners, sees, unmount } = await start(t, name, { granted: ["invoice:view"], path: "/counted", given: () => arriving });
    await sees("counted");
    assert.equal(listeners(), 0);
    arrive(instance);
    // The provider follows the instance, and the hook two of its events.
    await until("the hook listens", () => listeners() === 3);
    const { loads } = counts;
    fake.grant("report:view");
    await until("the loader has run again", () => counts.loads > loads);
    assert.equal(listeners(), 3);
    unmount();
    await turn();
    assert.equal(listeners(), 0);
  });
}

/** How a guard of TanStack Router ends. */
async function entering(guard, { params = {}, cause = "enter" } = {}) {
  try {
    await guard({ params, cause, location: { href: "/invoices?year=2026" } });
    return "goes on";
  } catch (thrown) {
    return thrown.code ?? thrown.options ?? thrown;
  }
}

const HERE_TOO = { to: "/no", signIn: "/sign-in" };

test("TanStack Router: the guard redirects in the place of the route, and the sign-in gets the wanted address", async (t) => {
  const part = ({ to, search, replace }) => ({ to, search, replace });
  const at = async (status, options, cause) => part(await entering(permissionGuard(counted(t, [], status).instance, "invoice:view", options), { cause }));
  const to = (path, search) => ({ to: path, search, replace: true });
  for (const cause of ["enter", "stay", "preload"]) {
    assert.deepEqual(await at("fresh", HERE_TOO, cause), to("/no", undefined));
    assert.deepEqual(await at("unauthenticated", HERE_TOO, cause), to("/sign-in", { redirect: "/invoices?year=2026" }));
    assert.deepEqual(await at("unauthenticated", { to: "/no" }, cause), to("/no", undefined));
  }
});

test("TanStack Router: a failure is an error on the way in, and an open page stays while its answer is unknown", async (t) => {
  const guardOf = (permissions) => permissionGuard(permissions, "invoice:view", HERE_TOO);
  assert.equal(await entering(guardOf(counted(t, [], "failed").instance)), "failed");
  const endings = [];
  for (const status of ["failed", "loading"]) {
    const { fake, instance } = counted(t, ["invoice:view"]);
    const guard = guardOf(instance);
    assert.equal(await entering(guard), "goes on");
    fake.setStatus(status);
    void entering(guard, { cause: "stay" }).then((ending) => endings.push(ending));
  }
  await turn();
  assert.deepEqual(endings, ["goes on", "goes on"]);
});

test("TanStack Router: on the way in the guard waits for the answer, also for the instance, and asks about the resource", async (t) => {
  const { fake, instance } = counted(t, { grants: [{ permission: "invoice:edit", resource: "invoices/7", effect: "allow" }] }, "loading");
  const guard = permissionGuard(Promise.resolve(instance), "invoice:edit", { ...HERE_TOO, on: ({ id }) => `invoices/${id}` });
  const endings = [];
  const entered = ["7", "8"].map((id) => entering(guard, { params: { id } }).then((ending) => endings.push(ending.to ?? ending)));
  await turn();
  assert.deepEqual(endings, []);
  fake.setStatus("fresh");
  await Promise.all(entered);
  assert.deepEqual(endings, ["goes on", "/no"]);
});

test("TanStack Router: guards of open routes run again on each change, until that is stopped", (t) => {
  const { counts, fake, instance } = counted(t, []);
  let runs = 0;
  const stop = followPermissions({ invalidate: async () => void (runs += 1) }, instance);
  fake.grant("invoice:view");
  // One listener for changes, and one for the user.
  assert.deepEqual([runs, counts.listeners], [1, 2]);
  stop();
  fake.revoke("invoice:view");
  assert.deepEqual([runs, counts.listeners], [1, 0]);
});

test("TanStack Router: when another user is signed in or nobody any more, the cache is emptied and open routes load as pending, but not for the first user", (t) => {
  const { fake, instance } = counted(t, [], "loading");
  const calls = [];
  const router = { clearCache: () => void calls.push("emptied"), invalidate: async (options) => void calls.push(options?.forcePending ? "pending" : "loaded") };
  t.after(followPermissions(router, instance));
  const after = (change) => (change(), calls.splice(0).join(", "));
  assert.equal(after(() => fake.setDocument({ subject: "u-1", permissions: [] })), "loaded");
  assert.equal(after(() => fake.setDocument({ subject: "u-2", permissions: [] })), "emptied, pending, loaded");
  assert.equal(after(() => fake.setStatus("unauthenticated")), "emptied, pending, loaded");
});

/** The routes of TanStack Router and of Vue Router in the tests of navigations that are under way. */
const ROWS = (...numbers) => ({ grants: numbers.map((number) => ({ permission: "invoice:edit", resource: `invoices/${number}`, effect: "allow" })) });

/** TanStack Router at a path, with the pages whose loaders have run. */
async function openTanStack(t, granted, path, status = "fresh") {
  const { fake } = counted(t, granted, status);
  const app = await applications["TanStack Router"].start(fake, path);
  t.after(app.stop);
  const { router } = app;
  return {
    fake,
    loads: app.loads,
    preload: (to) => router.preloadRoute({ to }),
    go: (to) => void router.navigate({ to }),
    waits: () => until("the navigation waits", () => router.state.status === "pending"),
    isAt: (path) => until(`the page is ${path}`, () => router.state.status === "idle" && router.state.resolvedLocation.pathname === path),
  };
}

test("TanStack Router: a page about another resource is not entered from an open one of its route while the answer is unknown, nor when loading fails, but the open one stays", async (t) => {
  const { fake, go, isAt, loads, waits } = await openTanStack(t, ROWS(2, 4), "/invoices/2");
  fake.setStatus("loading");
  await isAt("/invoices/2");
  go("/invoices/3");
  await waits();
  await turn();
  assert.deepEqual(new Set(loads), new Set(["/invoices/2"]));
  fake.setStatus("fresh");
  await isAt("/");
  go("/invoices/2");
  await isAt("/invoices/2");
  go("/invoices/4");
  await isAt("/invoices/4");
  fake.setStatus("failed");
  await isAt("/invoices/4");
  assert.ok(!loads.includes("/invoices/3"));
});

test("TanStack Router: a link that is preloaded neither leaves the page nor keeps its refusal, and one that waits is followed by a navigation", async (t) => {
  const { fake, go, isAt, loads, preload, waits } = await openTanStack(t, [], "/other");
  await preload("/page");
  fake.setStatus("unauthenticated");
  await preload("/page");
  await isAt("/other");
  assert.ok(!loads.includes("/page"));
  fake.setDocument(["invoice:view"]);
  fake.setStatus("loading");
  void preload("/page");
  go("/page");
  await waits();
  fake.setStatus("fresh");
  await isAt("/page");
});

test("TanStack Router: a resource that was only preloaded does not end the stay on the open one", async (t) => {
  const { fake, isAt, preload } = await openTanStack(t, ROWS(2, 4), "/invoices/2");
  await preload("/invoices/4");
  fake.setStatus("failed");
  await turn();
  await isAt("/invoices/2");
});

/** Vue Router at a path, with the addresses of all routes that were entered. */
async function openVue(t, granted, path, status = "fresh", options = {}) {
  const { fake } = counted(t, granted, status);
  const Page = { render: () => null };
  let arrive;
  const arrival = new Promise((resolve, reject) => (arrive = { resolve: () => resolve(Page), reject }));
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      ...["/", "/sign-in", "/other", "/sorry"].map((path) => ({ path, component: Page })),
      { path: "/page", component: Page, meta: { permission: "invoice:view" } },
      { path: "/lazy", component: () => arrival, meta: { permission: "report:view" } },
      { path: "/invoices/:id", component: Page, meta: { permission: "invoice:edit", permissionResource: ({ params }) => `invoices/${params.id}` } },
    ],
  });
  t.after(guardRoutes(router, fake, { to: "/", signIn: "/sign-in", ...options }));
  const entered = [];
  router.afterEach((to, _from, failure) => void (failure || entered.push(to.path)));
  await router.push(path);
  await turn();
  return { arrive, entered, fake, router, isAt: (path) => until(`the page is ${path}`, () => router.currentRoute.value.path === path) };
}

test("Vue Router: a route whose guard still waited when the user went elsewhere is not opened later, after a failure", async (t) => {
  const { entered, fake, isAt, router } = await openVue(t, ["invoice:view"], "/", "loading");
  const given = router.push("/page");
  await turn();
  await router.push("/other");
  fake.setStatus("failed");
  await given;
  fake.setStatus("fresh");
  await turn();
  await isAt("/other");
  assert.deepEqual(entered, ["/", "/other"]);
});

test("Vue Router: an open route that is denied does not give up the navigation that waits for the same answer, but is left when that leads nowhere", async (t) => {
  const { entered, fake, router } = await openVue(t, ["invoice:view"], "/page");
  fake.setStatus("loading");
  // The user gives the first one up, whose end is not that of the second one.
  const [, gone] = [router.push("/invoices/2"), router.push("/invoices/3")];
  await turn();
  fake.setDocument(ROWS(3));
  await gone;
  assert.deepEqual(entered, ["/page", "/invoices/3"]);
  fake.setStatus("loading");
  const refused = router.push("/page");
  await turn();
  fake.setDocument(ROWS(2));
  await refused;
  await turn();
  assert.deepEqual(entered, ["/page", "/invoices/3", "/"]);
});

test("Vue Router: a route that is denied while its code is loaded is not entered", async (t) => {
  const { arrive, entered, fake, router } = await openVue(t, ["report:view"], "/other");
  const gone = router.push("/lazy");
  await turn();
  fake.setDocument([]);
  arrive.resolve();
  await gone;
  assert.deepEqual(entered, ["/other", "/"]);
});

test("Vue Router: an open route that is denied is left also when the code of the wanted one cannot be loaded", async (t) => {
  const { arrive, entered, fake, isAt, router } = await openVue(t, ["invoice:view", "report:view"], "/page");
  const gone = router.push("/lazy");
  await turn();
  fake.setDocument([]);
  assert.deepEqual(entered, ["/page"]);
  const stop = router.onError(() => undefined);
  arrive.reject(new Error("no code"));
  await assert.rejects(gone);
  stop();
  await isAt("/");
});

test("Vue Router: a redirect that the application refuses is repeated at the next change only", async (t) => {
  const { fake, router, isAt } = await openVue(t, ["invoice:view"], "/page");
  let refused = 0;
  const stop = router.beforeEach(() => ((refused += 1), false));
  fake.setDocument([]);
  await until("it is refused", () => refused > 0);
  await turn();
  assert.equal(refused, 1);
  fake.grant("report:view");
  await until("it is refused again", () => refused > 1);
  await turn();
  assert.equal(refused, 2);
  stop();
  fake.revoke("report:view");
  await isAt("/");
});
