/** A module that crashes: nothing is granted, a fresh module replaces it, and the settings of the application stay (F48). */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";
import { LONG, starts, starve } from "./crash.mjs";
import { token } from "./server.mjs";

// Each test has a module of its own, since a module is restarted a limited number of times.
let copies = 0;
const fresh = () => import(`../dist/node.js?copy=${(copies += 1)}`);

/** Serves until the test ends. */
async function serve(t, answer) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${server.address().port}` };
}

/** Answers each load in turn; the last answer is repeated. */
async function endpoint(t, ...documents) {
  const requests = [];
  const { origin } = await serve(t, (request, response) => {
    requests.push(request.headers.authorization ?? request.url);
    const body = documents[Math.min(requests.length, documents.length) - 1];
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  return { url: `${origin}/permissions`, origin, requests };
}

const document = (...permissions) => ({ subject: "u-1", version: 1, permissions });

/** Makes the module run out of memory at a question. */
function crash(permissions) {
  starve();
  permissions.can(LONG);
}

afterEach(() => new Promise(setImmediate));

test("F48 after a crash nothing is granted until a fresh set is loaded, which happens without a reload of the page", async (t) => {
  const { createPermissions } = await fresh();
  const { url, requests } = await endpoint(t, document("a"), document("a", "b"));
  const permissions = await createPermissions({ endpoint: url });
  t.after(() => permissions.dispose());
  const [errors, states] = [[], []];
  permissions.on("error", (error) => errors.push(error));
  permissions.on("status", (status) => states.push([status, permissions.can("a")]));
  await permissions.whenReady();
  states.length = 0;
  const before = starts();
  crash(permissions);
  assert.equal(permissions.can("a"), false);
  assert.equal(permissions.check("a").reason, "crashed");
  assert.equal(permissions.status, "failed");
  assert.deepEqual(permissions.snapshot().permissions, []);
  assert.equal(await permissions.whenReady(), "fresh");
  assert.ok(permissions.can("a & b"));
  assert.equal(starts(), before + 1);
  assert.equal(requests.length, 2);
  assert.deepEqual(states, [["failed", false], ["loading", false], ["fresh", true]]);
  assert.equal(errors.length, 1);
  assert.equal(errors[0].code, "crashed");
  assert.ok(errors[0].cause instanceof WebAssembly.RuntimeError, String(errors[0].cause));
});

test("F48 all instances of the page lose the module and get a fresh one together", async (t) => {
  const { createPermissions } = await fresh();
  const { url } = await endpoint(t, document("a"));
  const [one, two, bootstrapped] = await Promise.all([
    createPermissions({ endpoint: url }),
    createPermissions({ endpoint: `${url}?other` }),
    createPermissions({ bootstrap: ["a"] }),
  ]);
  const all = [one, two, bootstrapped];
  t.after(() => all.forEach((each) => each.dispose()));
  const errors = [];
  for (const each of all) each.on("error", ({ code }) => errors.push(code));
  await Promise.all(all.map((each) => each.whenReady()));
  assert.ok(all.every((each) => each.can("a")));
  crash(two);
  assert.ok(all.every((each) => !each.can("a") && each.status === "failed"));
  await Promise.all(all.map((each) => each.whenReady()));
  assert.ok(all.every((each) => each.can("a") && each.status === "fresh"));
  assert.deepEqual(errors, ["crashed", "crashed", "crashed"]);
});

test("F48 a crash in a timer or in the handling of an answer is noticed", async (t) => {
  const { createPermissions } = await fresh();
  const { url } = await endpoint(t, document("a"), { ...document("b"), padding: "y".repeat(12 * 1024 * 1024) }, document("c"));
  const permissions = await createPermissions({ endpoint: url });
  t.after(() => permissions.dispose());
  const errors = [];
  permissions.on("error", (error) => errors.push(error));
  await permissions.whenReady();
  starve();
  assert.equal(await permissions.refresh(), "fresh");
  assert.ok(permissions.can("c") && !permissions.can("a | b"));
  assert.deepEqual(errors.map(({ code }) => code), ["crashed"]);
  assert.ok(errors[0].cause instanceof WebAssembly.RuntimeError);
});

test("F48 the module is restarted after three crashes in a minute, and not after the fourth", async (t) => {
  const { createPermissions, parseRequirement } = await fresh();
  const { url, requests } = await endpoint(t, document("a"));
  const permissions = await createPermissions({ endpoint: url });
  t.after(() => permissions.dispose());
  const errors = [];
  permissions.on("error", ({ code }) => errors.push(code));
  await permissions.whenReady();
  for (let i = 0; i < 3; i += 1) {
    crash(permissions);
    assert.equal(await permissions.whenReady(), "fresh");
    assert.ok(permissions.can("a"));
    await null;
  }
  crash(permissions);
  assert.equal(await permissions.whenReady(), "failed");
  assert.equal(await permissions.refresh(), "failed");
  assert.equal(permissions.can("a"), false);
  assert.equal(requests.length, 4);
  assert.equal(errors.at(-1), "crashed");
  await assert.rejects(createPermissions({ bootstrap: ["a"] }), { code: "crashed" });
  assert.throws(() => parseRequirement("a"), { code: "crashed" });
});

test("F48 token, tenant, push and listeners survive a crash", async (t) => {
  const { createPermissions } = await fresh();
  const requests = [];
  const streams = [];
  const { origin } = await serve(t, (request, response) => {
    if (request.url.startsWith("/events")) {
      streams.push(response);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('event: version\ndata: {"version":1}\n\n');
      return;
    }
    requests.push([request.headers.authorization, request.url]);
    const body = { ...document("a"), tenant: "two", version: requests.length };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const permissions = await createPermissions({
    endpoint: `${origin}/{tenant}`, tenant: "one", token: "first", tabs: false, push: { events: `${origin}/events` },
  });
  t.after(() => permissions.dispose());
  permissions.setTenant("two");
  permissions.setToken("second");
  await permissions.whenReady();
  const watched = [];
  permissions.watch("a", ({ outcome }) => watched.push(outcome));
  const opened = streams.length;
  crash(permissions);
  await permissions.whenReady();
  assert.deepEqual(requests.at(-1), ["Bearer second", "/two"]);
  await until(() => streams.length > opened);
  const loads = requests.length;
  streams.at(-1).write('event: version\ndata: {"version":9000}\n\n');
  await until(() => requests.length > loads);
  assert.deepEqual(watched, ["granted", "unknown", "granted"]);
});

test("F48 a user who signed out before a crash stays signed out after it", async (t) => {
  const { createPermissions } = await fresh();
  const { url, requests } = await endpoint(t, document("a"));
  const permissions = await createPermissions({ endpoint: url });
  t.after(() => permissions.dispose());
  permissions.on("error", () => undefined);
  await permissions.whenReady();
  permissions.signOut();
  const loads = requests.length;
  crash(permissions);
  assert.equal(await permissions.whenReady(), "unauthenticated");
  assert.equal(permissions.can("a"), false);
  assert.equal(requests.length, loads, "a request was sent for the user who signed out");
  assert.equal(await permissions.refresh(), "fresh");
});

test("F48 a crash does not extend the time to live of a bootstrap", async (t) => {
  const { createPermissions } = await fresh();
  // Both clocks stand still, except for two seconds that pass on both.
  const [wall, monotonic] = [Date.now(), Math.round(performance.now())];
  let passed = 0;
  t.mock.method(Date, "now", () => wall + passed);
  t.mock.method(performance, "now", () => monotonic + passed);
  const permissions = await createPermissions({ bootstrap: ["a"], ttlMs: 5000, staleMs: 3000 });
  t.after(() => permissions.dispose());
  permissions.on("error", () => undefined);
  const { expiresAt } = permissions.snapshot();
  passed = 2000;
  crash(permissions);
  await permissions.whenReady();
  assert.ok(permissions.can("a"));
  assert.equal(permissions.snapshot().expiresAt, expiresAt);
  permissions.invalidate();
  const doubted = permissions.snapshot().expiresAt;
  assert.ok(doubted < expiresAt);
  crash(permissions);
  await permissions.whenReady();
  assert.equal(permissions.snapshot().expiresAt, doubted);
});

test("F48 a request of the user before a crash is not sent again with the credentials of the user after it", async (t) => {
  const { createPermissions } = await fresh();
  const [of, waiting] = [[], []];
  const { origin } = await serve(t, (request, response) => {
    if (request.url === "/api") return waiting.push(response) > 1 ? response.end() : undefined;
    of.push(request.headers.authorization);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ permissions: ["a"] }));
  });
  const renewable = (sub, jti) => token({ sub, jti });
  const permissions = await createPermissions({
    endpoint: `${origin}/p`, guard: { origins: [origin] }, token: renewable("ada", 1), onUnauthenticated: () => true,
  });
  t.after(() => permissions.dispose());
  permissions.on("error", () => undefined);
  await permissions.whenReady();
  const response = permissions.fetch(`${origin}/api`);
  await until(() => waiting.length === 1);
  crash(permissions);
  permissions.setToken(renewable("bob", 1));
  await permissions.whenReady();
  permissions.setToken(renewable("bob", 2));
  await permissions.refresh();
  waiting[0].writeHead(401).end();
  assert.equal((await response).status, 401);
  assert.equal(waiting.length, 1);
  assert.ok(permissions.can("a"));
});

test("F48 after `dispose` during a crash, the instance is not restarted", async (t) => {
  const { createPermissions } = await fresh();
  const { url, requests } = await endpoint(t, document("a"));
  const permissions = await createPermissions({ endpoint: url });
  const other = await createPermissions({ bootstrap: ["a"] });
  t.after(() => other.dispose());
  permissions.on("error", () => permissions.dispose());
  other.on("error", () => undefined);
  await permissions.whenReady();
  crash(permissions);
  assert.equal(await other.whenReady(), "fresh");
  assert.equal(permissions.status, "idle");
  assert.equal(await permissions.refresh(), "idle");
  assert.equal(requests.length, 1);
});

/** Waits for a condition; the test runner's time limit is the deadline. */
async function until(condition) {
  while (!condition()) await new Promise(setImmediate);
}
