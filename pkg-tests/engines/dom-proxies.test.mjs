/** F60: labels, forms, invokers, access keys, radio buttons and resets do not activate refused elements, in any mode. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom, put } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const gated = (mode) => `data-permission="a:use" data-permission-mode="${mode}"`;

async function click(driver, id) {
  const place = await run(driver, (id) => {
    const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
    return { x: Math.round(x + Math.min(width, 20) / 2), y: Math.round(y + height / 2) };
  }, id);
  await driver.actions().move(place).press(Button.LEFT).release(Button.LEFT).perform();
}

const press = async (driver, id, ...keys) => {
  await run(driver, (id) => document.getElementById(id).focus(), id);
  await driver.actions().sendKeys(...keys).perform();
};

/** Records which forms are submitted, and by which button. */
const watchForms = (driver) =>
  run(driver, () => {
    window.sent = [];
    document.addEventListener("submit", (event) => {
      event.preventDefault();
      window.sent.push(`${event.target.id} ${event.submitter?.id ?? ""}`.trim());
    });
  });

const sent = (driver) => run(driver, () => window.sent.splice(0));

forEachEngine((engine) => {
  for (const mode of ["hide", "inert", "disable", "readonly"]) {
    test(`F60 a check box in mode \`${mode}\` is not toggled by its label, by a label around it, or by its access key`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<label id="label" for="box">label</label> <label id="around">around <input type="checkbox" id="box" accesskey="k" ${gated(mode)}></label>`);
      await beginWith(driver, []);
      await click(driver, "label");
      await click(driver, "around");
      await driver.actions().keyDown(Key.ALT).keyDown(Key.SHIFT).sendKeys("k").keyUp(Key.SHIFT).keyUp(Key.ALT).perform();
      await driver.actions().keyDown(Key.ALT).sendKeys("k").keyUp(Key.ALT).perform();
      assert.equal(await run(driver, () => document.querySelector("#box").checked), false);
      await allow(driver, "a:use");
      await click(driver, "label");
      assert.equal(await run(driver, () => document.querySelector("#box").checked), true);
      await assertClean(driver);
    });
  }

  for (const mode of ["hide", "inert", "disable"]) {
    test(`F60 neither Enter beside a button in mode \`${mode}\` nor a click by a script submits its form`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<form id="form"><input id="field" value="a"><button id="all" ${gated(mode)}>Delete all</button></form>`);
      await watchForms(driver);
      await beginWith(driver, []);
      await press(driver, "field", Key.ENTER);
      await run(driver, () => document.querySelector("#all").click());
      assert.deepEqual(await sent(driver), []);
      await allow(driver, "a:use");
      await press(driver, "field", Key.ENTER);
      assert.deepEqual(await sent(driver), ["form all"]);
      await assertClean(driver);
    });

    test(`F60 a form in mode \`${mode}\` is neither submitted nor reset by a control outside of it`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      const form = (id) => `<form id="${id}" ${gated(mode)}></form><input id="${id}-field" form="${id}" value="1"><button id="${id}-button" form="${id}">Purge</button><button id="${id}-reset" type="reset" form="${id}">Reset</button>`;
      await put(driver, `${form("purge")}<div id="host"></div>`);
      await watchForms(driver);
      await beginWith(driver, []);
      await run(driver, (html) => {
        const shadow = document.querySelector("#host").attachShadow({ mode: "open" });
        shadow.innerHTML = window.trusted(html);
        shadow.addEventListener("submit", (event) => { event.preventDefault(); window.sent.push("in a shadow root"); });
      }, form("shadowed"));
      await run(driver, () => window.frames());
      await press(driver, "purge-field", Key.END, "2", Key.ENTER);
      await click(driver, "purge-button");
      await click(driver, "purge-reset");
      await run(driver, () => document.querySelector("#host").shadowRoot.querySelector("button").click());
      assert.deepEqual(await sent(driver), []);
      if (mode !== "disable") assert.equal(await run(driver, () => document.querySelector("#purge-field").value), "12", "the form was reset");
      await allow(driver, "a:use");
      await click(driver, "purge-button");
      await run(driver, () => document.querySelector("#host").shadowRoot.querySelector("button").click());
      assert.deepEqual(await sent(driver), ["purge purge-button", "in a shadow root"]);
      await assertClean(driver);
    });

    test(`F60 no button opens or commands a popover or dialog in mode \`${mode}\`, and no script makes a hidden one modal`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver,
        `<button id="pop" popovertarget="popover">p</button><button id="show" commandfor="dialog" command="show-modal">d</button><button id="own" commandfor="popover" command="--own">c</button>` +
        `<button id="beside">b</button><div id="popover" popover ${gated(mode)}>popover</div><dialog id="dialog" ${gated(mode)}>dialog</dialog>`);
      await run(driver, () => {
        window.acts = [];
        document.querySelector("#popover").addEventListener("command", ({ command }) => window.acts.push(command));
        document.querySelector("#beside").addEventListener("click", () => window.acts.push("beside"));
      });
      await beginWith(driver, []);
      for (const id of ["pop", "show", "own"]) await click(driver, id);
      const isOpen = () => run(driver, () => [document.querySelector("#popover").matches(":popover-open"), document.querySelector("#dialog").open]);
      assert.deepEqual(await isOpen(), [false, false]);
      if (mode === "hide") await run(driver, () => document.querySelector("#dialog").showModal());
      await click(driver, "beside");
      assert.deepEqual(await run(driver, () => window.acts), ["beside"]);
      await allow(driver, "a:use");
      await click(driver, "pop");
      assert.deepEqual(await isOpen(), [true, false]);
      await run(driver, () => document.querySelector("#popover").hidePopover());
      await run(driver, () => document.querySelector("#dialog").showModal());
      assert.deepEqual(await isOpen(), [false, true]);
      await assertClean(driver);
    });
  }

  test("F60 a hidden modal dialog does not block the page, is shown again with its grant, and fires no close event", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<button id="beside">b</button><section data-permission="a:use"><dialog id="dialog">dialog <button id="inside">i</button></dialog></section>');
    await run(driver, () => {
      window.acts = [];
      document.querySelector("#dialog").addEventListener("close", () => window.acts.push("close"));
      document.querySelector("#beside").addEventListener("click", () => window.acts.push("beside"));
    });
    await beginWith(driver, ["a:use"]);
    await run(driver, () => document.querySelector("#dialog").showModal());
    await click(driver, "beside");
    await allow(driver);
    await click(driver, "beside");
    await run(driver, () => window.frames());
    assert.deepEqual(await run(driver, () => window.acts), ["beside"]);
    await allow(driver, "a:use");
    assert.equal(await run(driver, () => document.querySelector("#dialog").matches(":modal")), true);
    await run(driver, () => document.querySelector("#dialog").close());
    await run(driver, () => window.frames());
    assert.deepEqual(await run(driver, () => window.acts), ["beside", "close"]);
    await assertClean(driver);
  });

  test("F60 hidden modal dialogs in a shadow root, or shown by a method that the page kept, do not block the page", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<button id="beside">b</button><section data-permission="a:use"><div id="host"></div><dialog id="dialog">dialog</dialog></section>');
    await run(driver, () => {
      window.acts = [];
      document.querySelector("#beside").addEventListener("click", () => window.acts.push("beside"));
      window.shadow = document.querySelector("#host").attachShadow({ mode: "open" });
      window.shadow.innerHTML = window.trusted("<dialog>in a shadow root</dialog>");
      window.kept = HTMLDialogElement.prototype.showModal;
      window.shadow.firstChild.showModal();
    });
    await beginWith(driver, ["a:use"], { modes: {} });
    await run(driver, () => window.kept.call(document.querySelector("#dialog")));
    const modal = () => run(driver, () => [window.shadow.firstChild, document.querySelector("#dialog")].map((dialog) => dialog.matches(":modal")));
    assert.deepEqual(await modal(), [true, true]);
    await allow(driver);
    await click(driver, "beside");
    assert.deepEqual(await run(driver, () => window.acts), ["beside"]);
    await allow(driver, "a:use");
    assert.deepEqual(await modal(), [true, true]);
    await assertClean(driver);
  });

  for (const mode of ["disable", "readonly"]) {
    test(`F58 a radio button in mode \`${mode}\` keeps its choice when another button of its group is clicked, pressed or activated by its label`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<form><input type="radio" name="r" id="one" checked ${gated(mode)}><label id="label" for="two">two</label><input type="radio" name="r" id="two"></form><form><input type="radio" name="r" id="other"></form>`);
      await beginWith(driver, []);
      await click(driver, "two");
      await click(driver, "label");
      await press(driver, "two", Key.SPACE, Key.ARROW_DOWN);
      await click(driver, "other");
      const chosen = () => run(driver, () => [...document.querySelectorAll("input")].filter(({ checked }) => checked).map(({ id }) => id));
      assert.deepEqual(await chosen(), ["one", "other"]);
      await allow(driver, "a:use");
      await click(driver, "two");
      assert.deepEqual(await chosen(), ["two", "other"]);
      await assertClean(driver);
    });

    test(`F58 a reset by the user leaves fields in mode \`${mode}\` as a script left them, and a reset by a script does not`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<form id="form"><input id="text" value="a" ${gated(mode)}><select id="list" ${gated(mode)}><option>x<option>y</select><input id="free" value="f"><button type="reset" id="anew">Reset</button></form><form id="other"><input id="own" value="o" ${gated(mode)}></form>`);
      await beginWith(driver, []);
      await run(driver, () => {
        document.querySelector("#own").value = "p";
        document.querySelector("#form").addEventListener("reset", () => document.querySelector("#other").reset(), { once: true });
        document.querySelector("#text").value = "b";
        document.querySelector("#list").value = "y";
        document.querySelector("#free").value = "g";
      });
      await click(driver, "anew");
      await run(driver, () => window.frames());
      const values = () => run(driver, () => ["text", "list", "free", "own"].map((id) => document.getElementById(id).value));
      assert.deepEqual(await values(), ["b", "y", "f", "o"], "a script has reset the other form meanwhile");
      await run(driver, () => document.querySelector("#form").reset());
      await run(driver, () => window.frames());
      assert.deepEqual(await values(), ["a", "x", "f", "o"]);
      await run(driver, () => {
        document.querySelector("#text").value = "b";
        document.querySelector("#anew").click();
        return window.frames();
      });
      assert.deepEqual(await values(), ["a", "x", "f", "o"], "a script has clicked the button");
      await run(driver, () => {
        document.querySelector("#text").value = "b";
        document.querySelector("#anew").addEventListener("click", (event) => event.preventDefault());
      });
      await click(driver, "anew");
      await run(driver, () => window.frames());
      await run(driver, () => document.querySelector("#form").reset());
      await run(driver, () => window.frames());
      assert.deepEqual(await values(), ["a", "x", "f", "o"], "the page has prevented the reset by the user");
      await assertClean(driver);
    });
  }

  test("F62 a refused option and a refused area are kept from use before a frame can show them", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await beginWith(driver, [], { modes: {} });
    const kept = await run(driver, async () => {
      window.put('<select><option data-permission="a:use">x</select><map name="map"><area href="#x" alt="x" data-permission="a:use"></map>');
      // In the same task, after the observers of this change.
      await Promise.resolve();
      return [document.querySelector("option").disabled, document.querySelector("area").tabIndex];
    });
    assert.deepEqual(kept, [true, -1]);
    await assertClean(driver);
  });

  test("F58 no key of a list chooses a hidden option, and the Tab key skips a hidden area", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    // Firefox takes an `<area>` for visible while its image is, whatever a stylesheet says: it is added when the page is bound and complete.
    await beginWith(driver, [], { modes: {} });
    await put(driver,
      '<select id="list"><option>alpha<option data-permission="a:use">beta<option data-permission="a:use">gamma</select>' +
      '<button id="first">1</button><img usemap="#map" width="60" height="30" alt="" src="/blank.svg"><map name="map"><area id="area" shape="rect" coords="0,0,60,30" href="#used" alt="use" data-permission="a:use"></map><button id="last">2</button>');
    await run(driver, () => window.frames());
    const before = await run(driver, () => window.main.innerHTML);
    for (const key of ["b", Key.ARROW_DOWN, "g", Key.END]) await press(driver, "list", key);
    assert.equal(await run(driver, () => document.querySelector("#list").value), "alpha");
    await press(driver, "first", Key.TAB);
    assert.notEqual(await run(driver, () => document.activeElement.id), "area");
    const clone = await run(driver, () => {
      document.querySelector("#list").append(document.querySelectorAll("option")[1].cloneNode(true));
      return document.querySelectorAll("option")[3].disabled;
    });
    assert.ok(clone, "a clone of the option is not disabled");
    await allow(driver, "a:use");
    await run(driver, () => window.frames());
    assert.equal(await run(driver, () => document.querySelectorAll(":disabled,[tabindex]").length), 0);
    for (const key of [Key.ARROW_DOWN, "g"]) await press(driver, "list", key);
    assert.notEqual(await run(driver, () => document.querySelector("#list").value), "alpha", "the granted option cannot be chosen");
    assert.ok(before.includes('data-permission-applied="hide disabled"'));
    await assertClean(driver);
  });
});
