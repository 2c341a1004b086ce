/** F58, F60: no input changes or activates a refused element, kind by kind and mode by mode. Writes the table in docs/guide/elements.md. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Button } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom, put } from "./dom-stage.mjs";
import { keep } from "./elements-table.mjs";
import { ALL, KEYS, KINDS, OPENS, UNTOLD, USED } from "./refused-kinds.mjs";
import { run } from "./stage.mjs";

/** Ends a medium before its element or page is removed: WebKitGTK's process has crashed in its media framework when a playing medium was replaced. */
const endMedium = (driver) =>
  run(driver, () => {
    if (!("paused" in (window.it ?? {}))) return;
    window.it.pause();
    window.it.removeAttribute("src");
    window.it.load();
  });

/** Adds a tagged element to the page, and makes the page record its events and changes. */
async function stage(driver, kind, mode) {
  await endMedium(driver);
  await put(driver, KINDS[kind].replaceAll("@", `data-permission="a:use" data-permission-mode="${mode}"`));
  await run(driver, () => {
    window.it = document.querySelector("#it");
    window.acts = [];
    // An engine that does not know such an element gives it no box of its own.
    const isAsking = window.it.matches("geolocation,permission,usermedia");
    if (isAsking) Object.assign(window.it.style, { display: "inline-block", width: "90px", height: "30px" });
    // A widget made by a script reacts to these events.
    const isWidget = window.it.matches("[role],x-used");
    for (const type of isWidget ? ["click", "keydown", "paste", "wheel", "pointerdown"] : ["click"]) {
      window.it.addEventListener(type, (event) => {
        const isLeaving = ["Tab", "Escape", "Control"].includes(event.key);
        if (!event.defaultPrevented && !isLeaving && (isWidget || isAsking || window.it.matches("button"))) window.acts.push(type);
      });
    }
    for (const type of ["play", "pause", "seeking", "volumechange"]) if ("paused" in window.it) window.it.addEventListener(type, () => window.acts.push(type));
    for (const form of document.forms) form.addEventListener("submit", (event) => { event.preventDefault(); window.acts.push("submit"); });
    history.replaceState(null, "", "#");
    const fields = [...window.main.querySelectorAll("input:not(#field),select,textarea")];
    window.state = () => JSON.stringify([
      fields.map((field) => [field.value, field.checked, [...(field.selectedOptions ?? [])].map(({ value }) => value)]),
      (document.querySelector("#host") ? [window.it] : [...window.main.querySelectorAll("[contenteditable]")]).map((text) => text.textContent),
      [...window.main.querySelectorAll("details")].map(({ open }) => open),
      window.acts.join(), location.hash, window.it.paused,
    ]);
  });
}

/** The box of an element; null if it has none. */
const middleOf = (driver, selector) =>
  run(driver, (selector) => {
    const found = document.querySelector(selector);
    const { x, y, width, height } = (found?.localName === "area" ? document.querySelector("img") : found)?.getBoundingClientRect() ?? {};
    return width ? { x: Math.round(x + width / 2), y: Math.round(y + height / 2) } : null;
  }, selector);

async function clickOn(driver, selector) {
  const place = await middleOf(driver, selector);
  if (place) await driver.actions().move(place).press(Button.LEFT).release(Button.LEFT).perform();
}

/** All actions of a user on an element. */
async function useIt(driver, kind, name, clicked = () => undefined) {
  if (!OPENS.includes(kind)) await clickOn(driver, "#it");
  await clicked();
  // A list that the click has opened would get the keys.
  await run(driver, () => document.activeElement.blur());
  const focus = () => run(driver, () => {
    const { it } = window;
    document.activeElement.blur();
    it.focus();
    if (!it.checkVisibility()) return;
    // A text that is or was edited in place has a caret.
    if (it.closest("[contenteditable],#host") && it.firstChild) {
      it.closest("#host")?.focus();
      getSelection().collapse(it.firstChild, 1);
    }
  });
  for (const key of KEYS) {
    if (OPENS.includes(kind) && key === KEYS[3]) continue;
    await focus();
    const [modifier, second] = Array.isArray(key) ? key : [undefined, key];
    const actions = driver.actions();
    await (modifier ? actions.keyDown(modifier).sendKeys(second).keyUp(modifier) : actions.sendKeys(second)).perform();
  }
  await clickOn(driver, "#label");
  await run(driver, () => document.querySelector("#field")?.focus());
  if (kind === "`<button>`") await driver.actions().sendKeys("\uE007").perform();
  if (name !== "chromium") return;
  await compose(driver, focus);
  const place = OPENS.includes(kind) ? null : await middleOf(driver, "#it");
  if (place) await touchAndDrop(driver, place);
}

/** A moving finger and a dropped text: only Chromium's driver can send them. */
async function touchAndDrop(driver, { x, y }) {
  const touch = (type, touchPoints) => driver.sendDevToolsCommand("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [{ x, y }]);
  await touch("touchMove", [{ x: x + 20, y }]);
  await touch("touchEnd", []);
  const data = { items: [{ mimeType: "text/plain", data: "dropped" }], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await driver.sendDevToolsCommand("Input.dispatchDragEvent", { type, x, y, data });
}

/** Text of an input method, which cannot be cancelled: only Chromium's driver can send it. */
async function compose(driver, focus) {
  await focus();
  await driver.sendDevToolsCommand("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  await driver.sendDevToolsCommand("Input.insertText", { text: "日本" });
}

/** The attributes that permgate has set on the tagged elements and in them. */
const native = (driver) =>
  run(driver, () => {
    const names = new Set();
    for (const element of window.main.querySelectorAll("[data-permission-applied]")) {
      for (const part of element.getAttribute("data-permission-applied").split(" ").slice(1)) {
        const [name] = part.split("=");
        names.add(element.getAttribute(name) === "" ? name : `${name}=${element.getAttribute(name)}`);
      }
    }
    return [...names].sort();
  });

forEachEngine((engine) => {
  const found = {};
  for (const kind of Object.keys(KINDS)) {
    test(`F58 ${kind.replaceAll("`", "")}: cannot be used while refused in any mode, can be used when granted, and is restored afterwards`, async (t) => {
      const { driver, name } = engine;
      await openDom(t, engine);
      await put(driver, "");
      await beginWith(driver, []);
      found[kind] = {};
      for (const mode of ALL) {
        await allow(driver);
        await stage(driver, kind, mode);
        // The binder finds elements that no stylesheet hides in a task of its own.
        await run(driver, () => window.frames());
        const [before, attributes] = [await run(driver, () => window.state()), await native(driver)];
        await useIt(driver, kind, name);
        const now = await run(driver, () => window.state());
        const isUsable = USED[kind]?.includes(mode) ?? false;
        assert.equal(now !== before, isUsable, `mode ${mode}: ${before} became ${now}`);
        found[kind][mode] = isUsable ? ["used"] : attributes;
        await run(driver, () => window.it.blur());
        await allow(driver, "a:use");
        assert.deepEqual(await native(driver), [], `mode ${mode} left attributes`);
      }
      await run(driver, () => (window.before = window.state()) && undefined);
      const isChanged = () => run(driver, () => window.state() !== window.before);
      let isUsed = false;
      await useIt(driver, kind, name, async () => (isUsed = await isChanged()));
      isUsed ||= await isChanged();
      assert.ok(isUsed || [...OPENS, ...UNTOLD].includes(kind), "the granted element cannot be used");
      // Chromium pastes styles, which the policy of the page forbids.
      assert.deepEqual(await run(driver, () => [window.watch.record.flashes, window.watch.uncaught]), [[], []]);
      await endMedium(driver);
    });
  }
  after(() => keep(engine.name, found));
});
