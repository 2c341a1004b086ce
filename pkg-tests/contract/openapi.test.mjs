/** docs/contract/openapi.json describes the running permgate-server: each route, each status, each header. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createConfig, lint } from "@redocly/openapi-core";
import { setGrant, signInAside } from "../e2e/demo.mjs";
import { startServer } from "../e2e/server.mjs";
import { DESCRIPTION, readDescription, readSchemas } from "./description.mjs";
import { handshake, heard, openEvents } from "./streams.mjs";

const PAGE_ORIGIN = "https://app.example";
const DOCUMENT = "/api/me/permissions";
const EVENTS = `${DOCUMENT}/events`;
const SOCKET = `${DOCUMENT}/socket`;
const RECORDS = "/api/pages/{page}/records";
const JSON_BODY = { "content-type": "application/json" };

let contract;
before(async () => {
  contract = await readDescription();
});

/** A server with a configured foreign origin, and the user grace signed in by token and by cookie. */
async function stage(t, switches = []) {
  const server = await startServer(t, ["--origin", PAGE_ORIGIN, ...switches]);
  const grace = await signInAside(server, "grace");
  const answer = await fetch(`${server.origin}/api/session`, {
    method: "POST",
    headers: JSON_BODY,
    body: JSON.stringify({ username: "grace", password: "grace-demo", mode: "cookie" }),
  });
  const [cookie] = answer.headers.getSetCookie()[0].split(";");
  return { server, grace, bearer: grace.headers, cookie: { cookie } };
}

/** Sends a request, compares the answer with its operation, and returns it. */
async function asDescribed(server, method, path, { at = path, headers, body, status }) {
  const response = await fetch(server.origin + at, { method, headers, body, redirect: "manual" });
  const text = await response.text();
  return compared(method, path, { status: response.status, headers: response.headers, body: text }, status);
}

function compared(method, path, answer, status) {
  assert.equal(answer.status, status, `${method} ${path}: ${answer.body}`);
  const operation = contract.operations.find((each) => each.path === path && each.method === method);
  assert.deepEqual(contract.check(operation, answer), [], `${method} ${path} with ${status}`);
  if (String(status) in operation.operation.responses) seen.add(`${method} ${path} ${status}`);
  return answer;
}

/** The answers that matched the description so far. */
const seen = new Set();

test("an OpenAPI linter finds no fault in the description", async () => {
  const config = await createConfig({
    extends: ["recommended-strict"],
    rules: {
      // Problem documents may have further members; a test of ours validates all examples.
      "no-invalid-schema-examples": { severity: "error", allowAdditionalProperties: true },
      // A preflight has no error status: a refused one just lacks the headers. All other operations have a 401.
      "operation-4xx-response": "off",
    },
  });
  const found = await lint({ ref: DESCRIPTION, config });
  assert.deepEqual(found.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`), []);
});

test("the linter finds a reference to a component that does not exist", async () => {
  const { lintFromString } = await import("@redocly/openapi-core");
  const broken = JSON.stringify(contract.description).replace("#/components/headers/ETag", "#/components/headers/Tag");
  const config = await createConfig({ extends: ["recommended-strict"] });
  const found = await lintFromString({ source: broken, absoluteRef: DESCRIPTION, config });
  assert.ok(found.some(({ ruleId }) => ruleId === "no-unresolved-refs"));
});

test("every operation but a preflight describes a 401 and other errors as problem documents", () => {
  for (const { path, method, operation } of contract.operations) {
    assert.ok("default" in operation.responses, `${method} ${path}`);
    if (method !== "OPTIONS") assert.ok("401" in operation.responses, `${method} ${path}`);
  }
});

test("the server answers requests for the document as described, by token and cookie, with and without an entity tag", async (t) => {
  const { server, bearer, cookie } = await stage(t);
  const plain = await asDescribed(server, "GET", DOCUMENT, { headers: bearer, status: 200 });
  const { version, subject } = JSON.parse(plain.body);
  assert.equal(plain.headers.get("permissions-version"), `${version};sub="${subject}"`);
  await asDescribed(server, "GET", DOCUMENT, { headers: cookie, status: 200 });
  for (const query of ["?tenant=acme", "?packed=1", `?wait=25&version=${version + 1}`]) {
    await asDescribed(server, "GET", DOCUMENT, { at: DOCUMENT + query, headers: bearer, status: 200 });
  }
  const tag = plain.headers.get("etag");
  for (const held of [tag, `"other", ${tag}`]) {
    const same = await asDescribed(server, "GET", DOCUMENT, { headers: { ...bearer, "if-none-match": held }, status: 304 });
    assert.equal(same.headers.get("etag"), tag);
    assert.equal(same.headers.get("permissions-version"), plain.headers.get("permissions-version"));
  }
  await asDescribed(server, "GET", DOCUMENT, { headers: { ...bearer, "if-none-match": '"other"' }, status: 200 });
  await asDescribed(server, "GET", DOCUMENT, { at: `${DOCUMENT}?wait=0&version=${version}`, headers: bearer, status: 204 });
});

test("the server answers invalid requests for the document as described", async (t) => {
  const { server, bearer } = await stage(t);
  for (const query of ["?wait=soon&version=1", "?wait=1", "?tenant=", "?tenant=a&tenant=b", "?packed=yes"]) {
    await asDescribed(server, "GET", DOCUMENT, { at: DOCUMENT + query, headers: bearer, status: 400 });
  }
  const bad = [{}, { authorization: "Bearer x" }, { authorization: "Basic x" }, { cookie: "permgate_session=x" }];
  for (const headers of bad) {
    for (const path of [DOCUMENT, EVENTS, "/api/catalogue"]) await asDescribed(server, "GET", path, { headers, status: 401 });
    await asDescribed(server, "GET", RECORDS, { at: "/api/pages/invoice/records", headers, status: 401 });
    await asDescribed(server, "POST", RECORDS, { at: "/api/pages/invoice/records", headers, status: 401 });
  }
  const refused = await fetch(server.origin + DOCUMENT, { method: "PATCH", headers: bearer });
  const answer = { status: refused.status, headers: refused.headers, body: await refused.text() };
  assert.equal(refused.status, 405);
  assert.deepEqual(contract.check(contract.operations[0], answer), [], "a 405, which has no entry of its own, does not match the description of other errors");
});

test("CORS: a configured origin is allowed by name, and another origin is not", async (t) => {
  const { server, bearer } = await stage(t);
  const preflight = { "access-control-request-method": "GET", "access-control-request-headers": "authorization,if-none-match" };
  const allowed = await asDescribed(server, "OPTIONS", DOCUMENT, { headers: { ...preflight, origin: PAGE_ORIGIN }, status: 200 });
  assert.equal(allowed.headers.get("access-control-allow-origin"), PAGE_ORIGIN);
  const foreign = await asDescribed(server, "OPTIONS", DOCUMENT, { headers: { ...preflight, origin: "https://evil.example" }, status: 200 });
  assert.equal(foreign.headers.get("access-control-allow-origin"), null);
  for (const [headers, status] of [[bearer, 200], [{}, 401]]) {
    const answer = await asDescribed(server, "GET", DOCUMENT, { headers: { ...headers, origin: PAGE_ORIGIN }, status });
    assert.equal(answer.headers.get("access-control-allow-origin"), PAGE_ORIGIN, "the page cannot read the refusal, since it lacks the origin");
    assert.equal(answer.headers.get("access-control-allow-credentials"), "true");
    const exposed = answer.headers.get("access-control-expose-headers").toLowerCase().split(/,\s*/);
    for (const name of ["etag", "permissions-version", "www-authenticate"]) assert.ok(exposed.includes(name), name);
    assert.match(answer.headers.get("vary"), /\borigin\b/i);
  }
});

test("the event stream matches the description: it sends a version first, revoked names, and the end of the session", async (t) => {
  const { validate } = await readSchemas();
  const { server, grace, bearer } = await stage(t);
  const stream = await openEvents(t, server.origin + EVENTS, bearer);
  compared("GET", EVENTS, { status: stream.response.status, headers: stream.response.headers, body: "" }, 200);
  const first = await heard(stream, "version");
  await setGrant(await signInAside(server, "ada"), "grace", "invoice:edit", "deny");
  const revoked = await heard(stream, "revoked");
  assert.deepEqual([revoked.version, revoked.permissions], [first.version + 1, ["invoice:edit"]]);
  await fetch(`${server.origin}/api/session`, { method: "DELETE", headers: grace.headers });
  await heard(stream, "session-revoked");
  assert.deepEqual(stream.messages.map(({ type }) => type), ["version", "revoked", "session-revoked"]);
  for (const message of stream.messages) assert.deepEqual(validate("push-message.schema.json", message), [], JSON.stringify(message));
});

test("the socket matches the description when it is opened, refused, and requested without a handshake", async (t) => {
  const { validate } = await readSchemas();
  const { server, grace, bearer, cookie } = await stage(t);
  const address = server.origin + SOCKET;
  const ways = { bearer, cookie: { ...cookie, origin: server.origin }, configured: { ...cookie, origin: PAGE_ORIGIN }, nobody: {} };
  for (const [name, headers] of Object.entries(ways)) {
    const open = compared("GET", SOCKET, await handshake(t, address, headers), 101);
    if (name === "nobody") open.send(JSON.stringify({ type: "authenticate", token: grace.token }));
    assert.deepEqual(validate("push-message.schema.json", await heard(open, "version")), [], name);
    assert.equal(open.messages[0].type, "version", name);
  }
  compared("GET", SOCKET, await handshake(t, address, { authorization: "Bearer x" }), 401);
  await asDescribed(server, "GET", SOCKET, { headers: {}, status: 401 });
  compared("GET", SOCKET, await handshake(t, address, { ...cookie, origin: "https://evil.example" }), 403);
  await asDescribed(server, "GET", SOCKET, { headers: bearer, status: 426 });
});

test("when no further stream is possible, the answer has the time to try again", async (t) => {
  const { server, bearer } = await stage(t, ["--max-streams", "0"]);
  const { version } = JSON.parse((await asDescribed(server, "GET", DOCUMENT, { headers: bearer, status: 200 })).body);
  await asDescribed(server, "GET", DOCUMENT, { at: `${DOCUMENT}?wait=1&version=${version}`, headers: bearer, status: 503 });
  await asDescribed(server, "GET", EVENTS, { headers: bearer, status: 503 });
  compared("GET", SOCKET, await handshake(t, server.origin + SOCKET, bearer), 503);
});

test("protected routes send the version, and a refusal names the missing permission", async (t) => {
  const { server, bearer, cookie } = await stage(t);
  await asDescribed(server, "GET", "/api/catalogue", { headers: bearer, status: 200 });
  const at = (page) => `/api/pages/${page}/records`;
  await asDescribed(server, "GET", RECORDS, { at: at("invoice"), headers: bearer, status: 200 });
  await asDescribed(server, "GET", RECORDS, { at: at("nothing"), headers: bearer, status: 404 });
  const body = JSON.stringify({ title: "Oak desk" });
  const json = { ...bearer, ...JSON_BODY };
  await asDescribed(server, "POST", RECORDS, { at: at("invoice"), headers: json, body, status: 201 });
  await asDescribed(server, "POST", RECORDS, { at: at("invoice"), headers: json, body: "{}", status: 400 });
  await asDescribed(server, "POST", RECORDS, { at: at("invoice"), headers: json, body: JSON.stringify({ title: "x".repeat(300_000) }), status: 413 });
  await asDescribed(server, "POST", RECORDS, { at: at("invoice"), headers: { ...bearer, "content-type": "text/plain" }, body, status: 415 });
  const foreign = { ...cookie, ...JSON_BODY, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  await asDescribed(server, "POST", RECORDS, { at: at("invoice"), headers: foreign, body, status: 403 });
  const ada = await signInAside(server, "ada");
  await setGrant(ada, "grace", "invoice:view", "deny");
  await setGrant(ada, "grace", "invoice:create", "deny");
  for (const [method, required] of [["GET", "invoice:view"], ["POST", "invoice:create"]]) {
    const options = method === "POST" ? { headers: json, body } : { headers: bearer };
    const refused = await asDescribed(server, method, RECORDS, { at: at("invoice"), ...options, status: 403 });
    const problem = JSON.parse(refused.body);
    assert.equal(problem.required, required);
    assert.equal(refused.headers.get("permissions-version"), `${problem.permissions_version};sub="${grace(bearer)}"`);
  }
});

/** The subject of a token. */
function grace({ Authorization }) {
  return JSON.parse(Buffer.from(Authorization.split(".")[1], "base64url").toString()).sub;
}

test("every status that the description names was answered by the running server", () => {
  const named = contract.operations.flatMap(({ path, method, operation }) =>
    Object.keys(operation.responses).filter((status) => status !== "default").map((status) => `${method} ${path} ${status}`),
  );
  assert.deepEqual([...seen].sort(), named.sort());
});
