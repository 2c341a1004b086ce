/** F44: the binder's own writes do not loop, several bindings do not fight, and a script that fights the binder costs bounded work and shows nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { beginWith, GATINGS, MODES, openDom, put, tagged } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const BUTTONS = MODES.map((mode) => tagged(mode)).join("");

/** The number of frames that are watched. */
const FRAMES = 20;
/** The most answers of the binder in one frame to a script that writes to one element: one at once, and one in the next frame. */
const PER_FRAME = 2;
/** How many times, at most, the binder handles changes of the page in one frame before it is painted. */
const LOOKS_PER_FRAME = 100;

forEachEngine((engine) => {
  const usable = Object.fromEntries(MODES.map((mode) => [mode, "usable"]));
  const gatings = (driver) => run(driver, () => window.gatings("*"));
  const allElements = (driver) =>
    run(driver, () => Object.fromEntries(window.kept.map((element) => [element.id, window.gating(element)])));

  test("F44 the binder writes nothing to a page at rest, in any mode", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, BUTTONS);
    await beginWith(driver, []);
    const records = await run(
      driver,
      async (count) => {
        await window.frames();
        let records = 0;
        const observer = new MutationObserver((list) => (records += list.length));
        observer.observe(document, { attributes: true, childList: true, subtree: true });
        await window.frames(count);
        const atRest = records;
        // With everything granted, the page is visible.
        await window.allow(["a:use"]);
        await window.frames(count);
        const changed = records;
        await window.frames(count);
        return { atRest, isSeen: changed > 0, isOver: records === changed };
      },
      FRAMES,
    );
    assert.deepEqual(records, { atRest: 0, isSeen: true, isOver: true });
    await assertClean(driver);
  });

  for (const roots of ["the same root", "nested roots"]) {
    test(`F44 of two instances with ${roots}, the first or the inner one decides, and the other one only after that has ended`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, `<section>${BUTTONS}</section>`);
      await run(
        driver,
        async (isNested) => {
          // The binding that should decide grants nothing, and the other one everything.
          window.nearer = await window.create([]);
          window.other = await window.create(["a:use"]);
          const root = isNested ? window.main.querySelector("section") : document;
          window.kept = window.tagged();
          // In the other order where the order does not matter.
          const bind = [() => (window.near = window.nearer.bind(root)), () => (window.far = window.other.bind(document))];
          for (const act of isNested ? bind.reverse() : bind) act();
          window.records = 0;
          window.observer = new MutationObserver((list) => (window.records += list.length));
          window.observer.observe(document, { attributes: true, childList: true, subtree: true });
        },
        roots === "nested roots",
      );
      const { length } = MODES;
      const sizes = () => run(driver, () => [window.near.size, window.far.size]);
      assert.deepEqual([await allElements(driver), await sizes()], [GATINGS, [length, 0]]);
      const records = await run(
        driver,
        async (count) => {
          await window.frames();
          window.records = 0;
          await window.frames(count);
          window.near.refresh();
          window.far.refresh();
          await window.frames();
          return window.records;
        },
        FRAMES,
      );
      // `refresh` writes every state once.
      assert.ok(records <= 2 * length, `${records} writes without a change of the page or of decisions`);
      await run(driver, () => window.allow(["a:use"], window.nearer));
      assert.deepEqual(await allElements(driver), usable);
      await run(driver, () => window.allow([], window.other));
      assert.deepEqual(await allElements(driver), usable, "the wrong instance decides");
      await run(driver, () => window.near.disconnect());
      assert.deepEqual([await allElements(driver), await sizes()], [GATINGS, [0, length]], "the other instance does not take over");
      await run(driver, () => window.far.disconnect());
      const names = await run(driver, () => window.kept.flatMap((element) => element.getAttributeNames()));
      assert.deepEqual([...new Set(names)].sort(), ["data-permission", "data-permission-mode", "id"], "attributes of permgate are left");
      await assertClean(driver);
    });
  }

  test("F44 an instance takes over the elements of another instance that is disposed of", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, `<section>${BUTTONS}</section>`);
    await run(driver, async () => {
      window.kept = window.tagged();
      window.outer = await window.create([]);
      window.inner = await window.create(["a:use"]);
      window.outer.bind(document);
      window.inner.bind(window.main.querySelector("section"));
    });
    assert.deepEqual(await allElements(driver), usable);
    await run(driver, () => window.inner.dispose());
    assert.deepEqual(await allElements(driver), GATINGS);
    await run(driver, () => window.allow(["a:use"], window.outer));
    assert.deepEqual(await allElements(driver), usable);
    await assertClean(driver);
  });

  const TAMPERING = {
    "removes the attributes that we write": (element, name) => element.removeAttribute(name),
    "writes that every element is granted": (element, name) => {
      if (name === "data-permission-state") element.setAttribute(name, "granted");
      else element.removeAttribute(name);
    },
    "claims that a mode is in force": (element, name) => {
      element.setAttribute("data-permission-applied", "disable disabled");
      if (name !== "data-permission-applied") element.removeAttribute(name);
    },
  };
  for (const [what, tamper] of Object.entries(TAMPERING)) {
    test(`F44 a script that ${what} after each of our writes costs bounded work, and refused elements are gated in the end`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      // A script cannot reach an element that was taken out.
      const modes = MODES.filter((mode) => mode !== "remove" && mode !== "own");
      await put(driver, modes.map((mode) => tagged(mode)).join(""));
      await beginWith(driver, []);
      const records = await run(
        driver,
        `async (count) => {
          const tamper = ${tamper};
          const attributeFilter = ["data-permission-state", "data-permission-applied", "disabled", "readonly", "aria-readonly", "aria-disabled", "inert"];
          const ours = new Map();
          const observer = new MutationObserver((records) => {
            // The script's own records are dropped below: the records here are permgate's.
            for (const { target, attributeName } of records) {
              ours.set(target.id, (ours.get(target.id) ?? 0) + 1);
              tamper(target, attributeName);
            }
            observer.takeRecords();
          });
          observer.observe(document, { attributes: true, subtree: true, attributeFilter });
          for (const element of window.tagged()) tamper(element, "data-permission-state");
          observer.takeRecords();
          await window.frames(count);
          observer.disconnect();
          await window.frames(3);
          return Object.fromEntries(ours);
        }`,
        FRAMES,
      );
      for (const mode of modes) {
        // A mode may write all of its attributes at once.
        const most = (FRAMES + 2) * PER_FRAME * 3;
        const { [mode]: count = 0 } = records;
        assert.ok(count > 0 && count <= most, `${mode}: ${count} answers in ${FRAMES} frames`);
      }
      assert.deepEqual(await gatings(driver), Object.fromEntries(modes.map((mode) => [mode, GATINGS[mode]])));
      await run(driver, () => window.binding.disconnect());
      const left = await run(driver, () => window.main.innerHTML.includes("data-permission-state") || window.main.innerHTML.includes("applied"));
      assert.equal(left, false, "attributes of the script are left");
    });
  }

  test("F44 a script that puts an element back as soon as mode `remove` takes it out costs bounded work", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, tagged("remove"));
    await beginWith(driver, []);
    const { count, gating } = await run(
      driver,
      async (frames) => {
        const [{ element }] = window.binding.report();
        let count = 0;
        const observer = new MutationObserver(() => {
          if (element.isConnected) return;
          count += 1;
          window.main.append(element);
        });
        observer.observe(window.main, { childList: true });
        window.main.append(element);
        await window.frames(frames);
        observer.disconnect();
        await window.frames(3);
        return { count, gating: window.gating(element) };
      },
      FRAMES,
    );
    assert.ok(count > 0 && count <= (FRAMES + 2) * LOOKS_PER_FRAME, `the element was taken out ${count} times in ${FRAMES} frames`);
    assert.equal(gating, "out");
    await assertClean(driver);
  });

  test("F44 a binding in a region that another binding disables decides on its elements, and neither undoes the writes of the other", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<section data-permission="a:use" data-permission-mode="disable"><div id="inner"><button id="tagged" data-permission="b:use">b</button><input id="field"></div></section>');
    await beginWith(driver, []);
    // The observer of frames takes a region for disabled if all of its content is.
    await run(driver, () => (window.watch.isLooking = false));
    const disabled = () => run(driver, () => [document.querySelector("#tagged").disabled, document.querySelector("#field").disabled]);
    assert.deepEqual(await disabled(), [true, true]);
    const writes = await run(driver, async () => {
      const other = await window.create(["b:use"]);
      window.inner = other.bind(document.querySelector("#inner"));
      let writes = 0;
      new MutationObserver((records) => (writes += records.length)).observe(document, { attributes: true, subtree: true });
      await window.frames(5);
      return writes;
    });
    assert.equal(writes, 0);
    // Only the elements of the region that no other binding has are disabled.
    assert.deepEqual(await disabled(), [false, false]);
    await run(driver, () => window.inner.disconnect());
    await run(driver, () => window.frames());
    assert.deepEqual(await disabled(), [true, true]);
    await assertClean(driver);
  });
});
