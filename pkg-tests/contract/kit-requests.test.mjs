/** Requests to an application on `permgate/backend`: admission, versions in the responses, and answers to bad input. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forNext } from "permgate/backend/next";
import { until } from "../support/deadline.mjs";
import { readSchemas } from "./description.mjs";
import { DOCUMENT, EVENTS, FRAMEWORKS, PAGE_ORIGIN, startKit } from "./kit-stage.mjs";
import { openEvents } from "./streams.mjs";

const { validate } = await readSchemas();

/** Asserts that a refusal is a problem document with this status. */
async function assertProblem(answer, status, message) {
  assert.equal(answer.status, status, message);
  // Fastify adds a charset.
  assert.match(answer.headers.get("content-type"), /^application\/problem\+json(; charset=utf-8)?$/);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const problem = await answer.json();
  assert.deepEqual(validate("problem.schema.json", problem), []);
  assert.equal(problem.status, status);
  return problem;
}

for (const framework of FRAMEWORKS) {
  test(`${framework}: a request with the permission passes, and a request without it is refused with a problem document`, async (t) => {
    const { ask, store, errors } = await startKit(t, framework);
    const granted = await ask("/api/invoices", "grace-token");
    assert.equal(granted.status, 200);
    assert.deepEqual(await granted.json(), { subject: "u-2" });
    assert.equal(granted.headers.get("permissions-version"), '1;sub="u-2"');
    assert.equal(store.loads, 1, "one request with several questions loaded the document more than once");
    const refused = await ask("/api/users", "grace-token");
    assert.equal(refused.headers.get("permissions-version"), '1;sub="u-2"', "the refusal lacks the version");
    assert.deepEqual(await assertProblem(refused, 403), {
      type: "/problems/forbidden",
      title: "Permission needed",
      status: 403,
      detail: "this needs `user:edit`",
      required: "user:edit",
      reason: "not-granted",
      permissions_version: 1,
    });
    const anonymous = await ask("/api/invoices");
    assert.equal(anonymous.headers.get("permissions-version"), null);
    assert.equal(anonymous.headers.get("www-authenticate"), "Bearer");
    await assertProblem(anonymous, 401);
    await assertProblem(await ask("/api/invoices", "nobody"), 401);
    assert.ok([404, 405].includes((await ask(DOCUMENT, "grace-token", { method: "POST" })).status));
    assert.deepEqual(errors, []);
  });

  test(`${framework}: the resource is made of the route's parameters, decoded once, and a parameter that is not a segment is refused`, async (t) => {
    const { ask } = await startKit(t, framework);
    const status = async (path) => (await ask(path, "grace-token")).status;
    assert.equal(await status("/api/reports/7"), 200);
    assert.equal(await status("/api/reports/secret"), 403);
    assert.equal(await status("/api/reports/%73ecret"), 403, "another spelling of the denied resource was not refused");
    for (const odd of ["%2E%2E", "a%2Fb", "*", "%00", "a%5Cb"]) assert.notEqual(await status(`/api/reports/${odd}`), 200, odd);
    assert.equal(await (await ask("/api/reports/%2573ecret", "grace-token")).json(), "%73ecret", "the handler's parameter differs from the one that the decision used");
  });

  test(`${framework}: responses carry the version after the request, also on routes without a requirement`, async (t) => {
    const { ask, store, backend } = await startKit(t, framework);
    const body = JSON.stringify(["user:edit", "invoice:view"]);
    const change = await ask("/api/users/u-1/permissions", "ada-token", { method: "PUT", headers: { "content-type": "application/json" }, body });
    assert.equal(change.status, 204);
    assert.equal(change.headers.get("permissions-version"), '8;sub="u-1"');
    if (framework === "next") return;
    assert.equal((await ask("/api/open", "ada-token")).headers.get("permissions-version"), '8;sub="u-1"');
    const open = await ask("/api/open");
    assert.deepEqual([open.status, open.headers.get("permissions-version")], [200, null]);
    store.set("u-1", []);
    await backend.changed("u-1");
    const own = await ask("/api/open", "ada-token", { headers: { origin: PAGE_ORIGIN } });
    assert.equal(own.headers.get("access-control-allow-origin"), PAGE_ORIGIN);
    assert.match(own.headers.get("vary"), /Origin/);
    assert.equal((await ask("/api/open", "ada-token", { headers: { origin: "https://evil.example" } })).headers.get("access-control-allow-origin"), null);
  });

  test(`${framework}: a failed load of a document grants nothing, is logged once, and keeps streams open`, async (t) => {
    const { ask, store, codes, errors, origin, backend } = await startKit(t, framework);
    const stream = await openEvents(t, origin + EVENTS, { authorization: "Bearer grace-token" });
    await until("the stream has its first message", () => stream.messages.length > 0);
    const wrong = [
      ["load", 503, () => { throw new Error("the database is down"); }],
      ["unknown-subject", 401, () => null],
      ["malformed-document", 500, () => ({ version: 2, permissions: "invoice:view" })],
      ["malformed-document", 500, () => ({ version: 2, permissions: ["invoice:view"], grants: [{ permission: "a", where: "x" }] })],
      ["malformed-document", 500, () => 7],
      ["malformed-document", 500, () => ({ version: 1e15, permissions: ["invoice:view"] })],
      ["subject-mismatch", 500, () => ({ subject: "u-1", version: 2, permissions: ["invoice:view"] })],
      ["older-version", 503, () => ({ version: 0, permissions: ["invoice:view"] })],
      ["older-version", 503, () => ["invoice:view"]],
    ];
    for (const [code, status, load] of wrong) {
      errors.length = 0;
      store.load = load;
      for (const path of ["/api/invoices", DOCUMENT, EVENTS, `${DOCUMENT}?wait=1&version=1`, "/api/invoices"]) {
        const problem = await assertProblem(await ask(path, "grace-token"), status, `${code}: ${path}`);
        assert.doesNotMatch(JSON.stringify(problem), /database|permissions"/, "the answer has details that belong into the log");
      }
      await backend.changed("u-2");
      assert.deepEqual(codes(), [code]);
      assert.equal(stream.isOver, false, code);
    }
    store.load = undefined;
    store.set("u-2", ["invoice:view"]);
    await until("the stream reports the change whose document could not be loaded", () => stream.messages.some(({ type, version }) => type === "version" && version === 2));
    assert.equal((await ask("/api/invoices", "grace-token")).status, 200);
  });

  test(`${framework}: for a page that is rendered, \`documentOf\` returns its user's document, null when nobody is signed in, and rejects when the document cannot be loaded`, async (t) => {
    const { ask, store, codes } = await startKit(t, framework);
    const page = async (token) => (await ask("/page", token)).json();
    assert.deepEqual(await page("grace-token"), { document: { subject: "u-2", ...store.users.get("u-2") } });
    assert.equal(store.loads, 1, "one request with several questions loaded the document more than once");
    for (const token of [undefined, "nobody"]) assert.deepEqual(await page(token), { document: null });
    assert.deepEqual(codes(), []);
    store.load = () => { throw new Error("the database is down"); };
    assert.deepEqual(await page("grace-token"), { code: "load" });
    assert.deepEqual(codes(), ["load"]);
  });
}

test("`documentOf` of Next passes `identify` a request to the host that the browser asked", async (t) => {
  const { backend } = await startKit(t, "express", { options: { identify: ({ url }) => ({ subject: new URL(url).host }), load: () => ["invoice:view"] } });
  const { documentOf } = forNext(backend);
  const subject = async (headers) => (await documentOf(new Headers(headers))).subject;
  assert.deepEqual([await subject({ host: "one.example" }), await subject({ host: "a b" }), await subject({})], ["one.example", "localhost", "localhost"]);
});

test("a failure of `identify`, of `resource` or of the log grants nothing", async (t) => {
  const identify = () => { throw new Error("no session store"); };
  const first = await startKit(t, "express", { options: { identify } });
  await assertProblem(await first.ask("/api/invoices", "grace-token"), 500);
  assert.deepEqual(first.codes(), ["identify"]);
  for (const identity of [{}, { subject: "" }, { subject: 7 }, "u-2", { subject: "u-2", expiresAt: "soon" }]) {
    const { ask } = await startKit(t, "express", { options: { identify: () => identity, onError: () => { throw new Error("the log is full"); } } });
    await assertProblem(await ask("/api/invoices", "grace-token"), 500, JSON.stringify(identity));
  }
  const over = await startKit(t, "express", { options: { identify: () => ({ subject: "u-2", expiresAt: Date.now() - 1 }) } });
  await assertProblem(await over.ask("/api/invoices"), 401);
});

test("a lagging replica does not lower the version that another node announced", async (t) => {
  const { ask, store, backend, codes } = await startKit(t, "express");
  await backend.changed("u-2", { version: 5 });
  const answer = await ask("/api/invoices", "grace-token");
  assert.equal(answer.headers.get("retry-after"), "1");
  await assertProblem(answer, 503);
  assert.deepEqual(codes(), ["older-version"]);
  store.users.get("u-2").version = 5;
  assert.equal((await ask("/api/invoices", "grace-token")).status, 200);
});

test("a document that changed while it was loaded is loaded again", async (t) => {
  const { ask, store, backend } = await startKit(t, "express");
  let isFirst = true;
  store.load = async (subject) => {
    const document = store.users.get(subject);
    if (isFirst) {
      isFirst = false;
      // The change is committed and announced while the old document is being loaded.
      await backend.changed(subject, { revoked: store.set(subject, []), version: 2 });
    }
    return document;
  };
  await assertProblem(await ask("/api/invoices", "grace-token"), 403);
  assert.equal(store.loads, 2);
});

test("with `maxAgeMs`, a document of at most that age is used again until a change", async (t) => {
  const { ask, store, backend } = await startKit(t, "express", { options: { maxAgeMs: 60_000 } });
  for (let time = 0; time < 3; time += 1) assert.equal((await ask("/api/invoices", "grace-token")).status, 200);
  assert.equal(store.loads, 1);
  assert.equal((await ask("/api/users", "ada-token")).status, 200, "another user got the remembered document");
  await backend.changed("u-2", { revoked: store.set("u-2", []) });
  assert.equal((await ask("/api/invoices", "grace-token")).status, 403);
});

test("invalid options and requirements are refused when they are passed", async () => {
  const { createBackend } = await import("permgate/backend");
  const { forExpress } = await import("permgate/backend/express");
  const good = { identify: () => null, load: () => null };
  const bad = [
    undefined,
    {},
    { ...good, load: "load" },
    { ...good, versions: {} },
    { ...good, bus: {} },
    { ...good, origins: ["https://app.example/"] },
    { ...good, origins: "*" },
    { ...good, maxAgeMs: -1 },
    { ...good, maxAgeMs: Number.NaN },
    { ...good, heartbeatMs: 60_000 },
    { ...good, challenge: "Bearer\nSet-Cookie: a=b" },
    { ...good, dialect: "sql" },
    { ...good, catalogue: () => ({}) },
    { ...good, tenant: "acme" },
    { ...good, idenify: () => null },
  ];
  for (const options of bad) assert.throws(() => createBackend(options), ({ code }) => code === "invalid-option", JSON.stringify(options));
  const permissions = forExpress(createBackend(good));
  for (const requirement of ["", "a &", "a b", undefined, 7]) {
    assert.throws(() => permissions.require(requirement), ({ code }) => code === "malformed-requirement", String(requirement));
  }
  for (const subject of [undefined, "", 7, ["u-1", 7]]) await assert.rejects(createBackend(good).changed(subject), ({ code }) => code === "invalid-argument");
  await assert.rejects(createBackend(good).changed("u-1", { revoked: "invoice:edit" }), ({ code }) => code === "invalid-argument");
  assert.throws(() => createBackend(good).ended(7), ({ code }) => code === "invalid-argument");
});
