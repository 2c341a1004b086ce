/** F58–F60: which keys and presses on refused elements the page gets as events, and of which the browser's own action is prevented. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { allow, put, shareDom } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const gated = (mode) => `data-permission="a:use" data-permission-mode="${mode}"`;
const TYPES = ["keydown", "mousedown", "click", "wheel", "pointerup", "mouseup", "keyup", "contextmenu"];

/** Fields and widgets by type, and the types of the events (keys, presses of the mouse, clicks) whose default action is prevented on them. */
const PREVENTED = {
  checkbox: ['<input type="checkbox" @>', ["keydown", "click"]],
  radio: ['<input type="radio" @>', ["keydown", "click"]],
  file: ['<input type="file" @>', ["keydown", "click"]],
  color: ['<input type="color" value="#112233" @>', ["keydown", "click"]],
  range: ['<input type="range" @>', ["keydown", "mousedown"]],
  "select-one": ['<select @><option>x<option>y</select>', ["keydown", "mousedown"]],
  "select-multiple": ['<select multiple @><option>x<option>y</select>', ["keydown", "mousedown"]],
  number: ['<input type="number" value="1" @>', ["keydown"]],
  date: ['<input type="date" @>', ["keydown"]],
  time: ['<input type="time" @>', ["keydown"]],
  "datetime-local": ['<input type="datetime-local" @>', ["keydown"]],
  // Only Chromium has such fields.
  month: ['<input type="month" @>', ["keydown"]],
  week: ['<input type="week" @>', ["keydown"]],
  text: ['<input value="abc" @>', []],
  combobox: ['<input role="combobox" aria-expanded="false" value="abc" @>', ["click"]],
  textbox: ['<div role="textbox" contenteditable tabindex="0" @>abc</div>', ["click"]],
  slider: ['<div role="slider" tabindex="0" aria-valuenow="1" @>abc</div>', ["keydown", "click"]],
};

/** The keys that are pressed; an array has the modifiers before the key. `TOLD` has those that the page gets. */
const PRESSED = [
  Key.ARROW_LEFT, Key.HOME, Key.END, Key.PAGE_DOWN, Key.F9, Key.ENTER, "x", "c", Key.BACK_SPACE, Key.F2,
  [Key.SHIFT, Key.ARROW_LEFT], [Key.CONTROL, Key.ARROW_UP], [Key.ALT, Key.ARROW_UP], [Key.CONTROL, "c"], [Key.CONTROL, "C"], [Key.CONTROL, "d"],
  [Key.META, Key.ARROW_UP],
];
const MOVING = ["ArrowLeft", "Home", "End", "PageDown", "F9"];
const TOLD = {
  "a text field that is read-only": ["readonly", '<input id="it" value="abc" @>', [...MOVING, "Enter", "F2", "ArrowLeft", "c", "C"]],
  "a text area that is read-only": ["readonly", '<textarea id="it" @>abc</textarea>', [...MOVING, "F2", "ArrowLeft", "c", "C"]],
  "a grid that is read-only": ["readonly", '<div id="it" role="grid" tabindex="0" @>abc</div>', [...MOVING, "ArrowLeft", "ArrowUp", "ArrowUp", "c", "C", "ArrowUp"]],
  "a widget that is read-only": ["readonly", '<div id="it" role="slider" tabindex="0" aria-valuenow="1" @>abc</div>', ["c", "C"]],
  "an edited text that is read-only": ["readonly", '<div id="it" contenteditable tabindex="0" @>abc</div>', ["c", "C"]],
  "a link that is disabled": ["disable", '<a id="it" href="#used" @>abc</a>', []],
};

forEachEngine((engine) => {
  shareDom(engine, {
    given: TYPES,
    // Added before the binding: gets all events, and keeps them, to see later whether they were prevented. It stops events of the type `lost`.
    prepare: (types) => {
      window.events = [];
      for (const type of types) {
        window.addEventListener(type, (event) => {
          window.events.push(event);
          if (type === window.lost) event.stopImmediatePropagation();
        }, true);
      }
    },
    // Added after the binding: gets only the events that permgate lets through to the page.
    follow: (types) => {
      window.told = [];
      for (const type of types) document.addEventListener(type, (event) => window.told.push({ type, key: event.key, target: event.target.id }), true);
    },
  });

  /** Sets the content of the page, in which nothing is granted. */
  async function stage(html, mode) {
    await put(engine.driver, html.replace("@", gated(mode)));
    await run(engine.driver, () => {
      window.events.length = window.told.length = 0;
      return window.frames();
    });
  }

  const middle = (selector) =>
    run(engine.driver, (selector) => {
      const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
      return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    }, selector);

  async function click(selector) {
    await engine.driver.actions().move(await middle(selector)).press(Button.LEFT).release(Button.LEFT).perform();
  }

  async function press(keys) {
    await run(engine.driver, () => document.querySelector("main > *").focus());
    for (const key of keys) {
      const [last, ...modifiers] = Array.isArray(key) ? [...key].reverse() : [key];
      const actions = engine.driver.actions();
      for (const modifier of modifiers) actions.keyDown(modifier);
      actions.sendKeys(last);
      for (const modifier of modifiers) actions.keyUp(modifier);
      await actions.perform();
    }
  }

  for (const [type, [html, prevented]] of Object.entries(PREVENTED)) {
    // In Firefox, a date that is read-only takes no focus from a program.
    if (engine.name === "firefox" && /date|time/.test(type)) continue;
    if (engine.name !== "chromium" && /month|week/.test(type)) continue;
    test(`F58 ${prevented.length === 0 ? "no default action is" : `the default actions of ${prevented.join(" and ")} are`} prevented on a field of type \`${type}\` that is read-only`, async () => {
      const { driver } = engine;
      await stage(html, "readonly");
      await click("main > *");
      await press(["1", Key.ARROW_UP, [Key.CONTROL, "y"]]);
      const found = await run(driver, () => [...new Set(window.events.filter((event) => event.defaultPrevented).map((event) => event.type))].sort());
      assert.deepEqual(found, [...prevented].sort());
      // The browser's own shortcuts work.
      const keys = await run(driver, () => window.events.filter(({ type }) => type === "keydown").map(({ key, defaultPrevented }) => `${key} ${defaultPrevented}`));
      const isKept = prevented.includes("keydown");
      assert.deepEqual(keys, [`1 ${isKept}`, `ArrowUp ${isKept}`, "Control false", "y false"]);
      const isClickTold = await run(driver, () => window.told.some(({ type }) => type === "click"));
      if (prevented.includes("click")) assert.ok(!isClickTold, "the page gets the click");
      await assertClean(driver);
    });
  }

  for (const [what, [mode, html, told]] of Object.entries(TOLD)) {
    test(`F58 from ${what}, the page gets the focus, modifiers, and of other keys only: ${told.join(", ") || "none"}`, async () => {
      const { driver } = engine;
      await stage(html, mode);
      await run(driver, () => {
        window.isFocusTold = false;
        document.addEventListener("focusin", () => (window.isFocusTold = true), { capture: true, once: true });
      });
      await press(PRESSED);
      assert.ok(await run(driver, () => window.isFocusTold), "the page does not get the focus event");
      const keys = await run(driver, () => window.told.filter(({ type }) => type === "keydown").map(({ key }) => key));
      // WebKitGTK's driver does not send the press of this key.
      const modifiers = ["Shift", "Control", "Alt", ...(engine.name === "webkit" ? [] : ["Meta"])];
      // Nor a capital letter with Control.
      const expected = told.map((key) => (engine.name === "webkit" && key === "C" ? "c" : key));
      assert.deepEqual(keys.filter((key) => !modifiers.includes(key)), expected, `${keys}`);
      const released = await run(driver, () => window.told.filter(({ type }) => type === "keyup").map(({ key }) => key));
      assert.deepEqual(released.filter((key) => ![...modifiers, "Meta"].includes(key)), expected, "the releases of these keys are told, and no others");
      assert.deepEqual([...new Set(keys.filter((key) => modifiers.includes(key)))], modifiers);
      await assertClean(driver);
    });
  }

  // Only Chromium's driver presses this key.
  if (engine.name === "chromium") {
    test("F58 in a text field that is read-only, the page is told of the modifier `AltGraph`", async () => {
      const { driver } = engine;
      await stage('<input id="it" value="abc" @>', "readonly");
      await press([]);
      for (const type of ["rawKeyDown", "keyUp"]) await driver.sendDevToolsCommand("Input.dispatchKeyEvent", { type, key: "AltGraph", code: "AltRight" });
      await until("the key is told", () => run(driver, () => window.told.some(({ type, key }) => type === "keydown" && key === "AltGraph")));
      await assertClean(driver);
    });
  }

  test("F59 the element behind a disabled widget gets neither a release on the widget nor its context menu", async () => {
    const { driver } = engine;
    await stage('<div id="card"><button id="beside">beside</button><span id="it" role="button" tabindex="0" @>widget</span></div>', "disable");
    await driver.actions().move(await middle("#beside")).press(Button.LEFT).move(await middle("#it")).release(Button.LEFT).perform();
    // WebKitGTK's driver leaves the browser's own menu open.
    if (engine.name !== "webkit") await driver.actions().press(Button.RIGHT).release(Button.RIGHT).perform();
    const told = await run(driver, () => window.told.filter(({ type, target }) => target !== "beside" && type !== "click").map(({ type, target }) => `${type} on ${target ?? "the document"}`));
    assert.deepEqual(told, ["pointerup on the document", "mouseup on the document"]);
    await assertClean(driver);
  });

  const BESIDE = { "a button": '<button id="beside">beside</button>', "a field that is read-only": `<input id="beside" ${gated("readonly")}>` };
  for (const [what, beside] of Object.entries(BESIDE)) {
    test(`F59 the page gets a release on ${what} if it got the press, even after the release of an earlier, refused press was lost`, async () => {
      const { driver } = engine;
      await stage(`<a id="it" href="#used" @>abc</a>${beside}`, "disable");
      for (const [id, lost] of [["it", "keyup"], ["beside", ""]]) {
        await run(driver, (id, lost) => {
          window.lost = lost;
          document.getElementById(id).focus();
        }, id, lost);
        await driver.actions().keyDown(Key.HOME).keyUp(Key.HOME).perform();
      }
      assert.deepEqual(await run(driver, () => window.told.map(({ type, target }) => `${type} on ${target}`)), ["keydown on beside", "keyup on beside"]);
      await assertClean(driver);
    });
  }

  test("F59 after a script dispatched a press on an element that was then refused, the page still gets moves of the mouse", async () => {
    const { driver } = engine;
    await allow(driver, "a:use");
    await stage('<p id="it" @>abc</p><p id="beside">beside</p>', "disable");
    await run(driver, () => {
      document.querySelector("#it").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
      window.moves = 0;
      document.querySelector("#beside").addEventListener("mousemove", () => (window.moves += 1));
    });
    await allow(driver);
    const { x, y } = await middle("#beside");
    await driver.actions().move({ x, y }).move({ x: x + 3, y }).perform();
    await until("the page gets a move", () => run(driver, () => window.moves > 0));
    await assertClean(driver);
  });

  test("F59 after a press that a script dispatched on a disabled link, the page is still told of the mouse's moves", async () => {
    const { driver } = engine;
    await stage('<a id="it" href="#used" @>abc</a><p id="beside">beside</p>', "disable");
    await run(driver, () => {
      document.querySelector("#it").dispatchEvent(new MouseEvent("mousedown", { bubbles: true, composed: true }));
      window.moves = 0;
      document.querySelector("#beside").addEventListener("mousemove", () => (window.moves += 1));
    });
    const { x, y } = await middle("#beside");
    await driver.actions().move({ x, y }).move({ x: x + 3, y }).perform();
    await until("a move is told", () => run(driver, () => window.moves > 0));
    await assertClean(driver);
  });

  test("F59 when more is refused while a press on a disabled link lasts, the page is told of no cancelled press", async () => {
    const { driver } = engine;
    await allow(driver, "b:use");
    await stage('<a id="it" href="#used" @>abc</a><p data-permission="b:use">other</p>', "disable");
    await run(driver, () => {
      window.cancelled = [];
      for (const type of ["pointercancel", "mouseup"]) document.addEventListener(type, () => window.cancelled.push(type), true);
    });
    await driver.actions().move(await middle("#it")).press(Button.LEFT).perform();
    await allow(driver);
    assert.deepEqual(await run(driver, () => window.cancelled), []);
    await driver.actions().release(Button.LEFT).perform();
    assert.deepEqual(await run(driver, () => window.cancelled), []);
    await assertClean(driver);
  });

  test("F59 while a press on a disabled link lasts, the page gets the moves that a script dispatches, and no others", async () => {
    const { driver } = engine;
    await stage('<a id="it" href="#used" @>abc</a><p id="beside">beside</p>', "disable");
    await run(driver, () => {
      window.moves = [];
      document.addEventListener("mousemove", ({ isTrusted }) => window.moves.push(isTrusted), true);
    });
    const { x, y } = await middle("#it");
    await driver.actions().move({ x, y }).press(Button.LEFT).perform();
    await run(driver, () => (window.moves.length = 0));
    await driver.actions().move({ x: x + 3, y }).perform();
    await run(driver, () => document.querySelector("#beside").dispatchEvent(new MouseEvent("mousemove", { bubbles: true })) && undefined);
    await driver.actions().release(Button.LEFT).perform();
    assert.deepEqual(await run(driver, () => window.moves), [false]);
    await assertClean(driver);
  });

  test("F59 in a region that is read-only, elements that are not fields get wheel events, presses and releases", async () => {
    const { driver } = engine;
    await stage('<section @><p id="it">text</p></section>', "readonly");
    const { x, y } = await middle("#it");
    await driver.actions().move({ x, y }).press(Button.LEFT).release(Button.LEFT).perform();
    // WebKitGTK's driver turns no wheel.
    if (engine.name !== "webkit") {
      await driver.actions().scroll(x, y, 0, 10).perform();
      // An engine may send it later than its driver answers.
      await until("the element gets the wheel event", () => run(driver, () => window.told.some(({ type, target }) => type === "wheel" && target === "it")));
    }
    const told = await run(driver, () => window.told.filter(({ type, target }) => type !== "wheel" && target === "it").map(({ type }) => type));
    assert.deepEqual(told, ["mousedown", "pointerup", "mouseup", "click"]);
    // WebKitGTK's driver leaves the browser's own menu open.
    if (engine.name !== "webkit") {
      await driver.actions().press(Button.RIGHT).release(Button.RIGHT).perform();
      assert.ok(await run(driver, () => window.told.some(({ type, target }) => type === "contextmenu" && target === "it")), "the menu is not told");
    }
    await assertClean(driver);
  });
});
