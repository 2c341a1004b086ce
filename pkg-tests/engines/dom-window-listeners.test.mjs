/** F60: only capturing listeners of the window that are older than the binding get the events of a refused action, as SECURITY.md says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom, put } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const TYPES = ["click", "keydown", "keyup", "pointerdown", "mousedown", "pointerup", "mouseup"];

/** In the page: adds a recording listener in every place; its name says whether it was added before or after `bind`. */
function listen(when, types) {
  window.heard ??= [];
  const places = { window, document, element: document.querySelector("#it"), around: document.querySelector("#around") };
  for (const [name, place] of Object.entries(places)) {
    for (const isCapturing of [true, false]) {
      for (const type of types) {
        place.addEventListener(type, (event) => window.heard.push({
          who: `${name}${isCapturing ? ", capturing" : ""}, ${when}`,
          what: `${type} on ${event.target.id ?? "document"}${event.isTrusted ? "" : ", by a script"}`,
        }), isCapturing);
      }
    }
  }
}

const BEFORE = "window, capturing, before";

/** The listeners that were called since the last call of this function, with their events. */
async function heard(driver) {
  const all = await run(driver, () => window.heard.splice(0));
  return { who: [...new Set(all.map(({ who }) => who))], what: [...new Set(all.filter(({ who }) => who === BEFORE).map(({ what }) => what))] };
}

const click = async (driver, id) => {
  const place = await run(driver, (id) => {
    const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  }, id);
  await driver.actions().move(place).press(Button.LEFT).release(Button.LEFT).perform();
};

forEachEngine((engine) => {
  const begin = async (t, html) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, `<div id="around">${html.replace("@", 'data-permission="a:use" data-permission-mode="disable"')}</div>`);
    await run(driver, listen, "before", TYPES);
    await beginWith(driver, []);
    await run(driver, listen, "after", TYPES);
    return driver;
  };

  test("F60 a click and a key on a disabled link reach only capturing listeners of the window that are older than `bind`", async (t) => {
    const driver = await begin(t, '<a id="it" href="#used" @>Use</a>');
    await click(driver, "it");
    const clicked = await heard(driver);
    assert.deepEqual(clicked.who, [BEFORE]);
    assert.ok(clicked.what.includes("click on it") && clicked.what.includes("pointerdown on it"), `the older listener got ${clicked.what}`);
    await run(driver, () => document.querySelector("#it").focus());
    await driver.actions().sendKeys(Key.ENTER).perform();
    const pressed = await heard(driver);
    assert.deepEqual(pressed.who, [BEFORE]);
    assert.ok(pressed.what.includes("keydown on it"), `the older listener got ${pressed.what}`);
    assert.equal(await run(driver, () => location.hash), "");

    await allow(driver, "a:use");
    await click(driver, "it");
    assert.equal((await heard(driver)).who.length, 16, "not every listener got a click on the granted link");
    await assertClean(driver);
  });

  test("F60 for a click on a disabled widget, listeners of the window that are older than `bind` see the element behind it", async (t) => {
    const driver = await begin(t, '<div id="it" role="button" tabindex="0" @>Use</div>');
    await click(driver, "it");
    const { who, what } = await heard(driver);
    assert.deepEqual(who, [BEFORE]);
    assert.ok(what.includes("click on around") && !what.some((one) => one.includes("on it")), `the older listener got ${what}`);
    await assertClean(driver);
  });

  test("F60 when a press on another element is released on a disabled link, the document and the window get the release as an event of a script, and the link gets none", async (t) => {
    const driver = await begin(t, '<p id="beside">beside</p><a id="it" href="#used" @>Use</a>');
    const places = await run(driver, () => ["beside", "it"].map((id) => {
      const { x, y, height } = document.getElementById(id).getBoundingClientRect();
      return { x: Math.round(x + 5), y: Math.round(y + height / 2) };
    }));
    await driver.actions().move(places[0]).press(Button.LEFT).perform();
    await heard(driver);
    await driver.actions().move(places[1]).release(Button.LEFT).perform();
    const all = await run(driver, () => window.heard.splice(0));
    const told = (type) => all.filter(({ what }) => what.startsWith(type)).map(({ who, what }) => `${who}: ${what}`).sort();
    for (const type of ["pointerup", "mouseup"]) {
      const again = ["document, after", "document, before", "document, capturing, after", "document, capturing, before", "window, after", "window, before", "window, capturing, after", BEFORE];
      assert.deepEqual(told(type), [...again.map((who) => `${who}: ${type} on document, by a script`), `${BEFORE}: ${type} on it`].sort());
    }
    await assertClean(driver);
  });

  test("F58 a value that was changed because an older listener of the window stops keys and `input` is put back at `change`", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<input type="range" id="it" value="20" data-permission="a:use" data-permission-mode="readonly">');
    await run(driver, () => {
      for (const type of ["keydown", "input"]) window.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
    });
    await beginWith(driver, []);
    const press = async () => {
      await run(driver, () => document.querySelector("#it").focus());
      await driver.actions().sendKeys(Key.ARROW_RIGHT).perform();
      return run(driver, () => document.querySelector("#it").value);
    };
    assert.equal(await press(), "20");
    await allow(driver, "a:use");
    assert.notEqual(await press(), "20");
    await assertClean(driver);
  });

  /** Opens a page with a read-only list that an older listener of the window keeps keys from, and presses a key that chooses `z`. */
  const chooses = async (t, change) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<select id="it" data-permission="a:use" data-permission-mode="readonly"><option>x<option selected>y<option>z</select>');
    await run(driver, () => {
      for (const type of ["keydown", "keypress"]) window.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
    });
    if (change.isEarly) await run(driver, change.act);
    await beginWith(driver, []);
    if (!change.isEarly) await run(driver, change.act);
    const press = async () => {
      await run(driver, () => document.querySelector("#it").focus());
      await driver.actions().sendKeys("z").perform();
      return run(driver, () => document.querySelector("#it").selectedIndex);
    };
    const refused = await press();
    await allow(driver, "a:use");
    assert.equal(await press(), 2, "the option cannot be chosen in the granted list");
    await assertClean(driver);
    return refused;
  };

  test("F58 a refused list in which no option was chosen is put back to no choice", async (t) => {
    assert.equal(await chooses(t, { isEarly: true, act: () => (document.querySelector("#it").selectedIndex = -1) && undefined }), -1);
  });

  test("F58 a list whose options were made anew since it was refused is put back to the option in the same place", async (t) => {
    const act = () => document.querySelector("#it").replaceChildren(...["x", "y", "z"].map((name) => new Option(name, name, name === "y", name === "y")));
    assert.equal(await chooses(t, { isEarly: false, act }), 1);
  });
});
