/** The early request: it is sent while the module is loading, the first load uses its answer, and no function of the application is called twice. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, test } from "node:test";
import { document, serve, token } from "./server.mjs";

const ENTRY = new URL("../dist/index.js", import.meta.url).href;
const MODULE = await WebAssembly.compile(await readFile(new URL("../dist/whole-permgate.wasm", import.meta.url)));

const open = [];
async function close() {
  for (const one of open.splice(0).reverse()) await one();
}
afterEach(close);

/** A promise with the functions that resolve and reject it. */
function promised() {
  let resolve, reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

let copies = 0;
/** The entry for browsers, before its module is started. */
const fresh = () => import(`${ENTRY}?${(copies += 1)}`);

/** A server with one document, or with the answers of a test. */
async function start(t, answer = () => document(1, ["a"])) {
  const server = await serve((...request) => server.answer(...request));
  server.answer = answer;
  t.after(server.close);
  return server;
}

/**
 * A page that starts: its module arrives when `release` is called, and the instance is a promise. `sent` are the calls of
 * `fetch`; `firstSent()` waits for the first of them, `firstRead()` until its answer has been read or its refusal is final.
 */
async function begin(server, options = {}, { isHeld = true, path = "/permissions", isFinal = true } = {}) {
  const [module, firstSent, firstRead] = [promised(), promised(), promised()];
  const [{ fetch }, sent] = [globalThis, []];
  globalThis.fetch = async (request) => {
    sent.push(request);
    firstSent.resolve();
    const response = await fetch(request);
    const { text } = response;
    response.text = async () => {
      const read = await text.call(response);
      setImmediate(firstRead.resolve);
      return read;
    };
    if (!response.ok && isFinal) setImmediate(firstRead.resolve);
    return response;
  };
  open.push(() => void (globalThis.fetch = fetch));
  const { createPermissions } = await fresh();
  const creating = createPermissions({ endpoint: `${server.origin}${path}`, wasm: module.promise, ...options });
  open.push(turn);
  open.push(() => creating.then((permissions) => permissions.dispose(), () => undefined));
  const release = () => module.resolve(MODULE);
  open.push(release);
  if (!isHeld) release();
  return { creating, module, release, sent, firstSent: () => firstSent.promise, firstRead: () => firstRead.promise };
}

/** Runs all tasks that are due. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Clocks that stand still until a test sets how far both have run, in milliseconds. */
function setClocks(t) {
  let elapsed = 0;
  const [wall, monotonic] = [Date.now(), performance.now()];
  t.mock.method(Date, "now", () => wall + elapsed);
  t.mock.method(performance, "now", () => monotonic + elapsed);
  return { wall, at: (ms) => void (elapsed = ms) };
}

/** A timer that never fires. */
const NEVER = { unref: () => NEVER, refresh: () => NEVER };

/** Waits until `a` is granted. */
const granted = (permissions) =>
  new Promise((resolve) => {
    const stop = permissions.watch("a", ({ outcome }) => outcome === "granted" && resolve());
    open.push(stop);
  });

/** Counts the calls of a function of the application. */
function counted(call) {
  const counting = (...args) => ((counting.count += 1), call(...args));
  counting.count = 0;
  return counting;
}

for (const [name, options] of [["", {}], [", also where the option `bootstrap` is null", { bootstrap: null }]]) {
  test(`the request for the document is sent before the module is loaded, and its answer is that of the first load${name}`, async (t) => {
    const { creating, release, sent, firstRead } = await begin(await start(t), options);
    await firstRead();
    release();
    const permissions = await creating;
    assert.equal(permissions.status, "fresh", "the set is not held when the instance is created");
    assert.ok(permissions.can("a"));
    assert.equal(sent.length, 1);
  });
}

const NAMED = token({ sub: "u-1" });
const TOKENS = {
  "no token": [undefined, 1],
  "a token": [() => NAMED, 1],
  "a function that returns a token": [() => counted(() => NAMED), 1],
  "a function that returns a promise of a token": [() => counted(async () => (await turn(), NAMED)), 1],
  "null": [() => null, 0],
  "a function that returns no token": [() => counted(() => null), 0],
  "a function that throws": [() => counted(() => { throw new Error("no token today"); }), 0],
  "a function whose promise is rejected": [() => counted(() => Promise.reject(new Error("no token today"))), 0],
  "a token that no header can hold": [() => "two\nlines", 0],
};
const HEADERS = {
  "no headers": [undefined, 1],
  headers: [() => counted(() => ({ "X-Own": "1" })), 1],
  "a promise of headers": [() => counted(async () => (await turn(), new Headers({ "X-Own": "1" }))), 1],
  "headers that throw": [() => counted(() => { throw new Error("no headers today"); }), 0],
};
const PLACES = {
  "no tenant": [{}, "/permissions", "/permissions", 1],
  "a tenant": [{ tenant: "a/c me" }, "/permissions?x=1#top", "/permissions?x=1&tenant=a%2Fc%20me", 1],
  "a placeholder and a tenant": [{ tenant: "a/c me" }, "/of/{tenant}/permissions?x=1", "/of/a%2Fc%20me/permissions?x=1", 1],
  "a placeholder and no tenant": [{}, "/of/{tenant}/permissions", undefined, 0],
};
const POLICIES = {
  "no policies": () => ({}),
  policies: () => ({ catalogue: { id: "1", permissions: ["a"] } }),
  "functions for policies": () => ({ catalogue: counted(() => ({ id: "1", permissions: ["a"] })), rolePermissions: counted(async () => (await turn(), { r: ["a"] })) }),
};
/** The times at which the module arrives: at once, after the request was sent, or after its answer came. */
const MOMENTS = ["at once", "after the request", "after the answer"];

/** All combinations of the values of several objects, each as an object of pairs of name and value. */
const combinations = (dimensions) =>
  Object.entries(dimensions).reduce(
    (all, [name, values]) => all.flatMap((one) => Object.entries(values).map((value) => ({ ...one, [name]: value }))),
    [{}],
  );

const REST = combinations({ headers: HEADERS, place: PLACES, moment: MOMENTS });

for (const [tokenName, [makeToken, sentWithToken]] of Object.entries(TOKENS)) {
  test(`with ${tokenName}, each request is sent once, with any other options and whenever the module arrives`, async (t) => {
    t.mock.method(console, "warn", () => undefined);
    // A failed load is not tried again while the calls are counted.
    setClocks(t);
    t.mock.method(globalThis, "setTimeout", () => NEVER);
    const server = await start(t);
    for (const [index, { headers: [headersName, [makeHeaders, sentWithHeaders]], place, moment: [, moment] }] of REST.entries()) {
      const [placeName, [tenant, path, url, sentToPlace]] = place;
      const [policiesName, makePolicies] = Object.entries(POLICIES)[index % 3];
      const what = `${headersName}, ${placeName}, ${policiesName}, the module ${moment}`;
      const [tokenFunction, headers, policies] = [makeToken?.(), makeHeaders?.(), makePolicies()];
      const isSent = Boolean(sentWithToken && sentWithHeaders && sentToPlace);
      const options = { ...tenant, ...policies, ...(tokenFunction !== undefined && { token: tokenFunction }), ...(headers && { headers }) };
      server.requests.length = 0;
      const { creating, release, sent, firstSent, firstRead } = await begin(server, options, { isHeld: moment !== "at once", path });
      if (moment === "after the request" && isSent) await firstSent();
      if (moment === "after the answer" && isSent) await firstRead();
      release();
      const permissions = await creating;
      permissions.on("error", () => undefined);
      await permissions.whenReady();
      const functions = [tokenFunction, ...Object.values(policies)].filter((one) => typeof one === "function");
      assert.deepEqual(functions.map(({ count }) => count), functions.map(() => 1), what);
      if (isSent) {
        assert.ok(permissions.can("a"), what);
        if (headers) assert.equal(headers.count, 1, what);
        // The next request differs by its entity tag alone, which shows that there was none in between.
        await permissions.refresh();
        assert.equal(sent.length, 2, what);
        const [first, next] = server.requests;
        assert.deepEqual([first.url, next.url], [url, url], what);
        assert.equal(first.headers.authorization, tokenFunction && `Bearer ${NAMED}`, what);
        assert.equal(first.headers["x-own"], headers && "1", what);
        const { "if-none-match": tag, ...same } = next.headers;
        assert.deepEqual([tag, same], ['"1"', first.headers], what);
      } else {
        permissions.dispose();
        assert.equal(sent.length, 0, what);
      }
      await close();
    }
  });
}

test("there is no early request with options by which the first load may differ or be left out", async (t) => {
  t.mock.method(console, "warn", () => undefined);
  const server = await start(t);
  const stored = JSON.stringify({ subject: "u-1", document: "{}", etag: '"1"', asked: 0 });
  globalThis.sessionStorage = { getItem: () => stored, setItem: () => undefined, removeItem: () => undefined };
  t.after(() => delete globalThis.sessionStorage);
  for (const options of [
    { bootstrap: { permissions: ["a"] } },
    { persist: "session" },
    { tenant: null, endpoint: `${server.origin}/{tenant}/permissions` },
    { token: null },
    { signal: AbortSignal.abort(new Error("over")) },
  ]) {
    const { creating, release, sent } = await begin(server, options);
    creating.catch(() => undefined);
    await turn();
    assert.equal(sent.length, 0, JSON.stringify(options));
    release();
    await close();
  }
});

test("the lifetime of an early answer begins with its request, however late the module arrives", async (t) => {
  const clocks = setClocks(t);
  const { creating, release, sent, firstRead } = await begin(await start(t), { timeoutMs: 15_000, ttlMs: 300_000, staleMs: 60_000 });
  clocks.at(1_000);
  await firstRead();
  clocks.at(100_000);
  release();
  const permissions = await creating;
  permissions.on("error", ({ code }) => assert.fail(code));
  const { status, askedAt, freshUntil, expiresAt } = permissions.snapshot();
  assert.equal(status, "fresh");
  assert.deepEqual([askedAt, freshUntil, expiresAt].map((time) => Math.round((time - clocks.wall) / 1_000)), [0, 300, 360]);
  assert.equal(sent.length, 1);
});

test("an early answer that has expired when the module arrives grants nothing, and is requested again", async (t) => {
  const clocks = setClocks(t);
  const { creating, release, sent, firstRead } = await begin(await start(t));
  await firstRead();
  clocks.at(400_000);
  release();
  const permissions = await creating;
  assert.equal(permissions.can("a"), false);
  await granted(permissions);
  assert.equal(sent.length, 2);
});

test("an early request without an answer in time is aborted when the module arrives", async (t) => {
  t.mock.method(console, "warn", () => undefined);
  const clocks = setClocks(t);
  const { creating, release, sent, firstSent } = await begin(await start(t, () => new Promise(() => undefined)), { timeoutMs: 15_000 });
  await firstSent();
  clocks.at(20_000);
  release();
  const permissions = await creating;
  assert.equal(permissions.status, "failed");
  assert.ok(sent[0].signal.aborted);
});

test("a token and policies that arrived in time are used when the module arrives late", async (t) => {
  const clocks = setClocks(t);
  const catalogue = counted(async () => ({ id: "1", permissions: ["a"] }));
  const countedToken = counted(async () => NAMED);
  const { creating, release, sent, firstRead } = await begin(await start(t), { token: countedToken, catalogue, timeoutMs: 15_000 });
  clocks.at(1_000);
  await firstRead();
  clocks.at(290_000);
  release();
  const permissions = await creating;
  permissions.on("error", ({ code }) => assert.fail(code));
  assert.ok(permissions.can("a"));
  assert.deepEqual([countedToken.count, catalogue.count, sent.length], [1, 1, 1]);
});

for (const [name, answer, status] of [
  ["a 401", () => ({ status: 401 }), "unauthenticated"],
  ["a 503", () => ({ status: 503, headers: { "Retry-After": "60" } }), "failed"],
  ["an answer that is not a document", () => ({ body: "<!doctype html>" }), "failed"],
]) {
  test(`${name} to the early request ends the first load, and no second request is sent`, async (t) => {
    t.mock.method(console, "warn", () => undefined);
    const { creating, release, sent, firstRead } = await begin(await start(t, answer));
    await firstRead();
    release();
    const permissions = await creating;
    assert.equal(permissions.status, status);
    permissions.dispose();
    assert.equal(sent.length, 1);
  });
}

test("after a 401 to the early request, the application is asked for credentials, and the next load is requested once", async (t) => {
  const server = await start(t, ({ headers }) => (headers.authorization === "Bearer new" ? document(1, ["a"]) : { status: 401 }));
  const onUnauthenticated = counted(() => "new");
  const { creating, release, sent, firstRead } = await begin(server, { token: "old", onUnauthenticated });
  await firstRead();
  release();
  const permissions = await creating;
  await granted(permissions);
  assert.deepEqual([onUnauthenticated.count, sent.length], [1, 2]);
});

for (const [name, act, count] of [
  ["another token", (permissions) => permissions.setToken(token({ sub: "u-2" })), 2],
  ["another tenant", (permissions) => permissions.setTenant("other"), 2],
  ["a sign-out", (permissions) => permissions.signOut(), 1],
  ["a disposal", (permissions) => permissions.dispose(), 1],
]) {
  test(`${name} during the early request aborts it`, async (t) => {
    const held = promised();
    const server = await start(t, () => held.promise);
    const { creating, release, sent, firstSent } = await begin(server, { token: NAMED });
    await firstSent();
    release();
    const permissions = await creating;
    act(permissions);
    assert.ok(sent[0].signal.aborted);
    held.resolve(document(1, ["a"], { subject: null }));
    await permissions.whenReady();
    assert.equal(sent.length, count);
    assert.equal(permissions.can("a"), count === 2);
  });
}

test("a token that is set while the early request waits for its token is sent instead", async (t) => {
  const first = promised();
  const { creating, release, sent } = await begin(await start(t), { token: () => first.promise });
  release();
  const permissions = await creating;
  permissions.setToken(NAMED);
  first.resolve(token({ sub: "u-2" }));
  await permissions.whenReady();
  assert.ok(permissions.can("a"));
  assert.deepEqual(sent.map(({ headers }) => headers.get("authorization")), [`Bearer ${NAMED}`]);
});

test("unused early headers are not sent with another token", async (t) => {
  const [first, calls] = [promised(), []];
  const headers = () => (calls.push(1), calls.length === 1 ? first.promise : { "X-Turn": String(calls.length) });
  const { creating, release, sent } = await begin(await start(t), { token: () => NAMED, headers });
  await turn();
  assert.equal(calls.length, 1);
  release();
  const permissions = await creating;
  permissions.setToken(token({ sub: "u-1", jti: "2" }));
  first.resolve({ "X-Turn": "1" });
  await permissions.whenReady();
  assert.deepEqual(sent.map(({ headers }) => headers.get("x-turn")).at(-1), "2");
});

test("the early request is signed for its method and address, has no bearer token beside its own, and is sent again by itself after a challenge for a nonce", async (t) => {
  const requests = [];
  const headers = (request) => (requests.push(request), { Authorization: "DPoP t", DPoP: request.nonce ?? "none" });
  const server = await start(t, ({ headers: { dpop } }) =>
    dpop === "n1" ? document(1, ["a"]) : { status: 401, headers: { "DPoP-Nonce": "n1", "WWW-Authenticate": 'DPoP error="use_dpop_nonce"' } },
  );
  const { creating, release, firstRead } = await begin(server, { token: "t", headers }, { path: "/permissions?x=1", isFinal: false });
  await firstRead();
  release();
  const permissions = await creating;
  assert.equal(permissions.status, "fresh", "the set is not held when the instance is created");
  assert.equal(await permissions.refresh(), "fresh");
  const [method, url] = ["GET", `${server.origin}/permissions?x=1`];
  assert.deepEqual(requests, [{ method, url }, { method, url, nonce: "n1" }, { method, url, nonce: "n1" }]);
  assert.deepEqual(server.requests.map(({ headers: { authorization, dpop } }) => [authorization, dpop]), [["DPoP t", "none"], ["DPoP t", "n1"], ["DPoP t", "n1"]]);
});

test("headers that were signed early for the address of one tenant are not sent to that of another", async (t) => {
  const [first, calls] = [promised(), []];
  const headers = (request) => (calls.push(request.url), calls.length === 1 ? first.promise : { "X-For": request.url });
  const server = await start(t, ({ url }) => document(1, ["a"], { tenant: url.split("/").at(-2) }));
  const { creating, release } = await begin(server, { tenant: "one", headers }, { path: "/of/{tenant}/permissions" });
  await turn();
  release();
  const permissions = await creating;
  permissions.setTenant("two");
  first.resolve({ "X-For": calls[0] });
  await permissions.whenReady();
  assert.ok(permissions.can("a"));
  assert.deepEqual(server.requests.map((request) => [request.url, request.headers["x-for"]]), [["/of/two/permissions", `${server.origin}/of/two/permissions`]]);
});

test("an early request that is redirected to a sign-in page counts as a 401", async (t) => {
  const server = await start(t, ({ url }) =>
    url === "/sign-in" ? { headers: { "Content-Type": "text/html" }, body: "<!doctype html>" } : { status: 302, headers: { Location: "/sign-in" } },
  );
  const { creating, release, firstRead } = await begin(server);
  await firstRead();
  release();
  const permissions = await creating;
  assert.equal(permissions.status, "unauthenticated");
});

test("a module that cannot be loaded aborts the early request, and is the only error", async (t) => {
  const { creating, module, sent, firstSent } = await begin(await start(t, () => new Promise(() => undefined)));
  await firstSent();
  module.resolve(new Uint8Array(8));
  await assert.rejects(creating, { code: "invalid-option" });
  assert.ok(sent[0].signal.aborted);
  await turn();
});

test("a signal that aborts before the module is loaded aborts the early request, and disposes of the instance", async (t) => {
  const controller = new AbortController();
  const { creating, sent, firstSent } = await begin(await start(t, () => new Promise(() => undefined)), { signal: controller.signal });
  await firstSent();
  controller.abort(new Error("enough"));
  await assert.rejects(creating, { message: "enough" });
  assert.ok(sent[0].signal.aborted);
});

test("after the signal is aborted, a token for which the early request waited is not sent", async (t) => {
  const [given, controller] = [promised(), new AbortController()];
  const { creating, sent } = await begin(await start(t), { token: () => given.promise, signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(creating, { message: "enough" });
  given.resolve(NAMED);
  await turn();
  assert.equal(sent.length, 0);
});

test("a sign-out in another tab before the module is loaded empties the set", async (t) => {
  globalThis.document = {};
  t.after(() => delete globalThis.document);
  const server = await start(t);
  const { creating, release, firstRead } = await begin(server);
  await firstRead();
  const tab = new BroadcastChannel(`permgate ${server.origin}/permissions`);
  t.after(() => tab.close());
  const other = new BroadcastChannel(`permgate ${server.origin}/permissions`);
  const message = new Promise((resolve) => (other.onmessage = resolve));
  t.after(() => other.close());
  tab.postMessage(JSON.stringify({ type: "signed-out", subject: null, tenant: null }));
  await message;
  await turn();
  release();
  const permissions = await creating;
  assert.equal(permissions.status, "unauthenticated");
  assert.equal(permissions.can("a"), false);
});

test("with invalid options, no early request is sent", async (t) => {
  const { creating, release, sent } = await begin(await start(t), { ttlMs: "1" });
  release();
  await assert.rejects(creating, { code: "invalid-option" });
  assert.equal(sent.length, 0);
});

test("options that only the module refuses abort the early request", async (t) => {
  const { creating, release, sent, firstSent } = await begin(await start(t, () => new Promise(() => undefined)), { dialect: "none" });
  await firstSent();
  release();
  await assert.rejects(creating, { code: "invalid-option" });
  assert.ok(sent[0].signal.aborted);
});
