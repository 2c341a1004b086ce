/** F58–F60: keys that leave a read-only element, keys that are held down, lists whose options change, media, and areas of image maps in refused regions. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, shareDom } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const READONLY = 'data-permission="a:use" data-permission-mode="readonly"';

forEachEngine((engine) => {
  const shared = shareDom(engine, {
    // Older than the binding: keeps the focus and keys from permgate while `isDeaf` is set.
    prepare: () => {
      for (const type of ["focusin", "keydown", "keypress"]) window.addEventListener(type, (event) => window.isDeaf && event.stopImmediatePropagation(), true);
    },
  });

  /** Sets the content of the page while these permissions are granted. */
  async function stage(html, ...names) {
    await shared.stage(html, ...names);
    await run(engine.driver, () => window.frames());
  }

  /** Gives an element the focus, and presses keys. */
  async function press(id, ...keys) {
    await run(engine.driver, (id) => document.getElementById(id).focus(), id);
    for (const key of keys) await engine.driver.actions().sendKeys(key).perform();
  }

  const focused = () => run(engine.driver, () => document.activeElement.id);

  const KEPT = {
    "a text area of an editor": '<textarea id="it">abc</textarea>',
    "a combobox": '<input id="it" role="combobox" aria-expanded="false" value="abc">',
    "a list": '<select id="it"><option>x</select>',
    "an editable cell": '<div role="grid" id="it" tabindex="0">abc</div>',
  };
  for (const [what, html] of Object.entries(KEPT)) {
    test(`F58 elements around ${what} that is read-only get Tab and Escape, and Tab moves the focus`, async () => {
      const { driver } = engine;
      await stage(`<div id="around"><section ${READONLY} id="region">${html}</section></div><button id="next">next</button>`);
      await run(driver, () => {
        window.heard = [];
        for (const id of ["it", "region", "around"]) {
          document.getElementById(id).addEventListener("keydown", (event) => event.currentTarget.id === "around" ? window.heard.push(event.key) : window.heard.push(id));
        }
      });
      await press("it", Key.ESCAPE, Key.TAB);
      assert.deepEqual(await run(driver, () => window.heard), ["Escape", "Tab"]);
      assert.equal(await focused(), "next");
      await allow(driver, "a:use");
      await press("it", Key.TAB);
      assert.deepEqual(await run(driver, () => window.heard.slice(2)), ["it", "region", "Tab"]);
      await assertClean(driver);
    });
  }

  test("F58 Tab and Escape on a button in a region that is read-only are told to the button", async () => {
    const { driver } = engine;
    await stage(`<section ${READONLY}><button id="it">x</button></section><button id="next">next</button>`);
    await run(driver, () => {
      window.heard = [];
      document.querySelector("#it").addEventListener("keydown", ({ key }) => window.heard.push(key));
    });
    await press("it", Key.ESCAPE, Key.TAB);
    assert.deepEqual(await run(driver, () => window.heard), ["Escape", "Tab"]);
    assert.equal(await focused(), "next");
    await assertClean(driver);
  });

  test("F58 a dialog that keeps the focus by preventing Tab also keeps it when a read-only field has the focus", async () => {
    const { driver } = engine;
    await stage(`<div id="dialog"><input id="it" ${READONLY}></div><button id="next">next</button>`);
    await run(driver, () => {
      window.prevented = [];
      document.querySelector("#dialog").addEventListener("keydown", (event) => {
        window.prevented.push(event.defaultPrevented);
        event.preventDefault();
        window.prevented.push(event.defaultPrevented);
      });
    });
    await press("it", Key.TAB);
    assert.equal(await focused(), "it");
    assert.deepEqual(await run(driver, () => window.prevented), [false, true]);
    await assertClean(driver);
  });

  test("F59 the page gets the release of a key that is held down while its widget becomes read-only", async () => {
    const { driver } = engine;
    await stage(`<div id="it" role="slider" tabindex="0" aria-valuenow="1" ${READONLY}>x</div>`, "a:use");
    await run(driver, () => {
      window.heard = [];
      for (const type of ["keydown", "keyup"]) document.querySelector("#it").addEventListener(type, () => window.heard.push(type));
    });
    await run(driver, () => document.querySelector("#it").focus());
    await driver.actions().keyDown("g").perform();
    await allow(driver);
    // Most drivers that press a key again set `repeat`, as a keyboard does.
    if (engine.name === "chromium") await driver.sendDevToolsCommand("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "g", code: "KeyG", autoRepeat: true });
    else await driver.actions().keyDown("g").perform();
    await driver.actions().keyUp("g").perform();
    const heard = await run(driver, () => window.heard);
    assert.deepEqual(heard, ["keydown", "keyup"]);
    await assertClean(driver);
  });

  test("F58 options that are added to a list which is read-only are not disabled, and are submitted", async () => {
    const { driver } = engine;
    await stage(`<form><section ${READONLY}><select name="list" id="it"><option>x</select></section></form>`);
    const submitted = await run(driver, async () => {
      document.querySelector("#it").append(new Option("y", "y", true, true));
      await window.frames();
      return [...new FormData(document.forms[0])];
    });
    assert.deepEqual(submitted, [["list", "y"]]);
    await assertClean(driver);
  });

  const CHANGED_UNHEARD = {
    range: { html: '<input id="it" type="range" value="20" @>', written: "50", key: Key.ARROW_RIGHT },
    list: { html: '<select id="it" @><option>x<option selected>y<option>z</select>', written: "x", key: "z" },
  };
  for (const [what, { html, written, key }] of Object.entries(CHANGED_UNHEARD)) {
    for (const isTold of [true, false]) {
      test(`F58 a ${what} that is read-only and was changed without an earlier event is put back to ${isTold ? "the value that a script wrote and announced by an event" : "the value that was seen last, even if a script wrote another value without an event"}`, async () => {
        const { driver } = engine;
        await stage(html.replace("@", READONLY));
        const before = await run(driver, () => document.querySelector("#it").value);
        // In the place of an assistive technology, whose changes no event announces.
        const value = await run(driver, (written, isTold) => {
          // Stands for an assistive technology, whose changes no event announces: permgate does not get the key.
          window.isDeaf = true;
          const it = document.querySelector("#it");
          it.focus();
          it.value = written;
          window.told = 0;
          it.addEventListener("change", () => (window.told += 1));
          if (isTold) it.dispatchEvent(new Event("change", { bubbles: true }));
          return it.value;
        }, written, isTold);
        assert.equal(value, written);
        assert.equal(await run(driver, () => window.told), isTold ? 1 : 0, "the page does not get exactly the event that the program dispatched");
        await driver.actions().sendKeys(key).perform();
        await run(driver, () => (window.isDeaf = false));
        assert.equal(await run(driver, () => document.querySelector("#it").value), isTold ? written : before);
        await allow(driver, "a:use");
        await press("it", key);
        assert.notEqual(await run(driver, () => document.querySelector("#it").value), isTold ? written : before, "no key changes the granted field");
        await assertClean(driver);
      });
    }
  }

  test("F60 the page gets events that a script dispatches on the window, and no error is thrown", async () => {
    const { driver } = engine;
    await stage(`<input id="it" ${READONLY}>`);
    const heard = await run(driver, () => {
      const heard = [];
      for (const type of ["click", "keydown", "pointerdown", "focusin", "input", "drop"]) {
        window.addEventListener(type, () => heard.push(type), { once: true });
        window.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
      }
      return heard;
    });
    assert.deepEqual(heard, ["click", "keydown", "pointerdown", "focusin", "input", "drop"]);
    await assertClean(driver);
  });

  test("F58 in a region that is read-only, links can be dragged and elements that a script makes draggable cannot; an event `beforeinput` of a script is told beside it", async () => {
    const { driver } = engine;
    await stage(`<div contenteditable id="text">abc <b ${READONLY}>def</b></div><section ${READONLY}><a id="link" href="#used">x</a><p id="moved" draggable="true">y</p></section>`);
    const found = await run(driver, () => {
      const heard = [];
      for (const type of ["dragstart", "beforeinput"]) document.addEventListener(type, (event) => heard.push(`${type} ${event.target.id}`));
      for (const id of ["link", "moved"]) document.getElementById(id).dispatchEvent(new DragEvent("dragstart", { bubbles: true, cancelable: true, composed: true }));
      document.querySelector("#text").dispatchEvent(new InputEvent("beforeinput", { inputType: "insertText", data: "x", bubbles: true, cancelable: true, composed: true }));
      return heard;
    });
    assert.deepEqual(found, ["dragstart link", "beforeinput text"]);
    await assertClean(driver);
  });

  for (const mode of ["hide", "inert"]) {
    test(`F60 Tab does not stay on an area of an image map in a region in mode \`${mode}\``, async () => {
      const { driver } = engine;
      const region = `data-permission="a:use" data-permission-mode="${mode}"`;
      await stage(`<button id="first">1</button><img usemap="#map" width="60" height="30" alt="" src="/blank.svg">
        <section ${region}><map name="map"><area id="area" shape="rect" coords="0,0,60,30" href="#used" alt="use"></map></section><button id="last">2</button>`);
      await press("first", Key.TAB);
      assert.notEqual(await focused(), "area");
      await driver.actions().sendKeys(Key.TAB).perform();
      assert.notEqual(await focused(), "area");
      await run(driver, () => document.querySelector("#area").focus());
      assert.notEqual(await focused(), "area", "the refused area takes the focus from a script");
      await allow(driver, "a:use");
      await run(driver, () => window.frames());
      await run(driver, () => document.querySelector("#area").focus());
      assert.equal(await focused(), "area", "the granted area does not take the focus");
      await assertClean(driver);
    });
  }
});
