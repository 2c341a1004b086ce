/** F42: refused elements are out of sight, out of reach, and unknown to assistive technology, whatever the stylesheets of the page say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Key } from "selenium-webdriver";
import { forEachEngine } from "../support/engines.mjs";
import { allow, openDom } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

/** Classes in `page/dom-author.css` whose rules display an element. */
const STYLES = ["plain", "important", "layered"];
/** Further classes: their rules make the content visible, or give the element no box of its own. */
const STYLES_INSIDE = ["layered visible-inside", "contents", "contents visible-inside"];
/** Classes with transitions and animations. */
const LASTING = ["slow", "slow-important", "moving", "moving-important"];

const PAGES = ["/dom-author.html", "/dom-author-bare.html"];

/** Elements that are invisible without permgate. */
const REFERENCES =
  '<button id="invisible" class="invisible">Invisible</button>' +
  '<button id="invisible-contents" class="contents invisible">Invisible</button>';

const id = (style) => style.replaceAll(" ", "-");

/** A tagged button, and a tagged region with a focusable element in it. */
const tagged = (style) =>
  `<button id="${id(style)}" class="${style}" data-permission="a:use">${style}</button>` +
  `<nav id="${id(style)}-region" class="${style}" data-permission="a:use"><a id="${id(style)}-inside" href="#here">${style}</a></nav>`;

/** Puts the tagged elements between two untagged buttons, on the page or in a shadow root with the page's styles, and binds them. */
const stage = (driver, styles, isInShadow) =>
  run(
    driver,
    async (html, isInShadow, references) => {
      const permissions = await window.create();
      window.put('<button id="first">First</button><div id="between"></div><button id="last">Last</button>' + references);
      const between = window.main.querySelector("#between");
      window.scope = isInShadow ? between.attachShadow({ mode: "open" }) : between;
      if (isInShadow) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(await (await fetch("/dom-author.css")).text());
        window.scope.adoptedStyleSheets = [sheet];
      }
      window.scope.innerHTML = window.trusted(html);
      window.permissions = permissions;
      window.binding = permissions.bind();
      window.focused = () => {
        let found = document.activeElement;
        while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
        return found.id;
      };
      window.inside = () => [...window.scope.querySelectorAll("[id]")];
    },
    styles.map(tagged).join(""),
    isInShadow,
    REFERENCES,
  );

/** The tagged elements, and elements in them, that are visible. */
const visible = (driver) => run(driver, () => window.inside().filter(window.isVisible).map(({ id }) => id));

/** The tagged elements, and elements in them, that take the focus from a script. */
const focusable = (driver) =>
  run(driver, () =>
    window
      .inside()
      .filter((element) => {
        document.activeElement?.blur();
        element.focus();
        return window.focused() === element.id;
      })
      .map(({ id }) => id),
  );

/** The elements that the Tab key reaches from the first button to the last one. */
async function tabbed(driver) {
  await run(driver, () => window.main.querySelector("#first").focus());
  const path = [];
  while (path.at(-1) !== "last" && path.length < 40) {
    await driver.actions().sendKeys(Key.TAB).perform();
    path.push(await run(driver, () => window.focused()));
  }
  return path.slice(0, -1);
}

/** Whether a driver says that assistive technology knows an element: for other elements, drivers report no role, or fail. */
async function hasRole(element) {
  const role = await element.getAriaRole().catch((error) => {
    if (error.name !== "WebDriverError") throw error;
    return "none";
  });
  return role !== "none";
}

/**
 * The tagged elements, and elements in them, that assistive technology knows. Some drivers also name invisible elements (WebKit's, and Firefox's for elements
 * displayed as their contents), even without permgate: there, only visible elements count.
 */
async function accessible(driver) {
  const untold = new Set();
  for (const id of ["invisible", "invisible-contents"]) {
    const reference = await driver.findElement({ id });
    if (await hasRole(reference)) untold.add(await driver.executeScript("return getComputedStyle(arguments[0]).display === 'contents'", reference));
  }
  const found = [];
  for (const element of await driver.executeScript("return window.inside()")) {
    if (!(await hasRole(element))) continue;
    const [id, isContents, isVisible] = await driver.executeScript(
      "const [element] = arguments; return [element.id, getComputedStyle(element).display === 'contents', window.isVisible(element)]",
      element,
    );
    if (isVisible || !untold.has(isContents)) found.push(id);
  }
  return found;
}

/** The elements that the user reaches, in each way. */
async function reached(driver) {
  return { visible: await visible(driver), focusable: await focusable(driver), tabbed: await tabbed(driver), accessible: await accessible(driver) };
}

const NOTHING = { visible: [], focusable: [], tabbed: [], accessible: [] };

forEachEngine((engine) => {
  for (const path of PAGES) {
    for (const isInShadow of [false, true]) {
      const where = `${isInShadow ? "in a shadow root" : "in the page"}, ${path === PAGES[0] ? "with" : "without"} \`cloak.css\``;

      for (const [what, styles] of [["the page's own styles do", STYLES], ["content that is styled as visible does", STYLES_INSIDE]]) {
        test(`F42 ${what} not show a refused element: ${where}`, async (t) => {
          const { driver } = engine;
          await openDom(t, engine, path);
          await stage(driver, styles, isInShadow);
          await allow(driver, "a:use");
          const all = await reached(driver);
          // An element displayed as its contents has no box of its own, and takes no focus.
          const takers = styles.map(id).flatMap((name) => (name.startsWith("contents") ? [`${name}-inside`] : [name, `${name}-inside`]));
          assert.deepEqual([all.focusable, all.tabbed], [takers, takers], "the granted elements cannot be reached");
          for (const name of takers) assert.ok(all.visible.includes(name) && all.accessible.includes(name), `${name} cannot be seen when it is granted`);
          await allow(driver);
          assert.deepEqual(await reached(driver), NOTHING);
          await assertClean(driver);
        });
      }

      test(`F42 no transition and no animation keeps a revoked element visible: ${where}`, async (t) => {
        const { driver } = engine;
        await openDom(t, engine, path);
        await stage(driver, LASTING, isInShadow);
        await allow(driver, "a:use");
        await run(driver, () => window.frames());
        assert.equal((await visible(driver)).length, 3 * LASTING.length, "the granted elements cannot be seen");
        await allow(driver);
        assert.deepEqual(await visible(driver), []);
        await run(driver, () => window.frames());
        assert.deepEqual(await visible(driver), []);
        assert.deepEqual(await focusable(driver), []);
        await assertClean(driver);
      });
    }
  }

  test("F42 a custom element whose own styles display it is hidden with its content", async (t) => {
    const { driver } = engine;
    await openDom(t, engine, PAGES[0]);
    await run(driver, async (references) => {
      window.permissions = await window.create();
      window.put('<x-card id="host" data-permission="a:use"><a id="slotted" href="#here">Slotted</a></x-card>' + references);
      const host = window.main.querySelector("#host");
      const shadow = host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(":host { display: block !important } button, ::slotted(*) { visibility: visible }");
      shadow.adoptedStyleSheets = [sheet];
      shadow.innerHTML = window.trusted('<button id="within">Within</button><slot></slot>');
      window.inside = () => [host, host.querySelector("#slotted"), shadow.querySelector("#within")];
      window.focused = () => document.activeElement?.shadowRoot?.activeElement?.id ?? document.activeElement?.id;
      window.binding = window.permissions.bind();
    }, REFERENCES);
    const states = async () => ({ visible: await visible(driver), focusable: await focusable(driver), accessible: await accessible(driver) });
    await allow(driver, "a:use");
    assert.deepEqual((await states()).focusable, ["slotted", "within"], "the granted elements cannot be reached");
    await allow(driver);
    assert.deepEqual(await states(), { visible: [], focusable: [], accessible: [] });
    await assertClean(driver);
  });
});
