/** F60: modal dialogs that are refused, in any mode and at any moment, neither keep the page from being used nor can be used themselves. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, shareDom } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const gated = (mode) => `data-permission="a:use" data-permission-mode="${mode}"`;
const HIDDEN = 'data-permission="a:use"';
const BESIDE = '<button id="beside">beside</button>';

forEachEngine((engine) => {
  const shared = shareDom(engine);

  /** Sets the content of the page while these permissions are granted, and makes it record clicks and the events of dialogs. */
  async function stage(html, ...names) {
    await shared.stage(html, ...names);
    await run(engine.driver, () => {
      window.acts = [];
      window.find = (id) => document.getElementById(id) ?? document.querySelector("#host").shadowRoot.querySelector(`#${id}`);
      for (const id of ["beside", "inside"]) document.getElementById(id)?.addEventListener("click", () => window.acts.push(id));
      for (const dialog of document.querySelectorAll("dialog")) for (const type of ["cancel", "close"]) dialog.addEventListener(type, () => window.acts.push(`${type} ${dialog.id}`));
      return window.frames();
    });
  }

  const show = (...ids) => run(engine.driver, (ids) => ids.forEach((id) => window.find(id).showModal()), ids);
  const acts = () => run(engine.driver, () => window.frames().then(() => window.acts.splice(0)));
  const modal = (...ids) => run(engine.driver, (ids) => ids.filter((id) => window.find(id).matches(":modal")), ids);
  const focused = () => run(engine.driver, () => document.activeElement.id);

  /** Clicks on an element as a user does, wherever something else lies on it. */
  async function click(id) {
    const place = await run(engine.driver, (id) => {
      const { x, y, width, height } = window.find(id).getBoundingClientRect();
      return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    }, id);
    await engine.driver.actions().move(place).press(Button.LEFT).release(Button.LEFT).perform();
  }

  /** The page is used again, and without an error. */
  async function assertUsable() {
    await acts();
    await click("beside");
    assert.deepEqual(await acts(), ["beside"]);
    await assertClean(engine.driver);
  }

  const press = (...keys) => engine.driver.actions().sendKeys(...keys).perform();

  /** Ways in which an open dialog becomes refused; each says whether its grant shows it again. */
  const AROUND = {
    "by its own tag": `<dialog id="dialog" @>dialog <button id="inside">i</button></dialog>`,
    "by an element around it": `<section @><dialog id="dialog">dialog <button id="inside">i</button></dialog></section>`,
    "by the host of the slot that shows it": `<div id="host" @><dialog id="dialog">dialog <button id="inside">i</button></dialog></div>`,
  };
  for (const mode of ["hide", "inert", "remove"]) {
    for (const [where, html] of Object.entries(AROUND)) {
      test(`F60 an open modal dialog that is refused in mode \`${mode}\` ${where} does not block the page, and is modal again with its grant`, async () => {
        const { driver } = engine;
        await stage(`${BESIDE}${html.replace("@", gated(mode))}`, "a:use");
        await run(driver, () => {
          const host = document.querySelector("#host");
          if (host) host.attachShadow({ mode: "open" }).innerHTML = window.trusted("<p><slot></slot></p>");
          document.querySelector("#beside").focus();
        });
        await show("dialog");
        await run(driver, () => (window.dialog = document.querySelector("#dialog")) && undefined);
        await allow(driver);
        if (mode !== "remove") assert.equal(await focused(), "beside", "the element that had the focus before the dialog does not have it again");
        await click("beside");
        assert.deepEqual(await acts(), ["beside"]);
        await allow(driver, "a:use");
        assert.deepEqual(await modal("dialog"), ["dialog"]);
        await click("inside");
        await press(Key.ESCAPE);
        assert.deepEqual((await acts()).filter((act) => act !== "cancel dialog"), ["inside", "close dialog"]);
        await click("beside");
        assert.deepEqual(await acts(), ["beside"]);
        await assertClean(driver);
      });
    }
  }

  for (const mode of ["hide", "inert"]) {
    test(`F60 a script cannot show a modal dialog in a region that is refused in mode \`${mode}\``, async () => {
      const { driver } = engine;
      await stage(`${BESIDE}<section ${gated(mode)}><dialog id="dialog">dialog</dialog></section>`);
      await show("dialog");
      assert.deepEqual(await modal("dialog"), []);
      await assertUsable();
    });
  }

  for (const mode of ["disable", "readonly"]) {
    test(`F60 a modal dialog that is refused in mode \`${mode}\` stays open, cannot be used, and can be left by Escape`, async () => {
      const { driver } = engine;
      await stage(`${BESIDE}<dialog id="dialog" ${gated(mode)}><input id="field" value="a"><button id="inside" data-permission="a:use">i</button></dialog>`, "a:use");
      await show("dialog");
      await allow(driver);
      assert.deepEqual(await modal("dialog"), ["dialog"]);
      await click("field");
      await press("b");
      await click("inside");
      await click("beside");
      assert.deepEqual([await acts(), await run(driver, () => document.querySelector("#field").value)], [[], "a"]);
      await press(Key.ESCAPE);
      assert.deepEqual(await modal("dialog"), []);
      await assertUsable();
    });
  }

  test("F60 a modal dialog with `closedby=none` that is refused in mode `inert` does not block the page", async () => {
    const { driver } = engine;
    await stage(`${BESIDE}<dialog id="dialog" closedby="none" ${gated("inert")}>dialog</dialog>`, "a:use");
    await show("dialog");
    await allow(driver);
    await press(Key.ESCAPE);
    await click("beside");
    assert.deepEqual(await acts(), ["beside"]);
    await allow(driver, "a:use");
    assert.deepEqual(await modal("dialog"), ["dialog"]);
    await run(driver, () => document.querySelector("#dialog").close());
    await assertClean(driver);
  });

  const CHANGES = {
    "whose mode the page changes to `hide`": (dialog) => dialog.setAttribute("data-permission-mode", "hide"),
    "which the page tags": (dialog) => dialog.firstElementChild.showModal() ?? dialog.firstElementChild.setAttribute("data-permission", "never"),
    "which the page moves into a hidden region": (dialog) => {
      const inner = dialog.firstElementChild;
      inner.showModal();
      document.querySelector("#region").moveBefore(inner, null);
    },
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    test(`F60 an open modal dialog ${what} does not block the page`, async (t) => {
      const { driver } = engine;
      await stage(`${BESIDE}<section id="region" ${HIDDEN}></section><dialog id="dialog" data-permission="b:use" data-permission-mode="disable"><dialog id="inner">inner</dialog></dialog>`, "b:use");
      if (change === CHANGES["which the page moves into a hidden region"] && !(await run(driver, () => "moveBefore" in Element.prototype))) return t.skip("the engine has no `moveBefore`");
      const isMoved = change === CHANGES["which the page moves into a hidden region"] || change === CHANGES["which the page tags"];
      if (isMoved) await run(driver, () => document.querySelector("#dialog").setAttribute("open", ""));
      else await show("dialog");
      if (change === CHANGES["whose mode the page changes to `hide`"]) await allow(driver);
      await run(driver, `() => { (${change})(document.querySelector("#dialog")); return window.frames(); }`);
      assert.deepEqual(await modal("dialog", "inner"), []);
      await click("beside");
      assert.ok((await acts()).includes("beside"), "the page is blocked");
      await assertClean(driver);
    });
  }

  for (const [how, end] of Object.entries({ "`close()`": (dialog) => dialog.close("later"), "`requestClose()`": (dialog) => dialog.requestClose?.() ?? dialog.close() })) {
    test(`F60 a hidden dialog that the page closes by ${how} is not shown again with its grant`, async () => {
      const { driver } = engine;
      await stage(`${BESIDE}<dialog id="dialog" ${HIDDEN}>dialog</dialog>`, "a:use");
      await show("dialog");
      await allow(driver);
      await run(driver, `() => { (${end})(document.querySelector("#dialog")); }`);
      await allow(driver, "a:use");
      assert.deepEqual(await modal("dialog"), []);
      await click("beside");
      assert.ok((await acts()).includes("beside"), "the page is blocked");
      await show("dialog");
      assert.deepEqual(await modal("dialog"), ["dialog"]);
      await run(driver, () => document.querySelector("#dialog").close());
      await assertClean(driver);
    });
  }

  test("F60 a dialog that lies below another one lies below it again with its grant", async () => {
    const { driver } = engine;
    await stage(`<dialog id="lower" ${HIDDEN}>lower</dialog><dialog id="upper"><button id="inside">i</button></dialog>`, "a:use");
    await show("lower", "upper");
    await allow(driver);
    await click("inside");
    assert.deepEqual([await acts(), await modal("lower", "upper")], [["inside"], ["upper"]]);
    await allow(driver, "a:use");
    await click("inside");
    assert.deepEqual([await acts(), await modal("lower", "upper")], [["inside"], ["lower", "upper"]]);
    await press(Key.ESCAPE);
    assert.deepEqual(await modal("lower", "upper"), ["lower"]);
    await press(Key.ESCAPE);
    assert.deepEqual(await modal("lower", "upper"), []);
    await assertClean(driver);
  });

  test("F60 a granted dialog over a hidden one stays open, and leads back to the page", async () => {
    const { driver } = engine;
    await stage(`${BESIDE}<dialog id="lower" ${HIDDEN}>lower</dialog><dialog id="upper"><button id="inside">i</button></dialog>`, "a:use");
    await show("lower", "upper");
    await allow(driver);
    await click("inside");
    await press(Key.ESCAPE);
    await click("beside");
    assert.deepEqual((await acts()).filter((act) => !act.startsWith("cancel")), ["inside", "close upper", "beside"]);
    await assertClean(driver);
  });

  test("F60 a hidden dialog over a granted one leaves the granted one usable", async () => {
    const { driver } = engine;
    await stage(`${BESIDE}<dialog id="lower"><button id="inside">i</button><dialog id="upper" ${HIDDEN}>upper</dialog></dialog>`, "a:use");
    await show("lower", "upper");
    await allow(driver);
    await click("inside");
    await click("beside");
    assert.deepEqual([await acts(), await modal("lower", "upper")], [["inside"], ["lower"]]);
    await allow(driver, "a:use");
    assert.deepEqual(await modal("lower", "upper"), ["lower", "upper"]);
    await run(driver, () => document.querySelectorAll("dialog").forEach((dialog) => dialog.close()));
    await assertClean(driver);
  });

  test("F60 a dialog that is hidden while its closing is animated stays closed with its grant", async () => {
    const { driver } = engine;
    await stage(`${BESIDE}<dialog id="dialog" ${HIDDEN}>dialog</dialog>`, "a:use");
    await show("dialog");
    await run(driver, () => {
      const dialog = document.querySelector("#dialog");
      dialog.style.transition = "opacity 60s, display 60s allow-discrete, overlay 60s allow-discrete";
      dialog.close();
      dialog.style.opacity = "0";
    });
    await allow(driver);
    await run(driver, () => window.frames());
    assert.equal(await run(driver, () => window.isVisible(document.querySelector("#dialog"))), false);
    await click("beside");
    await allow(driver, "a:use");
    assert.deepEqual([(await acts()).filter((act) => act !== "close dialog"), await modal("dialog")], [["beside"], []]);
    await assertClean(driver);
  });

  test("F60 a hidden popover over a granted dialog does not keep Escape from the dialog for long, and cannot be used", async () => {
    const { driver } = engine;
    await stage(`${BESIDE}<dialog id="dialog"><div id="popover" popover ${HIDDEN}>popover <button id="inside">i</button></div></dialog>`, "a:use");
    await show("dialog");
    await run(driver, () => document.querySelector("#popover").showPopover());
    await allow(driver);
    assert.equal(await run(driver, () => window.isVisible(document.querySelector("#popover"))), false);
    await press(Key.ESCAPE);
    await press(Key.ESCAPE);
    assert.deepEqual(await modal("dialog"), []);
    await assertUsable();
  });

  test("F60 a page that locks its scrolling while a modal dialog is open can be scrolled when that dialog is hidden", async () => {
    const { driver } = engine;
    await stage(`<dialog id="dialog" ${HIDDEN}>dialog</dialog>`, "a:use");
    await run(driver, () => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("html:has(dialog:modal) { overflow: hidden }");
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    });
    const overflow = () => run(driver, () => getComputedStyle(document.documentElement).overflowY);
    await show("dialog");
    assert.equal(await overflow(), "hidden");
    await allow(driver);
    assert.equal(await overflow(), "visible");
    await allow(driver, "a:use");
    assert.equal(await overflow(), "hidden");
    await run(driver, () => document.querySelector("#dialog").close());
    await assertClean(driver);
  });
});
