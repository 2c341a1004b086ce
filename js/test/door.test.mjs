/** The object that applications hold, as frameworks use it: methods without their object, proxies, and the order in which listeners are called. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { PROXY_HOLDS_STREAM_BACK } from "../../tests/sentences.mjs";
import { createPermissions } from "../dist/node.js";
import { token } from "./server.mjs";

test("each method works without its object, and `status` works behind a proxy", async () => {
  const permissions = await createPermissions({ bootstrap: ["a"] });
  const { can, cannot, canAll, canAny, canSomewhere, check, watch, snapshot, subscribe, on, whenReady, dispose } = permissions;
  assert.ok(can("a") && cannot("b") && canAll(["a"]) && canAny(["a", "b"]) && canSomewhere("a"));
  assert.equal(check("a").outcome, "granted");
  assert.equal(snapshot(), permissions.snapshot());
  assert.equal(await whenReady(), "fresh");
  watch("a", () => undefined)();
  subscribe(() => undefined)();
  on("status", () => undefined)();
  // The proxies of Vue 3, MobX and Valtio; Vue does not wrap marked objects.
  const proxy = new Proxy(permissions, {});
  assert.ok(proxy.can("a"));
  assert.equal(proxy.status, "fresh");
  proxy[Symbol.dispose]();
  assert.equal(permissions.status, "idle");
  assert.equal(permissions.__v_skip, true);
  dispose();
});

test("cloning an instance throws a `DataCloneError`", async () => {
  const permissions = await createPermissions({ bootstrap: ["a"] });
  assert.throws(() => structuredClone(permissions), { name: "DataCloneError" });
  assert.ok(Object.freeze(permissions).can("a"));
  permissions.dispose();
});

test("a question that finds the set expired is answered from the expired state at once, and listeners are called in a microtask", async (t) => {
  const wall = Date.now;
  t.after(() => {
    Date.now = wall;
  });
  const permissions = await createPermissions({ bootstrap: ["a"], ttlMs: 1000, staleMs: 0 });
  const calls = [];
  permissions.subscribe(() => calls.push("any"));
  permissions.on("change", ({ status }) => calls.push(status));
  permissions.on("status", (status) => calls.push(status));
  const before = permissions.snapshot();
  await null;
  Date.now = () => wall() + 10_000;
  assert.equal(permissions.can("a"), false);
  assert.notEqual(permissions.snapshot(), before);
  assert.equal(permissions.snapshot(), permissions.snapshot());
  assert.deepEqual(calls, [], "a listener was called during the question, in which a component may be rendering");
  await null;
  assert.deepEqual(calls, ["expired", "expired", "any"]);
  permissions.dispose();
});

test("`signOut` calls listeners at once, after the calls for earlier events", async (t) => {
  const wall = Date.now;
  t.after(() => {
    Date.now = wall;
  });
  const permissions = await createPermissions({ token: token({ sub: "u", permissions: ["a"] }), ttlMs: 1000, staleMs: 0 });
  const calls = [];
  permissions.on("status", (status) => calls.push(status));
  Date.now = () => wall() + 10_000;
  await null;
  permissions.can("a");
  permissions.signOut();
  assert.equal(calls.at(-1), "unauthenticated", "the listener was not called before `signOut` returned");
  permissions.dispose();
});

test("`signal` disposes of the instance, and an already aborted signal creates none", async () => {
  const ends = new AbortController();
  const permissions = await createPermissions({ bootstrap: ["a"], signal: ends.signal });
  assert.ok(permissions.can("a"));
  ends.abort();
  assert.equal(permissions.can("a"), false);
  assert.equal(permissions.status, "idle");
  const reason = new Error("the view is gone");
  await assert.rejects(createPermissions({ bootstrap: ["a"], signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(createPermissions({ bootstrap: ["a"], signal: 7 }), { code: "invalid-option" });
});

test("F68 arrays with a foreign `toJSON` are written as arrays", async (t) => {
  // As in prototype.js 1.6.
  Array.prototype.toJSON = function () {
    return `[${this.map((each) => JSON.stringify(each)).join(", ")}]`;
  };
  t.after(() => {
    delete Array.prototype.toJSON;
  });
  const permissions = await createPermissions({
    bootstrap: { permissions: ["a"], roles: ["clerk"], grants: [{ permission: "x", resource: "r/1", effect: "allow" }] },
    rolePermissions: () => ({ clerk: ["c"] }),
    claims: [{ path: ["x"] }],
  });
  await permissions.whenReady();
  assert.ok(permissions.can("a & c") && permissions.can("x", "r/1"));
  permissions.dispose();
});

test("a document is written by its own `toJSON`", async () => {
  const at = new Date(0);
  const bootstrap = { permissions: ["a"], at, toJSON: () => ({ permissions: ["b"] }) };
  const permissions = await createPermissions({ bootstrap });
  assert.ok(permissions.can("b") && !permissions.can("a"));
  permissions.dispose();
});

test("F28 a stream that connects and delivers nothing is reported as held back by a proxy, with advice", async (t) => {
  const server = createServer((request, response) => {
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      return response.flushHeaders();
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ subject: "u-1", version: 1, permissions: ["a"] }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const { now } = performance;
  t.after(() => {
    performance.now = now;
    server.closeAllConnections();
    server.close();
  });
  const permissions = await createPermissions({ endpoint: `${origin}/p`, push: { events: `${origin}/events` } });
  t.after(() => permissions.dispose());
  const opened = new Promise((resolve) => {
    permissions.on("activity", ({ what }) => what === "open" && resolve());
  });
  const silent = new Promise((resolve) => {
    permissions.on("activity", (activity) => activity.what === "silent" && resolve(activity));
  });
  const error = new Promise((resolve) => permissions.on("error", resolve));
  await opened;
  performance.now = () => now.call(performance) + 30_000;
  await null;
  permissions.can("a");
  assert.match((await silent).message, PROXY_HOLDS_STREAM_BACK);
  const { code, message } = await error;
  assert.equal(code, "no-push");
  assert.match(message, PROXY_HOLDS_STREAM_BACK);
});
