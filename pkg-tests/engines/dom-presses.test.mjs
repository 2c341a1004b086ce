/** F59: a release is swallowed only if its press was, and an element that is refused during a drag or a capture loses the pointer. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, openDom, put } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const BOX = "class=box";
const region = (mode, content = "") => `<section id="region" ${BOX} data-permission="a:use" data-permission-mode="${mode}">${content}</section>`;
const TYPES = ["pointerdown", "mousedown", "keydown", "pointermove", "pointercancel", "lostpointercapture", "dragover", "drop", "pointerup", "mouseup", "keyup"];

/** Sets the content of the page, with boxes to point at: the policy forbids styles in markup. */
async function putBoxes(driver, html) {
  await put(driver, html);
  await run(driver, () => {
    for (const { style } of document.querySelectorAll(".box")) Object.assign(style, { display: "block", width: "160px", height: "40px" });
  });
}

/** Makes the page record the events of the document, the window and some elements. */
const listen = (driver, ids, types = TYPES) =>
  run(driver, (ids, types) => {
    window.heard = [];
    for (const [name, target] of [["document", document], ...ids.map((id) => [id, document.getElementById(id)])]) {
      for (const type of types) target.addEventListener(type, () => window.heard.push(`${name} ${type}`));
    }
  }, ids, types);

const heard = (driver) => run(driver, () => window.heard.splice(0));

/** Waits until the page got an event: an engine may send touches later than its driver answers. */
const hears = (driver, one) => until(`\`${one}\` is told`, () => run(driver, (one) => window.heard.includes(one), one));

/** The middle of an element. */
const middle = (driver, id) =>
  run(driver, (id) => {
    const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  }, id);

forEachEngine((engine) => {
  for (const mode of ["disable", "readonly", "inert"]) {
    test(`F59 a splitter that is dragged over a region in mode \`${mode}\` and released there gets the release`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, `<div id="splitter" ${BOX}></div>${region(mode, "a region")}`);
      await beginWith(driver, []);
      await listen(driver, ["region"]);
      await driver.actions().move(await middle(driver, "splitter")).press(Button.LEFT).move(await middle(driver, "region")).release(Button.LEFT).perform();
      const all = await heard(driver);
      for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup"]) {
        assert.equal(all.filter((one) => one === `document ${type}`).length, 1, `${type}: ${all}`);
      }
      if (mode === "disable") assert.deepEqual(all.filter((one) => /^region .*up/.test(one)), []);
      await assertClean(driver);
    });
  }

  test("F59 the page gets neither a press on a disabled region nor the release of that press on another element", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await putBoxes(driver, `<div id="beside" ${BOX}></div>${region("disable", "a region")}`);
    await beginWith(driver, []);
    await listen(driver, ["beside", "region"]);
    await driver.actions().move(await middle(driver, "region")).press(Button.LEFT).move(await middle(driver, "beside")).release(Button.LEFT).perform();
    assert.deepEqual((await heard(driver)).filter((one) => !one.endsWith("move")), []);
    await driver.actions().press(Button.LEFT).release(Button.LEFT).perform();
    const next = await heard(driver);
    for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup"]) assert.ok(next.includes(`beside ${type}`), `the page did not get the next ${type}`);
    await assertClean(driver);
  });

  test("F59 the document gets the release of a key that was pressed on another element and is released on a link that was disabled meanwhile", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<button id="first">first</button><a id="link" href="#x" data-permission="a:use" data-permission-mode="disable">link</a>');
    await beginWith(driver, []);
    await listen(driver, ["link"]);
    await run(driver, () => {
      document.querySelector("#first").addEventListener("keydown", () => document.querySelector("#link").focus());
      document.querySelector("#first").focus();
    });
    await driver.actions().keyDown("y").keyUp("y").perform();
    assert.deepEqual(await heard(driver), ["document keydown", "document keyup"]);
    await driver.actions().keyDown("y").keyUp("y").perform();
    assert.deepEqual(await heard(driver), [], "the document got a key that was pressed on the disabled link");
    await driver.actions().sendKeys(Key.TAB).perform();
    assert.ok((await heard(driver)).includes("document keydown"), "the document did not get the press of the key");
    await assertClean(driver);
  });

  for (const mode of ["disable", "readonly", "inert", "hide"]) {
    test(`F59 an element that captured the pointer and is refused in mode \`${mode}\` loses it, and gets no more moves`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, region(mode, '<div id="thumb">thumb</div>'));
      await beginWith(driver, ["a:use"]);
      await listen(driver, ["thumb"]);
      await run(driver, () => {
        const thumb = document.querySelector("#thumb");
        thumb.addEventListener("pointerdown", ({ pointerId }) => thumb.setPointerCapture(pointerId));
        thumb.addEventListener("pointerdown", ({ pointerId }) => (window.pointerId = pointerId));
      });
      const { x, y } = await middle(driver, "thumb");
      await driver.actions().move({ x, y }).press(Button.LEFT).move({ x: x + 4, y }).perform();
      assert.ok(await run(driver, () => document.querySelector("#thumb").hasPointerCapture(window.pointerId)), "the element has not captured the pointer");
      await allow(driver);
      assert.equal(await run(driver, () => document.querySelector("#thumb").hasPointerCapture(window.pointerId)), false);
      const told = await heard(driver);
      assert.ok(told.includes("thumb pointercancel") && told.includes("document mouseup"), `the cancellation or the release is missing among ${told}`);
      await driver.actions().move({ x: x + 9, y: y + 9 }).perform();
      assert.deepEqual((await heard(driver)).filter((one) => one.endsWith("pointermove")), []);
      await driver.actions().release(Button.LEFT).perform();
      assert.deepEqual((await heard(driver)).filter((one) => /^thumb (pointerup|mouseup)/.test(one)), []);
      await driver.actions().move({ x: x + 200, y: y + 200 }).perform();
      assert.ok((await heard(driver)).includes("document pointermove"), "the document gets no moves after the release");
      await assertClean(driver);
    });
  }

  for (const mode of ["disable", "hide"]) {
    test(`F59 an element that captured a pointer which was pressed elsewhere loses it when it is refused in mode \`${mode}\``, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, `<div id="handle" ${BOX}>handle</div>${region(mode, "moved")}`);
      await beginWith(driver, ["a:use"]);
      await listen(driver, ["region"]);
      await run(driver, () => {
        const [handle, region] = ["handle", "region"].map((id) => document.getElementById(id));
        handle.addEventListener("pointerdown", ({ pointerId }) => region.setPointerCapture(pointerId));
      });
      const { x, y } = await middle(driver, "handle");
      await driver.actions().move({ x, y }).press(Button.LEFT).move({ x: x + 4, y }).perform();
      assert.ok((await heard(driver)).includes("region pointermove"), "the element has not captured the pointer");
      await allow(driver);
      assert.ok((await heard(driver)).includes("region pointercancel"), "the region did not get the cancellation");
      await driver.actions().move({ x: x + 9, y }).perform();
      assert.deepEqual((await heard(driver)).filter((one) => one.endsWith("pointermove")), []);
      await driver.actions().release(Button.LEFT).perform();
      assert.ok((await heard(driver)).includes("document pointerup"), "the document did not get the release");
      await assertClean(driver);
    });
  }

  // Only Chromium's driver sends the events of a finger.
  const touch = ({ driver }, type, ...touchPoints) => driver.sendDevToolsCommand("Input.dispatchTouchEvent", { type, touchPoints });
  const TOUCHED = ["touchstart", "touchmove", "touchend", "touchcancel"];
  for (const mode of engine.name === "chromium" ? ["disable", "readonly", "inert", "hide"] : []) {
    test(`F59 an element that is refused in mode \`${mode}\` during a touch gets a cancellation, and no further moves`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, region(mode, '<div id="thumb">thumb</div>'));
      await beginWith(driver, ["a:use"]);
      await listen(driver, ["thumb"], TOUCHED);
      const { x, y } = await middle(driver, "thumb");
      await touch(engine, "touchStart", { x, y });
      await hears(driver, "thumb touchstart");
      await allow(driver);
      await hears(driver, "thumb touchcancel");
      await heard(driver);
      await touch(engine, "touchMove", { x: x + 30, y });
      await touch(engine, "touchEnd");
      await hears(driver, "document touchend");
      assert.deepEqual((await heard(driver)).filter((one) => one.endsWith("move")), []);
      await assertClean(driver);
    });
  }

  // Only Chromium locks the pointer without a screen.
  for (const mode of engine.name === "chromium" ? ["disable", "readonly", "inert", "hide"] : []) {
    test(`F59 an element that locked the pointer and is refused in mode \`${mode}\` loses it`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, region(mode, '<div id="thumb">thumb</div>'));
      await beginWith(driver, ["a:use"]);
      await run(driver, () => document.querySelector("#thumb").addEventListener("click", ({ target }) => target.requestPointerLock()));
      await driver.actions().move(await middle(driver, "thumb")).press(Button.LEFT).release(Button.LEFT).perform();
      await until("the pointer is locked", () => run(driver, () => document.pointerLockElement !== null));
      await allow(driver);
      await until("the pointer is free", () => run(driver, () => document.pointerLockElement === null));
      await assertClean(driver);
    });
  }

  if (engine.name === "chromium") {
    test("F59 a granted element that locked the pointer keeps it when another element is refused", async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, `<div id="free" ${BOX}>free</div>${region("disable", "a region")}`);
      await beginWith(driver, ["a:use"]);
      await run(driver, () => document.querySelector("#free").addEventListener("click", ({ target }) => target.requestPointerLock()));
      await driver.actions().move(await middle(driver, "free")).press(Button.LEFT).release(Button.LEFT).perform();
      await until("the pointer is locked", () => run(driver, () => document.pointerLockElement !== null));
      await allow(driver);
      await run(driver, () => window.frames());
      assert.equal(await run(driver, () => document.pointerLockElement?.id), "free");
      await run(driver, () => document.exitPointerLock());
      await assertClean(driver);
    });

    test("F59 a disabled region gets neither the press of a touch nor its cancellation by the browser", async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await putBoxes(driver, `<div id="beside" ${BOX}></div>${region("disable", "a region")}`);
      await beginWith(driver, []);
      await listen(driver, ["beside", "region"], [...TOUCHED, "pointerdown", "pointercancel"]);
      for (const id of ["region", "beside"]) {
        await touch(engine, "touchStart", await middle(driver, id));
        await touch(engine, "touchCancel");
      }
      await hears(driver, "document touchcancel");
      const all = await heard(driver);
      assert.deepEqual(all.filter((one) => one.startsWith("beside")).sort(), ["beside pointercancel", "beside pointerdown", "beside touchcancel", "beside touchstart"]);
      assert.equal(all.length, 8, `an element other than the document and the one beside the region got events: ${all}`);
      await assertClean(driver);
    });
  }

  test("F59 a drag from an element that is refused meanwhile cannot be dropped", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await putBoxes(driver, `<div id="source" draggable="true" ${BOX} data-permission="a:use" data-permission-mode="disable">drag</div><div id="target" ${BOX}>drop</div>`);
    await beginWith(driver, ["a:use"]);
    await listen(driver, ["target"]);
    // Not every driver can drag: a script dispatches the events of the drag.
    const drag = (type, id) => run(driver, (type, id) => {
      const event = new DragEvent(type, { bubbles: true, cancelable: true, composed: true });
      return document.getElementById(id).dispatchEvent(event);
    }, type, id);
    await drag("dragstart", "source");
    assert.equal(await drag("drop", "target"), true);
    assert.deepEqual((await heard(driver)).filter((one) => one.startsWith("target")), ["target drop"]);
    await allow(driver);
    await drag("dragover", "target");
    assert.equal(await drag("drop", "target"), false);
    assert.deepEqual(await heard(driver), []);
    await drag("dragend", "source");
    assert.equal(await drag("drop", "target"), true, "the next drag cannot be dropped");
    assert.equal(await drag("dragstart", "source"), false, "a drag began at the refused element");
    await assertClean(driver);
  });
});
