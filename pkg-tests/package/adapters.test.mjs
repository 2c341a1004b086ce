/** The adapters for React, Vue, Svelte and Angular in a browser: answers follow changes, guarded pages keep their forms, and no listener is left behind. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { bundleAngular } from "./adapters/angular.mjs";
import { bundle, reactCompiler, serveAdapters } from "./adapters/build.mjs";

const REACT_18 = { react: "react-18", "react-dom": "react-dom-18" };

/** By name: the application, with other versions of packages. */
const ADAPTERS = {
  "React 19": ["react.jsx"],
  "React 18": ["react.jsx", REACT_18],
  "React with the React Compiler": ["react.jsx", {}, [reactCompiler]],
  "Vue 3": ["vue.js"],
  "Svelte 5": ["svelte.svelte.js"],
};

/** Angular's applications, which Angular's own compiler builds: without zone.js, as in today's templates, and with it. */
const ANGULAR = ["Angular", "Angular with zone.js"];

const NAMES = [...Object.keys(ADAPTERS), ...ANGULAR];
const pathOf = (name) => `/${name.replaceAll(" ", "-")}.js`;

let browser;
let server;
before(async () => {
  browser = await launch();
  const built = Object.entries(ADAPTERS).map(async ([name, given]) => [pathOf(name), await bundle(...given)]);
  const angular = await bundleAngular("application", "application-zone");
  server = await serveAdapters({ ...Object.fromEntries(await Promise.all(built)), ...Object.fromEntries(ANGULAR.map((name, index) => [pathOf(name), angular[index]])) });
});
after(async () => {
  await browser.close();
  await server.close();
});

/** The page of an adapter, with an endpoint that answers when the test says so: `answers(document)`. */
async function open(t, name) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  let waiting = [];
  let document;
  const fulfil = (route) => route.fulfill({ json: document });
  await page.route("**/api/me/permissions", (route) => (document === undefined ? void waiting.push(route) : fulfil(route)));
  await page.goto(server.origin);
  await page.evaluate(async (path) => {
    const [{ instance }, { mount }] = await Promise.all([import("/stage.mjs"), import(path)]);
    Object.assign(window, { instance, mount, target: document.getElementById("target") });
  }, pathOf(name));
  return {
    page,
    /** Answers the waiting requests, and all later ones, with these permissions; without an argument, requests wait. */
    async answers(names, grants = []) {
      document = names && { permissions: names, grants };
      if (document) await Promise.all(waiting.splice(0).map(fulfil));
    },
    asked: () => until("the endpoint is asked", () => waiting.length > 0),
    /** Waits until exactly these elements exist and are visible. */
    async shows(...ids) {
      const seen = () => page.evaluate(() => [...document.querySelectorAll("#target [id]")].filter((element) => element.checkVisibility({ visibilityProperty: true })).map(({ id }) => id));
      let last;
      await until(`only ${ids} are shown`, async () => (last = await seen()).join() === ids.join()).catch(() => assert.deepEqual(last, ids));
    },
    status: (text) => until(`the status is ${text}`, async () => (await page.textContent("#status")) === text),
  };
}

for (const name of NAMES) {
  const isReact = name.startsWith("React");
  /** Elements that are always visible: the list of React's application has a button of its own. */
  const many = isReact ? ["many"] : [];

  test(`${name}: answers follow grants and revocations, and an unrelated change causes no render`, async (t) => {
    const { page, answers, shows } = await open(t, name);
    await answers(["invoice:view", "invoice:edit"]);
    await page.evaluate(async () => {
      window.stage = await instance();
      window.app = mount(target, { permissions: stage.permissions });
    });
    const refresh = async (names) => {
      await answers(names);
      await page.evaluate(() => stage.permissions.refresh());
    };
    const no = isReact ? ["may-not"] : [];
    await refresh(["invoice:view", "invoice:edit"]);
    await shows("status", "edit", "scoped", ...no, "page", "note", ...many);
    assert.equal(await page.textContent("#scoped"), "true");
    const before = await page.evaluate(() => app.renders.edit);
    await refresh(["invoice:view", "invoice:edit", "report:view"]);
    assert.equal(await page.evaluate(() => app.renders.edit), before);
    await refresh(["invoice:view", "invoice:delete"]);
    await shows(...(isReact ? ["status", "scoped", "delete"] : ["status", "delete", "scoped"]), "page", "note", ...many);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: an answer about a resource changes when the component's resource changes`, async (t) => {
    const { page, answers } = await open(t, name);
    await answers(["invoice:view"], [{ permission: "invoice:edit", resource: "invoices/2", effect: "allow" }]);
    await page.evaluate(async () => {
      window.stage = await instance();
      await stage.permissions.whenReady();
      window.app = mount(target, { permissions: stage.permissions, resource: "invoices/1" });
    });
    const scoped = (text) => until(`the answer is ${text}`, async () => (await page.textContent("#scoped")) === text);
    await scoped("false");
    await page.evaluate(() => app.set({ permissions: stage.permissions, resource: "invoices/2" }));
    await scoped("true");
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: an answer about at least one resource follows the grants of single rows`, async (t) => {
    const { page, answers } = await open(t, name);
    const rows = (...numbers) => answers([], numbers.map((number) => ({ permission: "quote:view", resource: `quotes/${number}`, effect: "allow" })));
    await rows();
    await page.evaluate(async () => {
      window.stage = await instance();
      await stage.permissions.whenReady();
      window.app = mount(target, { permissions: stage.permissions });
    });
    const shown = (...ids) => until(`${ids} of the list are shown`, async () => (await page.locator("#menu, #entry, #list").evaluateAll((found) => found.map(({ id }) => id))).join() === ids.join());
    const refresh = () => page.evaluate(() => stage.permissions.refresh());
    await page.locator("#left").waitFor();
    await shown();
    await rows(2);
    await refresh();
    await shown("menu", "entry", "list");
    assert.equal(await page.evaluate(() => stage.permissions.can("quote:view")), false);
    await rows(3);
    await refresh();
    await shown("menu", "entry", "list");
    await rows();
    await refresh();
    await shown();
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: a guarded page keeps its form and focus, out of view, while the permission is unknown, and is unmounted when it is denied`, async (t) => {
    const { page, answers, asked, status } = await open(t, name);
    await answers(["invoice:view"]);
    await page.evaluate(async () => {
      window.stage = await instance();
      await stage.permissions.whenReady();
      window.app = mount(target, { permissions: stage.permissions });
    });
    await page.fill("#note", "half a sentence");
    await page.evaluate(() => (window.note = document.getElementById("note")));
    await answers(undefined);
    await page.evaluate(() => stage.another());
    await asked();
    await status("loading there");
    await page.locator("#fallback").waitFor();
    assert.equal(await page.isVisible("#note"), false);
    assert.equal(await page.evaluate(() => note.isConnected && note.closest("[inert]") !== null), true);
    await answers(["invoice:view"]);
    await page.locator("#note").waitFor();
    assert.deepEqual(
      await page.evaluate(() => [note === document.getElementById("note"), note.value, document.activeElement.id, note.closest("[inert]")]),
      [true, "half a sentence", "note", null],
    );
    await answers([]);
    await page.evaluate(() => stage.permissions.refresh());
    await page.locator("#left").waitFor();
    assert.equal(await page.locator("#page").count(), 0);
    // A denied page is not kept while the permission is unknown afterwards.
    await answers(undefined);
    await page.evaluate(() => stage.another());
    await asked();
    await page.locator("#fallback").waitFor();
    assert.equal(await page.locator("#page").count(), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: when its resource changes, a guarded page is mounted anew, and not before the new resource is granted`, async (t) => {
    const { page, answers } = await open(t, name);
    await answers([], [{ permission: "invoice:view", resource: "invoices/1", effect: "allow" }]);
    await page.evaluate(async () => {
      window.stage = await instance();
      await stage.permissions.whenReady();
      window.app = mount(target, { permissions: stage.permissions, resource: "invoices/1" });
    });
    await page.locator("#page").waitFor();
    await page.evaluate(() => app.set({ permissions: stage.permissions, resource: "invoices/2" }));
    await page.locator("#left").waitFor();
    assert.equal(await page.locator("#page").count(), 0);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: an instance that a function creates for the provider is bound, and disposed of with the provider`, async (t) => {
    const { page, answers, shows } = await open(t, name);
    await answers(["invoice:edit", "invoice:view"]);
    await page.evaluate(async () => {
      window.made = [];
      const make = async () => {
        const { permissions } = await instance();
        made.push(permissions);
        return permissions;
      };
      window.app = mount(target, { permissions: make, bind: true });
    });
    const no = isReact ? ["may-not"] : [];
    await shows("status", "edit", "scoped", ...no, "page", "note", ...many, "tagged", ...(isReact ? [] : ["disabled"]));
    await page.evaluate(() => app.unmount());
    // Strict mode creates two instances, of which the first is disposed of at once.
    await until("all instances are disposed of", () => page.evaluate(() => made.every(({ status }) => status === "idle")));
    assert.equal(await page.evaluate(() => made.length), isReact ? 2 : 1);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: the provider waits for a promise of an instance; when the provider is unmounted, it leaves no listener, and the instance is not disposed of`, async (t) => {
    const { page, answers, status } = await open(t, name);
    await answers(["invoice:edit", "invoice:view"]);
    await page.evaluate(async () => {
      const made = await instance();
      window.stage = made;
      await made.permissions.whenReady();
      window.app = mount(target, { permissions: new Promise((resolve) => (window.arrive = () => resolve(made.permissions))) });
    });
    await status("loading none");
    assert.equal(await page.locator("#edit").count(), 0);
    await page.evaluate(() => arrive());
    await page.locator("#edit").waitFor();
    await status("fresh there");
    assert.equal(await page.evaluate(() => stage.listeners), 1);
    await page.evaluate(() => app.unmount());
    assert.deepEqual(await page.evaluate(() => [stage.listeners, stage.permissions.can("invoice:edit")]), [0, true]);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: if creating an instance fails, the fallback is shown, and its retry creates the instance`, async (t) => {
    const { page, answers, status } = await open(t, name);
    await answers(["invoice:view"]);
    await page.evaluate(() => {
      window.isBroken = true;
      window.app = mount(target, {
        permissions: async () => {
          if (isBroken) throw new Error("no module");
          return (await instance()).permissions;
        },
      });
    });
    await status("failed none");
    // Where the permissions could not be loaded, the page is not presented as denied.
    if (isReact) assert.deepEqual([await page.isVisible("#wait"), await page.locator("#may-not").count()], [true, 0]);
    await page.evaluate(() => (window.isBroken = false));
    await page.click("#fallback");
    await page.locator("#page").waitFor();
    await status("fresh there");
    // Strict mode creates the instance twice.
    assert.deepEqual([...new Set(page.complaints.map((text) => text.split("\n")[0]))], ["error: Error: no module"]);
  });
}

for (const name of Object.keys(ADAPTERS).filter((name) => name.startsWith("React"))) {
  test(`${name}: the provider binds the document with the property \`bind\`, and follows a second instance in the place of the first`, async (t) => {
    const { page, answers } = await open(t, name);
    await answers(["invoice:edit"]);
    await page.evaluate(async () => {
      window.first = await instance();
      await first.permissions.whenReady();
      window.app = mount(target, { permissions: first.permissions, bind: false });
    });
    const state = () => page.getAttribute("#tagged", "data-permission-state");
    assert.equal(await state(), null);
    await page.evaluate(() => app.set({ permissions: first.permissions, bind: true }));
    await until("the document is bound", async () => (await state()) === "granted");
    await page.evaluate(async () => {
      window.second = await instance();
      await second.permissions.whenReady();
      app.set({ permissions: second.permissions, bind: true });
      first.permissions.signOut();
    });
    await until("the provider listens to the second instance alone", () => page.evaluate(() => first.listeners === 0 && second.listeners === 1));
    assert.equal(await page.isVisible("#edit"), true);
    assert.deepEqual(page.complaints, []);
  });

  test(`${name}: every commit of a transition shows one answer, even if permissions change in between`, async (t) => {
    const { page, answers } = await open(t, name);
    await answers(["invoice:view", "invoice:edit"]);
    await page.evaluate(async () => {
      window.stage = await instance();
      await stage.permissions.whenReady();
      window.app = mount(target, { permissions: stage.permissions });
      document.getElementById("many").click();
      // The change may come before, during or after the transition: each is accepted.
      await null;
      stage.permissions.signOut();
    });
    await until("the list is rendered", () => page.evaluate(() => document.querySelectorAll("li").length === 50));
    assert.equal(await page.textContent("li"), "false");
    assert.deepEqual([...new Set(await page.evaluate(() => app.commits))].filter((answers) => answers > 1), []);
    assert.deepEqual(page.complaints, []);
  });
}
