/** F46: a malformed requirement is not granted, and is reported once, with its element. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom, put, tagged } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const MALFORMED = "malformed-requirement";

/** Malformed attributes, with the code of the report. */
const CASES = [
  ["requirement", 'data-permission="a:use &"', MALFORMED],
  ["nothing", 'data-permission=""', MALFORMED],
  ["two-names", 'data-permission="a:use b:use"', MALFORMED],
  ["unclosed", 'data-permission="(a:use"', MALFORMED],
  ["markup", 'data-permission="&lt;img src=x onerror=alert(1)&gt;"', MALFORMED],
  ["long", `data-permission="${"a".repeat(5_000)}"`, MALFORMED],
  ["deep", `data-permission="${"(".repeat(100)}a:use${")".repeat(100)}"`, MALFORMED],
  ["resource", 'data-permission="a:use" data-permission-resource=""', MALFORMED],
  ["wildcard", 'data-permission="a:use" data-permission-resource="things/*"', MALFORMED],
  ["mode", 'data-permission="a:use" data-permission-mode="vanish"', "unknown-mode"],
  ["inherited-name", 'data-permission="a:use" data-permission-mode="toString"', "unknown-mode"],
  ["prototype", 'data-permission="a:use" data-permission-mode="__proto__"', "unknown-mode"],
];

const markup = (suffix = "") =>
  CASES.map(([id, attributes]) => `<button id="${id}${suffix}" ${attributes}>Use</button>`).join("") +
  `<button id="readable${suffix}" data-permission="a:use">Use</button>`;
const told = (driver) => run(driver, () => window.watch.errors.map(({ code, element }) => `${element} ${code}`).sort());
const EXPECTED = CASES.map(([id, , code]) => `${id} ${code}`).sort();
const gatings = (driver) => run(driver, () => window.gatings("*"));
const ALL_HIDDEN = Object.fromEntries([...CASES.map(([id]) => [id, "hidden"]), ["readable", "hidden"]]);

forEachEngine((engine) => {
  for (const when of ["exist before binding", "are added later"]) {
    test(`F46 malformed attributes that ${when} are denied, and each is reported once, with its element`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      if (when === "are added later") await beginWith(driver, []);
      await run(
        driver,
        (html) => {
          window.put(html);
          return window.frames();
        },
        markup(),
      );
      if (when === "exist before binding") {
        await run(driver, async () => {
          window.permissions = await window.create();
          window.binding = window.permissions.bind();
          await window.frames();
        });
      }
      assert.deepEqual(await gatings(driver), ALL_HIDDEN);
      assert.deepEqual(await told(driver), EXPECTED);
      await allow(driver, "a:use", "*");
      // With an unknown mode, refused elements are hidden, and granted ones are shown.
      const known = CASES.filter(([, , code]) => code !== MALFORMED).map(([id]) => id);
      const shown = Object.entries(await gatings(driver)).filter(([, gating]) => gating === "usable").map(([id]) => id);
      assert.deepEqual(shown.sort(), [...known, "readable"].sort());
      await allow(driver);
      assert.deepEqual(await gatings(driver), ALL_HIDDEN);
      await run(driver, async () => {
        window.binding.refresh();
        await window.frames();
      });
      assert.deepEqual(await told(driver), EXPECTED, "a report was repeated");
      await assertClean(driver);
    });
  }

  test("F46 the first of many elements with the same malformed attribute is reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    const list = Array.from({ length: 100 }, (_, index) => `<i id="i${index}" data-permission="a:use &" data-permission-mode="none">${index}</i>`);
    await put(driver, list.join(""));
    await beginWith(driver, ["a:use"]);
    assert.deepEqual(await told(driver), ["i0 malformed-requirement", "i0 unknown-mode"]);
    const states = await run(driver, () => [...new Set(Object.values(window.gatings("i")))]);
    assert.deepEqual(states, ["hidden"]);
    await assertClean(driver);
  });

  test("F46 an element with a malformed requirement in mode disable, readonly or inert is refused until the requirement is corrected", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    const modes = ["disable", "readonly", "inert", "remove", "own"];
    await put(driver, modes.map((mode) => tagged(mode).replace("a:use", "&")).join(""));
    await run(driver, () => (window.kept = window.tagged()) && undefined);
    await beginWith(driver, ["a:use"]);
    const kept = () => run(driver, () => Object.fromEntries(window.kept.map((element) => [element.id, window.gating(element)])));
    assert.deepEqual(await kept(), { disable: "disabled", readonly: "readonly", inert: "inert", remove: "out", own: "own" });
    await run(driver, async () => {
      for (const element of window.kept) element.setAttribute("data-permission", "a:use");
      await window.frames();
    });
    assert.deepEqual(new Set(Object.values(await kept())), new Set(["usable"]));
    await assertClean(driver);
  });
});
