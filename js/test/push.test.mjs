/** Streams over real HTTP, as the package reads them in Node.js: by `fetch`, with and without a token. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { createPermissions } from "../dist/node.js";
import { document, serve, token } from "./server.mjs";

const open = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const STREAM = { "Content-Type": "text/event-stream", "Cache-Control": "no-store" };

/** A message of a stream. */
const message = (kind, data) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;

/**
 * A server whose document has `state.version` and `state.permissions`, and a stream that a
 * test writes to; and an instance whose activities are recorded.
 */
async function page({ push = ["events"], state = { version: 1, permissions: ["a", "b"] }, ...options } = {}, answers = {}) {
  const streams = [];
  const server = await serve((request) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const own = answers[pathname]?.(request, streams);
    if (own) return own;
    if (pathname === "/events") {
      const hello = message("version", { version: state.version, subject: "u-1" });
      return { headers: STREAM, stream: (response) => streams.push(response) && response.write(hello) };
    }
    return document(state.version, state.permissions);
  });
  const addresses = Object.fromEntries(push.map((way) => [way, `${server.origin}/${way}`]));
  const permissions = await createPermissions({ endpoint: `${server.origin}/permissions`, push: addresses, ...options });
  open.push(server.close, () => permissions.dispose());
  const activities = [];
  permissions.on("activity", ({ kind, what, transport = "" }) => activities.push([kind, what, transport].join(" ").trim()));
  permissions.on("error", () => undefined);
  const count = (path) => server.requests.filter(({ url }) => url.split("?")[0] === path).length;
  return { permissions, server, streams, state, activities, count };
}

/** Waits until a condition holds after some event of the instance. */
function until(permissions, condition) {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition()) return;
      for (const stop of stops) stop();
      resolve();
    };
    const stops = [permissions.subscribe(look), permissions.on("activity", look)];
    look();
  });
}

for (const [name, options, bearer] of [
  ["with a token in a header", { token: token({ sub: "u-1" }) }, true],
  ["without a token", {}, false],
]) {
  test(`a revoked permission is unknown before the document is requested; ${name}`, async () => {
    const { permissions, server, streams, state, count } = await page(options);
    await until(permissions, () => streams.length === 1);
    const [request] = server.requests.filter(({ url }) => url === "/events");
    assert.equal("authorization" in request.headers, bearer);
    assert.equal(request.headers.accept, "text/event-stream");
    Object.assign(state, { version: 2, permissions: ["b"] });
    const decisions = [];
    const stop = permissions.watch("a", (decision) => decisions.push(`${decision.outcome} ${decision.reason} ${count("/permissions")}`));
    const snapshots = [];
    permissions.on("change", ({ permissions }) => snapshots.push(permissions.join()));
    streams[0].write(message("revoked", { version: 2, subject: "u-1", permissions: ["a"] }));
    await until(permissions, () => permissions.snapshot().version === 2);
    stop();
    assert.deepEqual(snapshots, ["b", "b"], "the snapshot lists the revoked permission");
    assert.deepEqual(decisions, ["granted granted-by 1", "unknown revoked 1", "denied not-granted 2"]);
    assert.ok(permissions.can("b") && permissions.can("!a"));
  });
}

test("a newer version on the stream is fetched with its reason, and an equal one is not fetched", async () => {
  const { permissions, streams, state, activities, count } = await page();
  await until(permissions, () => activities.includes("message version"));
  assert.equal(count("/permissions"), 1);
  Object.assign(state, { version: 7, permissions: ["c"] });
  streams[0].write(message("version", { version: 7 }));
  await until(permissions, () => permissions.can("c"));
  assert.ok(activities.includes("stream open events") && activities.includes("load push"), `${activities}`);
});

test("F26 after an answer that is not a stream, the next transport is used or the same is requested again, by status", async () => {
  const html = { headers: { "Content-Type": "text/html" }, body: "<!doctype html>" };
  for (const [answer, next] of [
    [{ status: 204 }, true],
    [{ status: 404 }, true],
    [html, true],
    [{ headers: { "Content-Type": "application/json" }, body: "{}" }, true],
    [{ status: 302, headers: { Location: "/elsewhere" } }, true],
    [{ status: 500 }, false],
    [{ status: 503, headers: { "Retry-After": "1" } }, false],
  ]) {
    const poll = { status: 204, headers: { "Permissions-Version": '1;sub="u-1"' } };
    let polled = false;
    const answers = {
      "/events": () => answer,
      "/elsewhere": () => html,
      "/poll": () => (polled ? { stream: () => undefined } : ((polled = true), poll)),
    };
    const { permissions, activities, count } = await page({ push: ["events", "poll"] }, answers);
    const again = () => count("/events") > 1;
    await until(permissions, () => (next ? activities.includes("stream open poll") : again()));
    assert.equal(again(), !next, JSON.stringify(answer));
    assert.ok(permissions.can("a"));
    permissions.dispose();
  }
});

test("F26 after a stream is refused for its credentials, the endpoint decides", async () => {
  const state = { version: 1, permissions: ["a"] };
  let signedIn = true;
  const answers = {
    "/events": () => ({ status: 401 }),
    "/permissions": () => (signedIn ? undefined : { status: 401 }),
  };
  const { permissions, activities, count } = await page({ state }, answers);
  await permissions.whenReady();
  signedIn = false;
  await until(permissions, () => permissions.status === "unauthenticated");
  assert.ok(activities.includes("load push") && !permissions.can("a"));
  assert.ok(count("/events") >= 1);
});

test("F32 a stream with an endless line is closed, and the next transport is used", async () => {
  const answers = {
    "/events": () => ({ headers: STREAM, stream: (response) => response.write(`data: ${"x".repeat(200_000)}`) }),
    "/poll": () => ({ stream: () => undefined }),
  };
  const { permissions, activities } = await page({ push: ["events", "poll"] }, answers);
  await until(permissions, () => activities.includes("stream opening poll"));
  assert.ok(permissions.can("a"));
});

test("F10 a stream that is cut in the middle of a message changes nothing", async () => {
  const { permissions, streams, activities, count } = await page();
  await until(permissions, () => activities.includes("message version"));
  streams[0].write('event: revoked\ndata: {"version":2,"permissions":["a"]}\n');
  streams[0].destroy();
  await until(permissions, () => streams.length === 2);
  assert.ok(permissions.can("a"));
  assert.equal(count("/permissions"), 1);
});

test("a long poll sends the held version, and its answer leads to a load", async () => {
  const state = { version: 1, permissions: ["a"] };
  const versions = [];
  const answers = {
    "/poll": ({ url }) => {
      const version = Number(new URL(url, "http://localhost").searchParams.get("version"));
      versions.push(version);
      if (version !== 1) return { stream: () => undefined };
      Object.assign(state, { version: 2, permissions: ["b"] });
      return { headers: { "Permissions-Version": '2;sub="u-1"' } };
    },
  };
  const { permissions, activities } = await page({ push: ["poll"], state }, answers);
  await until(permissions, () => permissions.can("b"));
  await until(permissions, () => versions.includes(2));
  assert.ok(activities.includes("load push"));
});

test("disposing of the instance closes its stream at the server", async () => {
  const { permissions, streams, activities } = await page();
  await until(permissions, () => activities.includes("message version"));
  const closed = new Promise((resolve) => streams[0].on("close", resolve));
  permissions.dispose();
  await closed;
  assert.equal(streams.length, 1);
});

test("F49 listeners may call back into the instance, throw or dispose of it", async () => {
  const { permissions, streams, state, activities } = await page();
  await until(permissions, () => activities.includes("message version"));
  const answers = [];
  permissions.on("activity", () => {
    answers.push(permissions.can("a"));
    permissions.notifyNavigation();
    throw new Error("a listener that throws");
  });
  const { error } = console;
  console.error = () => undefined;
  Object.assign(state, { version: 2, permissions: ["b"] });
  streams[0].write(message("revoked", { version: 2, permissions: ["a"] }));
  await until(permissions, () => permissions.can("b") && !permissions.can("a"));
  permissions.on("change", () => permissions.dispose());
  state.version = 3;
  streams[0].write(message("version", { version: 3 }));
  await until(permissions, () => permissions.status === "idle");
  console.error = error;
  assert.ok(answers.length > 0 && !permissions.can("b"));
});

test("unknown options of push, tabs and storage are refused", async () => {
  const endpoint = "http://localhost/permissions";
  for (const options of [
    { endpoint, push: true },
    { endpoint, push: { event: "/events" } },
    { endpoint, push: { events: true } },
    { endpoint, tabs: "yes" },
    { endpoint, persist: "local" },
    { endpoint, onUnauthenticated: "login" },
    { endpoint, guard: { patch: "fetch" } },
    { bootstrap: ["a"], push: { events: "/events" } },
  ]) {
    await assert.rejects(createPermissions(options), { code: "invalid-option" }, JSON.stringify(options));
  }
});

test("a stream whose address needs a tenant is requested only while a tenant is set", async () => {
  const server = await serve(() => document(1, ["a"]));
  const permissions = await createPermissions({ endpoint: `${server.origin}/permissions`, push: { events: `${server.origin}/{tenant}/events` } });
  open.push(server.close, () => permissions.dispose());
  permissions.on("error", () => undefined);
  const activities = [];
  permissions.on("activity", ({ what }) => activities.push(what));
  await until(permissions, () => activities.includes("closed"));
  assert.deepEqual(server.requests.map(({ url }) => url), ["/permissions"]);
  permissions.setTenant("a/b");
  await until(permissions, () => server.requests.some(({ url }) => url === "/a%2Fb/events"));
});
