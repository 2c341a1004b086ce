/** F61: a document that is written anew, and replaced roots, are watched as before. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const CONTENT =
  '<label id="label" for="box">label</label><input type="checkbox" id="box" data-permission="a:use">' +
  '<a id="link" href="#used" data-permission="a:use" data-permission-mode="disable">link</a><input id="field" data-permission="a:use" data-permission-mode="readonly">';

/** Uses all refused elements, and returns the effects. */
const use = (driver) =>
  run(driver, async () => {
    document.querySelector("#label").click();
    document.querySelector("#link").click();
    // Firefox follows a link to a part of the page in a task of its own.
    await window.frames();
    const states = [...document.querySelectorAll("[data-permission]")].map((element) => element.getAttribute("data-permission-state"));
    const { checked } = document.querySelector("#box");
    return { states, checked, hash: location.hash, isReadOnly: document.querySelector("#field").readOnly, isSeen: document.querySelector("#box").checkVisibility() };
  });

const REFUSED = { states: ["denied", "denied", "denied"], checked: false, hash: "", isReadOnly: true, isSeen: false };
const USED = { states: ["granted", "granted", "granted"], checked: true, hash: "#used", isReadOnly: false, isSeen: true };

const WAYS = {
  "`document.open()` writes it": (html) => {
    document.open();
    document.write(window.trusted(`<!doctype html><body>${html}`));
    document.close();
  },
  "`document.write()` opens it": (html) => {
    document.write(window.trusted(`<!doctype html><body>${html}`));
    document.close();
  },
  "its root element is replaced": (html) => {
    const root = document.createElement("html");
    root.innerHTML = window.trusted(`<head></head><body>${html}</body>`);
    document.documentElement.replaceWith(root);
  },
  "its body is replaced": (html) => {
    const body = document.createElement("body");
    body.innerHTML = window.trusted(html);
    document.body = body;
  },
};

forEachEngine((engine) => {
  for (const [what, write] of Object.entries(WAYS)) {
    for (const root of ["document", "document.documentElement", "document.body"]) {
      // A bound body is not part of another document element.
      test(`F61 a page bound by \`${root}\` is watched after ${what}`, async (t) => {
        const { driver } = engine;
        await openDom(t, engine);
        await beginWith(driver, []);
        await run(driver, `() => { window.binding.disconnect(); window.binding = window.permissions.bind(${root}); history.replaceState(null, "", "#"); }`);
        await run(driver, write, CONTENT);
        await run(driver, () => window.frames());
        assert.deepEqual(await use(driver), REFUSED);
        await allow(driver, "a:use");
        assert.deepEqual(await use(driver), USED);
        await run(driver, () => history.replaceState(null, "", "#"));
        await assertClean(driver, { isSeen: false });
      });
    }
  }

  test("F61 a shadow root that the parser attaches after `document.open()`, in a later piece, is watched once the document is closed", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await beginWith(driver, []);
    await run(driver, async () => {
      document.open();
      document.write(window.trusted('<!doctype html><body><div id="host">'));
      await window.frames();
      document.write(window.trusted('<template shadowrootmode="open"><button id="inner" data-permission="a:use">x</button></template></div>'));
      document.close();
      await window.frames();
    });
    const look = () => run(driver, () => {
      const inner = document.querySelector("#host").shadowRoot.querySelector("#inner");
      return [inner.dataset.permissionState ?? null, inner.checkVisibility()];
    });
    assert.deepEqual(await look(), ["denied", false]);
    await allow(driver, "a:use");
    assert.deepEqual(await look(), ["granted", true]);
    assert.deepEqual(await run(driver, () => window.watch.uncaught), []);
  });
});
