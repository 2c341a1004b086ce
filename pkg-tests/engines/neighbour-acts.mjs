/** The actions of a user by pointer, keys, fingers and input methods, for `dom-neighbours.test.mjs`. */

/*
 * A case has `html` (with `@` in the tagged element), `modes`, and `act(user)`. Where it needs them, it has `setup(find, mode)`
 * in the page, `first(user)` while it is granted, `looks()` for the values that must not change, and `only` with the engines whose
 * drivers can do it; `isOneWay` says that the grant itself changes these values, `isUsed` that the element can be used in spite of the mode.
 */

import { Button } from "selenium-webdriver";
import { run } from "./stage.mjs";

/** In the page: finds an element, also in the open shadow root of `#host` if there is one. */
const FIND = `const find = (selector) => document.querySelector(selector) ?? document.querySelector("#host")?.shadowRoot?.querySelector(selector);`;

/** Runs a function in the page with `find` before the arguments. */
export const inPage = (driver, body, ...args) => run(driver, `(...args) => { ${FIND} return (${sourceOf(body)})(find, ...args); }`, ...args);

/** The source of a function as an expression, also of a shorthand method, whose own source is not an expression. */
const sourceOf = (body) => String(body).replace(/^setup\(/, "function (");

export const BOTH = ["disable", "readonly"];
export const EVERY = ["hide", "inert", "disable", "readonly"];

/** In the page: the text of the element in use. */
export const textOf = () => (document.querySelector("#it") ?? document.querySelector("#host")?.shadowRoot.querySelector("#it"))?.textContent ?? null;

/** In the page: records the events of an element that were not prevented and that mean an action. */
export const hears = (types, selector) => `(find) => {
  for (const type of ${JSON.stringify(types)}) find(${JSON.stringify(selector)}).addEventListener(type, ({ defaultPrevented, key, buttons }) => {
    const isUnmeant = ["Control", "Shift", "Alt"].includes(key) || (/^(pointer|mouse)move$/.test(type) && buttons === 0);
    if (!defaultPrevented && !isUnmeant) window.acts.push(type);
  });
}`;

/** A case in which the element is clicked, and then gets a key. */
export const clickedThenPressed = (html, modes, events, key) => ({
  html,
  modes,
  setup: hears(events, "#it"),
  async act({ press, click }) {
    await click("#it");
    await press("#it", key);
  },
});

/** The actions of a user by a driver; input methods, fingers and drops only if the driver can send them. */
export function userOf({ driver, name }) {
  const middle = (selector) =>
    inPage(driver, (find, selector) => {
      const { x, y, width, height } = find(selector).getBoundingClientRect();
      return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    }, selector);
  const cdp = async (...command) => name === "chromium" && driver.sendDevToolsCommand(...command);
  const user = {
    name,
    driver,
    middle,
    inPage: (body, ...args) => inPage(driver, body, ...args),
    async click(selector, button = Button.LEFT) {
      await driver.actions().move(await middle(selector)).press(button).release(button).perform();
    },
    async doubleClick(selector) {
      await driver.actions().move(await middle(selector)).press().release().press().release().perform();
    },
    async drag(from, to) {
      await driver.actions().move(await middle(from)).press(Button.LEFT).move(await middle(to)).release(Button.LEFT).perform();
    },
    /** Sets the focus, and presses keys; an array has the modifiers before the key. */
    async press(selector, ...keys) {
      if (selector) await inPage(driver, (find, selector) => find(selector).focus(), selector);
      for (const key of keys) {
        const [last, ...modifiers] = Array.isArray(key) ? [...key].reverse() : [key];
        const actions = driver.actions();
        for (const modifier of modifiers) actions.keyDown(modifier);
        actions.sendKeys(last);
        for (const modifier of modifiers) actions.keyUp(modifier);
        await actions.perform();
      }
    },
    /** Selects from the first text of an element to the first text of another one. */
    select: (from, to = from, [start, end] = [1, 1]) =>
      inPage(driver, (find, from, to, start, end) => {
        const [first, last] = [find(from), find(to)];
        (first.closest("[contenteditable=''],[contenteditable=true],[contenteditable=plaintext-only]") ?? first).focus();
        getSelection().setBaseAndExtent(first.firstChild ?? first, first.firstChild ? start : 0, last.firstChild ?? last, last.firstChild ? end : 0);
      }, from, to, start, end),
    async compose(text = "日本") {
      await cdp("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
      await cdp("Input.insertText", { text });
    },
    async touch(selector, by = 30) {
      const { x, y } = await middle(selector);
      const send = (type, touchPoints) => cdp("Input.dispatchTouchEvent", { type, touchPoints });
      await send("touchStart", [{ x, y }]);
      await send("touchMove", [{ x: x + by, y }]);
      await send("touchEnd", []);
    },
    async drop(selector, text = "dropped") {
      const { x, y } = await middle(selector);
      const data = { items: [{ mimeType: "text/plain", data: text }], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"]) await cdp("Input.dispatchDragEvent", { type, x, y, data });
    },
    /** Chooses a file, as the window of the engine for files does. */
    async choose(selector, file) {
      const send = (...command) => driver.sendAndGetDevToolsCommand(...command);
      const { root } = await send("DOM.getDocument", {});
      const { nodeId } = await send("DOM.querySelector", { nodeId: root.nodeId, selector });
      await send("DOM.setFileInputFiles", { files: [file], nodeId });
    },
    /** Presses keys that keyboards have and drivers do not. */
    async pressNamed(...names) {
      for (const key of names) {
        for (const type of ["rawKeyDown", "keyUp"]) await cdp("Input.dispatchKeyEvent", { type, key, windowsVirtualKeyCode: 229 });
      }
    },
    async wheel(selector) {
      const { x, y } = await middle(selector);
      await cdp("Input.dispatchMouseEvent", { type: "mouseWheel", x, y, deltaX: 0, deltaY: -100 });
    },
  };
  return user;
}
