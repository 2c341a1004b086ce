/** The adapter for Angular in a browser, where Angular differs from the other frameworks: injectors, change detection, zones, and guards of `canMatch`. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { bundleAngular } from "./adapters/angular.mjs";
import { serveAdapters } from "./adapters/build.mjs";

const NAMES = { Angular: "/life.js", "Angular with zone.js": "/life-zone.js" };

let browser;
let server;
before(async () => {
  browser = await launch();
  const [life, zoned] = await bundleAngular("life", "life-zone");
  server = await serveAdapters({ "/life.js": life, "/life-zone.js": zoned });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** A page of the application, with an endpoint that grants these names; without names, it does not answer yet. */
async function open(t, name, names) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.route("**/api/me/permissions", (route) => (names ? route.fulfill({ json: { permissions: names } }) : undefined));
  await page.goto(server.origin);
  await page.evaluate(async (path) => {
    const [{ instance }, { start }] = await Promise.all([import("/stage.mjs"), import(path)]);
    Object.assign(window, { instance, start, target: document.getElementById("target") });
  }, NAMES[name]);
  return {
    page,
    async refresh(next) {
      names = next;
      await page.evaluate(() => stage.permissions.refresh());
    },
    begin: () =>
      page.evaluate(async () => {
        window.stage = await instance();
        await stage.permissions.whenReady();
        window.app = await start(target, stage.permissions);
      }),
  };
}

for (const name of Object.keys(NAMES)) {
  test(`${name}: the application is stable while its permissions are still being loaded, and shows the template \`pending\``, async (t) => {
    const { page } = await open(t, name);
    await page.evaluate(async () => {
      window.app = await start(target, async () => (await instance()).permissions);
    });
    assert.equal(await page.evaluate(() => app.stable()), true);
    await page.locator("#wait").waitFor();
    assert.equal(await page.locator("#edit, #no").count(), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: if creating an instance fails, the template \`pending\` is shown, and not the template \`else\``, async (t) => {
    const { page } = await open(t, name);
    await page.evaluate(async () => {
      window.app = await start(target, () => Promise.reject(new Error("no module")));
    });
    await until("the status is failed", async () => (await page.textContent("#status")) === "failed");
    assert.equal(await page.locator("#wait").count(), 1);
    assert.equal(await page.locator("#edit, #no").count(), 0);
  });

  test(`${name}: a sign-out in the middle of change detection is shown everywhere, and the console stays empty`, async (t) => {
    const { page, begin } = await open(t, name, ["invoice:edit"]);
    await begin();
    await page.locator("#edit").waitFor();
    await page.evaluate(() => app.surprise());
    await page.locator("#no").waitFor();
    await until("all answers are `false`", async () => (await page.textContent("#before")) === "false" && (await page.textContent("#sudden")) === "false");
    assert.equal(await page.locator("#edit").count(), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: a child injector with an instance of its own answers from that instance, and leaves no listener when it is destroyed`, async (t) => {
    const { page, begin } = await open(t, name, ["invoice:edit"]);
    await begin();
    const found = await page.evaluate(async () => {
      const other = await instance();
      await other.permissions.whenReady();
      const answers = [await app.below(other.permissions), await app.below(other.permissions)];
      return { answers, left: other.listeners, isThere: other.permissions.can("invoice:edit"), above: stage.listeners };
    });
    assert.deepEqual(found, { answers: [true, true], left: 0, isThere: true, above: 1 });
    await page.evaluate(() => app.destroy());
    assert.equal(await page.evaluate(() => stage.listeners), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: a route that is not matched gives way to the next one, also when it is revoked while it is open`, async (t) => {
    const { page, begin, refresh } = await open(t, name, ["invoice:view"]);
    await begin();
    await page.evaluate(() => app.go("/either"));
    await page.locator("#either").waitFor();
    await refresh([]);
    await page.locator("#or").waitFor();
    assert.equal(new URL(page.url()).pathname, "/either");
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: a denied page whose \`canDeactivate\` returns false becomes inert, and the guard runs once after each change`, async (t) => {
    const { page, begin, refresh } = await open(t, name, ["invoice:view"]);
    await begin();
    await page.evaluate(() => app.go("/form"));
    await page.locator("#form").waitFor();
    await refresh([]);
    await until("the page is inert", () => page.evaluate(() => document.getElementById("form").closest("[inert]") !== null));
    await until("the guard has run", () => page.evaluate(() => app.asked.leave > 0));
    assert.equal(await page.evaluate(async () => (await app.stable(), app.asked.leave)), 1);
    await refresh(["invoice:view"]);
    await page.locator("#form").waitFor();
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: on a server that knows no permissions, no instance is created, nothing is granted, and a guarded route ends its navigation without its page, its code and its data`, async (t) => {
    const { page } = await open(t, name, ["invoice:view", "invoice:edit"]);
    await page.evaluate(async () => {
      window.made = 0;
      window.app = await start(target, () => (window.made += 1), "server");
    });
    // `@angular/ssr` answers 404 unless the last navigation has succeeded, and by a redirect if its address is another.
    for (const path of ["/form", "/either?page=2", "/lazy", "/twice"]) {
      const ended = await page.evaluate(async (path) => [await app.go(path), app.url(), app.lastUrl()], path);
      assert.deepEqual(ended, [true, path, path]);
      assert.equal(await page.locator("#held").count(), 1, path);
      assert.equal(await page.locator("#form, #either, #or, #lazy, #twice, #edit, #no").count(), 0, path);
    }
    assert.deepEqual(await page.evaluate(() => [made, app.asked.code, app.asked.data]), [0, 0, 0]);
    assert.equal(await page.locator("#wait").count(), 1);
    // The routes are those of the application again.
    await page.evaluate(() => app.go("/"));
    assert.equal(await page.locator("#home").count(), 1);
    assert.equal(await page.locator("#held").count(), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: templates and guards use the decisions in the page until the instance is created`, async (t) => {
    const { page } = await open(t, name);
    const wentThere = await page.evaluate(async () => {
      const decisions = { "invoice:view": "granted", "invoice:edit": "granted" };
      const dehydrated = { v: 1, document: { permissions: Object.keys(decisions) }, language: {}, decisions, asOf: Date.now(), subject: null, tenant: null };
      window.app = await start(target, new Promise(() => {}), undefined, dehydrated);
      return app.go("/form");
    });
    assert.equal(wentThere, true);
    await page.locator("#edit").waitFor();
    await page.locator("#form").waitFor();
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: a server renders the request's permissions, and the page carries them to the browser, once and for the outermost provider alone`, async (t) => {
    const { page } = await open(t, name);
    const onServer = await page.evaluate(async () => {
      const decisions = { "invoice:edit": "granted", "invoice:view": "granted" };
      const dehydrated = { v: 1, document: { permissions: Object.keys(decisions) }, language: {}, decisions, asOf: Date.now(), subject: null, tenant: null };
      const init = { headers: new Headers() };
      const context = { permissions: { dehydrate: () => dehydrated } };
      const app = await start(target, () => Promise.reject(), "server", undefined, { context, init });
      const wentThere = await app.go("/form");
      const answers = { wentThere, edit: target.querySelectorAll("#edit").length, cache: init.headers.get("cache-control") };
      const state = app.state();
      app.destroy();
      target.replaceChildren();
      history.replaceState(null, "", "/");
      // The policy of the page allows no script element. This element has no namespace, so it is a script by its name only.
      document.body.append(Object.assign(document.createElementNS(null, "SCRIPT"), { id: "ng-state", textContent: state }));
      return answers;
    });
    assert.deepEqual(onServer, { wentThere: true, edit: 1, cache: "private, no-store" });
    const inBrowser = await page.evaluate(async () => {
      let document;
      window.app = await start(target, (bootstrap) => new Promise(() => (document = bootstrap)));
      return { document, below: await app.below(new Promise(() => {})), left: Object.keys(JSON.parse(app.state())) };
    });
    assert.deepEqual(inBrowser, { document: { permissions: ["invoice:edit", "invoice:view"] }, below: false, left: [] });
    await page.locator("#edit").waitFor();
    assert.deepEqual(page.complaints, []);
  });
}
