/** The back end of docs/contract/backend.mjs, without a library: compared with the contract, and used by a page. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { evaluate } from "permgate/server";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { freePort, start } from "../support/processes.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve } from "../support/static-server.mjs";
import { CONTRACT, readDescription, readSchemas } from "./description.mjs";
import { heard, openEvents } from "./streams.mjs";

const FILE = join(CONTRACT, "backend.mjs");
const { backend } = await import(pathToFileURL(FILE));

const DOCUMENT = "/api/me/permissions";
const NAMES = ["invoice:view", "invoice:edit"];

/** A back end with an administrator and a user, behind a proxy that records the requests. */
async function stage(t, options) {
  const ada = { subject: "u-1", version: 7, permissions: ["user:edit"] };
  const grace = { subject: "u-2", version: 1, permissions: NAMES };
  const server = backend(new Map([["ada", ada], ["grace", grace], ["grace again", grace]]), options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startProxy(`http://127.0.0.1:${server.address().port}`);
  t.after(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  const ask = (path, token, init = {}) =>
    fetch(proxy.origin + path, { ...init, headers: { ...(token && { authorization: `Bearer ${token}` }), ...init.headers } });
  const change = (subject, permissions, token = "ada") =>
    ask(`/api/users/${subject}/permissions`, token, { method: "PUT", body: JSON.stringify(permissions) });
  return { proxy, ask, change };
}

test("the back end has at most 60 lines and imports nothing but node:http and node:crypto", async () => {
  const text = await readFile(FILE, "utf8");
  assert.ok(text.trimEnd().split("\n").length <= 60);
  const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(imports.sort(), ["node:crypto", "node:http"]);
});

test("running the file starts a back end that prints its address and answers, also by a symbolic link to its folder", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "permgate-linked-"));
  t.after(() => rm(folder, { recursive: true }));
  await symlink(CONTRACT, join(folder, "linked"), "dir");
  for (const file of [FILE, join(folder, "linked/backend.mjs")]) {
    const running = start(process.execPath, [file], { PORT: String(await freePort()) });
    t.after(() => running.end());
    const origin = await running.line(/^listens on (http:\S+)$/);
    assert.equal((await fetch(origin + DOCUMENT)).status, 401);
  }
});

test("the guides' back end prints its address and its two users, signs these in and out by a cookie, and refuses everyone else", async (t) => {
  const running = start(process.execPath, [join(CONTRACT, "demo.mjs")], { PORT: String(await freePort()) });
  t.after(() => running.end());
  const users = running.line(/^users: (.*);/);
  const origin = await running.line(/listens on (http:\S+)$/);
  assert.equal(await users, "ada (password ada-demo), grace (password grace-demo)");
  const signIn = (sent) => fetch(`${origin}/api/session`, { method: "POST", body: JSON.stringify(sent) });
  for (const wrong of [null, {}, { user: "grace" }, { user: "grace", password: "ada-demo" }, { user: "eve", password: "eve-demo" }]) assert.equal((await signIn(wrong)).status, 401);
  const cookieOf = async (user) => (await signIn({ user, password: `${user}-demo` })).headers.getSetCookie()[0].split(";")[0];
  const [ada, grace] = [await cookieOf("ada"), await cookieOf("grace")];
  const ask = (path, cookie, init) => fetch(origin + path, { headers: { cookie }, ...init });
  assert.deepEqual((await (await ask(DOCUMENT, grace)).json()).permissions, ["invoice:view", "invoice:delete"]);
  assert.equal((await ask("/api/users/grace/permissions", ada, { method: "PUT", body: '["invoice:view"]' })).status, 204);
  assert.deepEqual((await (await ask(DOCUMENT, grace)).json()).permissions, ["invoice:view"]);
  const left = await ask("/api/session", grace, { method: "DELETE" });
  assert.equal(left.status, 204);
  assert.match(left.headers.getSetCookie()[0], /^session=;.*Max-Age=0/);
  assert.equal((await ask(DOCUMENT, grace)).status, 401);
  // As after a restart: a session that is not there any more has ended, and a sign-out can be repeated.
  for (const gone of [grace, ""]) assert.equal((await ask("/api/session", gone, { method: "DELETE" })).status, 204);
  assert.equal((await ask(DOCUMENT, ada)).status, 200);
});

test("the guide's command grants a permission on one resource, which a list of names takes back, and a body of another form is refused", async (t) => {
  const guide = await readFile(join(HERE, "../docs/guide/requirements.md"), "utf8");
  const [, address, authorization, body] = /curl -X PUT (\S+) -H "Authorization: (Bearer \w+)" -d '(.*)'/.exec(guide);
  const running = start(process.execPath, [join(CONTRACT, "demo.mjs")], { PORT: String(await freePort()) });
  t.after(() => running.end());
  const origin = await running.line(/listens on (http:\S+)$/);
  const put = async (sent) => (await fetch(address.replace("http://127.0.0.1:8787", origin), { method: "PUT", headers: { authorization }, body: sent })).status;
  const answers = async () => {
    const { can, canSomewhere } = evaluate(await (await fetch(origin + DOCUMENT, { headers: { authorization } })).json());
    return [can("invoice:delete", "invoices/2"), can("invoice:delete", "invoices/3"), canSomewhere("invoice:delete"), can("invoice:delete"), can("invoice:view")];
  };
  assert.deepEqual(await answers(), [false, false, false, false, true]);
  const change = running.line(/^\/api\/users\/ada\/permissions: (.*)$/);
  assert.equal(await put(body), 204);
  assert.equal(await change, "changed");
  assert.deepEqual(await answers(), [true, false, true, false, true]);
  for (const wrong of ["null", "{}", '"invoice:view"', '{"permissions":"invoice:view"}', '{"permissions":[1]}', "[1]"]) assert.equal(await put(wrong), 400, wrong);
  assert.equal(await put('["user:edit","invoice:view"]'), 204);
  assert.deepEqual(await answers(), [false, false, false, false, true]);
});

test("the back end's documents, 304s, refusals and changes match the description", async (t) => {
  const { operations, check } = await readDescription();
  const { validate } = await readSchemas();
  const { ask, change } = await stage(t);
  const operation = (id) => operations.find(({ operation }) => operation.operationId === id);
  const described = async (id, response, status) => {
    const answer = { status: response.status, headers: response.headers, body: await response.text() };
    assert.equal(answer.status, status);
    assert.deepEqual(check(operation(id), answer), [], `${id} ${status}`);
    return answer;
  };
  const first = await described("document", await ask(DOCUMENT, "grace"), 200);
  const tag = { "if-none-match": first.headers.get("etag") };
  await described("document", await ask(DOCUMENT, "grace", { headers: tag }), 304);
  await described("document", await ask(DOCUMENT, undefined, { headers: { cookie: "a=1; session=grace" } }), 200);
  for (const token of [undefined, "nobody", "undefined"]) await described("document", await ask(DOCUMENT, token), 401);
  await described("events", await ask(`${DOCUMENT}/events`), 401);
  await described("records", await change("u-2", [], "grace"), 403);
  for (const body of ['"invoice:view"', "[1]", "{", "null"]) {
    await described("document", await ask("/api/users/u-2/permissions", "ada", { method: "PUT", body }), 400);
  }
  await described("records", await ask("/api/nothing", "grace"), 404);
  assert.equal((await change("u-2", ["invoice:view"])).status, 204);
  const second = await described("document", await ask(DOCUMENT, "grace", { headers: tag }), 200);
  assert.deepEqual(JSON.parse(second.body), { subject: "u-2", version: 2, permissions: ["invoice:view"] });
  assert.deepEqual(validate("document.schema.json", JSON.parse(second.body)), []);
});

test("the back end's stream sends versions, revoked names, heartbeats, and the end of its own session only", async (t) => {
  const { validate } = await readSchemas();
  const { proxy, ask, change } = await stage(t, { heartbeatMs: 20 });
  const open = (token) => openEvents(t, `${proxy.origin}${DOCUMENT}/events`, { authorization: `Bearer ${token}` });
  const [stream, other] = [await open("grace"), await open("grace again")];
  const { operations, check } = await readDescription();
  const described = operations.find(({ operation }) => operation.operationId === "events");
  assert.deepEqual(check(described, { status: stream.response.status, headers: stream.response.headers, body: "" }), []);
  assert.deepEqual(await heard(stream, "version"), { type: "version", subject: "u-2", version: 1 });
  await heard(stream, "heartbeat");
  await change("u-2", ["invoice:view"]);
  assert.deepEqual(await heard(stream, "revoked"), { type: "revoked", subject: "u-2", version: 2, permissions: ["invoice:edit"] });
  const names = Array.from({ length: 1025 }, (_, index) => `invoice:${index}`);
  for (const permissions of [names, []]) await change("u-2", permissions);
  await until("more than 1 024 revoked names arrive as a version", () => stream.messages.some(({ type, version }) => type === "version" && version === 4));
  assert.equal((await ask("/api/session", "grace", { method: "DELETE" })).status, 204);
  await until("the stream of the ended session is closed", () => stream.isOver);
  assert.equal(stream.messages.at(-1).type, "session-revoked");
  for (const message of stream.messages) assert.deepEqual(validate("push-message.schema.json", message), [], JSON.stringify(message));
  assert.equal(other.isOver, false, "the stream of the user's other session was closed");
  assert.equal((await ask(DOCUMENT, "grace")).status, 401);
});

test("a page of another origin shows the granted elements, and follows a revocation and a grant by push", async (t) => {
  const site = await serve({ "/": join(HERE, "contract/page"), "/permgate/": DIST });
  t.after(() => site.close());
  const { proxy, change } = await stage(t, { origins: [site.origin], heartbeatMs: 1_000 });
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  await page.goto(`${site.origin}/?api=${proxy.origin}#grace`);
  const shown = () => page.evaluate(() => ["view", "edit"].filter((id) => document.getElementById(id).checkVisibility()));
  await until("both elements are shown", async () => (await shown()).length === 2);
  await until("the stream has its first message", () => page.evaluate(() => window.activities.includes("message version")));

  await change("u-2", ["invoice:view"]);
  await until("the revoked element is hidden", async () => (await shown()).join() === "view");
  const activities = await page.evaluate(() => window.activities);
  assert.ok(activities.includes("message revoked"), activities.join());
  await until("the new document is loaded", () => page.evaluate(() => window.permissions.snapshot().version === 2));
  await change("u-2", NAMES);
  await until("both elements are shown again", async () => (await shown()).length === 2);

  await page.evaluate(() => window.permissions.refresh());
  assert.equal(proxy.exchanges.filter(({ path, method }) => method === "GET" && path === DOCUMENT).at(-1).status, 304);
  assert.equal(await page.evaluate(() => window.permissions.status), "fresh");
  const errors = (await page.evaluate(() => window.activities)).filter((activity) => activity.startsWith("error"));
  assert.deepEqual({ errors, complaints: page.complaints }, { errors: [], complaints: [] });
});
