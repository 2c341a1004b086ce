/** Pages that a server renders: gated elements are right in the HTML and in the first render of the browser, before the module is loaded. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { bundleForBrowser, importForServer } from "./hydration/build.mjs";

const REACT_18 = { react: "react-18", "react-dom": "react-dom-18" };

/** By name: the ending of the application's files, and other versions of packages. */
const APPLICATIONS = { "React 19": ["react", "jsx"], "React 18": ["react", "jsx", REACT_18], "Vue 3": ["vue", "js"], "Svelte 5": ["svelte", "js"] };

const DOCUMENT = {
  subject: "u-1",
  version: 1,
  permissions: ["invoice:create", "invoice:view"],
  grants: [{ permission: "quote:edit", resource: "quotes/2", effect: "allow" }],
};

/** The cookie of a session. */
const SESSION = "session=1";

/** How often each page is loaded. */
const LOADS = 3;

const CLIENT = `
  import { createPermissions } from "/permgate/index.js";
  import { hydrate } from "/client.js";
  const dehydrated = JSON.parse(document.getElementById("carried").textContent);
  window.start = () => hydrate(document.getElementById("root"), {
    permissions: (bootstrap) => createPermissions({ endpoint: "/api/me/permissions", bootstrap }),
    dehydrated,
  });
`;

let browser;
let folder;
before(async () => {
  browser = await launch();
  folder = await mkdtemp(join(HERE, "package/hydration/built-"));
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

const TYPES = { js: "text/javascript", wasm: "application/wasm", css: "text/css" };

/** Serves an application; its pages are streamed as they are rendered. */
async function startServer(t, name) {
  const [file, ending, alias = {}] = APPLICATIONS[name];
  const { render } = await importForServer(`${file}-server.${ending}`, alias, join(folder, `${name.replace(" ", "-")}.mjs`));
  const client = await bundleForBrowser(`${file}-client.${ending}`, alias);
  const state = { document: DOCUMENT, answers: DOCUMENT, asked: 0, cookies: [] };
  const page = async (response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "private, no-store" });
    response.write(`<!doctype html><meta charset="utf-8"><title>Page</title><link rel="stylesheet" href="/permgate/cloak.css">`);
    for await (const part of render(state.document)) response.write(part);
    response.end(`<script type="module">${CLIENT}</script>`);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const send = (type, body, status = 200) => response.writeHead(status, { "content-type": type }).end(body);
    if (pathname === "/") {
      state.cookies.push(request.headers.cookie);
      if (state.isByCookie) state.document = request.headers.cookie === SESSION ? DOCUMENT : null;
      return void page(response);
    }
    if (pathname === "/client.js") return send("text/javascript", client);
    if (pathname.startsWith("/permgate/")) return send(TYPES[pathname.split(".").at(-1)], readFileSync(join(DIST, basename(pathname))));
    if (pathname !== "/api/me/permissions") return send("text/plain", "", 404);
    state.asked += 1;
    if (state.isByCookie) state.answers = request.headers.cookie === SESSION ? DOCUMENT : null;
    return state.answers ? send("application/json", JSON.stringify(state.answers)) : send("application/json", "{}", 401);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return Object.assign(state, { origin: `http://127.0.0.1:${server.address().port}` });
}

/** The gated elements that can be seen, and the elements that are shown in the place of others. */
const seen = (page) => page.evaluate(() => [...document.querySelectorAll("#root [id]")].filter((element) => element.id !== "status" && element.checkVisibility({ visibilityProperty: true })).map(({ id }) => id).join(" "));

const SHOWN = "create page edit-2";

for (const name of Object.keys(APPLICATIONS)) {
  test(`${name}: each load shows the granted elements in its HTML and first render, without the module, and the endpoint confirms them at once`, async (t) => {
    const complained = t.mock.method(console, "error");
    const server = await startServer(t, name);
    const page = await openPage(browser);
    t.after(() => page.context().close());
    // The answer with the module waits for the test.
    let release;
    await page.route("**/permgate.wasm", async (route) => (await new Promise((resolve) => (release = resolve)), route.continue()));
    for (let load = 0; load < LOADS; load += 1) {
      release = undefined;
      const before = server.asked;
      await page.goto(server.origin);
      // React 19 shows streamed parts when it finds time for it.
      await until("the HTML is shown", async () => (await seen(page)) === SHOWN);
      const user = () => page.getAttribute("#status", "title");
      assert.equal(await user(), "u-1", "the HTML does not name the user");
      await page.evaluate(() => window.start());
      await until("the module is asked for", () => release !== undefined);
      assert.equal(await seen(page), SHOWN, "the first render differs from the HTML");
      assert.equal(await user(), "u-1", "the first render does not name the user");
      assert.equal(await page.textContent("#status"), "fresh");
      release();
      await until("the endpoint has confirmed the page's document", () => server.asked === before + 1);
      assert.equal(await seen(page), SHOWN, "the page with the instance differs from the HTML");
      assert.equal(await user(), "u-1", "the page with the instance does not name the user");
    }
    // A permission that was revoked after the page was rendered is hidden as soon as the endpoint has
    // answered.
    server.answers = { ...DOCUMENT, version: 2, permissions: ["invoice:view"] };
    release = undefined;
    await page.goto(server.origin);
    await page.evaluate(() => window.start());
    await until("the module is asked for", () => release !== undefined);
    release();
    await until("the revoked element is gone", async () => (await seen(page)) === "may-not page edit-2");
    assert.deepEqual([page.complaints, complained.mock.calls.map(({ arguments: [text] }) => text)], [[], []]);
  });

  test(`${name}: without a signed-in user, the page shows the refusal from its HTML on, and a failed module grants nothing`, async (t) => {
    const server = await startServer(t, name);
    const page = await openPage(browser);
    t.after(() => page.context().close());
    Object.assign(server, { document: null, answers: null });
    await page.goto(server.origin);
    // React 19 shows streamed parts when it finds time for it.
    await until("the HTML is shown", async () => (await seen(page)) === "may-not");
    assert.equal(await page.textContent("#status"), "unauthenticated");
    await page.evaluate(() => window.start());
    await until("the endpoint is asked", () => server.asked > 0);
    assert.deepEqual([await seen(page), await page.textContent("#status")], ["may-not", "unauthenticated"]);

    Object.assign(server, { document: DOCUMENT, answers: DOCUMENT });
    await page.route("**/permgate.wasm", (route) => route.abort());
    await page.route("**/inline.js", (route) => route.abort());
    await page.goto(server.origin);
    await until("the HTML is shown", async () => (await seen(page)) === SHOWN);
    await page.evaluate(() => window.start());
    await until("nothing is granted", async () => !/create|page|edit/.test(await seen(page)));
    assert.equal(await page.textContent("#status"), "failed");
  });
}

test("a page that a link of another site opens is rendered for nobody, since the link brings no strict cookie, and shows the user's permissions once the endpoint has answered", async (t) => {
  const server = await startServer(t, "React 19");
  server.isByCookie = true;
  const page = await openPage(browser);
  t.after(() => page.context().close());
  const [name, value] = SESSION.split("=");
  await page.context().addCookies([{ name, value, url: server.origin, sameSite: "Strict" }]);
  // Another name of this machine is another site.
  const elsewhere = server.origin.replace("127.0.0.1", "localhost");
  await page.route(`${elsewhere}/**`, (route) => route.fulfill({ contentType: "text/html", body: `<a href="${server.origin}/">Go there</a>` }));
  await page.goto(elsewhere);
  await page.getByRole("link").click();
  await until("the HTML is shown", async () => (await seen(page)) === "may-not");
  assert.deepEqual(server.cookies, [undefined]);
  await page.waitForFunction(() => window.start);
  await page.evaluate(() => window.start());
  await until("the user's permissions are shown", async () => (await seen(page)) === SHOWN);
  assert.deepEqual(page.complaints, []);
});

test("if creating the instance fails, the states that the server wrote are removed, whatever names the page's elements have", async (t) => {
  const server = await startServer(t, "React 19");
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(server.origin);
  const found = await page.evaluate(async () => {
    const { Holder } = await import("/permgate/adapter.js");
    document.body.insertAdjacentHTML("beforeend", '<img name="querySelectorAll" alt=""><form data-permission="a:b" data-permission-state="granted"><input name="removeAttribute"></form>');
    console.error = () => undefined;
    const holder = new Holder(() => Promise.reject(new Error("there is no module")));
    const close = holder.open(document);
    while (holder.status !== "failed") await new Promise(requestAnimationFrame);
    close();
    const isClobbered = document.querySelectorAll instanceof Element && document.forms[0].removeAttribute instanceof Element;
    return { isClobbered, status: holder.status, left: Document.prototype.querySelectorAll.call(document, "[data-permission-state]").length };
  });
  assert.deepEqual(found, { isClobbered: true, status: "failed", left: 0 });
  assert.deepEqual(page.complaints, []);
});
