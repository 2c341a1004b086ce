/** F45: before the first decision no gated element is visible in any frame, in any mode; `disconnect` restores the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, GATINGS, MODES, openDom, put, tagged } from "./dom-stage.mjs";
import { assertClean, ENDPOINT, run, sendDocument } from "./stage.mjs";

/** The kinds of elements to which modes write different attributes. */
const KINDS = [
  ["button", ""], ["input", ' type="text"'], ["input", ' type="checkbox"'], ["input", ' type="range"'], ["select", ""], ["textarea", ""],
  ["fieldset", ""], ["a", ' href="#here"'], ["div", ' role="button" tabindex="0"'], ["details", ""], ["x-card", ""],
];
/** Attributes that an application may have set itself. */
const SETS = [
  "", ' disabled=""', ' aria-disabled="false"', ' aria-disabled="true"', ' title="Of the page"', ' title=""', ' readonly=""', ' inert=""',
  ' tabindex="-1"', ' aria-readonly="mixed %20 ✓ = "', ' class=""', ' hidden=""', ' lang=""', ' data-permission-reason=""',
  ' data-permission-reason="Because" title="100 % = &quot;all&quot;"',
];

/** Every kind of element in every mode, with all of these attributes. */
function everything() {
  let id = 0;
  return MODES.flatMap((mode) =>
    KINDS.flatMap(([name, attributes]) =>
      SETS.map((set) => {
        const text = name === "input" ? "" : `Text</${name}>`;
        return `<${name} id="e${(id += 1)}" data-permission="a:use" data-permission-mode="${mode}"${attributes}${attributes.includes(set.split("=")[0]) ? "" : set}>${text}`;
      }),
    ),
  ).join("\n");
}

/** Elements to be gated, one for each mode. */
const BUTTONS = MODES.map((mode) => tagged(mode)).join("");

forEachEngine((engine) => {
  test("F45 no tagged element is visible from navigation until the endpoint has answered, and after that only granted elements are visible", async (t) => {
    const { driver } = engine;
    const authority = await openDom(t, engine, "/dom-early.html");
    await run(driver, () => window.frames(5));
    assert.deepEqual(await run(driver, () => [...new Set(Object.values(window.gatings("*")))]), ["hidden"], "not every element is hidden before there is an instance");
    let answer;
    authority.answer(ENDPOINT, (_, response) => (answer = () => sendDocument(response, { subject: "u-17", version: 1, permissions: ["a:use"] })));
    await run(
      driver,
      async (endpoint) => {
        window.kept = window.tagged();
        window.permissions = await window.permgate.createPermissions({ endpoint, tabs: false, modes: window.modes });
        window.binding = window.permissions.bind();
      },
      ENDPOINT,
    );
    await until("the endpoint is asked", () => answer);
    await run(driver, () => window.frames(5));
    const gatings = () => run(driver, () => Object.fromEntries(window.kept.map((element) => [element.id, window.gating(element)])));
    assert.deepEqual(await gatings(), GATINGS, "the elements are not gated by their modes while nothing is known");
    answer();
    await until("the permission is granted", () => run(driver, () => window.permissions.can("a:use")));
    assert.deepEqual(new Set(Object.values(await gatings())), new Set(["usable"]));
    await run(driver, () => window.frames());
    await assertClean(driver);
    const looked = await run(driver, () => window.watch.record.frames);
    assert.ok(looked > 10, `only ${looked} frames were looked at`);
  });

  test("F45 a refused element that is added to a bound page without `cloak.css` is visible in no frame, on the page or in a shadow root", async (t) => {
    const { driver } = engine;
    await openDom(t, engine, "/dom-bare.html");
    await beginWith(driver, []);
    await run(
      driver,
      async (html) => {
        const host = document.createElement("div");
        window.main.append(host);
        const shadow = host.attachShadow({ mode: "open" });
        for (let time = 0; time < 20; time += 1) {
          // Several times in each frame, each in a task of its own.
          for (const place of [window.main, shadow, window.main]) {
            const section = document.createElement("section");
            section.innerHTML = window.trusted(html);
            place.append(section);
            await null;
            await window.turn();
          }
          await window.frames(1);
        }
      },
      BUTTONS,
    );
    await assertClean(driver);
    const usable = await run(driver, () => window.tagged().filter((element) => window.gating(element) === "usable").length);
    assert.equal(usable, 0);
  });

  test("F45 `disconnect` restores the page byte by byte, with all attributes that the page has set itself", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, everything());
    const compare = async (what) => {
      const different = await run(driver, () => window.difference(window.before, window.main.innerHTML));
      assert.equal(different, null, what);
    };
    await run(driver, () => (window.before = window.main.innerHTML) && undefined);
    const size = MODES.length * KINDS.length * SETS.length;
    for (const rights of [[], ["a:use"]]) {
      await beginWith(driver, rights);
      assert.equal(await run(driver, () => window.binding.size), size);
      assert.notEqual(await run(driver, () => window.difference(window.before, window.main.innerHTML)), null, "binding wrote nothing to the page");
      await run(driver, () => window.binding.disconnect());
      await compare(`with [${rights}]`);
    }
    await beginWith(driver, []);
    for (const rights of [["a:use"], [], ["a:use"], []]) await allow(driver, ...rights);
    await run(driver, () => window.binding.disconnect());
    await compare("after changes");
    await beginWith(driver, []);
    await run(driver, () => {
      window.permissions.dispose();
      window.binding.disconnect();
    });
    await compare("after `dispose`");
    await assertClean(driver);
  });

  test("F45 a granted element is as the page wrote it, except for the state attribute", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, everything());
    await run(driver, () => (window.before = window.main.innerHTML) && undefined);
    await beginWith(driver, []);
    await allow(driver, "a:use");
    const different = await run(driver, () =>
      window.difference(window.before, window.main.innerHTML.replaceAll(' data-permission-state="granted"', "")),
    );
    assert.equal(different, null);
    await assertClean(driver);
  });

  test("F45 attributes that the page sets while a mode is in force are kept afterwards", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<button id="disable" data-permission="a:use" data-permission-mode="disable" data-permission-reason="Because" title="Old">Use</button>');
    await beginWith(driver, []);
    const seen = await run(driver, async () => {
      const button = window.main.firstElementChild;
      const look = () => [button.title, button.disabled];
      const seen = [look()];
      button.title = "New";
      button.disabled = false;
      await window.frames();
      seen.push(look());
      await window.allow(["a:use"]);
      seen.push(look());
      await window.allow([]);
      button.setAttribute("disabled", "x");
      await window.frames();
      await window.allow(["a:use"]);
      seen.push(look(), button.getAttribute("disabled"));
      return seen;
    });
    assert.deepEqual(seen, [["Because", true], ["Because", true], ["New", false], ["New", true], "x"]);
    await assertClean(driver);
  });
});
