/** F62: elements that no stylesheet hides are hidden as far as possible, and reported. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { beginWith, openDom, put } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const told = (driver) => run(driver, async () => {
  await window.frames();
  return window.watch.errors.splice(0).map(({ code, element }) => `${code} ${element}`);
});

const form = (mode, field) => `<form><input name="name" value="x">${field.replace("@", `id="field" name="salary" required data-permission="a:use" data-permission-mode="${mode}"`)}<button id="save">Save</button></form>`;

forEachEngine((engine) => {
  test("F62 a hidden column has no width, and a report says that its cells can still be read", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await beginWith(driver, []);
    await put(driver, '<table><colgroup><col><col id="column" data-permission="a:use"></colgroup><tr><td>Grace<td id="cell">9000</table>');
    assert.deepEqual(await told(driver), ["not-hidden column"]);
    // WebKit does not collapse columns: there is only the report.
    const isNarrow = await run(driver, () => document.querySelector("#cell").getBoundingClientRect().width < 3);
    assert.equal(isNarrow, engine.name !== "webkit");
    await assertClean(driver);
  });

  test("F62 a hidden text that names or describes an element outside of it is reported once, unless that element is hidden, too", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver,
      '<section id="named" data-permission="a:use"><h2 id="text">Salary</h2><p aria-labelledby="text">in it</p></section><button aria-labelledby="none text">x</button>' +
      '<p id="described" data-permission="a:use">secret</p><input aria-describedby="described"><input aria-describedby="described">' +
      '<p id="shown" data-permission="a:use" data-permission-mode="inert">shown</p><input aria-describedby="shown">');
    await beginWith(driver, []);
    assert.deepEqual(await told(driver), ["not-hidden named", "not-hidden described"]);
    await run(driver, () => window.main.append(document.createElement("p")));
    assert.deepEqual(await told(driver), []);
    await assertClean(driver);
  });

  test("F62 a hidden text in a shadow root that names an element by a property, without an id, is reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<div id="host"></div>');
    await beginWith(driver, []);
    const isKnown = await run(driver, () => {
      const shadow = document.querySelector("#host").attachShadow({ mode: "open" });
      shadow.innerHTML = window.trusted('<p data-permission="a:use" id="secret">secret</p><p data-permission="a:use" id="other">other</p><button>x</button><button aria-labelledby="other">y</button>');
      shadow.querySelector("button").ariaLabelledByElements = [shadow.querySelector("#secret")];
      return shadow.querySelector("button").hasAttribute("aria-labelledby");
    });
    assert.deepEqual(await told(driver), isKnown ? ["not-hidden secret", "not-hidden other"] : ["not-hidden other"]);
    await assertClean(driver);
  });

  test("F62 a hidden text in a description is reported if the page itself hides the description, and not if it shows it", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver,
      '<p id="tip" hidden>Price <b id="price" data-permission="a:use">9000</b></p><button aria-describedby="tip">b</button>' +
      '<p id="note" aria-hidden="true">Note <b id="noted" data-permission="a:use">9000</b></p><button aria-describedby="note">b</button>' +
      '<p id="shown">Shown <b data-permission="a:use">9000</b></p><button aria-describedby="shown">b</button>' +
      '<p id="same" data-permission="a:use">9000</p><button data-permission="a:use" aria-describedby="same">b</button>');
    await beginWith(driver, []);
    assert.deepEqual(await told(driver), ["not-hidden price", "not-hidden noted"]);
    await assertClean(driver);
  });

  test("F62 hidden sources of a picture, descriptions of a drawing and lists of suggestions are reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<picture><source id="source" data-permission="a:use"><img alt=""></picture><svg role="img"><desc id="desc" data-permission="a:use">secret</desc></svg><datalist id="list" data-permission="a:use"><option value="c"></datalist>');
    await beginWith(driver, []);
    assert.deepEqual(await told(driver), ["not-hidden source", "not-hidden desc", "not-hidden list"]);
    await assertClean(driver);
  });

  test("F62 suggestions in a hidden region, and a hidden part of an option, are reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<section id="region" data-permission="a:use"><datalist id="list"><option value="c"></datalist></section><select><option>free</option></select><b id="part" data-permission="a:use">secret</b><p data-permission="a:use">other</p>');
    // WebKit's parser keeps only the text of an option.
    await run(driver, () => document.querySelector("select option").append(document.querySelector("#part")));
    await beginWith(driver, []);
    assert.deepEqual((await told(driver)).sort(), ["not-hidden part", "not-hidden region"]);
    await assertClean(driver);
  });

  test("F62 hidden captions of a video, and the hidden title of an SVG drawing, are reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<video><track id="captions" data-permission="a:use"></video><svg role="img"><title id="title" data-permission="a:use">secret</title></svg>');
    await beginWith(driver, []);
    assert.deepEqual(await told(driver), ["not-hidden captions", "not-hidden title"]);
    await assertClean(driver);
  });

  test("F62 a hidden group of columns has no width, and is reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await beginWith(driver, []);
    await put(driver, '<table><colgroup id="some" data-permission="a:use"><col><col></colgroup><colgroup span="1" id="one" data-permission="a:use"></colgroup><tr><td>Grace<td>9000<td>1<td id="free">free</table>');
    assert.deepEqual(await told(driver), ["not-hidden some", "not-hidden one"]);
    // WebKit does not collapse columns.
    const widths = await run(driver, () => [...document.querySelectorAll("td")].map((cell) => cell.getBoundingClientRect().width > 3));
    assert.deepEqual(widths, engine.name === "webkit" ? [true, true, true, true] : [false, false, false, true]);
    await assertClean(driver);
  });

  test("F62 a hidden option that is selected is reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, '<select><option>a<option id="chosen" selected data-permission="a:use">b</select><datalist><option data-permission="a:use" value="c"></datalist>');
    await beginWith(driver, []);
    assert.deepEqual(await told(driver), ["not-hidden chosen"]);
    await assertClean(driver);
  });

  test("F62 a required field that is granted blocks its form, which is not reported", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await put(driver, form("hide", "<input @>"));
    await beginWith(driver, ["a:use"]);
    assert.equal(await run(driver, () => document.querySelector("form").checkValidity()), false);
    assert.deepEqual(await told(driver), []);
    await assertClean(driver);
  });

  for (const [mode, field, blocks] of [
    ["hide", "<input @>", true], ["inert", "<input @>", true], ["disable", "<input @>", false], ["readonly", "<input @>", false],
    ["remove", "<input @>", false], ["readonly", "<input type=checkbox @>", true], ["hide", "<select @><option value=''></select>", true],
  ]) {
    test(`F62 a required field ${field} in mode \`${mode}\` ${blocks ? "blocks its form, which is reported once" : "does not block its form"}`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await put(driver, form(mode, field));
      await run(driver, () => {
        window.sent = 0;
        document.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); window.sent += 1; });
      });
      await beginWith(driver, []);
      await run(driver, () => window.frames());
      for (let time = 0; time < 2; time += 1) {
        const place = await run(driver, () => {
          const { x, y } = document.querySelector("#save").getBoundingClientRect();
          return { x: Math.round(x + 5), y: Math.round(y + 5) };
        });
        await driver.actions().move(place).press(Button.LEFT).release(Button.LEFT).perform();
      }
      const blocked = (await told(driver)).filter((one) => one.startsWith("blocked-form"));
      assert.deepEqual({ blocked, sent: await run(driver, () => window.sent) }, blocks ? { blocked: ["blocked-form field"], sent: 0 } : { blocked: [], sent: 2 });
      await assertClean(driver);
    });
  }
});
