/** The guards of React Router, TanStack Router, Vue Router and Angular in a browser: routes are opened and left as their permissions are granted and revoked, and loaders run again for another user. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { bundleAngular } from "./adapters/angular.mjs";
import { bundle, serveAdapters } from "./adapters/build.mjs";

/** By name: the application, with other versions of packages. */
const ROUTERS = {
  "React Router 8": ["react-router.jsx"],
  "React Router 7": ["react-router.jsx", { "react-router": "react-router-7" }],
  "TanStack Router": ["tanstack-router.jsx"],
  "Vue Router": ["vue-router.js"],
};

/** Angular's applications, which Angular's own compiler builds: without zone.js, as in today's templates, and with it. */
const ANGULAR = ["Angular", "Angular with zone.js"];

/** Those whose routes have loaders. */
const LOADING = ["React Router 8", "React Router 7", "TanStack Router"];

const NAMES = [...Object.keys(ROUTERS), ...ANGULAR];

let browser;
let server;
const pathOf = (name) => `/${name.replaceAll(" ", "-")}.js`;
before(async () => {
  browser = await launch();
  const built = Object.entries(ROUTERS).map(async ([name, [file, alias]]) => [pathOf(name), await bundle(file, alias)]);
  const angular = await bundleAngular("routed", "routed-zone");
  server = await serveAdapters({ ...Object.fromEntries(await Promise.all(built)), ...Object.fromEntries(ANGULAR.map((name, index) => [pathOf(name), angular[index]])) });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** The application of a router at a path, with an endpoint that answers `rights`: a document or a status; if undefined, it does not answer yet. `setUp` prepares the page. */
async function open(t, name, path, rights, setUp = async () => undefined) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await setUp(page);
  let waiting = [];
  const fulfil = (route) => (typeof rights === "number" ? route.fulfill({ status: rights }) : route.fulfill({ json: rights }));
  await page.route("**/api/me/permissions", (route) => (rights === undefined ? void waiting.push(route) : fulfil(route)));
  await page.goto(server.origin + path);
  await page.evaluate(async (path) => {
    const [{ instance }, { start }] = await Promise.all([import("/stage.mjs"), import(path)]);
    window.stage = await instance();
    window.go = start(document.getElementById("target"), stage.permissions);
  }, pathOf(name));
  return {
    page,
    async answers(next) {
      rights = next;
      if (rights !== undefined) await Promise.all(waiting.splice(0).map(fulfil));
    },
    asked: () => until("the endpoint is asked", () => waiting.length > 0),
    refresh: () => page.evaluate(() => void stage.permissions.refresh()),
    async isAt(path, id) {
      await page.locator(`#${id}`).waitFor();
      await until(`the address is ${path}`, () => new URL(page.url()).pathname === path);
    },
  };
}

for (const name of NAMES) {
  test(`${name}: a granted route opens by its link, keeps its form while the permission is unknown, and is left when it is denied`, async (t) => {
    const { page, answers, asked, refresh, isAt } = await open(t, name, "/", { permissions: ["invoice:view"] });
    await isAt("/", "home");
    await page.click("#to-page");
    await isAt("/page", "page");
    await page.fill("#note", "half a sentence");
    await answers(undefined);
    await page.evaluate(() => stage.another());
    await asked();
    await page.locator("#fallback").waitFor();
    assert.equal(await page.isVisible("#note"), false);
    await answers({ permissions: ["invoice:view"] });
    await isAt("/page", "page");
    assert.equal(await page.inputValue("#note"), "half a sentence");
    await answers({ permissions: [] });
    await refresh();
    await isAt("/", "home");
    assert.equal(await page.locator("#page").count(), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: a deep link waits for the answer, opens a granted route, and redirects from a denied route`, async (t) => {
    const granted = await open(t, name, "/invoices/2", undefined);
    await granted.asked();
    assert.equal(await granted.page.locator("#invoice").count(), 0);
    await granted.answers({ grants: [{ permission: "invoice:edit", resource: "invoices/2", effect: "allow" }] });
    await granted.isAt("/invoices/2", "invoice");
    await granted.page.evaluate(() => void go("/invoices/3"));
    await granted.isAt("/", "home");
    assert.deepEqual(granted.page.complaints, []);
  });

  test(`${name}: a route whose permission is asked for at least one resource opens by the grant of one row, and is left when that is revoked`, async (t) => {
    const { page, answers, refresh, isAt } = await open(t, name, "/quotes", { grants: [{ permission: "quote:view", resource: "quotes/2", effect: "allow" }] });
    await isAt("/quotes", "quotes");
    assert.equal(await page.evaluate(() => stage.permissions.can("quote:view")), false);
    await answers({ grants: [] });
    await refresh();
    await isAt("/", "home");
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: without a signed-in user, a route redirects to the sign-in, which gets the wanted address`, async (t) => {
    const { page, isAt } = await open(t, name, "/page", 401);
    await isAt("/sign-in", "sign-in");
    assert.equal(await page.textContent("#sign-in"), "/page");
  });

  test(`${name}: after a sign-out, an open guarded route is left`, async (t) => {
    const { page, isAt } = await open(t, name, "/page", { permissions: ["invoice:view"] });
    await isAt("/page", "page");
    await page.evaluate(() => stage.permissions.signOut());
    await isAt("/sign-in", "sign-in");
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: if the permissions cannot be loaded, a route shows the failure, and opens once they are loaded`, async (t) => {
    const { page, answers, refresh, isAt } = await open(t, name, "/loaded", 500);
    await page.locator("#failed").waitFor();
    assert.equal(await page.locator("#loaded").count(), 0);
    await answers({ permissions: ["invoice:view"] });
    await refresh();
    await isAt("/loaded", "loaded");
  });
}

for (const name of LOADING) {
  test(`${name}: what a loader gave one user is not shown to the next one on the way back, and the open route is loaded again`, async (t) => {
    let user = "u-1";
    let answered = Promise.resolve();
    const { page, answers, isAt } = await open(t, name, "/", { subject: user, permissions: ["invoice:view"] }, (page) =>
      page.route("**/data", async (route) => {
        const body = user;
        await answered;
        await route.fulfill({ body });
      }),
    );
    const says = (text) => until(`the page is ${text}'s`, async () => (await page.locator("#mine").allTextContents()).join() === text);
    const change = async (next) => {
      user = next;
      await answers({ subject: user, permissions: ["invoice:view"] });
      await page.evaluate(() => stage.another());
      await page.waitForFunction((subject) => stage.permissions.snapshot().subject === subject, user);
    };
    await isAt("/", "home");
    await page.evaluate(() => void go("/mine"));
    await says("u-1");
    await page.evaluate(() => go("/"));
    await isAt("/", "home");
    await change("u-2");

    let release;
    answered = new Promise((resolve) => (release = resolve));
    const asked = page.waitForRequest("**/data");
    await page.evaluate(() => {
      window.texts = [];
      const look = () => {
        texts.push(document.querySelector("#mine")?.textContent);
        requestAnimationFrame(look);
      };
      look();
      void go("/mine");
    });
    await asked;
    await page.waitForFunction((count) => texts.length > count, await page.evaluate(() => texts.length + 2));
    release();
    await says("u-2");
    assert.deepEqual(await page.evaluate(() => texts.filter((text) => text === "u-1")), []);
    await change("u-3");
    await says("u-3");
    assert.deepEqual(page.complaints, []);
  });
}
