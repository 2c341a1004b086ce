/** Misspelt names of attributes during development: warnings for elements that are added or changed while the page is bound. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { DIST } from "../support/permgate-folder.mjs";
import { serve } from "../support/static-server.mjs";
import { run } from "./stage.mjs";

const CHUNK = "/permgate/misspelt.js";

/** Two bindings of one page, whose warnings are kept in `window.warnings`; the chunk of modes is needed at once. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>Names</title><link rel="stylesheet" href="/permgate/cloak.css">
<main></main><button id="mode" data-permission="a" data-permission-mode="disable">a</button><script>
  window.warnings = [];
  window.failures = [];
  console.warn = (text, element) => window.warnings.push(text.replace(/\\?.*/, "") + " at " + element?.id);
  console.error = (text) => window.failures.push(String(text));
  addEventListener("unhandledrejection", ({ reason }) => window.failures.push(String(reason)));
</script><script type="module">
  import { createPermissions } from "/permgate/index.js";
  const permissions = await createPermissions({ bootstrap: ["b"] });
  permissions.on("error", ({ code }) => window.failures.push(code));
  window.bindings = [permissions.bind(document), permissions.bind(document.querySelector("main"))];
</script>`;

const warningOf = (name, id) => `permgate: \`${name}\` means nothing; did you mean \`data-permission\` at ${id}`;

async function openBound(t, { driver }, chunk) {
  const page = { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE };
  const server = await serve({ "/permgate/": DIST }, { intercept: (path) => (path === "/" ? page : path === CHUNK ? chunk : undefined) });
  t.after(() => server.close());
  await driver.get(`${server.origin}/`);
  await until("modes are in force", () => run(driver, () => document.querySelector("#mode").disabled));
  return server;
}

/** Adds HTML to the page. */
const add = (driver, html) => run(driver, (html) => document.querySelector("main").insertAdjacentHTML("beforeend", html), html);
const warnings = (driver) => run(driver, () => window.warnings);
const failures = (driver) => run(driver, () => window.failures);

forEachEngine((engine) => {
  test("during development, a misspelt name is reported once, also if its element is added after the first check, inside another element or a shadow root, or renamed", async (t) => {
    const { driver } = engine;
    await openBound(t, engine);
    const expected = [];
    const expectOne = async (name, id) => {
      expected.push(warningOf(name, id));
      await until(`${id} is reported`, async () => (await warnings(driver)).length >= expected.length);
      assert.deepEqual(await warnings(driver), expected);
    };

    // While the chunk is still loading, this is part of the first check.
    await add(driver, '<p id="first" data-permissions="a"></p>');
    await expectOne("data-permissions", "first");
    await add(driver, '<section><p id="later" data-permision="a"></p><p id="again" data-permissions="a"></p></section>');
    await expectOne("data-permision", "later");
    await run(driver, () => document.querySelector("#again").setAttribute("data-premission", "a"));
    await expectOne("data-premission", "again");
    await run(driver, () => {
      const host = document.createElement("div");
      host.attachShadow({ mode: "open" }).innerHTML = '<p id="shadowed" data-permmission="a"></p>';
      document.querySelector("main").append(host);
    });
    await expectOne("data-permmission", "shadowed");
    await run(driver, () => {
      const { shadowRoot } = document.querySelector("main").lastElementChild;
      shadowRoot.append(Object.assign(document.createElement("p"), { id: "within" }));
      shadowRoot.lastElementChild.setAttribute("data-permissoin", "a");
    });
    await expectOne("data-permissoin", "within");

    // More elements at once than are kept: the whole page is checked.
    await run(driver, () => document.querySelector("main").append(...Array.from({ length: 3000 }, () => document.createElement("i"))));
    await add(driver, '<p id="many" data-perrmission="a"></p>');
    await expectOne("data-perrmission", "many");
    assert.deepEqual(await failures(driver), []);
  });

  test("misspelt names are looked for until the last binding of the page ends", async (t) => {
    const { driver } = engine;
    await openBound(t, engine);
    await add(driver, '<p id="first" data-permissions="a"></p>');
    await until("the first is reported", async () => (await warnings(driver)).length === 1);
    await run(driver, () => window.bindings[0].disconnect());
    await add(driver, '<p id="second" data-permision="a"></p>');
    await until("the second is reported", async () => (await warnings(driver)).length === 2);

    await run(driver, () => window.bindings[1].disconnect());
    await run(driver, () => new Promise((resolve) => {
      document.querySelector("main").insertAdjacentHTML("beforeend", '<p id="third" data-premission="a"></p>');
      // Observers run before this promise, and an idle page before the second task.
      const idle = globalThis.requestIdleCallback ?? setTimeout;
      idle(() => idle(resolve));
    }));
    assert.equal((await warnings(driver)).length, 2);
  });

  test("without the chunk for misspelt names, nothing is reported and everything else works", async (t) => {
    const { driver } = engine;
    const server = await openBound(t, engine, { status: 404 });
    await until("the chunk is asked for", () => server.requests.includes(CHUNK));
    await add(driver, '<button id="more" data-permission="a" data-permission-mode="disable" data-permissions="a">a</button>');
    await until("the added button has its mode", () => run(driver, () => document.querySelector("#more").disabled));
    await run(driver, () => window.bindings.forEach((binding) => binding.disconnect()));
    assert.deepEqual([await warnings(driver), await failures(driver)], [[], []]);
  });
});
