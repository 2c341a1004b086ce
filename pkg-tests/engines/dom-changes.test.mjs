/** F43: elements that are added, changed, moved, removed, cloned and moved to other documents follow decisions, in every mode. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, GATINGS, MODES, openDom, tagged } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const BUTTONS = MODES.map((mode) => tagged(mode)).join("");

/** In the page: `window.looked` are the elements to look at, by id. */
const gatings = (driver) =>
  run(driver, async () => {
    await window.frames();
    return Object.fromEntries(window.looked.map((element) => [element.id, window.gating(element)]));
  });

/** Checks that elements follow decisions: they are gated, usable with the permission, and gated again. */
async function follows(driver, expected = GATINGS) {
  assert.deepEqual(await gatings(driver), expected);
  await allow(driver, "a:use");
  assert.deepEqual(new Set(Object.values(await gatings(driver))), new Set(["usable"]));
  await allow(driver);
  assert.deepEqual(await gatings(driver), expected);
}

/** Changes the page; `window.looked` are the buttons afterwards. */
const WAYS = {
  "that are added one by one": async () => {
    for (const element of [...window.source.children]) window.main.append(element);
  },
  "that are added within a section": async () => {
    const section = document.createElement("section");
    section.append(...window.source.children);
    window.main.append(section);
  },
  "that are tagged after they were added": async () => {
    const elements = [...window.source.children];
    for (const element of elements) element.removeAttribute("data-permission");
    window.main.append(...elements);
    await window.frames();
    for (const element of elements) element.setAttribute("data-permission", "a:use");
  },
  "whose requirement changes later": async () => {
    const elements = [...window.source.children];
    for (const element of elements) element.setAttribute("data-permission", "!a:use");
    window.main.append(...elements);
    await window.frames();
    for (const element of elements) element.setAttribute("data-permission", "a:use");
  },
  "whose mode is set later": async () => {
    const elements = [...window.source.children];
    const modes = elements.map((element) => element.dataset.permissionMode);
    for (const element of elements) element.removeAttribute("data-permission-mode");
    window.main.append(...elements);
    await window.frames();
    for (const [index, element] of elements.entries()) element.dataset.permissionMode = modes[index];
  },
  "whose mode changes later": async () => {
    const elements = [...window.source.children];
    const modes = elements.map((element) => element.dataset.permissionMode);
    for (const [index, element] of elements.entries()) element.dataset.permissionMode = modes.at(index - 1);
    window.main.append(...elements);
    await window.frames();
    for (const [index, element] of elements.entries()) element.dataset.permissionMode = modes[index];
  },
  "that are moved within the page": async () => {
    const elements = [...window.source.children];
    window.main.append(...elements);
    await window.frames();
    const section = document.createElement("section");
    window.main.prepend(section);
    for (const element of elements) if (element.isConnected) section.append(element);
  },
  "whose region is moved within the page": async () => {
    const section = document.createElement("section");
    section.append(...window.source.children);
    window.main.append(section);
    await window.frames();
    window.main.prepend(section);
  },
  "that leave the page and come back": async () => {
    const section = document.createElement("section");
    section.append(...window.source.children);
    window.main.append(section);
    await window.frames();
    section.remove();
    await window.frames();
    window.main.append(section);
  },
  "that come from a template by `importNode`": async () => {
    const template = document.createElement("template");
    template.content.append(...window.source.children);
    window.main.append(template);
    await window.frames();
    const copy = document.importNode(template.content, true);
    window.looked = [...copy.children];
    window.main.append(copy);
  },
  "that are moved by `adoptNode` from a document that is not bound": async () => {
    const other = document.implementation.createHTMLDocument("");
    other.body.append(...window.source.children);
    await window.frames();
    for (const element of [...other.body.children]) window.main.append(document.adoptNode(element));
  },
};

forEachEngine((engine) => {
  /** A bound empty page, with the buttons outside of it. */
  async function stage(t, rights = []) {
    const { driver } = engine;
    await openDom(t, engine);
    await beginWith(driver, rights);
    await run(
      driver,
      (html) => {
        window.source = document.createElement("div");
        window.source.innerHTML = window.trusted(html);
        window.looked = [...window.source.children];
      },
      BUTTONS,
    );
    return driver;
  }

  for (const [what, way] of Object.entries(WAYS)) {
    test(`F43 elements ${what} follow decisions`, async (t) => {
      const driver = await stage(t);
      await run(driver, way.toString());
      await follows(driver);
      const bound = await run(driver, () => window.binding.size);
      assert.equal(bound, MODES.length);
      await run(driver, () => window.binding.disconnect());
      const left = await run(driver, () => window.looked.flatMap((element) => element.getAttributeNames()));
      assert.deepEqual([...new Set(left)].sort(), ["data-permission", "data-permission-mode", "id"]);
      await assertClean(driver);
    });
  }

  test("F43 clones of elements with a mode in force follow their own decisions, and are restored as the page would have them", async (t) => {
    const driver = await stage(t);
    await run(driver, async () => {
      const [, disable, readonly] = window.source.children;
      disable.title = "Of the page";
      readonly.setAttribute("aria-readonly", "false");
      const elements = [...window.source.children];
      window.main.append(...elements);
      window.before = elements.map((element) => element.outerHTML);
      await window.frames();
      window.looked = elements.map((element) => element.cloneNode(true));
      const section = document.createElement("section");
      section.append(...window.looked);
      // A clone of clones, with the element around them.
      window.main.append(section, section.cloneNode(true));
    });
    await follows(driver);
    assert.equal(await run(driver, () => window.binding.size), 3 * MODES.length);
    const left = await run(driver, () => {
      window.binding.disconnect();
      const sections = [...window.main.querySelectorAll("section")];
      return sections.map((section) => window.difference(window.before.join(""), section.innerHTML));
    });
    assert.deepEqual(left, [null, null]);
    await assertClean(driver);
  });

  test("F43 a removed element is forgotten, and restored as the page had it", async (t) => {
    const driver = await stage(t);
    const seen = await run(driver, async () => {
      const section = document.createElement("section");
      section.append(...window.source.children);
      const before = section.outerHTML;
      window.main.append(section);
      await window.frames();
      section.remove();
      await window.frames();
      return { size: window.binding.size, difference: window.difference(before, section.outerHTML), report: window.binding.report().length };
    });
    assert.deepEqual(seen, { size: 0, difference: null, report: 0 });
    await assertClean(driver);
  });

  test("F43 a frame of the same origin is gated when it is bound, and an element that moves between documents follows the binding of its present document", async (t) => {
    const driver = await stage(t);
    const seen = await run(driver, async () => {
      const frame = document.createElement("iframe");
      frame.src = "/elsewhere.html";
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
      window.main.append(frame);
      await loaded;
      const inner = frame.contentDocument;
      const within = window.permissions.bind(inner);
      const elements = [...window.source.children];
      inner.body.append(...elements);
      await window.frames();
      const look = () => Object.fromEntries(elements.map((element) => [element.id, window.gating(element)]));
      const seen = { inside: look(), sizes: [[window.binding.size, within.size]] };
      await window.allow(["a:use"]);
      seen.granted = [...new Set(Object.values(look()))];
      window.main.append(...elements.map((element) => document.adoptNode(element)));
      await window.frames();
      seen.sizes.push([window.binding.size, within.size]);
      await window.allow([]);
      seen.outside = look();
      const sheets = inner.adoptedStyleSheets.length;
      within.disconnect();
      seen.sheets = [sheets, inner.adoptedStyleSheets.length];
      return seen;
    });
    const { length } = MODES;
    assert.deepEqual(seen, { inside: GATINGS, sizes: [[0, length], [length, 0]], granted: ["usable"], outside: GATINGS, sheets: [1, 0] });
    await assertClean(driver);
  });

  test("F43 each of 10 000 elements follows its decision", async (t) => {
    const driver = await stage(t);
    const count = (wanted) => run(driver, (wanted) => window.looked.filter((element) => window.gating(element) === wanted).length, wanted);
    await run(
      driver,
      (html) => {
        // The binder needs longer than a frame for so many elements.
        window.watch.isLooking = false;
        const list = document.createElement("ul");
        list.innerHTML = window.trusted(html);
        window.looked = [...list.children];
        window.main.append(list);
        return window.frames();
      },
      Array.from({ length: 10_000 }, (_, index) => `<li data-permission="${index % 2 ? "a" : "b"}:use">${index}</li>`).join(""),
    );
    assert.deepEqual([await count("hidden"), await run(driver, () => window.binding.size)], [10_000, 10_000]);
    await allow(driver, "a:use");
    assert.deepEqual([await count("hidden"), await count("usable")], [5_000, 5_000]);
    await allow(driver, "a:use", "b:use");
    assert.equal(await count("usable"), 10_000);
    await allow(driver);
    assert.equal(await count("hidden"), 10_000);
    await run(driver, async () => {
      window.main.replaceChildren();
      await window.frames();
    });
    assert.equal(await run(driver, () => window.binding.size), 0);
    await assertClean(driver);
  });
});
