/** F45: until the chunk of the modes is loaded, no refused element can be seen or used; then each gets its mode. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, GATINGS, MODES, openDom, put, tagged } from "./dom-stage.mjs";
import { DIST } from "../support/permgate-folder.mjs";
import { serve } from "../support/static-server.mjs";
import { assertClean, ENDPOINT, run } from "./stage.mjs";

const CHUNK = "/permgate/refusal.js";

/** A page of its own, whose clock can be moved on. */
const RETRYING = `<!doctype html><p><script>
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
</script><script type="module">
  import { createPermissions } from "/permgate/index.js";
  const { dataset } = document.documentElement;
  const permissions = await createPermissions({ bootstrap: [] });
  permissions.on("error", ({ code }) => (dataset.failed = (dataset.failed ?? "") + code));
  const add = () => document.body.insertAdjacentHTML("beforeend", '<button data-permission="a:use" data-permission-mode="disable">x</button>');
  window.tenSecondsLater = () => ((ahead = 10_001), add());
  add();
  permissions.bind();
</script>`;

const gatings = (driver) => run(driver, () => window.gatings("*"));

forEachEngine((engine) => {
  test("F45 elements with a mode are hidden and cannot be used while the chunk is loading, and get their mode when it is loaded", async (t) => {
    const { driver } = engine;
    const { proxy } = await openDom(t, engine);
    proxy.stall(CHUNK);
    t.after(() => proxy.flow());
    await put(driver, MODES.map((mode) => tagged(mode)).join("") + '<label id="label" for="box">x</label><input id="box" type="checkbox" data-permission="a:use" data-permission-mode="readonly">');
    await beginWith(driver, []);
    assert.equal(proxy.asked(CHUNK), 1, "the first element with a mode did not make the chunk load");
    const hidden = Object.fromEntries([...MODES, "box"].map((id) => [id, "hidden"]));
    assert.deepEqual(await gatings(driver), hidden);
    // Elements that are going to be seen keep their place, so that nothing on the page moves when they are.
    const placed = await run(driver, () => window.tagged().filter((element) => element.getClientRects().length > 0).map(({ id }) => id));
    assert.deepEqual(placed, ["disable", "readonly", "inert", "box"]);

    await run(driver, () => {
      for (const element of document.querySelectorAll("button, #label")) element.click();
    });
    assert.deepEqual(await run(driver, () => window.watch.clicks), ["label"], "a refused control got a click");
    assert.equal(await run(driver, () => document.querySelector("#box").checked), false, "the label changed the refused check box");

    proxy.flow();
    const expected = { ...GATINGS, box: "readonly" };
    const out = ({ remove: _, ...rest }) => rest;
    await until("every element has its mode", async () => (await gatings(driver)).disable === "disabled");
    assert.deepEqual(out(await gatings(driver)), out(expected));
    await allow(driver, "a:use");
    assert.deepEqual(await gatings(driver), Object.fromEntries([...MODES, "box"].map((id) => [id, "usable"])));
    assert.equal(proxy.asked(CHUNK), 1);
    await assertClean(driver);
  });

  test("F45 granted elements are shown without the chunk", async (t) => {
    const { driver } = engine;
    const { proxy } = await openDom(t, engine);
    proxy.stall(CHUNK);
    t.after(() => proxy.flow());
    await put(driver, MODES.map((mode) => tagged(mode)).join(""));
    await beginWith(driver, ["a:use"]);
    assert.deepEqual(await gatings(driver), Object.fromEntries(MODES.map((id) => [id, "usable"])));
    await allow(driver);
    assert.deepEqual(await gatings(driver), Object.fromEntries(MODES.map((id) => [id, "hidden"])));
  });

  test("F62 an element that a stylesheet does not hide in every respect makes the chunk load at once, before the first decision", async (t) => {
    const { driver } = engine;
    for (const html of [
      '<img usemap="#map" alt=""><map name="map"><area href="#x" alt="x" data-permission="a:use"></map>',
      '<select><option data-permission="a:use">x</select>',
      '<table><colgroup><col data-permission="a:use"></colgroup></table>',
    ]) {
      const authority = await openDom(t, engine);
      authority.answer(ENDPOINT, () => undefined);
      await put(driver, html);
      await run(driver, async (endpoint) => {
        window.permissions = await window.permgate.createPermissions({ endpoint });
        window.permissions.bind(window.main);
      }, ENDPOINT);
      await until("the chunk is asked for", () => authority.proxy.asked(CHUNK) === 1);
    }
  });

  test("a chunk that failed to load is requested again ten seconds later, even if the engine remembers the failure", async (t) => {
    const { driver } = engine;
    let asked = 0;
    const pages = { "/": { status: 200, headers: { "content-type": "text/html" }, body: RETRYING } };
    const intercept = (path) => (path === CHUNK && (asked += 1) === 1 ? { status: 503 } : pages[path]);
    const server = await serve({ "/permgate/": DIST }, { intercept });
    t.after(() => server.close());
    await driver.get(`${server.origin}/`);
    await until("the failure is reported", () => driver.executeScript("return document.documentElement.dataset.failed"));
    assert.equal(asked, 1);
    await run(driver, () => window.tenSecondsLater());
    await until("the button has its mode", () => driver.executeScript("return document.querySelector('button').disabled"));
    assert.equal(await driver.executeScript("return document.documentElement.dataset.failed"), "chunk", "the failure was not reported, or more than once");
  });

  test("F45 an element that was copied with its `data-permission-applied` stays hidden before the chunk is loaded, and is restored then", async (t) => {
    const { driver } = engine;
    const { proxy } = await openDom(t, engine);
    proxy.stall(CHUNK);
    t.after(() => proxy.flow());
    await beginWith(driver, []);
    await put(driver, '<button id="copy" disabled title="ours" data-permission="a:use" data-permission-state="denied" data-permission-applied="disable disabled title=mine">x</button>');
    await run(driver, () => window.frames());
    assert.deepEqual(await gatings(driver), { copy: "hidden" });
    proxy.flow();
    await until("the mark is gone", () => run(driver, () => !document.querySelector("#copy").hasAttribute("data-permission-applied")));
    const left = await run(driver, () => {
      const copy = document.querySelector("#copy");
      return { title: copy.title, isDisabled: copy.disabled, gating: window.gatings("*").copy };
    });
    assert.deepEqual(left, { title: "mine", isDisabled: false, gating: "hidden" });
    await assertClean(driver);
  });
});
