/** F58: texts that are edited in place, in all spellings of `contenteditable`, and their parts: typing, input methods, deleting, undoing, pasting and dropping. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom, put } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const gated = (mode) => `data-permission="a:use" data-permission-mode="${mode}"`;

/** Puts the caret into an element, or selects from one element to another, and presses keys. */
async function type(driver, [from, to], ...keys) {
  await run(driver, (from, to) => {
    const [first, last] = [from, to].map((id) => document.getElementById(id));
    (first.closest("[contenteditable=''],[contenteditable=true],[contenteditable=plaintext-only]") ?? first).focus();
    getSelection().collapse(first.firstChild, from === to ? 1 : 0);
    if (from !== to) getSelection().extend(last.firstChild, 1);
  }, from, to);
  const actions = driver.actions();
  for (const key of keys) {
    if (Array.isArray(key)) actions.keyDown(key[0]).sendKeys(key[1]).keyUp(key[0]);
    else actions.sendKeys(key);
  }
  await actions.perform();
}

const textOf = (driver, id) => run(driver, (id) => document.getElementById(id)?.textContent ?? null, id);

forEachEngine((engine) => {
  for (const mode of ["disable", "readonly"]) {
    test(`F58 a part of an edited text in mode \`${mode}\` is not deleted with the text around it`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<div contenteditable id="host"><p id="before">before</p><p id="part" ${gated(mode)}>clause</p><p id="after">after</p></div>`);
      await beginWith(driver, []);
      for (const keys of [[Key.BACK_SPACE], [Key.DELETE], ["x"], [Key.ENTER], [[Key.CONTROL, "x"]]]) {
        await type(driver, ["before", "after"], ...keys);
        assert.equal(await textOf(driver, "part"), "clause", `${JSON.stringify(keys)}`);
      }
      await type(driver, ["after", "after"], "x");
      assert.notEqual(await textOf(driver, "after"), "after", "the text around the part was not edited");
      await allow(driver, "a:use");
      await type(driver, ["part", "part"], "y");
      assert.equal(await textOf(driver, "part"), "cylause");
      await assertClean(driver);
    });

    test(`F58 a text in mode \`${mode}\` stays uneditable when the page makes it, an element around it or the document editable later`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<article id="around"><section id="region" ${gated(mode)}><p id="text">abc</p></section></article>`);
      await beginWith(driver, []);
      const ways = {
        "the element": () => (document.querySelector("#region").contentEditable = "true"),
        "an element in it": () => (document.querySelector("#text").contentEditable = "true"),
        "an element around it": () => (document.querySelector("#around").contentEditable = "true"),
        "the document": () => (document.designMode = "on"),
      };
      for (const [what, make] of Object.entries(ways)) {
        await run(driver, make);
        await run(driver, () => window.frames());
        await type(driver, ["text", "text"], "x");
        assert.equal(await textOf(driver, "text"), "abc", what);
      }
      await allow(driver, "a:use");
      await run(driver, () => (document.designMode = "off"));
      const spelled = await run(driver, () => ["around", "region", "text"].map((id) => document.getElementById(id).getAttribute("contenteditable")));
      assert.deepEqual(spelled, ["true", "true", "true"], "the page's own value of `contenteditable` is lost");
      await assertClean(driver);
    });

    test(`F58 text that was typed before a revocation in mode \`${mode}\` cannot be undone after it`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<input id="field" ${gated(mode)}><div id="host" contenteditable ${gated(mode)}>abc</div><input id="free">`);
      await beginWith(driver, ["a:use"]);
      await type(driver, ["host", "host"], "x");
      await run(driver, () => document.querySelector("#field").focus());
      await driver.actions().sendKeys("yz").perform();
      await allow(driver);
      const before = await run(driver, () => [document.querySelector("#field").value, document.querySelector("#host").textContent]);
      assert.deepEqual(before, ["yz", "axbc"]);
      for (const id of ["free", "field", "host"]) {
        await run(driver, (id) => document.getElementById(id).focus(), id);
        for (const key of ["z", "z", "y"]) await driver.actions().keyDown(Key.CONTROL).sendKeys(key).keyUp(Key.CONTROL).perform();
      }
      assert.deepEqual(await run(driver, () => [document.querySelector("#field").value, document.querySelector("#host").textContent]), before);
      await assertClean(driver);
    });
  }

  test("F58 the scripts of a refused widget or region get no paste or drop events", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, ["disable", "readonly"].map((mode) => `<div id="${mode}" role="group" tabindex="0" ${gated(mode)}><i id="in-${mode}">x</i></div>`).join(""));
    await beginWith(driver, []);
    const heard = await run(driver, () => {
      const heard = [];
      const types = ["paste", "cut", "drop", "dragenter", "dragover", "beforeinput", "compositionstart"];
      for (const mode of ["disable", "readonly"]) {
        for (const type of types) document.getElementById(mode).addEventListener(type, () => heard.push(`${mode} ${type}`));
        for (const type of types) {
          const event = type === "beforeinput" ? new InputEvent(type, { bubbles: true, cancelable: true }) : new Event(type, { bubbles: true, cancelable: true });
          if (type !== "compositionstart") document.getElementById(`in-${mode}`).dispatchEvent(event);
        }
      }
      return heard;
    });
    assert.deepEqual(heard, []);
    await assertClean(driver);
  });
});
