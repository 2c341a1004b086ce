/** `permgate/sveltekit` with SvelteKit's own errors and redirects: guards of `load` in the browser and on the server, and the hook. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isHttpError, isRedirect } from "@sveltejs/kit";
import { dehydrate, evaluate } from "permgate/server";
import { followPermissions, guardLoad, handlePermissions, requirePermission } from "permgate/sveltekit";
import { fakePermissions } from "permgate/testing";

/** The event that SvelteKit passes to a `load` function, which records the names of `depends`. */
function event(params = {}, locals = {}) {
  const names = [];
  return { params, locals, names, depends: (name) => names.push(name) };
}

/** How a `load` function ended: `goes on`, `303 /address`, or the status of an error. */
async function ending(load) {
  try {
    return (await load()) === undefined ? "goes on" : "gave data";
  } catch (thrown) {
    if (isRedirect(thrown)) return `${thrown.status} ${thrown.location}`;
    if (isHttpError(thrown)) return thrown.status;
    throw thrown;
  }
}

/** All promises that can be settled are, before a task of the event loop is run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function fake(t, ...given) {
  const permissions = fakePermissions(...given);
  t.after(() => permissions.dispose());
  return permissions;
}

const ELSEWHERE = { to: "/", signIn: "/sign-in" };

test("guardLoad lets a load go on where the requirement is granted, and is run again when permissions change", async (t) => {
  const permissions = fake(t, ["invoice:view"]);
  const loaded = event();
  assert.equal(await ending(() => guardLoad(permissions, "invoice:view", ELSEWHERE)(loaded)), "goes on");
  assert.deepEqual(loaded.names, ["permgate:set"]);
  const invalidated = [];
  const stop = followPermissions(permissions, { invalidate: async (name) => void invalidated.push(name), invalidateAll: async () => assert.fail("it is the same user") });
  permissions.revoke("invoice:view");
  assert.deepEqual(invalidated, ["permgate:set"]);
  stop();
  permissions.grant("invoice:view");
  assert.deepEqual(invalidated, ["permgate:set"]);
});

test("all `load` functions run again when another user is signed in or nobody any more, and not while that is unknown", async (t) => {
  const permissions = fake(t, { subject: "u-1", permissions: ["invoice:view"] });
  let all = 0;
  const stop = followPermissions(permissions, { invalidate: async () => undefined, invalidateAll: async () => void (all += 1) });
  const after = async (change) => {
    await change?.();
    await new Promise((resolve) => setImmediate(resolve));
    return all;
  };
  assert.equal(await after(), 0);
  assert.equal(await after(() => permissions.setDocument({ subject: "u-1", permissions: [] })), 0, "the same user");
  assert.equal(await after(() => permissions.setStatus("loading")), 0, "it is not known who is signed in");
  assert.equal(await after(() => permissions.setDocument({ subject: "u-1", permissions: [] })), 0, "the same user again");
  assert.equal(await after(() => permissions.setDocument({ subject: "u-2", permissions: [] })), 1, "another user");
  assert.equal(await after(() => permissions.setStatus("unauthenticated")), 2, "nobody");
  assert.equal(await after(() => permissions.setDocument({ permissions: [] })), 3, "a user without a name");
  stop();
  assert.equal(await after(() => permissions.setStatus("unauthenticated")), 3);
});

test("guarded `load` functions run again after the navigation that is under way, which SvelteKit would give up, and after the one that takes its place", async (t) => {
  const permissions = fake(t, ["invoice:view"]);
  const invalidated = [];
  const navigating = { complete: null };
  const begin = () => {
    let end;
    navigating.complete = new Promise((resolve, reject) => (end = { resolve, reject }));
    return end;
  };
  t.after(followPermissions(permissions, { invalidate: async (name) => void invalidated.push(name), invalidateAll: async () => assert.fail("it is the same user"), navigating }));
  const first = begin();
  permissions.revoke("invoice:view");
  const second = begin();
  first.reject(new Error("navigation aborted"));
  await settled();
  assert.deepEqual(invalidated, []);
  second.resolve();
  navigating.complete = null;
  await settled();
  assert.deepEqual(invalidated, ["permgate:set"]);
  // SvelteKit leaves it there when something else was invalidated meanwhile.
  begin().reject(new Error("navigation aborted"));
  permissions.grant("invoice:view");
  await settled();
  assert.deepEqual(invalidated, ["permgate:set", "permgate:set"]);
});

/** Follows an instance as an effect does that runs again whenever the instance changes. Counts the calls of `invalidateAll`. */
function followByEffect(t, permissions, dehydrated) {
  const counts = { all: 0 };
  const follow = () => followPermissions(permissions, { invalidate: async () => undefined, invalidateAll: async () => void (counts.all += 1), dehydrated });
  let stop = follow();
  t.after(permissions.subscribe(() => queueMicrotask(() => (stop(), (stop = follow())))));
  return counts;
}

for (const [rendered, document, calls] of [
  ["nobody", null, 1],
  ["another user", { subject: "u-2", permissions: [] }, 1],
  ["the same user", { subject: "u-1", permissions: [] }, 0],
]) {
  test(`${calls === 0 ? "no \`load\` function runs again" : "all \`load\` functions run again once"} if the page was rendered for ${rendered}, also where the server goes on to render for that user`, async (t) => {
    const permissions = fake(t, [], { status: "loading" });
    const counts = followByEffect(t, permissions, () => dehydrate(document));
    for (const permission of ["invoice:view", "invoice:edit", "invoice:view"]) {
      permissions.setDocument({ subject: "u-1", permissions: [permission] });
      await settled();
    }
    assert.equal(counts.all, calls);
    permissions.setStatus("unauthenticated");
    await settled();
    assert.equal(counts.all, calls + 1, "nobody");
  });
}

test("all `load` functions run again for another user, also if the effect has begun anew while it was unknown who is signed in", async (t) => {
  const permissions = fake(t, { subject: "u-1", permissions: [] });
  const counts = followByEffect(t, permissions);
  for (const [change, calls] of [
    [() => permissions.setStatus("loading"), 0],
    [() => permissions.setDocument({ subject: "u-2", permissions: [] }), 1],
    [() => permissions.setDocument({ subject: "u-2", permissions: ["invoice:view"] }), 1],
  ]) {
    change();
    await settled();
    assert.equal(counts.all, calls);
  }
});

test("guards of `load` ask for at least one resource with the option `somewhere`", async (t) => {
  const rows = { grants: [{ permission: "invoice:view", resource: "invoices/2", effect: "allow" }] };
  const options = { ...ELSEWHERE, somewhere: true, on: () => "invoices/1" };
  assert.equal(await ending(() => guardLoad(fake(t, rows), "invoice:view", options)(event())), "goes on");
  assert.equal(await ending(() => guardLoad(fake(t, []), "invoice:view", options)(event())), "303 /");
  assert.equal(await ending(() => requirePermission(event({}, { permissions: evaluate(rows) }), "invoice:view", options)), "goes on");
  assert.equal(await ending(() => requirePermission(event({}, { permissions: evaluate(rows) }), "invoice:view", ELSEWHERE)), "303 /");
});

for (const [status, options, expected] of [
  ["fresh", ELSEWHERE, "303 /"],
  ["fresh", {}, 403],
  ["unauthenticated", ELSEWHERE, "303 /sign-in"],
  ["unauthenticated", { to: "/" }, "303 /"],
  ["unauthenticated", {}, 401],
  ["failed", ELSEWHERE, 503],
]) {
  test(`guardLoad of a requirement that is not granted ends with ${expected}: status ${status}, options ${JSON.stringify(options)}`, async (t) => {
    const permissions = fake(t, [], { status });
    assert.equal(await ending(() => guardLoad(permissions, "invoice:view", options)(event())), expected);
  });
}

test("guardLoad without options ends with an error where the requirement is not granted", async (t) => {
  assert.equal(await ending(() => guardLoad(fake(t, []), "invoice:view")(event())), 403);
});

test("guardLoad waits while the answer is unknown, and while the instance is being created", async (t) => {
  const permissions = fake(t, [], { status: "loading" });
  let arrive;
  const arrival = new Promise((resolve) => (arrive = resolve));
  const endings = [];
  const guards = [permissions, arrival].map((given) => ending(() => guardLoad(given, "invoice:view", ELSEWHERE)(event())).then((text) => endings.push(text)));
  arrive(permissions);
  // Promises that can be settled are settled before the next task of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(endings, []);
  permissions.setDocument(["invoice:view"]);
  await Promise.all(guards);
  assert.deepEqual(endings, ["goes on", "goes on"]);
});

test("guardLoad answers 503 if creating the instance failed", async () => {
  assert.equal(await ending(() => guardLoad(Promise.reject(new Error("no module")), "invoice:view", ELSEWHERE)(event())), 503);
});

test("guardLoad answers 503 when the answer is unknown after 20 seconds, also if the instance is still being created", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const waiting = { can: () => false, check: () => ({ outcome: "unknown" }), status: "loading", subscribe: () => () => undefined };
  const endings = [];
  const guards = [waiting, new Promise(() => undefined)].map((given) => ending(() => guardLoad(given, "invoice:view", ELSEWHERE)(event())).then((text) => endings.push(text)));
  t.mock.timers.tick(19_999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(endings, []);
  t.mock.timers.tick(1);
  await Promise.all(guards);
  assert.deepEqual(endings, [503, 503]);
});

test("guardLoad leaves neither a timer nor a listener once the answer is known", async (t) => {
  const set = t.mock.method(globalThis, "setTimeout");
  const cleared = t.mock.method(globalThis, "clearTimeout");
  const permissions = fake(t, ["invoice:view"]);
  let listeners = 0;
  const counted = new Proxy(permissions, {
    get: (target, name) => (name !== "subscribe" ? target[name] : (listener) => {
      const stop = target.subscribe(listener);
      listeners += 1;
      return () => ((listeners -= 1), stop());
    }),
  });
  assert.equal(await ending(() => guardLoad(counted, "invoice:view", ELSEWHERE)(event())), "goes on");
  const timers = set.mock.calls.filter(({ arguments: [, delay] }) => delay === 20_000).map(({ result }) => result);
  assert.equal(timers.length, 1);
  assert.ok(cleared.mock.calls.some(({ arguments: [timer] }) => timer === timers[0]));
  assert.equal(listeners, 0);
});

test("guardLoad asks about the resource that the route's parameters name", async (t) => {
  const permissions = fake(t, { grants: [{ permission: "invoice:edit", resource: "invoices/7", effect: "allow" }] });
  const load = guardLoad(permissions, "invoice:edit", { ...ELSEWHERE, on: ({ id }) => `invoices/${id}` });
  assert.deepEqual([await ending(() => load(event({ id: "7" }))), await ending(() => load(event({ id: "8" })))], ["goes on", "303 /"]);
});

test("requirePermission judges by the request's own permissions, and is run again when they change", async () => {
  const grants = [{ permission: "invoice:edit", resource: "invoices/7", effect: "allow" }];
  const options = { ...ELSEWHERE, on: ({ id }) => `invoices/${id}` };
  const endings = [];
  for (const [document, id, more] of [[{ grants }, "7", options], [{ grants }, "8", options], [null, "7", options], [null, "7", {}], [{ grants }, "7", {}]]) {
    const loaded = event({ id }, { permissions: evaluate(document) });
    endings.push(await ending(() => requirePermission(loaded, "invoice:edit", more)));
    assert.deepEqual(loaded.names, ["permgate:set"]);
  }
  assert.deepEqual(endings, ["goes on", "303 /", "303 /sign-in", 401, 403]);
});

test("requirePermission judges a form action or an endpoint, too, which no change runs again", async () => {
  const locals = { permissions: evaluate({ permissions: ["invoice:view"] }) };
  const endings = ["invoice:view", "invoice:edit"].map((name) => ending(() => requirePermission({ locals, params: {} }, name)));
  assert.deepEqual(await Promise.all(endings), ["goes on", 403]);
});

test("requirePermission answers 503 while the answer is unknown", async (t) => {
  const locals = { permissions: fake(t, [], { status: "loading" }) };
  assert.equal(await ending(() => requirePermission(event({}, locals), "invoice:view", ELSEWHERE)), 503);
});

test("the hook leaves the parts of a page after its head as they are", async () => {
  const handle = handlePermissions(() => evaluate({ permissions: ["invoice:view"] }));
  const resolve = async ({ locals }, { transformPageChunk }) => {
    locals.permissions.can("invoice:view");
    return new Response(transformPageChunk({ html: "<p>part</p>", done: true }), { headers: { "content-type": "text/html" } });
  };
  assert.equal(await (await handle({ event: { locals: {} }, resolve })).text(), "<p>part</p>");
});

test("the hook writes the answers also into a part that begins with the end of the head", async () => {
  const handle = handlePermissions(() => evaluate({ permissions: ["invoice:view"] }));
  const resolve = async ({ locals }, { transformPageChunk }) => {
    locals.permissions.can("invoice:view");
    return new Response(transformPageChunk({ html: "</head><body>", done: true }));
  };
  assert.match(await (await handle({ event: { locals: {} }, resolve })).text(), /^<script .*<\/script><\/head><body>$/);
});

test("without options, the error of a guard says whether somebody is signed in", () => {
  const endings = [[], null].map((document) => {
    try {
      return requirePermission(event({}, { permissions: evaluate(document) }), "invoice:view");
    } catch (thrown) {
      return [thrown.status, thrown.body?.message];
    }
  });
  assert.deepEqual(endings, [[403, "This is not permitted"], [401, "Nobody is signed in"]]);
});

test("the hook evaluates for each request, writes the answers into the head of its page, and forbids caches to store that page", async () => {
  const handle = handlePermissions(({ document }) => evaluate(document));
  const render = (type) => async ({ locals }, { transformPageChunk }) => {
    const shown = locals.permissions.can("invoice:view") ? "Invoices" : "none";
    const html = `${transformPageChunk({ html: "<head></head>", done: false })}<body>${shown}`;
    return new Response(html, { headers: { "content-type": type } });
  };
  const answer = async (document, type = "text/html") => {
    const response = await handle({ event: { locals: {}, document }, resolve: render(type) });
    return [await response.text(), response.headers.get("cache-control")];
  };
  const script = (outcome) => `<head><script type="application/json" data-permgate>{"invoice:view":"${outcome}"}</script></head>`;
  assert.deepEqual(await Promise.all([answer({ permissions: ["invoice:view"] }), answer({ permissions: [] }), answer({ permissions: [] }, "text/plain")]), [
    [`${script("granted")}<body>Invoices`, "private, no-store"],
    [`${script("denied")}<body>none`, "private, no-store"],
    [`${script("denied")}<body>none`, null],
  ]);
});
