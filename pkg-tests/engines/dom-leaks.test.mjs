/** F51: thousands of elements and instances that come and go leave nothing behind in the page and in the module. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEADLINE_MS } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, MODES, openDom } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const ELEMENTS = 10_000;
const INSTANCES = 1_000;

forEachEngine((engine) => {
  for (const mode of MODES) {
    test(`F51 ${ELEMENTS} elements in mode \`${mode}\` that were added and removed leave nothing in memory`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await driver.manage().setTimeouts({ script: 4 * DEADLINE_MS });
      await beginWith(driver, []);
      const seen = await run(
        driver,
        async (mode, count) => {
          window.watch.isLooking = false;
          const sheets = document.adoptedStyleSheets.length;
          const bytes = [];
          const PART = count / 20;
          for (let done = 0; done < count; done += PART) {
            bytes.push(window.memoryBytes());
            const section = document.createElement("section");
            // Not painted, which would take most of the time.
            section.hidden = true;
            section.innerHTML = window.trusted(
              Array.from({ length: PART }, (_, index) => `<button data-permission="a:use${index % 7} | n${done + index}" data-permission-mode="${mode}">Use</button>`).join(""),
            );
            const host = document.createElement("div");
            host.attachShadow({ mode: "open" }).append(...[...section.children].slice(0, 5));
            section.append(host);
            window.main.append(section);
            await window.frames(1);
            const { size } = window.binding;
            if (size !== PART) throw new Error(`${size} of ${PART} elements are bound`);
            section.remove();
            await window.frames(1);
          }
          bytes.push(window.memoryBytes());
          return { size: window.binding.size, report: window.binding.report().length, sheets: document.adoptedStyleSheets.length - sheets, grown: bytes.at(-1) - bytes[bytes.length >> 1] };
        },
        mode,
        ELEMENTS,
      );
      assert.deepEqual(seen, { size: 0, report: 0, sheets: 0, grown: 0 });
      await allow(driver, "a:use");
      await run(driver, () => window.binding.disconnect());
      const isNative = await run(driver, () => Element.prototype.attachShadow === window.nativeAttachShadow);
      assert.ok(isNative, "`attachShadow` is still patched");
      await assertClean(driver);
    });
  }

  // The module's part of an instance is freed by a garbage collection, which only Chromium runs on demand:
  // package/memory.test.mjs measures the memory.
  test(`F51 ${INSTANCES} instances that were bound and disposed of leave nothing on the page`, async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await driver.manage().setTimeouts({ script: 4 * DEADLINE_MS });
    const seen = await run(
      driver,
      async (html, count) => {
        window.watch.isLooking = false;
        window.put(html);
        window.before = window.main.innerHTML;
        for (let number = 0; number < count; number += 1) {
          const permissions = await window.create(number % 2 ? ["a:use"] : []);
          const binding = permissions.bind(number % 3 ? document : window.main);
          if (number % 4 < 2) binding.disconnect();
          permissions.dispose();
          binding.disconnect();
        }
        return {
          sheets: document.adoptedStyleSheets.length,
          difference: window.difference(window.before, window.main.innerHTML),
          isNative: Element.prototype.attachShadow === window.nativeAttachShadow,
        };
      },
      MODES.map((mode) => `<button data-permission="a:use" data-permission-mode="${mode}">Use</button>`).join(""),
      INSTANCES,
    );
    assert.deepEqual(seen, { sheets: 0, difference: null, isNative: true });
    await assertClean(driver);
  });
});
