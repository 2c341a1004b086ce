/** The package in Chromium without a bundler: under a strict policy, and without WebAssembly. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MODULE_WAS_NOT_FOUND, WRONG_MEDIA_TYPE } from "../../tests/sentences.mjs";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { until } from "../support/deadline.mjs";
import { STRICT_POLICY, serve } from "../support/static-server.mjs";
import { outcome, shown } from "./shown.mjs";

const WITHOUT_WASM = STRICT_POLICY.replace(" 'wasm-unsafe-eval'", "");
const FOLDERS = { "/": join(HERE, "package/plain"), "/permgate/": DIST, "/copy/": DIST };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Opens the application, and returns its outcome, the visible elements and the console messages. */
async function run(t, query, { policy = STRICT_POLICY, intercept } = {}) {
  const server = await serve(FOLDERS, { policy, intercept });
  t.after(() => server.close());
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/?scenario=${query}`);
  const said = await outcome(page);
  return { said, shown: await shown(page), complaints: page.complaints, page, server };
}

/** Replaces the answer for the module. */
function instead(answer) {
  return (path) => (path.endsWith(".wasm") ? answer : undefined);
}

/** Replaces the answers for the module and for its copy in JavaScript. */
function insteadOfBoth(answer) {
  return (path) => (/\.wasm$|inline\.js$/.test(path) ? answer : undefined);
}

const warnings = (complaints) => complaints.filter((complaint) => complaint.startsWith("warning: permgate:"));
const uncaught = (complaints) => complaints.filter((complaint) => complaint.startsWith("uncaught"));

test("the package works from a plain module script under a strict policy, and the console stays empty", async (t) => {
  const { said, shown, complaints, page } = await run(t, "works");
  assert.equal(said, "granted");
  assert.deepEqual(shown, ["open", "view", "edit-one", "not"]);
  assert.deepEqual(complaints, []);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.error), "malformed-requirement");
});

const page = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><p>Hello" };
const module = (bytes) => ({ status: 200, headers: { "content-type": "application/wasm" }, body: bytes });
const something = {
  "is missing (404)": { status: 404, headers: { "content-type": "text/plain" }, body: "not found" },
  "is answered with a page (200)": page,
  "is answered with a page of the module's media type": { ...page, headers: { "content-type": "application/wasm" } },
  "is cut short": module(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0])),
  "is empty": module(""),
  "is another module": module(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
};
for (const [name, answer] of Object.entries(something)) {
  test(`F50: when the module ${name}, the copy in JavaScript is used, with one warning in development`, async (t) => {
    const { said, shown, complaints, server } = await run(t, "works", { intercept: instead(answer) });
    assert.equal(said, "granted");
    assert.deepEqual(shown, ["open", "view", "edit-one", "not"]);
    assert.equal(warnings(complaints).length, 1, complaints.join("\n"));
    assert.match(warnings(complaints)[0], MODULE_WAS_NOT_FOUND);
    assert.deepEqual(server.requests.filter((path) => path.endsWith("inline.js")), ["/permgate/inline.js"]);
  });

  test(`F50: when the module ${name} and its copy fails as well, there is a clear error, and all tagged elements stay hidden`, async (t) => {
    const { said, shown, complaints } = await run(t, "fails", { intercept: insteadOfBoth(answer) });
    assert.equal(said, "initialisation");
    assert.deepEqual(shown, ["open"]);
    assert.deepEqual(uncaught(complaints), []);
  });
}

test("F50: when a policy forbids compiling the module, there is a clear error, all tagged elements stay hidden, and neither the module nor its copy is downloaded", async (t) => {
  const { said, shown, complaints, server } = await run(t, "fails", { policy: WITHOUT_WASM });
  assert.equal(said, "initialisation");
  assert.deepEqual(shown, ["open"]);
  assert.deepEqual(uncaught(complaints), []);
  assert.deepEqual(server.requests.filter((path) => /\.wasm$|inline/.test(path)), []);
});

test("with the guide's preload tag, the module is requested once, while the scripts are held back", async (t) => {
  const guide = await readFile(join(HERE, "../docs/guide/bundlers.md"), "utf8");
  // The guide's words for pages that are written by hand: "The same tag with the module's address".
  const tag = guide.match(/<link rel="preload"[^>]*>/)[0].replace('href="permgate.wasm"', 'href="/permgate/permgate.wasm"');
  const html = (await readFile(join(HERE, "package/plain/index.html"), "utf8")).replace("<script", `${tag}<script`);
  const intercept = (path) => (path === "/" ? { status: 200, headers: { "content-type": "text/html" }, body: html } : undefined);
  const server = await serve(FOLDERS, { policy: STRICT_POLICY, intercept });
  t.after(() => server.close());
  const page = await openPage(browser);
  t.after(() => page.context().close());
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(/\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/\.wasm$/);
  const opened = page.goto(`${server.origin}/?scenario=works`);
  await asked;
  release();
  await opened;
  assert.equal(await outcome(page), "granted");
  assert.equal(server.requests.filter((path) => path.endsWith(".wasm")).length, 1);
  assert.deepEqual(page.complaints, []);
});

test("if the chunks of the stream and of patched requests are missing, everything else works", async (t) => {
  const gone = (path) => (/(patch|channel)\.js$/.test(path) ? { status: 404 } : undefined);
  const { page, server } = await run(t, "works", { intercept: gone });
  const seen = await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const { fetch } = globalThis;
    const permissions = await createPermissions({ endpoint: "/permissions.json", push: { events: "/events" }, guard: { patch: ["fetch"] }, tabs: false });
    const broken = new Promise((resolve) => permissions.on("activity", ({ kind, what }) => kind === "stream" && what === "closed" && resolve()));
    await permissions.whenReady();
    await broken;
    return { can: permissions.can("invoice:view"), isPatched: globalThis.fetch !== fetch };
  });
  assert.equal(seen.can, true);
  assert.equal(seen.isPatched, false);
  // There is no listener for errors yet, so the error is in the console.
  const told = () => page.complaints.filter((complaint) => /patch\.js could not be loaded .* requests of the page are not watched/.test(complaint)).length;
  await until("the missing chunk is reported", () => told() > 0);
  assert.equal(told(), 1, page.complaints.join("\n"));
  assert.ok(server.requests.includes("/permgate/channel.js"));
  assert.ok(!server.requests.includes("/events"));
});

test("the stream and the patched requests work after the first download of their chunks failed", async (t) => {
  const failed = new Set();
  const once = (path) => (/(patch|channel)\.js$/.test(path) && !failed.has(path) && failed.add(path) ? { status: 503 } : undefined);
  const { page, server } = await run(t, "works", { intercept: once });
  await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    globalThis.native = globalThis.fetch;
    globalThis.permissions = await createPermissions({ endpoint: "/permissions.json", push: { events: "/events" }, guard: { patch: ["fetch"] }, tabs: false });
    await permissions.whenReady();
  });
  await until("the requests of the page are watched", () => page.evaluate(() => globalThis.fetch !== native));
  await until("the stream is asked for", () => server.requests.includes("/events"));
  assert.deepEqual([...failed].sort(), ["/permgate/channel.js", "/permgate/patch.js"]);
});

test("the chunks of the stream and of patched requests are requested only if an option needs them", async (t) => {
  const { page, server } = await run(t, "works");
  const chunks = () => server.requests.filter((path) => /(patch|channel)\.js$/.test(path));
  assert.deepEqual(chunks(), []);
  await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const permissions = await createPermissions({ endpoint: "/permissions.json", guard: { patch: ["fetch"] }, tabs: false });
    permissions.dispose();
  });
  assert.deepEqual(chunks(), ["/permgate/patch.js"]);
});

test("the copy in JavaScript is not requested if the module is found", async (t) => {
  const { server } = await run(t, "works");
  const modules = server.requests.filter((path) => /\.wasm$|inline/.test(path));
  assert.deepEqual(modules, ["/permgate/permgate.wasm"]);
});

test("an instance with claims loads the whole module beside the smaller one of another instance, and both bind elements of the page", async (t) => {
  const { page, server, complaints } = await run(t, "works");
  const seen = await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const part = (value) => btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
    const token = `${part({ alg: "none" })}.${part({ sub: "u-1", permissions: ["report:view"] })}.`;
    const root = document.body.appendChild(document.createElement("main"));
    for (const permission of ["report:view", "invoice:view"]) root.appendChild(document.createElement("button")).dataset.permission = permission;
    const permissions = await createPermissions({ token, claims: { path: ["permissions"] } });
    const binding = permissions.bind(root);
    const states = () => [...root.children].map(({ dataset }) => dataset.permissionState);
    const bound = states();
    // Of another user: the set is emptied at once.
    permissions.setToken(`${part({ alg: "none" })}.${part({ sub: "u-2", permissions: ["invoice:view"] })}.`);
    await permissions.whenReady();
    const later = states();
    binding.disconnect();
    permissions.dispose();
    return { bound, later };
  });
  assert.deepEqual(seen, { bound: ["granted", "denied"], later: ["denied", "granted"] });
  assert.deepEqual(server.requests.filter((path) => /\.wasm$|inline|whole/.test(path)).sort(), ["/permgate/permgate.wasm", "/permgate/whole-permgate.wasm", "/permgate/whole.js"]);
  assert.deepEqual(complaints, []);
});

test("the copy in JavaScript is used without a warning on a production host", async (t) => {
  const server = await serve(FOLDERS, { policy: STRICT_POLICY, intercept: instead(page) });
  t.after(() => server.close());
  const elsewhere = await launch({ flags: ["--host-resolver-rules=MAP app.example 127.0.0.1", `--unsafely-treat-insecure-origin-as-secure=http://app.example:${new URL(server.origin).port}`] });
  t.after(() => elsewhere.close());
  const opened = await openPage(elsewhere);
  await opened.goto(`http://app.example:${new URL(server.origin).port}/?scenario=works`);
  assert.equal(await outcome(opened), "granted");
  assert.deepEqual(warnings(opened.complaints), []);
});

test("a module of the wrong media type is used, and the warning names the right one", async (t) => {
  const bytes = await readFile(join(DIST, "permgate.wasm"));
  const { said, complaints, server } = await run(t, "works", { intercept: instead({ status: 200, headers: { "content-type": "application/octet-stream" }, body: bytes }) });
  assert.equal(said, "granted");
  assert.equal(complaints.length, 1);
  assert.match(complaints[0], WRONG_MEDIA_TYPE);
  assert.deepEqual(server.requests.filter((path) => /\.wasm$|inline/.test(path)), ["/permgate/permgate.wasm"]);
});

test("F50: a module that failed to download is requested again", async (t) => {
  let asked = 0;
  const fails = instead({ status: 503, headers: { "content-type": "text/plain" }, body: "later" });
  const without = (path) => (path.endsWith("inline.js") ? { status: 404 } : undefined);
  const { said, shown } = await run(t, "fails&again", { intercept: (path) => without(path) ?? (path.endsWith(".wasm") && asked++ === 0 ? fails(path) : undefined) });
  assert.equal(said, "initialisation, then fresh");
  assert.deepEqual(shown, ["open", "view", "edit-one", "not"]);
  assert.equal(asked, 2);
});

test("F50: without scripts, all tagged elements stay hidden", async (t) => {
  const server = await serve(FOLDERS, { policy: STRICT_POLICY });
  t.after(() => server.close());
  const page = await openPage(browser, { javaScriptEnabled: false });
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/`);
  const visible = await Promise.all(["open", "view", "edit", "users"].map((id) => page.locator(`#${id}`).isVisible()));
  assert.deepEqual(visible, [true, false, false, false]);
});

test("F52: two copies of the package on a page do not see each other", async (t) => {
  const { said, shown, complaints } = await run(t, "copies");
  assert.equal(said, "true false false true");
  assert.deepEqual(shown, ["open", "view", "not", "users"]);
  assert.deepEqual(complaints.filter((complaint) => !complaint.includes("permgate: `data-permission=")), []);
});

test("F52: when one copy is disposed of, the elements of the other one stay granted", async (t) => {
  const { said, shown } = await run(t, "copies&dispose");
  assert.equal(said, "false false false true");
  assert.deepEqual(shown, ["open", "users"]);
});

test("the bearer token is sent to the endpoint of the page's origin, and to no foreign origin", async (t) => {
  const { page } = await run(t, "works", { policy: undefined });
  const sent = await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const permissions = await createPermissions({ bootstrap: [], token: "secret" });
    const sent = [];
    window.fetch = async (input, init) => {
      const request = new Request(input, init);
      sent.push(`${new URL(request.url).host === location.host ? "own" : "foreign"} ${request.headers.get("authorization")}`);
      return new Response();
    };
    await permissions.fetch("/api/items");
    const frame = document.createElement("iframe");
    document.body.append(frame);
    await permissions.fetch(new frame.contentWindow.Request("https://elsewhere.example/x"));
    // An injected element can do this: from here on, relative addresses lead elsewhere.
    document.head.append(Object.assign(document.createElement("base"), { href: "https://elsewhere.example/" }));
    await permissions.fetch("api/items");
    return sent;
  });
  assert.deepEqual(sent, ["own Bearer secret", "foreign null", "foreign null"]);
});

test("F48: a crash hides everything, even forms with fields named like properties", async (t) => {
  const { page } = await run(t, "works");
  const hidden = await page.evaluate(async () => {
    const form = document.createElement("form");
    const field = document.createElement("input");
    field.name = "setAttribute";
    form.append(field);
    form.dataset.permission = "a";
    document.body.append(form);
    const { createPermissions } = await import("/permgate/index.js");
    const permissions = await createPermissions({ bootstrap: ["a"] });
    permissions.on("error", () => {});
    permissions.bind(form);
    const before = form.checkVisibility();
    await null;
    const { now } = performance;
    performance.now = () => {
      throw new Error("a trap");
    };
    const granted = permissions.can("a");
    performance.now = now;
    return [before, granted, form.checkVisibility()];
  });
  assert.deepEqual(hidden, [true, false, false]);
});
