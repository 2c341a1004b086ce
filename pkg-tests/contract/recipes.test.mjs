/** The recipes of docs/guide/backends.md, exactly as printed there. */

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { QueryClient, QueryObserver } from "@tanstack/query-core";
import { createPermissions } from "permgate";
import { setGrant, signInAside } from "../e2e/demo.mjs";
import { startServer } from "../e2e/server.mjs";
import { launch, launchProfile, openPage, openTab } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { freePort, start } from "../support/processes.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve } from "../support/static-server.mjs";
import { check } from "./checker.mjs";
import { CONTRACT } from "./description.mjs";
import { heard, openEvents } from "./streams.mjs";

const GUIDE = await readFile(join(HERE, "../docs/guide/backends.md"), "utf8");
const CODE = [...GUIDE.matchAll(/^( *)```javascript\n(.*?)```/gms)].map(([, indent, code]) => code.replace(new RegExp(`^${indent}`, "gm"), ""));
const [DATABASE, SETUP, SERVER, MAIN, FOREIGN_PAGE, ORIGINS, FOREIGN_COOKIE, REFUSED_COOKIE, BUS, BFF, PAGE, TANSTACK] = CODE;
const [NEXT] = [...GUIDE.matchAll(/```typescript\n(.*?)```/gs)].map(([, code]) => code);
const { backend } = await import(pathToFileURL(join(CONTRACT, "backend.mjs")));

const DOCUMENT = "/api/me/permissions";
const EVENTS = `${DOCUMENT}/events`;

async function listening(t, server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Imports a module of the guide from a separate file. */
async function bffOfGuide(t) {
  assert.ok(BFF.startsWith("// bff.mjs"));
  const folder = await mkdtemp(join(tmpdir(), "permgate-bff-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "bff.mjs"), BFF);
  return (await import(pathToFileURL(join(folder, "bff.mjs")))).bff;
}

/** An API, the server of the guide in front of it, and a page of the same origin as that server. */
async function bffStage(t) {
  const ada = { subject: "u-1", version: 7, permissions: ["user:edit"] };
  const grace = { subject: "u-2", version: 1, permissions: ["invoice:view", "invoice:edit"] };
  const api = await listening(t, backend(new Map([["ada-token", ada], ["grace-token", grace]]), { heartbeatMs: 50 }));
  const bff = await bffOfGuide(t);
  const tokens = { "grace-demo": "grace-token" };
  const middle = await listening(t, bff(api, async ({ password }) => tokens[password]));
  const script = `import { createPermissions } from "/permgate/index.js";\n${PAGE}\nObject.assign(window, { permissions, signOut });\npermissions.bind(document);\n`;
  const html = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><link rel="stylesheet" href="/permgate/cloak.css"><button id="edit" data-permission="invoice:edit">Edit</button>';
  const site = await serve({ "/permgate/": DIST }, {
    intercept: (path) =>
      path === "/main.js"
        ? { status: 200, headers: { "content-type": "text/javascript" }, body: script }
        : path === "/"
          ? { status: 200, headers: { "content-type": "text/html" }, body: html }
          : undefined,
  });
  t.after(() => site.close());
  const proxy = await startProxy((path) => (/^\/(api|bff)\//.test(path) ? middle : site.origin));
  t.after(() => proxy.close());
  const change = (permissions) =>
    fetch(`${api}/api/users/u-2/permissions`, { method: "PUT", headers: { authorization: "Bearer ada-token" }, body: JSON.stringify(permissions) });
  return { proxy, change, middle };
}

test("the guide's code for Next is the same as in the application of `pkg-tests/stacks/next`", async () => {
  const application = await readFile(join(HERE, "stacks/next/app/kit/permissions.ts"), "utf8");
  assert.ok(application.includes(NEXT), NEXT);
});

test("with the guide's back end for the front end, the page has a __Host- cookie and no token, and follows a revocation", async (t) => {
  const { proxy, change } = await bffStage(t);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  // Browsers keep `Secure` cookies of `localhost` without TLS.
  const origin = proxy.origin.replace("127.0.0.1", "localhost");
  await page.goto(origin);
  const signIn = (password) =>
    page.evaluate(async (password) => {
      const init = { method: "POST", headers: { "X-BFF": "1" }, body: JSON.stringify({ password }) };
      return (await fetch("/bff/session", init)).status;
    }, password);
  assert.equal(await signIn("wrong"), 401);
  assert.equal(await signIn("grace-demo"), 204);
  const [cookie] = await page.context().cookies(origin);
  assert.deepEqual(
    [cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path],
    ["__Host-session", true, true, "Strict", "/"],
  );
  assert.equal(await page.evaluate(() => document.cookie), "");

  await page.addScriptTag({ type: "module", url: "/main.js" });
  const isShown = () => page.evaluate(() => document.getElementById("edit").checkVisibility());
  await until("the button is shown", isShown);
  await until("the stream is open", () => proxy.open(EVENTS) === 1);
  await change(["invoice:view"]);
  await until("the button is hidden", async () => !(await isShown()));
  await until("the new document is loaded", () => page.evaluate(() => window.permissions.snapshot().version === 2));
  await change(["invoice:view", "invoice:edit"]);
  await until("the button is shown again", isShown);

  await page.evaluate(() => window.signOut());
  await until("nobody is signed in", () => page.evaluate(() => window.permissions.status === "unauthenticated"));
  assert.equal(await isShown(), false);
  assert.deepEqual(await page.context().cookies(origin), []);
});

test("the back end for the front end passes the checker, and refuses requests from other sites", async (t) => {
  const { middle } = await bffStage(t);
  const answer = await fetch(`${middle}/bff/session`, { method: "POST", headers: { "X-BFF": "1" }, body: '{"password":"grace-demo"}' });
  const [cookie] = answer.headers.getSetCookie()[0].split(";");
  const args = ["--url", middle + DOCUMENT, "--events", middle + EVENTS, "--header", "X-BFF: 1", "--timeout", "20"];
  const { status, report } = await check(args, { env: { PERMGATE_COOKIE: cookie } });
  assert.deepEqual(report.checks.filter(({ outcome }) => outcome !== "passed" && outcome !== "not-asked"), []);
  assert.equal(status, 0);
  const ask = async (headers) => (await fetch(middle + DOCUMENT, { headers })).status;
  assert.equal(await ask({ cookie }), 403, "a request without the header `X-BFF` was not refused");
  assert.equal(await ask({ "X-BFF": "1", authorization: "Bearer grace-token" }), 401, "a token that the page sends was accepted");
  const preflight = await fetch(middle + DOCUMENT, { method: "OPTIONS", headers: { origin: "https://evil.example", "access-control-request-headers": "x-bff" } });
  assert.equal(preflight.status, 403);
  assert.equal((await fetch(`${middle}/bff/session`, { method: "DELETE", headers: { cookie, "X-BFF": "1" } })).status, 204);
  assert.equal(await ask({ cookie, "X-BFF": "1" }), 401, "the cookie is accepted after the sign-out");
});

/** Writes the four files of the guide, and others, into a folder with a built page, as a reader would. */
async function layOutGuide(t, others = {}) {
  const folder = await mkdtemp(join(HERE, "contract/guide-"));
  t.after(() => rm(folder, { recursive: true }));
  const files = { "database.mjs": DATABASE, "permissions.mjs": SETUP, "server.mjs": SERVER, "main.mjs": MAIN, ...others };
  for (const [name, text] of Object.entries(files)) {
    assert.ok(text.startsWith(`// ${name}`), `the guide's code begins with the name of its file, \`${name}\``);
    await writeFile(join(folder, name), text);
  }
  await mkdir(join(folder, "dist/assets"), { recursive: true });
  await writeFile(join(folder, "dist/index.html"), "the built page");
  await writeFile(join(folder, "dist/assets/main-1a2b3c.js"), SCRIPT);
  for (const name of ["main-5INURTSO.js", "main.js"]) await writeFile(join(folder, "dist", name), SCRIPT);
  return folder;
}

/** A script of the built page that is large enough to be compressed. */
const SCRIPT = "void 0;\n".repeat(1000);

/** Runs the files in a process; gives the server's origin. */
const backEndOfGuide = async (t, others) => (await processOfGuide(t, others)).origin;

/** Runs the files in a process; gives it, with the server's origin. */
async function processOfGuide(t, others) {
  const folder = await layOutGuide(t, others);
  const server = start(process.execPath, ["main.mjs"], { PORT: String(await freePort()) }, folder);
  t.after(() => server.end());
  // The server prints its address, so that a reader knows that it runs.
  const origin = await server.line(/^listens on (http:\S+)$/);
  return Object.assign(server, { origin });
}

test("the back end of the guide signs users in and out, decides on routes and resources, and reports a change by a stream", async (t) => {
  const origin = await backEndOfGuide(t);
  const signIn = async (user, password = `${user}-demo`) => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user, password }) };
    const answer = await fetch(`${origin}/api/session`, init);
    return answer.status === 204 ? answer.headers.getSetCookie()[0].split(";")[0] : answer.status;
  };
  assert.equal(await signIn("grace", "wrong"), 401);
  const [ada, grace] = [await signIn("ada"), await signIn("grace")];
  const ask = (path, cookie, init = {}) => fetch(origin + path, { ...init, headers: { cookie, ...init.headers } });
  assert.deepEqual(await (await ask("/api/invoices/7", grace)).json(), { id: "7", canDelete: true });
  assert.deepEqual(await (await ask("/api/invoices/7", ada)).json(), { id: "7", canDelete: false });
  const stream = await openEvents(t, origin + EVENTS, { cookie: grace });
  await heard(stream, "version");
  const init = { method: "PUT", headers: { "content-type": "application/json" }, body: '["invoice:view"]' };
  assert.equal((await ask("/api/users/nobody/permissions", ada, init)).status, 404);
  assert.equal((await ask("/api/users/grace/permissions", grace, init)).status, 403);
  assert.equal((await ask("/api/users/grace/permissions", ada, init)).status, 204);
  await until("the stream reports the change", () => stream.messages.some(({ version }) => version === 2));
  assert.deepEqual(await (await ask("/api/invoices/7", grace)).json(), { id: "7", canDelete: false });
  assert.equal((await ask("/api/invoices/7", grace)).headers.get("permissions-version"), '2;sub="grace"');
  assert.equal((await ask("/api/users/grace/permissions", ada, { ...init, body: "[]" })).status, 204);
  assert.equal((await ask("/api/invoices/7", grace)).status, 403);
  assert.equal((await ask("/api/session", grace, { method: "DELETE" })).status, 204);
  assert.equal((await ask(DOCUMENT, grace)).status, 401);
  assert.equal((await ask(DOCUMENT, ada)).status, 200, "the sign-out of one session ended the other");
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`on ${signal}, the back end of the guide ends the streams, and then itself`, async (t) => {
    const { origin, stop, gone } = await processOfGuide(t);
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"grace","password":"grace-demo"}' };
    const answer = await fetch(`${origin}/api/session`, init);
    const stream = await openEvents(t, origin + EVENTS, { cookie: answer.headers.getSetCookie()[0].split(";")[0] });
    await heard(stream, "version");
    assert.equal(stream.response.headers.get("connection"), "close", "the page would keep the connection, and the server would wait for it");
    await stop(signal);
    await until("the stream is over", () => stream.isOver);
    await assert.rejects(gone, /ended with 0:/, "by itself, and not by the signal");
  });
}

test("the users of the guide's back end have the permissions of the demo's, their grants may be limited to resources, and a body without a list of names is refused", async (t) => {
  const demo = start(process.execPath, [join(CONTRACT, "demo.mjs")], { PORT: String(await freePort()) });
  t.after(() => demo.end());
  const origins = [await demo.line(/listens on (http:\S+)$/), await backEndOfGuide(t)];
  const headers = { "content-type": "application/json" };
  const grants = [{ permission: "invoice:delete", resource: "invoices/2", effect: "allow" }];
  const seen = [];
  for (const origin of origins) {
    const signIn = async (user) => {
      const answer = await fetch(`${origin}/api/session`, { method: "POST", headers, body: JSON.stringify({ user, password: `${user}-demo` }) });
      return { ...headers, cookie: answer.headers.getSetCookie()[0].split(";")[0] };
    };
    const [ada, grace] = [await signIn("ada"), await signIn("grace")];
    const documentOf = async (own) => (await fetch(origin + DOCUMENT, { headers: own })).json();
    const put = async (body) => (await fetch(`${origin}/api/users/grace/permissions`, { method: "PUT", headers: ada, body: JSON.stringify(body) })).status;
    const before = [await documentOf(ada), await documentOf(grace)];
    assert.deepEqual([await put({ grants }), await put({}), await put({ permissions: "invoice:view" }), await put([1])], [400, 400, 400, 400]);
    assert.equal(await put({ permissions: ["invoice:view"], grants }), 204);
    const limited = await documentOf(grace);
    assert.deepEqual(limited.grants, grants);
    assert.equal(await put(["invoice:view"]), 204);
    seen.push([...before, limited, await documentOf(grace)].map(({ permissions, grants }) => ({ permissions, grants })));
  }
  assert.deepEqual(seen[0], seen[1]);
  assert.deepEqual(seen[0][3], { permissions: ["invoice:view"], grants: undefined });
});

test("the back end of the guide answers the page's own routes with the built page, and unknown routes of the API with 404", async (t) => {
  const origin = await backEndOfGuide(t);
  for (const path of ["/", "/invoices", "/invoices/7?sort=date"]) assert.equal(await (await fetch(origin + path)).text(), "the built page", path);
  assert.equal((await fetch(`${origin}/api/nothing`)).status, 404);
});

test("the back end of the guide compresses the files of the built page, lets browsers keep them, and answers 404 for files of an earlier build", async (t) => {
  const origin = await backEndOfGuide(t);
  const answer = await fetch(`${origin}/assets/main-1a2b3c.js`, { headers: { "accept-encoding": "br" } });
  assert.equal(await answer.text(), SCRIPT);
  assert.deepEqual(["content-encoding", "cache-control"].map((name) => answer.headers.get(name)), ["br", "public, max-age=31536000, immutable"]);
  const kept = async (path) => (await fetch(origin + path)).headers.get("cache-control");
  assert.deepEqual([await kept("/main-5INURTSO.js"), await kept("/main.js")], ["public, max-age=31536000, immutable", "public, max-age=0"]);
  for (const path of ["/assets/main-0.js", "/assets/main-0.css", "/permgate-0.wasm", "/main-0.js.map"]) assert.equal((await fetch(origin + path)).status, 404, path);
  assert.doesNotMatch((await fetch(origin)).headers.get("cache-control"), /immutable/);
  assert.equal(await (await fetch(`${origin}/users/ada@example.com`)).text(), "the built page");
});

test("with the path that the page on bundlers adds, the back end of the guide serves a page that was built for a path", async (t) => {
  const bundlers = await readFile(join(HERE, "../docs/guide/bundlers.md"), "utf8");
  let main = MAIN;
  for (const [own, moved] of [['app.use("/assets", express.static(', 'app.use("/shop/assets", express.static('], ["app.use(express.static(", 'app.use("/shop", express.static(']]) {
    assert.ok(main.includes(own) && bundlers.includes(moved), moved);
    main = main.replace(own, moved);
  }
  const origin = await backEndOfGuide(t, { "main.mjs": main });
  const script = await fetch(`${origin}/shop/assets/main-1a2b3c.js`);
  assert.deepEqual([await script.text(), script.headers.get("cache-control")], [SCRIPT, "public, max-age=31536000, immutable"]);
  for (const path of ["/shop/", "/shop/invoices"]) assert.equal(await (await fetch(origin + path)).text(), "the built page", path);
  assert.equal((await fetch(`${origin}/shop/assets/main-0.js`)).status, 404);
  assert.equal((await fetch(origin + DOCUMENT)).status, 401);
});

test("if its port is in use, the back end of the guide ends with an error, and does not claim to listen", async (t) => {
  const { port } = new URL(await listening(t, createServer()));
  const options = { cwd: await layOutGuide(t), env: { ...process.env, PORT: port } };
  const { status, stdout, stderr } = await new Promise((resolve) => {
    execFile(process.execPath, ["main.mjs"], options, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }));
  });
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /EADDRINUSE/);
});

/** The page of the guide at an origin of its own, in a tab; `api` is the origin of the API, and `localhost` another site than it. */
async function foreignPage(t, browser, api, host = "127.0.0.1") {
  assert.ok(FOREIGN_PAGE.startsWith('// the page\nconst api = "https://api.example";'));
  const script = `import { createPermissions } from "/permgate/index.js";\n${FOREIGN_PAGE.replace("https://api.example", api)}\nObject.assign(window, { permissions, load, signIn, signOut });\n`;
  const site = await serve({ "/permgate/": DIST }, {
    intercept: (path) =>
      path === "/main.js"
        ? { status: 200, headers: { "content-type": "text/javascript" }, body: script }
        : path === "/"
          ? { status: 200, headers: { "content-type": "text/html" }, body: '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>' }
          : undefined,
  });
  t.after(() => site.close());
  const origin = site.origin.replace("127.0.0.1", host);
  return {
    origin,
    async open(context) {
      const page = await (context ? openTab(context) : openPage(browser));
      await page.goto(origin);
      await page.waitForFunction(() => window.signOut !== undefined);
      return page;
    },
  };
}

/** Runs the back end of the guide, as it is changed for pages of an origin of their own, and by `change`. */
async function backEndFor(t, origin, port, change = (server) => server) {
  const setup = SETUP.replace('import { sessions, users } from "./database.mjs";', '$&\nimport { origins } from "./origins.mjs";').replace("createBackend({", "createBackend({ origins,");
  const server = SERVER.replace('import express from "express";', '$&\nimport { answerPreflights } from "./origins.mjs";').replace('app.use("/api", permissions.version());', 'app.use("/api", answerPreflights, permissions.version());');
  assert.ok(setup.includes("createBackend({ origins,") && setup.includes("./origins.mjs") && server.includes("answerPreflights, permissions.version()"));
  const files = { "permissions.mjs": setup, "server.mjs": change(server), "origins.mjs": ORIGINS.replace("https://app.example", origin) };
  const folder = await layOutGuide(t, files);
  const running = start(process.execPath, ["main.mjs"], { PORT: String(port) }, folder);
  t.after(() => running.end());
  await running.line(/^listens on (\S+)$/);
}

test("the guide's page of another origin of the same site signs in and out by a cookie, loads its data, and follows a revocation", async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const port = await freePort();
  const site = await foreignPage(t, browser, `http://127.0.0.1:${port}`);
  await backEndFor(t, site.origin, port);

  const page = await site.open();
  const status = () => page.evaluate(() => permissions.whenReady());
  assert.equal(await status(), "unauthenticated");
  assert.equal(await page.evaluate(() => signIn("grace", "wrong")), false);
  assert.equal(await page.evaluate(() => signIn("grace", "grace-demo")), true);
  assert.deepEqual(await page.evaluate(() => [permissions.status, permissions.can("invoice:view")]), ["fresh", true]);
  const invoice = () => page.evaluate(async () => (await load("/api/invoices/7")).status);
  assert.equal(await invoice(), 200);
  const ada = await site.open();
  t.after(() => ada.context().close());
  await ada.evaluate(() => signIn("ada", "ada-demo"));
  const change = (names) =>
    ada.evaluate(async ([api, body]) => {
      const init = { method: "PUT", credentials: "include", headers: { "Content-Type": "application/json" }, body };
      return (await fetch(`${api}/api/users/grace/permissions`, init)).status;
    }, [`http://127.0.0.1:${port}`, JSON.stringify(names)]);
  assert.equal(await change(["invoice:edit"]), 204);
  await until("the revocation is noticed", () => page.evaluate(() => !permissions.can("invoice:view") && permissions.can("invoice:edit")));
  assert.equal(await invoice(), 403);
  assert.equal(await page.evaluate(async () => (await signOut()).status), 204);
  assert.equal(await page.evaluate(() => permissions.refresh()), "unauthenticated");
  assert.equal(await invoice(), 401);
  await page.context().close();

  // A page of an origin that is not listed cannot read the answers.
  const other = await (await foreignPage(t, browser, `http://127.0.0.1:${port}`)).open();
  t.after(() => other.context().close());
  assert.equal(await other.evaluate(() => signIn("grace", "grace-demo").catch((error) => error.name)), "TypeError");
  assert.equal(await other.evaluate(() => permissions.can("invoice:edit")), false);
});

/** The values of Chromium's setting for third-party cookies. */
const THIRD_PARTIES = { allowed: 0, blocked: 1 };

/** Whether the sign-in of a page of another site has an effect, by the browser's setting, with the guide's cookie and without its last option. */
const ACROSS_SITES = [
  ["allowed", "with `partitioned`", "fresh"],
  ["allowed", "without `partitioned`", "fresh"],
  ["blocked", "with `partitioned`", "fresh"],
  ["blocked", "without `partitioned`", "unauthenticated"],
];

for (const [setting, kind, expected] of ACROSS_SITES) {
  test(`the guide's page of another site, where the browser has third-party cookies ${setting}, is ${expected} after the sign-in by the guide's cookie ${kind}`, async (t) => {
    const profile = await mkdtemp(join(tmpdir(), "permgate-profile-"));
    t.after(() => rm(profile, { recursive: true }));
    const context = await launchProfile(profile, { profile: { cookie_controls_mode: THIRD_PARTIES[setting] } });
    t.after(() => context.close());
    const port = await freePort();
    const site = await foreignPage(t, null, `http://127.0.0.1:${port}`, "localhost");
    const [attributes, cookie, end] = FOREIGN_COOKIE.split("\n").filter((line) => line && !line.startsWith("//")).map((line) => line.replace(/ \/\/.*/, ""));
    const sent = kind.startsWith("with `") ? attributes : attributes.replace(", partitioned: true", "");
    assert.equal(sent.includes("partitioned"), kind.startsWith("with `"));
    await backEndFor(t, site.origin, port, (server) => {
      const changed = server
        .replace("export const app", `${sent}\n$&`)
        .replace(/res\.cookie\("session".*;/, cookie)
        .replace('res.clearCookie("session").status', `${end}\n  res.status`);
      assert.ok(changed.includes(cookie) && changed.includes(end));
      return changed;
    });
    const page = await site.open(context);
    assert.equal(await page.evaluate(() => permissions.whenReady()), "unauthenticated");
    assert.equal(await page.evaluate(() => signIn("grace", "grace-demo")), true, "the server refuses the sign-in");
    assert.equal(await page.evaluate(() => permissions.status), expected);
    assert.equal(await page.evaluate(`(async () => { ${REFUSED_COOKIE}\nreturn isRefused; })()`), expected === "unauthenticated");
    const invoice = () => page.evaluate(async () => (await load("/api/invoices/7")).status);
    assert.equal(await invoice(), expected === "fresh" ? 200 : 401);
    assert.equal(await page.evaluate(async () => (await signOut()).status), 204);
    assert.equal(await page.evaluate(() => permissions.refresh()), "unauthenticated");
    assert.equal(await invoice(), 401);
    assert.deepEqual(await context.cookies(`http://127.0.0.1:${port}`), [], "the cookie is kept after the sign-out");
  });
}

test("the guide's commands revoke all permissions of grace, by the cookie of an administrator", async (t) => {
  const origin = await backEndOfGuide(t);
  const commands = [...GUIDE.matchAll(/^curl .*$/gm)].map(([line]) => line.replaceAll("http://127.0.0.1:8787", origin));
  assert.equal(commands.length, 2);
  const folder = await mkdtemp(join(tmpdir(), "permgate-curl-"));
  t.after(() => rm(folder, { recursive: true }));
  for (const line of commands) {
    const { status, stderr } = spawnSync("sh", ["-c", line.replace("curl", "curl --silent --show-error --fail")], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  }
  const sent = { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"grace","password":"grace-demo"}' };
  const [cookie] = (await fetch(`${origin}/api/session`, sent)).headers.getSetCookie()[0].split(";");
  assert.deepEqual((await (await fetch(origin + DOCUMENT, { headers: { cookie } })).json()).permissions, []);
});

test("the guide's code for a bus creates a back end", async () => {
  const made = [];
  const body = BUS.replace(/^import .*$/gm, "");
  const { createClient } = await import("redis");
  const { createBackend, redisBus } = await import("permgate/backend");
  new Function("createClient", "createBackend", "redisBus", "identify", "load", "versions", "made", `${body}\nmade.push(backend);`)(createClient, createBackend, redisBus, () => null, () => null, () => ({}), made);
  made[0].close();
});

test("TanStack Query: a query leaves the cache with its permission and returns with it, and another user's data is removed", async (t) => {
  const server = await startServer(t);
  const [ada, grace] = [await signInAside(server, "ada"), await signInAside(server, "grace")];
  const url = `${server.origin}/api/pages/invoice/records`;
  const permissions = await createPermissions({
    endpoint: server.origin + DOCUMENT,
    token: grace.token,
    push: { events: server.origin + EVENTS },
    guard: { origins: [server.origin] },
  });
  t.after(() => permissions.dispose());
  await permissions.whenReady();
  assert.ok(TANSTACK.includes('"/api/invoices"'));
  const recipe = TANSTACK.replaceAll('"/api/invoices"', JSON.stringify(url));
  const queries = new Function("QueryClient", "permissions", `${recipe}\nreturn queries;`)(QueryClient, permissions);
  t.after(() => queries.clear());
  const observer = new QueryObserver(queries, { queryKey: [url] });
  t.after(observer.subscribe(() => undefined));
  await until("the invoices are loaded", () => observer.getCurrentResult().data?.length > 0);

  await setGrant(ada, "grace", "invoice:view", "deny");
  await until("the invoices have left the cache", () => queries.getQueryData([url]) === undefined);
  const refused = new QueryObserver(queries, { queryKey: [url] });
  t.after(refused.subscribe(() => undefined));
  await until("the query is refused", () => refused.getCurrentResult().isError);
  assert.deepEqual([refused.getCurrentResult().error.status, refused.getCurrentResult().failureCount], [403, 1], "the query did not end with one 403");
  await setGrant(ada, "grace", "invoice:view", null);
  await until("the invoices are loaded again", () => refused.getCurrentResult().data?.length > 0);

  queries.setQueryData(["kept"], "of grace");
  await permissions.refresh();
  assert.equal(queries.getQueryData(["kept"]), "of grace", "a load for the same user emptied the cache");
  permissions.setToken(ada.token);
  await until("the other user is signed in", () => permissions.snapshot().subject === ada.subject);
  assert.equal(queries.getQueryData(["kept"]), undefined);
});
