/** F47: hidden and disabled elements cannot be used from the same task on, neither by real pointers and keys nor by scripts. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, GATINGS, MODES, openDom, put, tagged } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

/** Elements that are activated by a click and by Enter. */
const ACTIVE = {
  "a button": '<button id="it">Use</button>',
  "a link": '<a id="it" href="#used">Use</a>',
  "a role=button": '<div id="it" role="button" tabindex="0">Use</div>',
  "a custom element": '<x-button id="it" tabindex="0">Use</x-button>',
  "a summary": '<details id="around"><summary id="it">Use</summary>More</details>',
};

/** Fields, and the keys that change them. */
const FIELDS = {
  "a text field": ['<input id="it" value="x">', ["y"]],
  "a text area": ['<textarea id="it">x</textarea>', ["y"]],
  "a check box": ['<input id="it" type="checkbox">', [Key.SPACE]],
  "radio buttons": ['<fieldset id="around"><input id="it" type="radio" name="r"><input type="radio" name="r"></fieldset>', [Key.SPACE, Key.ARROW_DOWN]],
  "a range": ['<input id="it" type="range" value="20">', [Key.ARROW_RIGHT, Key.END]],
  "a selection": ['<select id="it"><option>x</option><option>y</option><option>z</option></select>', [Key.ARROW_DOWN, "z"]],
  "a list": ['<select id="it" size="3"><option>x</option><option>y</option><option>z</option></select>', [Key.ARROW_DOWN, "z"]],
  "a number": ['<input id="it" type="number" value="1">', ["2", Key.ARROW_UP]],
};

/** Clicks at the place of an element, even if another one is there now. */
async function clickAt(driver, { x, y }) {
  await driver.actions().move({ x: Math.round(x), y: Math.round(y) }).press(Button.LEFT).release(Button.LEFT).perform();
}

/** The coordinates of the middle of an element. */
const middle = (driver) =>
  run(driver, () => {
    const { x, y, width, height } = document.querySelector("#it").getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });

const press = async (driver, ...keys) => {
  for (const key of keys) await driver.actions().sendKeys(key).perform();
};

forEachEngine((engine) => {
  /** Adds an element to the page, records its events, and grants it. */
  async function stage(html) {
    const { driver } = engine;
    await put(driver, html);
    await run(driver, () => {
      window.used = [];
      window.it = document.querySelector("#it");
      for (const type of ["click", "keydown", "pointerdown"]) window.it.addEventListener(type, ({ key = "" }) => window.used.push(`${type}${key}`));
      location.hash = "";
      window.changes = () => JSON.stringify([...window.main.querySelectorAll("input,select,textarea,details")].map((field) => [field.value, field.checked, field.open]));
    });
    return driver;
  }

  for (const [what, html] of Object.entries(ACTIVE)) {
    for (const mode of ["hide", "disable", "inert", "remove"]) {
      // Without its summary, a `details` element gets one from the browser.
      if (what === "a summary" && mode === "remove") continue;
      test(`F47 ${what} that was revoked in mode \`${mode}\` does nothing when it is activated in any way`, async (t) => {
        const { driver } = engine;
        await openDom(t, engine);
        await stage(html.replace('id="it"', `id="it" data-permission="a:use" data-permission-mode="${mode}"`));
        await beginWith(driver, ["a:use"]);
        const place = await middle(driver);
        await clickAt(driver, place);
        assert.ok((await run(driver, () => window.used)).includes("click"), "the granted element does not react to a click");
        await run(driver, () => window.it.focus());
        await press(driver, Key.ENTER);
        const heard = await run(driver, () => [window.used.splice(0), window.changes(), location.hash]);
        assert.ok(heard[0].includes("keydownEnter"), "the granted element does not react to a key");
        await run(driver, () => {
          history.replaceState(null, "", "#");
          window.before = window.changes();
        });

        // The key is held down during the revocation, and released afterwards.
        await driver.actions().move({ x: Math.round(place.x), y: Math.round(place.y) }).press(Button.LEFT).perform();
        await run(driver, () => (window.used.length = 0));
        await allow(driver);
        await driver.actions().release(Button.LEFT).perform();
        await clickAt(driver, place);
        await run(driver, () => window.it.focus());
        await press(driver, Key.ENTER, Key.SPACE);
        const { used, isSame, hash } = await run(driver, () => ({ used: window.used, isSame: window.before === window.changes(), hash: location.hash }));
        assert.deepEqual({ used, isSame, hash }, { used: [], isSame: true, hash: "" });
        if (mode === "disable" || mode === "remove") {
          await run(driver, (isIn) => isIn && window.it.click(), mode === "disable");
          assert.deepEqual(await run(driver, () => [window.used, location.hash, window.before === window.changes()]), [[], "", true], "`click()` used the revoked element");
        }
        await assertClean(driver);
      });
    }
  }

  for (const [what, [html, keys]] of Object.entries(FIELDS)) {
    for (const mode of ["readonly", "disable"]) {
      test(`F47 ${what} in mode \`${mode}\` cannot be changed by pointer and keys until it is granted again`, async (t) => {
        const { driver } = engine;
        await openDom(t, engine);
        await stage(html.replace('id="it"', `id="it" data-permission="a:use" data-permission-mode="${mode}"`));
        await beginWith(driver, []);
        const act = async () => {
          const place = await middle(driver);
          await clickAt(driver, place);
          // A list that the click has opened would get the keys.
          await run(driver, () => window.it.blur());
          await run(driver, () => window.it.focus());
          await press(driver, ...keys);
          return run(driver, () => window.changes());
        };
        const before = await run(driver, () => window.changes());
        assert.equal(await act(), before);
        await allow(driver, "a:use");
        await run(driver, () => window.it.focus());
        await press(driver, ...keys);
        assert.notEqual(await run(driver, () => window.changes()), before, "the granted element cannot be changed");
        await assertClean(driver);
      });
    }
  }

  test("F47 a disabled fieldset disables its content", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await stage('<fieldset data-permission="a:use" data-permission-mode="disable"><input id="it" type="checkbox"><button id="inside">Use</button></fieldset>');
    await beginWith(driver, []);
    const before = await run(driver, () => window.changes());
    await clickAt(driver, await middle(driver));
    await run(driver, () => window.it.focus());
    await press(driver, Key.SPACE);
    await run(driver, () => document.querySelector("#inside").click());
    assert.deepEqual(await run(driver, () => [window.changes(), window.used, window.watch.clicks]), [before, [], []]);
    await allow(driver, "a:use");
    await clickAt(driver, await middle(driver));
    assert.notEqual(await run(driver, () => window.changes()), before);
    await assertClean(driver);
  });

  for (const mode of MODES.filter((mode) => mode === "hide" || mode === "disable" || mode === "inert" || mode === "remove")) {
    test(`F47 the focus goes from an element that is revoked in mode \`${mode}\` to its nearest focusable ancestor`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      const button = (id) => `<button id="${id}" data-permission="a:use" data-permission-mode="${mode}">Use</button>`;
      await put(
        driver,
        `<div id="far" tabindex="-1"><div id="near" tabindex="-1"><p>${button("it")}</p></div></div>` +
          `<div id="shown" tabindex="-1"><div id="gone" tabindex="-1" data-permission="a:use" data-permission-mode="${mode}"><p><button id="inside">Use</button></p></div></div>` +
          '<div id="host" tabindex="-1"></div>',
      );
      await beginWith(driver, ["a:use"]);
      await run(
        driver,
        (html) => {
          const shadow = document.querySelector("#host").attachShadow({ mode: "open" });
          shadow.innerHTML = window.trusted(`<section><p>${html}</p></section>`);
          window.inShadow = shadow.querySelector("button");
        },
        button("shadowed"),
      );
      await run(driver, () => window.frames());
      const seen = [];
      for (const script of ["document.querySelector('#it')", "document.querySelector('#inside')", "window.inShadow"]) {
        await run(driver, `() => { const element = ${script}; element.focus(); if (!element.matches(":focus")) throw new Error("the element does not take the focus"); }`);
        await allow(driver);
        seen.push(await run(driver, () => document.activeElement.id));
        await allow(driver, "a:use");
      }
      assert.deepEqual(seen, ["near", "shown", "host"]);
      await assertClean(driver);
    });
  }

  test("F47 a listener of `change` sees the new decisions on the page in every mode, since they are written in the same task", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, MODES.map((mode) => tagged(mode)).join(""));
    await run(driver, () => (window.kept = window.tagged()) && undefined);
    await beginWith(driver, ["a:use"]);
    const look = "Object.fromEntries(window.kept.map((element) => [element.id, window.gating(element)]))";
    const seen = await run(
      driver,
      `() => {
        const seen = [];
        window.permissions.on("change", () => seen.push(${look}));
        window.permissions.signOut();
        seen.push(${look});
        return seen;
      }`,
    );
    assert.ok(seen.length > 1, "the listener was not called");
    for (const gatings of seen) assert.deepEqual(gatings, GATINGS);
    await assertClean(driver);
  });
});
