/** F58–F62: cases for which a single check in the code exists. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, put, shareDom } from "./dom-stage.mjs";
import { assertClean, ENDPOINT, run } from "./stage.mjs";

const gated = (mode) => `data-permission="a:use" data-permission-mode="${mode}"`;

forEachEngine((engine) => {
  const shared = shareDom(engine);

  /** Sets the content of the page while these permissions are granted; `window.acts` gets what the page hears of. */
  async function stage(html, ...names) {
    await shared.stage(html, ...names);
    await run(engine.driver, () => {
      window.acts = [];
      window.watch.isLooking = true;
      window.watch.errors.splice(0);
      window.hears = (id, ...types) => types.forEach((type) => document.getElementById(id).addEventListener(type, (event) => window.acts.push(event.key ? `${type} ${event.key}` : type)));
      return window.frames();
    });
  }

  const acts = () => run(engine.driver, () => window.frames().then(() => window.acts.splice(0)));
  const errors = () => run(engine.driver, () => window.frames().then(() => window.watch.errors.splice(0).map(({ code, element }) => `${code} ${element}`)));

  async function clickAt(x, y) {
    await engine.driver.actions().move({ x: Math.round(x), y: Math.round(y) }).press(Button.LEFT).release(Button.LEFT).perform();
  }
  const boxOf = (id) => run(engine.driver, (id) => document.getElementById(id).getBoundingClientRect().toJSON(), id);
  async function click(id) {
    const { x, y, width, height } = await boxOf(id);
    await clickAt(x + width / 2, y + height / 2);
  }
  async function press(id, ...keys) {
    await run(engine.driver, (id) => document.getElementById(id).focus(), id);
    await engine.driver.actions().sendKeys(...keys).perform();
  }

  test("F60 a click on each side of a disabled widget reaches the element around it", async () => {
    const { driver } = engine;
    await stage(`<section id="around"><span id="it" role="button" tabindex="0" ${gated("disable")}>x</span></section>`);
    await run(driver, () => {
      Object.assign(document.querySelector("#around").style, { display: "block", width: "200px", height: "100px", padding: "40px" });
      Object.assign(document.querySelector("#it").style, { display: "inline-block", width: "60px", height: "30px" });
      window.hears("around", "click");
    });
    const { left, right, top, bottom } = await boxOf("it");
    for (const [x, y] of [[left - 9, top + 9], [right + 9, top + 9], [left + 9, top - 9], [left + 9, bottom + 9]]) {
      await clickAt(x, y);
      assert.deepEqual(await acts(), ["click"], `${x - left}, ${y - top}`);
    }
    await click("it");
    assert.deepEqual(await acts(), []);
    await assertClean(driver);
  });

  test("F60 a click on a drawing of a missing element reaches the page", async () => {
    const { driver } = engine;
    await stage('<svg id="drawing" width="60" height="40"><use href="#missing"></use><use href="#part"></use><rect id="part" width="50" height="30"></rect></svg>');
    await run(driver, () => window.hears("drawing", "click"));
    await run(driver, () => document.querySelectorAll("use").forEach((use) => use.dispatchEvent(new MouseEvent("click", { bubbles: true }))));
    assert.deepEqual(await acts(), ["click", "click"]);
    await assertClean(driver);
  });

  test("F58 the page hears of a text that was typed before its field was hidden", async () => {
    const { driver } = engine;
    await stage(`<input id="it" ${gated("hide")}>`, "a:use");
    await run(driver, () => window.hears("it", "change"));
    await press("it", "a");
    await allow(driver);
    // Firefox tells of the change when the field is shown again and loses the focus.
    await allow(driver, "a:use");
    await run(driver, () => document.querySelector("#it").focus());
    await run(driver, () => document.querySelector("#it").blur());
    assert.deepEqual(await acts(), ["change"]);
    await assertClean(driver);
  });

  test("F60 Enter in a form submits it by the button that is left, although another button was taken out", async () => {
    const { driver } = engine;
    await stage(`<form id="form"><input id="field"><button id="out" ${gated("remove")}>out</button><button id="left">left</button><input id="other"></form>`);
    await run(driver, () => document.querySelector("#form").addEventListener("submit", (event) => { event.preventDefault(); window.acts.push(event.submitter.id); }));
    await press("field", Key.ENTER);
    assert.deepEqual(await acts(), ["left"]);
    await assertClean(driver);
  });

  test("F60 Enter in a form without a button submits it, although an element that is no button was taken out", async () => {
    const { driver } = engine;
    await stage(`<form id="form"><input id="field"><p ${gated("remove")}>out</p><button type="button" ${gated("remove")}>no button that submits</button></form><form><button ${gated("remove")}>of another form</button></form>`);
    await run(driver, () => document.querySelector("#form").addEventListener("submit", (event) => { event.preventDefault(); window.acts.push("submit"); }));
    await press("field", Key.ENTER);
    assert.deepEqual(await acts(), ["submit"]);
    await assertClean(driver);
  });

  test("F58 an input method that a script feigns does not change the selection beside a refused part", async () => {
    const { driver } = engine;
    await stage(`<div id="host" contenteditable><p id="text">abc</p><p ${gated("disable")} id="part">part</p></div>`);
    const selected = await run(driver, () => {
      document.querySelector("#host").focus();
      getSelection().setBaseAndExtent(document.querySelector("#text").firstChild, 1, document.querySelector("#part").firstChild, 2);
      document.querySelector("#host").dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      return getSelection().isCollapsed;
    });
    assert.equal(selected, false);
    await assertClean(driver);
  });

  test("F58 a text in a shadow root can be edited, although a part of the edited text around its host is refused", async () => {
    const { driver } = engine;
    await stage(`<div contenteditable><p ${gated("disable")} id="part">part</p><div id="host"></div></div>`);
    await run(driver, () => {
      const shadow = document.querySelector("#host").attachShadow({ mode: "open" });
      shadow.innerHTML = window.trusted('<div contenteditable="true" id="inner">abc</div>');
    });
    await click("host");
    await driver.actions().sendKeys("x", Key.BACK_SPACE, "y").perform();
    const text = await run(driver, () => document.querySelector("#host").shadowRoot.textContent);
    assert.ok(text.includes("y") && text.length === 4, text);
    await assertClean(driver);
  });

  test("F58 a read-only field of an edited text keeps the focus when it becomes refused, and tells of arrows", async () => {
    const { driver } = engine;
    await stage(`<div contenteditable>text <input id="it" value="abc" ${gated("readonly")}></div>`, "a:use");
    await run(driver, () => document.querySelector("#it").focus());
    await allow(driver);
    assert.equal(await run(driver, () => document.activeElement.id), "it");
    await run(driver, () => window.hears("it", "keydown"));
    await driver.actions().sendKeys(Key.ARROW_LEFT).perform();
    assert.deepEqual(await acts(), ["keydown ArrowLeft"]);
    await assertClean(driver);
  });

  test("F58 a text in a region in mode `inert` stays uneditable when the page makes the whole document editable later", async () => {
    const { driver } = engine;
    await stage(`<section id="it" ${gated("inert")}><p>text</p></section>`);
    const editable = await run(driver, async () => {
      document.designMode = "on";
      await window.frames();
      const before = document.querySelector("#it").getAttribute("contenteditable");
      document.designMode = "off";
      await window.frames();
      return [before, document.querySelector("#it").getAttribute("contenteditable")];
    });
    assert.deepEqual(editable, ["false", null]);
    await assertClean(driver);
  });

  test("F58 a field in a slot of a disabled region of a shadow root is disabled and enabled with the region, and when it is slotted later", async () => {
    const { driver } = engine;
    await stage('<div id="host"><input id="it"><x-plain id="custom"></x-plain></div>', "a:use");
    await run(driver, (tag) => {
      document.querySelector("#host").attachShadow({ mode: "open" }).innerHTML = window.trusted(`<section ${tag}><p><slot></slot></p></section>`);
      return window.frames();
    }, gated("disable"));
    const disabled = () => run(driver, () => ["it", "custom"].map((id) => document.getElementById(id).hasAttribute("disabled")));
    await allow(driver);
    assert.deepEqual(await disabled(), [true, true]);
    await allow(driver, "a:use");
    assert.deepEqual(await disabled(), [false, false]);
    await assertClean(driver);
  });

  test("an own mode that throws, returns a promise, or cannot be undone is reported once, and only the former two hide their elements", async () => {
    const { driver } = engine;
    await stage("", "a:use");
    const told = await run(driver, async () => {
      // Own modes that change nothing leave their elements usable.
      window.watch.isLooking = false;
      const told = [];
      const modes = {
        throws: () => { throw new Error("on purpose"); },
        promises: async () => undefined,
        sticks: () => () => { throw new Error("on purpose"); },
      };
      const permissions = await window.permgate.createPermissions({ token: window.granting([]), tabs: false, modes });
      permissions.on("error", ({ code, element, cause }) => told.push(`${code} ${element.id} ${cause?.name ?? ""}`.trim()));
      const part = document.createElement("section");
      document.body.append(part);
      part.innerHTML = window.trusted(["throws", "throws", "promises", "sticks", "sticks"].map((mode, i) => `<p id="${mode}${i}" data-permission="b:use" data-permission-mode="${mode}">x</p>`).join(""));
      const binding = permissions.bind(part);
      await window.frames();
      const shown = [...part.children].filter((element) => element.checkVisibility()).map(({ id }) => id);
      await window.allow(["b:use"], permissions);
      const granted = [...part.children].filter((element) => element.checkVisibility()).length;
      binding.disconnect();
      permissions.dispose();
      part.remove();
      return { told, shown, granted };
    });
    assert.deepEqual(told, { told: ["listener throws0 Error", "listener promises2 TypeError", "listener sticks3 Error"], shown: ["sticks3", "sticks4"], granted: 5 });
  });

  test("an own mode that ends its binding is called for no further element, and its element is left as it was", async () => {
    const { driver } = engine;
    await stage("", "a:use");
    const called = await run(driver, async () => {
      window.watch.isLooking = false;
      const called = [];
      let binding;
      const permissions = await window.permgate.createPermissions({ token: window.granting(["a:use"]), tabs: false, modes: { ends: ({ id }) => { called.push(id); binding.disconnect(); } } });
      const part = document.createElement("section");
      document.body.append(part);
      part.innerHTML = window.trusted('<p id="one" data-permission="a:use" data-permission-mode="ends">x</p><p id="two" data-permission="a:use" data-permission-mode="ends">x</p><input id="three" data-permission="a:use" data-permission-mode="disable">');
      binding = permissions.bind(part);
      await window.frames();
      await window.allow([], permissions);
      await window.frames();
      const left = [...part.children].map((element) => [element.id, ...element.getAttributeNames().filter((name) => !/^id$|^data-permission(-mode|-state)?$/.test(name))].join(" "));
      permissions.dispose();
      part.remove();
      return { called, left };
    });
    assert.deepEqual(called, { called: ["one"], left: ["one", "two", "three"] });
    await assertClean(driver);
  });

  test("a title follows its reason, and the decision's sentence; an own mode is called again with another decision, and a hidden option has no title", async () => {
    const { driver } = engine;
    await stage("", "a:use");
    const { authority } = shared;
    const before = authority.document;
    authority.document = { subject: "u-17", version: 1, permissions: [] };
    await run(driver, async (endpoint) => {
      window.called = [];
      window.watch.isLooking = false;
      window.other = await window.permgate.createPermissions({ endpoint, tabs: false, modes: { notes: (_, { reason }) => { window.called.push(reason); return () => window.called.push("undone"); } } });
      window.part = document.createElement("section");
      document.body.append(window.part);
      window.part.innerHTML = window.trusted(
        '<button data-permission="c:use" data-permission-mode="disable" data-permission-reason="">1</button><button data-permission="c:use" data-permission-mode="disable" data-permission-reason="mine">2</button>' +
        '<p data-permission="c:use" data-permission-mode="notes">3</p><select><option data-permission="c:use" data-permission-reason="mine">4</select>');
      await window.other.whenReady();
      window.other.bind(window.part);
      await window.frames();
    }, ENDPOINT);
    const titles = () => run(driver, () => [...window.part.querySelectorAll("button,option")].map(({ title }) => title));
    const [first, ...rest] = await titles();
    assert.deepEqual([rest, first !== "", (await run(driver, () => window.called)).length], [["mine", ""], true, 1]);
    await run(driver, () => window.part.querySelectorAll("button")[1].setAttribute("data-permission-reason", "other") ?? window.frames());
    assert.equal((await titles())[1], "other");
    authority.document = { subject: "u-17", version: 2, permissions: [], denied: ["c:use"] };
    await run(driver, () => window.other.refresh());
    await run(driver, () => window.frames());
    const [now] = await titles();
    const called = await run(driver, () => window.called);
    assert.notEqual(now, first);
    assert.deepEqual([called.length, called[1], called[0] !== called[2]], [3, "undone", true]);
    authority.document = before;
    await run(driver, () => { window.other.dispose(); window.part.remove(); });
  });

  test("a copied `data-permission-applied` restores no attribute that modes do not write, and none outside of a bound element's own modes", async () => {
    const { driver } = engine;
    await stage("");
    await put(driver, '<a id="copy" title="ours" data-permission="a:use" data-permission-mode="disable" data-permission-applied="disable title=mine href=%23stolen class=x aria-disabled=%E0%A4%A">x</a>');
    await run(driver, () => window.frames());
    const names = await run(driver, () => Object.fromEntries(["title", "href", "class"].map((name) => [name, document.querySelector("#copy").getAttribute(name)])));
    assert.deepEqual(names, { title: "mine", href: null, class: null });
    await assertClean(driver);
  });

  test("F62 hidden texts that name nothing are not reported: a reference to a missing element, an option outside of a list, a part of a granted list", async () => {
    const { driver } = engine;
    await stage('<p id="tagged" data-permission="a:use">x</p><button aria-labelledby="missing">y</button><select><option>one</option></select><section data-permission="b:use"><select><option>two</option></select></section>', "b:use");
    assert.deepEqual(await errors(), []);
    await assertClean(driver);
  });

  test("F60 a hidden dialog that the page takes away, or opens without making it modal, is left alone when it is granted", async () => {
    const { driver } = engine;
    await stage('<dialog id="away" data-permission="a:use">1</dialog><dialog id="open" data-permission="a:use">2</dialog>', "a:use");
    await run(driver, () => document.querySelectorAll("dialog").forEach((dialog) => dialog.showModal()));
    await allow(driver);
    await run(driver, () => {
      window.away = document.querySelector("#away");
      window.away.remove();
      document.querySelector("#open").setAttribute("open", "");
    });
    await allow(driver, "a:use");
    assert.deepEqual(await run(driver, () => [window.away.open, document.querySelector("#open").open, document.querySelector("#open").matches(":modal")]), [false, true, false]);
    await assertClean(driver);
  });

  test("F58 a granted number field gets the wheel, and one that is read-only does not", async () => {
    if (engine.name !== "chromium") return;
    const { driver } = engine;
    await stage(`<input type="number" id="it" value="1" ${gated("readonly")}>`);
    await run(driver, () => window.hears("it", "wheel"));
    const { x, y } = await boxOf("it");
    const wheel = () => driver.sendDevToolsCommand("Input.dispatchMouseEvent", { type: "mouseWheel", x: x + 5, y: y + 5, deltaX: 0, deltaY: -100 });
    await wheel();
    assert.deepEqual(await acts(), []);
    await allow(driver, "a:use");
    await wheel();
    assert.deepEqual(await acts(), ["wheel"]);
    await assertClean(driver);
  });

  test("F58 keys put nothing into a date field in a drawing in mode `inert`, not even a part of a date", async () => {
    const { driver } = engine;
    await stage(`<svg width="300" height="60" ${gated("inert")}><foreignObject width="300" height="60"><input type="date" id="it"></foreignObject></svg>`, "a:use");
    await press("it", "0", "5");
    const isPartial = () => run(driver, () => window.frames().then(() => document.querySelector("#it").validity.badInput));
    // Some engines tell of a part only when the field is left.
    if (!(await isPartial())) return;
    await press("it", Key.DELETE, Key.BACK_SPACE, Key.BACK_SPACE);
    await stage(`<svg width="300" height="60" ${gated("inert")}><foreignObject width="300" height="60"><input type="date" id="it"></foreignObject></svg>`);
    await press("it", "0", "5");
    assert.equal(await isPartial(), false);
    await assertClean(driver);
  });
});
