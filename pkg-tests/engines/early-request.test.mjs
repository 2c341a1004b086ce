/** The early request in each engine: it is sent while the module is loading, and takes the place of the first load. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { token } from "../support/jwt.mjs";
import { assertClean, ENDPOINT, EVENTS, openPage, run, sendDocument, startAuthority } from "./stage.mjs";

const MODULE = "/permgate/permgate.wasm";
const NAMED = token({ sub: "u-17" });

/** Options by name, created in the page. */
const OPTIONS = `(endpoint, events, token) => ({
  "a cookie": {},
  "a cookie, without other tabs": { tabs: false },
  "a token": { token },
  "a function that gives a token": { token: async () => token },
  headers: { headers: async () => ({ "X-Own": "1" }) },
  "a token, headers and a tenant": { token: () => token, headers: () => ({ "X-Own": "1" }), tenant: "acme" },
  "functions for policies": { catalogue: async () => ({ id: "1", permissions: ["invoice:view", "invoice:edit"] }), rolePermissions: async () => ({}) },
  "a stream": { push: { events } },
  "a stream and a token": { push: { events }, token },
  "watched requests": { guard: { patch: ["fetch", "xhr"] } },
  modes: { modes: {} },
  "an address of the module": { wasm: "${MODULE}" },
  "a response with the module": { get wasm() { return fetch("${MODULE}"); } },
  "the module's bytes": { get wasm() { return fetch("${MODULE}").then((response) => response.arrayBuffer()); } },
  "no module at its address": { wasm: "/nowhere/permgate.wasm" },
})`;

/** Starts to create an instance with the options of a name, without waiting for it. */
const begin = (driver, name) =>
  run(
    driver,
    `(name, endpoint, events, token) => {
      const options = (${OPTIONS})(endpoint, events, token);
      window.creating = permgate.createPermissions(Object.assign(options[name], { endpoint }));
      window.creating.catch(() => undefined);
    }`,
    name,
    ENDPOINT,
    EVENTS,
    NAMED,
  );

/** Waits for the instance, and returns its permissions. */
const ready = (driver) =>
  run(driver, async () => {
    window.permissions = await window.creating;
    await permissions.whenReady();
    return permissions.can("invoice:edit");
  });

const NAMES = Object.keys(new Function(`return (${OPTIONS.replace(/get wasm\(\) \{.*?\} \},/g, "},")})()`)());

forEachEngine((engine) => {
  test("with every option, the document is requested once, before the module is loaded", async (t) => {
    const { driver } = engine;
    const authority = await startAuthority(t);
    for (const name of NAMES) {
      const before = authority.asked(ENDPOINT);
      await openPage(driver, authority.origin);
      // The module, or its copy in JavaScript, arrives after the request to the endpoint.
      authority.proxy.stall(name.startsWith("no module") ? "/permgate/inline.js" : MODULE);
      await begin(driver, name);
      await until(`the endpoint is asked, with ${name}`, () => authority.asked(ENDPOINT) > before);
      authority.proxy.flow();
      assert.equal(await ready(driver), true, name);
      // The number of the next request shows that there was none in between.
      await run(driver, () => permissions.refresh());
      const sent = authority.requests.filter(({ path }) => path === ENDPOINT).slice(before);
      assert.equal(sent.length, 2, name);
      const told = ({ headers, query }) => ({
        authorization: headers.authorization, own: headers["x-own"], accept: headers.accept, cookie: headers.cookie, query,
      });
      assert.deepEqual(told(sent[0]), told(sent[1]), name);
      await assertClean(driver);
      await run(driver, () => permissions.dispose());
    }
  });

  test("the document is requested once when the module comes from the cache, and in a second tab", async (t) => {
    const { driver } = engine;
    const authority = await startAuthority(t);
    await openPage(driver, authority.origin);
    await begin(driver, "a stream");
    assert.equal(await ready(driver), true);
    await until("the first tab leads", () => authority.streams.size === 1);
    const [first] = await driver.getAllWindowHandles();
    await driver.switchTo().newWindow("tab");
    await openPage(driver, authority.origin);
    await begin(driver, "a stream");
    assert.equal(await ready(driver), true);
    await run(driver, () => permissions.refresh());
    assert.equal(authority.asked(ENDPOINT), 3);
    assert.equal(authority.streams.size, 1);
    await driver.close();
    await driver.switchTo().window(first);
  });

  test("after an early request without WebAssembly, the only error is that of the module, and nothing is granted", async (t) => {
    const { driver } = engine;
    const authority = await startAuthority(t, { policy: "script-src 'self'" });
    await openPage(driver, authority.origin);
    const seen = await run(driver, async (endpoint) => {
      const code = await permgate.createPermissions({ endpoint }).then(() => "none", (error) => error.code);
      // By a later task, an unhandled rejection would have been reported.
      await fetch("/elsewhere.html");
      return { code, shown: window.shown(), uncaught: window.watch.uncaught };
    }, ENDPOINT);
    assert.deepEqual(seen, { code: "initialisation", shown: [], uncaught: [] });
  });

  test("after a 401 to the early request, the status is `unauthenticated`, and the application is asked for credentials once", async (t) => {
    const { driver } = engine;
    const authority = await startAuthority(t);
    authority.answer(ENDPOINT, ({ headers }, response) =>
      headers.authorization === "Bearer new" ? sendDocument(response, authority.document) : response.writeHead(401).end(),
    );
    await openPage(driver, authority.origin);
    authority.proxy.stall(MODULE);
    await run(driver, (endpoint) => {
      window.asked = 0;
      const onUnauthenticated = () => ((window.asked += 1), "new");
      window.creating = permgate.createPermissions({ endpoint, token: "old", onUnauthenticated });
    }, ENDPOINT);
    await until("the endpoint is asked", () => authority.asked(ENDPOINT) === 1);
    authority.proxy.flow();
    await run(driver, async () => {
      window.permissions = await window.creating;
      await new Promise((resolve) => permissions.watch("invoice:edit", ({ outcome }) => outcome === "granted" && resolve()));
    });
    assert.equal(authority.asked(ENDPOINT), 2);
    assert.equal(await run(driver, () => window.asked), 1);
  });
});
