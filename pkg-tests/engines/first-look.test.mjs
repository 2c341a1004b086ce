/** The first look in each engine: the elements that it shows before the module runs and after that, and where WebAssembly is blocked. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, ENDPOINT, onlyOneWindow, openPage, run, sendDocument, showsOnly, startAuthority } from "./stage.mjs";

const PAGE = "/first-look.html";
const MODULE = "/permgate/permgate.wasm";
const DOCUMENT = { subject: "u-17", version: 1, permissions: ["invoice:view", "invoice:edit", "report:*"] };

/** The elements that a first look shows, and those below `main` that the module grants. */
const CERTAIN = ["view", "edit", "aside"];
const GRANTED = ["view", "edit", "any", "not", "both", "one", "inherits"];

/** Opens the page; the proxy holds the module back until `proxy.flow()`. */
async function openWithoutModule(t, driver, { document = DOCUMENT, answer, path = PAGE, policy } = {}) {
  const authority = await startAuthority(t, policy === undefined ? {} : { policy });
  authority.document = document;
  if (answer) authority.answer(ENDPOINT, answer);
  authority.proxy.stall(MODULE);
  await openPage(driver, authority.origin, path);
  return authority;
}

/** Starts to create an instance, without waiting for it. */
const create = (driver, options = {}) =>
  run(
    driver,
    (given) => {
      window.creating = permgate.createPermissions(given);
      window.creating.catch(() => undefined);
    },
    { endpoint: ENDPOINT, ...options },
  );

/** Waits for the instance, binds it to `main` at once, and waits until it holds a set. */
const bound = (driver) =>
  run(driver, async () => {
    window.permissions = await window.creating;
    window.permissions.bind(document.querySelector("main"));
    return permissions.whenReady();
  });

/** The elements of each frame, in turn, without those outside of `main`. */
const frames = (driver) => run(driver, () => window.looked.map((ids) => ids.split(" ").filter((id) => id !== "" && id !== "aside")));

forEachEngine((engine) => {
  test("a first look shows elements with plain names before the module runs, and they stay shown in every frame", async (t) => {
    const { driver } = engine;
    const authority = await openWithoutModule(t, driver);
    await showsOnly(driver, CERTAIN);
    await create(driver);
    authority.proxy.flow();
    assert.equal(await bound(driver), "fresh");
    await showsOnly(driver, GRANTED);
    const seen = await frames(driver);
    for (const [index, ids] of seen.entries()) {
      for (const id of seen[index - 1] ?? []) assert.ok(ids.includes(id), `#${id} stays: ${JSON.stringify(seen)}`);
    }
    assert.equal(authority.asked(ENDPOINT), 1);
    await run(driver, () => permissions.refresh());
    assert.equal(authority.asked(ENDPOINT), 2);
    await assertClean(driver);
    await run(driver, () => permissions.dispose());
    await showsOnly(driver, []);
  });

  test("before the module runs, a first look shows or hides elements that are added, changed or given a resource by their new requirement", async (t) => {
    const { driver } = engine;
    await openWithoutModule(t, driver);
    await showsOnly(driver, CERTAIN);
    await run(driver, () => {
      const element = document.createElement("button");
      element.id = "added";
      element.textContent = "Added";
      element.setAttribute("data-permission", "invoice:edit");
      document.querySelector("main").prepend(element);
    });
    await showsOnly(driver, ["added", ...CERTAIN]);
    await run(driver, () => document.getElementById("view").setAttribute("data-permission", "invoice:delete"));
    await showsOnly(driver, ["added", "edit", "aside"]);
    await run(driver, () => document.querySelector("aside").setAttribute("data-permission-resource", "invoices/1"));
    await showsOnly(driver, ["added", "edit"]);
    await assertClean(driver);
  });

  test("a first look shows nothing after a document with denials, a 401 or a redirected answer", async (t) => {
    const { driver } = engine;
    const answers = [
      (_, response) => sendDocument(response, { ...DOCUMENT, denied: ["report:delete"] }),
      (_, response) => response.writeHead(401).end(),
      ({ url }, response) => (url.includes("there") ? sendDocument(response, DOCUMENT) : response.writeHead(302, { location: `${ENDPOINT}?there` }).end()),
    ];
    for (const answer of answers) {
      await openWithoutModule(t, driver, { answer });
      // The first look has its answer before this request has.
      const shown = await run(driver, async () => {
        await window[Symbol.for("permgate.first-look")].reply.promise;
        return window.shown();
      });
      assert.deepEqual(shown, []);
    }
  });

  test("elements that a first look shows when the module starts are hidden by a sign-out, also if nothing is bound", async (t) => {
    const { driver } = engine;
    const authority = await openWithoutModule(t, driver);
    await showsOnly(driver, CERTAIN);
    await create(driver);
    authority.proxy.flow();
    await run(driver, async () => {
      window.permissions = await window.creating;
      return permissions.whenReady();
    });
    await showsOnly(driver, CERTAIN);
    await run(driver, () => permissions.signOut());
    await showsOnly(driver, []);
    await run(driver, () => permissions.dispose());
  });

  test("a sign-out in another tab before the module runs hides the elements of a first look, and signs the user out of the module, too", async (t) => {
    const { driver } = engine;
    const authority = await startAuthority(t);
    authority.document = DOCUMENT;
    await openPage(driver, authority.origin);
    await run(driver, async (endpoint) => {
      window.permissions = await permgate.createPermissions({ endpoint });
      return permissions.whenReady();
    }, ENDPOINT);
    const [first] = await driver.getAllWindowHandles();
    authority.proxy.stall(MODULE);
    await driver.switchTo().newWindow("tab");
    const second = await driver.getWindowHandle();
    await openPage(driver, authority.origin, PAGE);
    await showsOnly(driver, CERTAIN);
    await create(driver);
    await driver.switchTo().window(first);
    authority.answer(ENDPOINT, (_, response) => response.writeHead(401).end());
    await run(driver, () => permissions.signOut());
    await driver.switchTo().window(second);
    await showsOnly(driver, []);
    authority.proxy.flow();
    assert.equal(await bound(driver), "unauthenticated");
    await showsOnly(driver, []);
    await onlyOneWindow(driver);
  });

  test("without WebAssembly, a first look shows elements with plain names for the document's time to live, and follows its next version", async (t) => {
    const { driver } = engine;
    const authority = await startAuthority(t, { policy: "script-src 'self'" });
    authority.document = { ...DOCUMENT, ttl: 1 };
    await openPage(driver, authority.origin, PAGE);
    await showsOnly(driver, CERTAIN);
    await create(driver);
    assert.equal(await run(driver, () => window.creating.then(() => "none", (error) => error.code)), "initialisation");
    assert.deepEqual(await run(driver, () => window.shown()), CERTAIN);
    authority.document = { ...DOCUMENT, version: 2, permissions: ["invoice:view"], ttl: 1 };
    await showsOnly(driver, ["view", "aside"]);
    authority.answer(ENDPOINT, (_, response) => response.writeHead(401).end());
    await showsOnly(driver, []);
  });

  test("an option that the first look does not support rejects the instance, and hides the elements that the first look has shown", async (t) => {
    const { driver } = engine;
    await openWithoutModule(t, driver);
    await showsOnly(driver, CERTAIN);
    await create(driver, { format: "by-resource" });
    const { code, message } = await run(driver, () => window.creating.catch(({ code, message }) => ({ code, message })));
    assert.equal(code, "invalid-option");
    assert.match(message, /`format`/);
    await showsOnly(driver, []);
  });

  test("a first look that is loaded after the program sends no request", async (t) => {
    const { driver } = engine;
    const authority = await openWithoutModule(t, driver, { path: "/", policy: "script-src 'self' 'wasm-unsafe-eval'" });
    await create(driver);
    await until("the program has asked the endpoint", () => authority.asked(ENDPOINT) === 1);
    await run(driver, (endpoint) => {
      const script = document.createElement("script");
      script.src = "/permgate/first-look.js";
      script.dataset.endpoint = endpoint;
      const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
      document.head.append(script);
      return loaded.then(() => undefined);
    }, ENDPOINT);
    authority.proxy.flow();
    await run(driver, async () => {
      window.permissions = await window.creating;
      await permissions.whenReady();
      await permissions.refresh();
    });
    assert.equal(authority.asked(ENDPOINT), 2);
    await run(driver, () => permissions.dispose());
  });
});
