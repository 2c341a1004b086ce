/** The facade over real HTTP: loads, guarded requests, and the consequences of refusals. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPermissions } from "../dist/node.js";
import { atEnd, opened } from "./opened.mjs";
import { document, serve, token } from "./server.mjs";

/** An instance and its server; every path except `/permissions` belongs to the application. */
async function page(answers, options = {}) {
  const { server, permissions, errors } = await opened((request) => answers[request.url.split("?")[0]](request), options);
  const count = (path) => server.requests.filter(({ url }) => url === path).length;
  return { permissions, server, errors, count };
}

/** Waits for the next event of a kind. */
const next = (permissions, kind) =>
  new Promise((resolve) => {
    const stop = permissions.on(kind, (event) => {
      stop();
      resolve(event);
    });
  });

test("a second request to the endpoint has the entity tag of the first answer", async () => {
  const { permissions, server } = await page(
    {
      "/permissions": ({ headers }) =>
        headers["if-none-match"] === '"1"' ? { status: 304 } : document(1, ["a"]),
    },
    { headers: () => ({ "X-Client": "test" }) },
  );
  assert.equal(permissions.status, "loading");
  assert.equal(permissions.can("a") || permissions.can("!a"), false);
  assert.equal(await permissions.whenReady(), "fresh");
  assert.ok(permissions.can("a"));
  const refreshing = permissions.refresh();
  const before = permissions.snapshot();
  assert.equal(await refreshing, "fresh");
  assert.notEqual(permissions.snapshot(), before, "the snapshot does not have the later expiry");
  assert.equal(server.requests.length, 2);
  assert.equal(server.requests[1].headers["if-none-match"], '"1"');
  assert.equal(server.requests[0].headers["x-client"], "test");
  assert.deepEqual(server.requests.map(({ headers }) => headers.accept), ["application/json", "application/json"]);
  assert.ok(permissions.can("a"));
});

test("the body of a refusal by the endpoint is cancelled, so that its request ends", async () => {
  const { fetch } = globalThis;
  atEnd(() => void (globalThis.fetch = fetch));
  for (const status of [401, 503]) {
    let isCancelled = false;
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
    globalThis.fetch = async () => new Response(body, { status });
    const permissions = await createPermissions({ endpoint: "https://api.example/permissions" });
    atEnd(() => permissions.dispose());
    await permissions.whenReady();
    assert.ok(isCancelled, `${status}`);
  }
});

test("after any failure of a replaced `fetch`, the load ends with an error code, and the held set stays", async () => {
  const { fetch } = globalThis;
  atEnd(() => void (globalThis.fetch = fetch));
  const cut = () => new ReadableStream({ start: (controller) => controller.error(new Error("cut")) });
  const page = (init) => Object.defineProperty(new Response("<!doctype html>", init), "redirected", { value: true });
  const answers = {
    "rejects with an error": [() => Promise.reject(new TypeError("offline")), "network", /offline/],
    "rejects with a text": [() => Promise.reject("no line"), "network", /no line/],
    "rejects with nothing": [() => Promise.reject(undefined), "network", /an error without a message/],
    "throws": [() => { throw new Error("a replaced fetch"); }, "network", /a replaced fetch/],
    "returns no promise": [() => 7, "network", /an error without a message/],
    "resolves to a value that is not a response": [async () => ({ ok: true, status: 200, text: async () => '{"permissions":["b"]}' }), "network", /an error without a message/],
    "has a truncated body": [async () => new Response(cut()), "network", /cut/],
    "has a body longer than the limit": [async () => new Response('["b"]', { headers: { "Content-Length": "16777217" } }), "too-large", /./],
    "returns a page": [async () => new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } }), "malformed-document", /./],
    "redirects to plain text": [async () => page({ headers: { "Content-Type": "text/plain" } }), "malformed-document", /./],
    "has status 500": [async () => new Response("", { status: 500 }), "http-status", /500/],
  };
  for (const [name, [bad, code, message]] of Object.entries(answers)) {
    globalThis.fetch = async () => new Response('{"permissions":["a"]}');
    const permissions = await createPermissions({ endpoint: "https://api.example/permissions" });
    atEnd(() => permissions.dispose());
    assert.equal(await permissions.whenReady(), "fresh");
    const nextError = next(permissions, "error");
    globalThis.fetch = bad;
    await permissions.refresh();
    const error = await nextError;
    assert.equal(error.code, code, name);
    assert.match(error.message, message, name);
    assert.deepEqual([permissions.can("a"), permissions.can("b")], [true, false], name);
    permissions.dispose();
  }
  for (const type of ["text/html", " TEXT/HTML; charset=utf-8"]) {
    globalThis.fetch = async () => page({ headers: { "Content-Type": type } });
    const permissions = await createPermissions({ endpoint: "https://api.example/permissions" });
    assert.equal(await permissions.whenReady(), "unauthenticated", type);
    permissions.dispose();
  }
});

test("a doubled `Permissions-Version` header is reported once and changes nothing", async () => {
  const { permissions, server, errors } = await page({
    "/permissions": () => document(1, ["a"]),
    "/api": () => ({ headers: { "Permissions-Version": ['2;sub="u-1"', '3;sub="u-1"'] } }),
  });
  await permissions.whenReady();
  await permissions.fetch(`${server.origin}/api`);
  await permissions.fetch(`${server.origin}/api`);
  assert.deepEqual(errors, ["malformed-version"]);
  assert.equal(permissions.status, "fresh");
  assert.equal(server.requests.filter(({ url }) => url === "/permissions").length, 1);
});

test("a 403 causes one load and one `forbidden` event, and its body can still be read", async () => {
  let version = 1;
  const problem = { type: "about:blank", title: "Forbidden", required: "a" };
  const { permissions, server, count } = await page({
    "/permissions": () => document(version, version === 1 ? ["a"] : ["b"]),
    "/api": () => ({
      status: 403,
      headers: { "Content-Type": "application/problem+json" },
      body: JSON.stringify(problem),
    }),
  });
  await permissions.whenReady();
  version = 2;
  const forbidden = next(permissions, "forbidden");
  const change = next(permissions, "change");
  const response = await permissions.fetch(`${server.origin}/api`);
  assert.deepEqual(await response.json(), problem);
  assert.deepEqual((await forbidden).problem, problem);
  assert.deepEqual((await change).permissions, ["b"]);
  assert.ok(!permissions.can("a") && permissions.can("b"));
  assert.equal(count("/permissions"), 2);
});

test("a 401 empties the set at once, and the endpoint decides afterwards", async () => {
  let signedIn = true;
  const { permissions, server, errors } = await page({
    "/permissions": () => (signedIn ? document(1, ["a"]) : { status: 401 }),
    "/api": () => ({ status: 401 }),
  });
  await permissions.whenReady();
  signedIn = false;
  const response = await permissions.fetch(`${server.origin}/api`);
  assert.equal(response.status, 401);
  assert.equal(permissions.can("a"), false);
  await permissions.whenReady();
  assert.equal(permissions.status, "unauthenticated");
  assert.deepEqual(errors, ["unauthenticated"]);
  signedIn = true;
  assert.equal(await permissions.refresh(), "fresh");
  assert.ok(permissions.can("a"));
});

test("a newer version in any response is fetched, and another subject's causes one load", async () => {
  let version = 1;
  let header = '1;sub="u-1"';
  const { permissions, server, count } = await page({
    "/permissions": () => document(version, [`v${version}`]),
    "/api": () => ({ headers: { "Permissions-Version": header } }),
  });
  await permissions.whenReady();
  for (header of ['1;sub="u-1"', "garbage", "0"]) {
    await permissions.fetch(`${server.origin}/api`);
  }
  assert.equal(count("/permissions"), 1);
  [version, header] = [2, '9;sub="u-2"'];
  const named = next(permissions, "change");
  await permissions.fetch(`${server.origin}/api`);
  await named;
  assert.ok(permissions.can("v2"));
  await permissions.fetch(`${server.origin}/api`);
  version = 5;
  header = '5;sub="u-1"';
  const change = next(permissions, "change");
  permissions.observe(await fetch(`${server.origin}/api`));
  await change;
  assert.ok(permissions.can("v5"));
  assert.equal(count("/permissions"), 3);
});

test("F18 responses from foreign origins and redirected responses are not evaluated", async () => {
  const { permissions, server, count } = await page({
    "/permissions": () => document(1, ["a"]),
    "/redirect": () => ({ status: 302, headers: { Location: "/refuse" } }),
    "/refuse": () => ({ status: 403 }),
  });
  const stranger = await serve(() => ({ status: 401 }));
  atEnd(stranger.close);
  await permissions.whenReady();
  await permissions.fetch(stranger.origin);
  await permissions.fetch(`${server.origin}/redirect`);
  assert.equal(permissions.status, "fresh");
  assert.equal(count("/permissions"), 1);
});

test("trusted origins get the bearer token, others do not, and a header of the application stays", async () => {
  const bearer = token({ sub: "u-1" });
  const { permissions, server } = await page(
    { "/permissions": () => document(1, ["a"]), "/api": () => ({}) },
    { token: () => bearer },
  );
  const stranger = await serve(() => ({}));
  atEnd(stranger.close);
  await permissions.whenReady();
  await permissions.fetch(`${server.origin}/api`);
  await permissions.fetch(new Request(`${server.origin}/api`, { headers: { "X-Own": "1" } }));
  await permissions.fetch(`${server.origin}/api`, { headers: { Authorization: "Basic x" } });
  await permissions.fetch(stranger.origin);
  const authorizations = server.requests.map(({ headers }) => headers.authorization);
  assert.deepEqual(authorizations, [`Bearer ${bearer}`, `Bearer ${bearer}`, `Bearer ${bearer}`, "Basic x"]);
  assert.equal(server.requests[2].headers["x-own"], "1");
  assert.equal(stranger.requests[0].headers.authorization, undefined);
});

test("F1 an answer for the first user that arrives after the second user's answer is never used", async () => {
  const lateAnswers = [];
  const users = { one: token({ sub: "one" }), two: token({ sub: "two" }) };
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    const user = request.headers.authorization === `Bearer ${users.one}` ? "one" : "two";
    const answer = () => response.end(JSON.stringify({ subject: user, permissions: [user] }));
    if (user === "one") lateAnswers.push(answer);
    else answer();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  const permissions = await createPermissions({
    endpoint: `http://127.0.0.1:${server.address().port}/permissions`,
    token: users.one,
  });
  atEnd(() => permissions.dispose());
  // An application whose `fetch` does not honour the signal.
  permissions.setToken(users.two);
  await permissions.whenReady();
  assert.ok(permissions.can("two"));
  for (const answer of lateAnswers) answer();
  await permissions.refresh();
  assert.ok(permissions.can("two") && !permissions.can("one"));
});

test("bad answers are errors with codes, and keep the held set", async () => {
  const bad = {
    "malformed-document": { body: "<!doctype html>" },
    "http-status": { status: 500 },
    "subject-mismatch": { body: '{"subject":"u-2","permissions":["*"]}' },
  };
  for (const [code, answer] of Object.entries(bad)) {
    let broken = false;
    const { permissions, errors } = await page(
      { "/permissions": () => (broken ? answer : document(1, ["a"])) },
      { token: token({ sub: "u-1" }) },
    );
    await permissions.whenReady();
    broken = true;
    await permissions.refresh();
    assert.deepEqual(errors, [code]);
    assert.ok(permissions.can("a") && !permissions.can("b"));
  }
});

test("without a server the status is `failed`, nothing is granted, and the process can end", async () => {
  const errors = [];
  const permissions = await createPermissions({ endpoint: "http://127.0.0.1:1/permissions" });
  atEnd(() => permissions.dispose());
  permissions.on("error", (error) => errors.push(error.code));
  assert.equal(await permissions.whenReady(), "failed");
  assert.deepEqual(errors, ["network"]);
  assert.equal(permissions.can("a"), false);
});

test("a listener for errors and a reader of the snapshot see the same state", async () => {
  let signedIn = true;
  const { permissions } = await page({
    "/permissions": () => (signedIn ? document(1, ["a"]) : { status: 401 }),
  });
  await permissions.whenReady();
  signedIn = false;
  const states = [];
  permissions.on("error", () => states.push(permissions.can("a"), permissions.snapshot().status));
  const refreshed = permissions.refresh();
  assert.ok(permissions.can("a"));
  await refreshed;
  assert.deepEqual(states, [false, "unauthenticated"]);
});

test("the snapshot stays the same object after responses without a change", async () => {
  const { permissions, server } = await page({
    "/permissions": () => document(1, ["a"]),
    "/api": () => ({ headers: { "Permissions-Version": "1" } }),
  });
  await permissions.whenReady();
  const snapshot = permissions.snapshot();
  await permissions.fetch(`${server.origin}/api`);
  assert.equal(permissions.snapshot(), snapshot);
});

test("a token that was awaited while the user signed out is not sent", async () => {
  let give;
  const { permissions, server } = await page({ "/permissions": () => document(1, []), "/api": () => ({}) });
  await permissions.whenReady();
  permissions.setToken(() => new Promise((resolve) => (give = resolve)));
  const request = permissions.fetch(`${server.origin}/api`);
  permissions.signOut();
  give(token({ sub: "u-1" }));
  await request;
  assert.equal(server.requests.at(-1).headers.authorization, undefined);
});

test("a request is sent to the address that was checked, even if its URL object changes meanwhile", async () => {
  const { permissions, server } = await page({ "/permissions": () => document(1, []), "/api": () => ({}) });
  const stranger = await serve(() => ({}));
  atEnd(stranger.close);
  await permissions.whenReady();
  let give;
  permissions.setToken(() => new Promise((resolve) => (give = resolve)));
  const address = new URL(`${server.origin}/api`);
  const request = permissions.fetch(address);
  address.href = stranger.origin;
  give(token({ sub: "u-1" }));
  await request;
  assert.equal(stranger.requests.length, 0);
  assert.match(server.requests.at(-1).headers.authorization, /^Bearer /);
});

test("a request with a body is sent through the guard with its body and the token", async () => {
  const bodies = [];
  const { permissions, server } = await page(
    {
      "/permissions": () => document(1, []),
      "/api": (request) => {
        request.on("data", (chunk) => bodies.push(String(chunk)));
        return {};
      },
    },
    { token: token({ sub: "u-1" }) },
  );
  await permissions.whenReady();
  const headers = { "Content-Type": "application/json" };
  await permissions.fetch(`${server.origin}/api`, { method: "POST", body: '{"a":1}', headers });
  const { method, headers: received } = server.requests.at(-1);
  assert.equal(method, "POST");
  assert.equal(received["content-type"], "application/json");
  assert.match(received.authorization, /^Bearer /);
  assert.deepEqual(bodies, ['{"a":1}']);
});

test("a pending wait for permissions ends when the instance is disposed of", async () => {
  const { permissions } = await page({ "/permissions": () => document(1, []) });
  const ready = permissions.whenReady();
  permissions.dispose();
  assert.equal(await ready, "idle");
});
