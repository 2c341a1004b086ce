/** F41: forms and images whose names hide properties of elements and documents do not keep the page from being gated. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, GATINGS, MODES, openDom, tagged } from "./dom-stage.mjs";
import { assertClean, openPage, run } from "./stage.mjs";

/** Properties of elements that the fields of a form hide. */
const OF_ELEMENTS = [
  "dataset", "setAttribute", "getAttribute", "removeAttribute", "hasAttribute", "hidden", "children", "childNodes", "parentNode",
  "parentElement", "querySelector", "querySelectorAll", "getElementsByTagName", "nodeType", "shadowRoot", "title", "disabled",
  "inert", "localName", "ownerDocument", "getRootNode", "contains", "closest", "matches", "replaceWith", "remove", "focus",
  "blur", "type", "isConnected", "tagName", "attributes",
];

/** Properties of documents that images and forms hide. */
const OF_DOCUMENTS = [
  ["img", "adoptedStyleSheets"], ["form", "defaultView"], ["img", "activeElement"], ["img", "readyState"], ["form", "createComment"],
  ["img", "nodeType"], ["img", "ownerDocument"], ["form", "querySelector"], ["form", "querySelectorAll"], ["img", "getElementsByTagName"],
  ["form", "addEventListener"], ["form", "removeEventListener"], ["img", "getRootNode"], ["img", "contains"], ["img", "documentElement"],
  ["img", "childNodes"],
];

const form = (id, mode, fields) =>
  `<form id="${id}" data-permission="a:use" data-permission-mode="${mode}" action="/elsewhere.html">${fields}` +
  `<button id="${id}-button" type="button" data-permission="a:use">Use</button></form>`;

/** In the page: how forms and the buttons in them are gated, by their ids. */
const gatingsOf = (driver) =>
  run(driver, () => Object.fromEntries(window.forms.map(([id, ...elements]) => [id, elements.map(window.gating)])));

/** The expected gating of a form in a mode, and of the button in it, which has the same mode. */
function expected(ids, gating) {
  return Object.fromEntries(ids.map(([id, mode]) => [id, gating(mode)]));
}
/** A button cannot be read-only. */
const gated = (mode) => [GATINGS[mode], mode === "readonly" ? "disabled" : GATINGS[mode]];
const usable = () => ["usable", "usable"];

forEachEngine((engine) => {
  for (const when of ["exist before binding", "are added later"]) {
    test(`F41 forms whose fields are named like properties of elements are gated in every mode, where they ${when}`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      const names = [...OF_ELEMENTS, "all"];
      const fields = (name) => (name === "all" ? OF_ELEMENTS : [name]).map((field) => `<input name="${field}">`).join("");
      const ids = MODES.flatMap((mode) => names.map((name) => [`${mode}-${name}`, mode]));
      const html = ids.map(([id, mode]) => form(id, mode, fields(id.slice(mode.length + 1)))).join("");
      if (when === "are added later") await beginWith(driver, []);
      const { clobbered } = await run(
        driver,
        async (html) => {
          window.put(html);
          const { main } = window;
          const forms = [...main.querySelectorAll("form")];
          window.forms = forms.map((form) => [form.attributes.id?.value ?? HTMLFormElement.prototype.getAttribute.call(form, "id"), form, form.elements[form.elements.length - 1]]);
          const [, all] = window.forms.find(([id]) => id === "hide-all");
          window.before = main.innerHTML;
          return {clobbered: ["setAttribute", "nodeType", "parentNode"].every((name) => all[name] instanceof HTMLInputElement) };
        },
        html,
      );
      assert.ok(clobbered, "the fields of the form hide no property");
      if (when === "are added later") await run(driver, () => window.frames());
      else await beginWith(driver, []);
      assert.deepEqual(await gatingsOf(driver), expected(ids, gated));
      await allow(driver, "a:use");
      assert.deepEqual(await gatingsOf(driver), expected(ids, usable));
      await allow(driver);
      assert.deepEqual(await gatingsOf(driver), expected(ids, gated));
      await run(driver, () => window.binding.disconnect());
      assert.equal(await run(driver, () => window.difference(window.before, window.main.innerHTML)), null);
      await assertClean(driver);
    });
  }

  test("F41 a document whose images and forms are named like its properties is gated in every mode, without `cloak.css` too", async (t) => {
    const { driver } = engine;
    const { origin } = await openDom(t, engine, "/dom-bare.html");
    for (const [tag, name] of OF_DOCUMENTS) {
      await openPage(driver, origin, "/dom-bare.html");
      const elements = MODES.map((mode) => tagged(mode)).join("");
      const clobbered = await run(
        driver,
        async (html, name) => {
          window.permissions = await window.create();
          window.put(html);
          // From the prototype: a form may hide `querySelector`.
          window.below = [...HTMLElement.prototype.querySelectorAll.call(window.main, "[data-permission]")];
          window.states = () => Object.fromEntries(window.below.map((element) => [element.id, window.gating(element)]));
          window.binding = window.permissions.bind();
          return document[name] instanceof HTMLElement && document[name].localName !== "html";
        },
        `<${tag} name="${name}"></${tag}><div id="above" tabindex="-1">${elements}</div>`,
        name,
      );
      assert.ok(clobbered, `\`${name}\` is not clobbered`);
      const states = () => run(driver, () => window.states());
      assert.deepEqual(await states(), GATINGS, name);
      await allow(driver, "a:use");
      assert.deepEqual(new Set(Object.values(await states())), new Set(["usable"]), name);
      await run(driver, () => window.below[0].focus());
      await allow(driver);
      assert.deepEqual(await states(), GATINGS, name);
      const activeElement = `Object.getOwnPropertyDescriptor(Document.prototype, "activeElement").get.call(document)`;
      assert.equal(await run(driver, `() => ${activeElement}.id`), "above", `${name}: the focus is not on the element above`);
      await assertClean(driver);
      await run(driver, () => window.binding.disconnect());
      const left = await run(driver, () => window.main.innerHTML.includes("data-permission-state"));
      assert.equal(left, false, name);
    }
  });

  test("F41 an element that moves between forms whose fields hide properties of elements follows the form that it is in", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    const fields = OF_ELEMENTS.map((name) => `<input name="${name}">`).join("");
    await run(driver, (html) => window.put(html), ["hide", "disable", "remove"].map((mode) => form(mode, mode, fields)).join(""));
    await beginWith(driver, []);
    const gatings = await run(driver, async () => {
      const forms = window.binding.report().map(({ element }) => element);
      const [hide, button, disable] = forms;
      const append = Element.prototype.append;
      append.call(disable, button);
      await window.frames();
      const moved = window.gating(button);
      append.call(hide, button);
      await window.frames();
      return [moved, window.gating(button), window.binding.report().find(({ element }) => element === button).mode];
    });
    assert.deepEqual(gatings, ["disabled", "hidden", "hide"]);
    await run(driver, async () => {
      const [hide] = window.binding.report().map(({ element }) => element);
      Element.prototype.remove.call(hide);
      await window.frames();
    });
    assert.equal(await run(driver, () => window.binding.size), 4, "removed elements are still bound");
    await assertClean(driver);
  });
});
