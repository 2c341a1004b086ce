/** F61: a document that is written anew, and replaced roots, are watched as before. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button } from "selenium-webdriver";
import { until } from "../support/deadline.mjs";
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

/** Further ways, in which a user acts by pointer and keys. In each, the page claims that its elements are granted. */
const MORE = {
  "`document.writeln()` writes it in two pieces": async (html) => {
    document.writeln(window.trusted(`<!doctype html><body>${html.slice(0, html.indexOf("<a"))}`));
    await window.frames();
    document.writeln(window.trusted(html.slice(html.indexOf("<a"))));
    document.close();
  },
  "it is opened twice, and its elements are appended": (html) => {
    document.open();
    document.open();
    document.close();
    document.documentElement?.remove();
    document.append(document.createElement("html"));
    document.documentElement.append(document.createElement("body"));
    document.body.innerHTML = window.trusted(html);
  },
  "its root element is taken out, and another one is appended later": async (html) => {
    document.documentElement.remove();
    await window.turn();
    document.append(document.createElement("html"));
    document.documentElement.innerHTML = window.trusted(`<head></head><body>${html}</body>`);
  },
  "its root element is taken out and put back": async (html) => {
    const root = document.documentElement;
    root.remove();
    await window.turn();
    document.append(root);
    document.body.innerHTML = window.trusted(html);
  },
  "`replaceChildren()` gives it a parsed root element": (html) => {
    const parsed = new DOMParser().parseFromString(window.trusted(`<!doctype html><body>${html}`), "text/html");
    const root = document.adoptNode(parsed.documentElement);
    document.replaceChildren();
    document.replaceChildren(root);
  },
  "the children of its root element are replaced": (html) => {
    const body = document.createElement("body");
    body.innerHTML = window.trusted(html);
    document.documentElement.replaceChildren(document.createElement("head"), body);
  },
  "its body is replaced by that of a parsed document, as Turbo does": (html) => {
    const parsed = new DOMParser().parseFromString(window.trusted(`<!doctype html><body>${html}`), "text/html");
    document.body.replaceWith(document.adoptNode(parsed.body));
  },
  "its body is taken out, and a clone is appended later": async (html) => {
    const template = document.createElement("template");
    template.innerHTML = window.trusted(html);
    const body = document.createElement("body");
    body.append(document.importNode(template.content, true));
    document.body.remove();
    await window.turn();
    document.documentElement.append(body);
  },
  "a view transition replaces its body": async (html) => {
    const swap = () => {
      const body = document.createElement("body");
      body.innerHTML = window.trusted(html);
      document.body = body;
    };
    if (!document.startViewTransition) return swap();
    const transition = document.startViewTransition(swap);
    transition.ready.catch(() => undefined);
    transition.skipTransition();
    await transition.updateCallbackDone;
  },
  "a stylesheet in XSLT makes its content": (html) => {
    const parse = (text) => new DOMParser().parseFromString(window.trusted(text), "text/xml");
    const body = document.createElement("body");
    if (window.XSLTProcessor) {
      const processor = new XSLTProcessor();
      const content = html.replaceAll(/<(input[^>]*)>/g, "<$1/>");
      processor.importStylesheet(parse(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="html"/><xsl:template match="/"><div>${content}</div></xsl:template></xsl:stylesheet>`));
      body.append(processor.transformToFragment(parse("<x/>"), document));
    } else body.innerHTML = window.trusted(html);
    document.body = body;
  },
};

/** The content, which claims that its elements are granted. */
const CLAIMING = CONTENT.replaceAll("data-permission=", 'data-permission-state="granted" data-permission-applied="own" data-permission=');

/** Acts on all elements by pointer and keys, and returns the effects. */
async function actOn(driver) {
  const click = async (id) => {
    const { x, y, width, height } = await run(driver, (id) => document.getElementById(id).getBoundingClientRect().toJSON(), id);
    await driver.actions().move({ x: Math.round(x + width / 2), y: Math.round(y + height / 2) }).press(Button.LEFT).release(Button.LEFT).perform();
  };
  await click("label");
  await click("link");
  await click("field");
  await driver.actions().sendKeys("b").perform();
  return run(driver, async () => {
    await window.frames();
    const { checked } = document.querySelector("#box");
    return { checked, hash: location.hash, value: document.querySelector("#field").value, isSeen: window.isVisible(document.querySelector("#box")) };
  });
}

forEachEngine((engine) => {
  for (const [what, write] of Object.entries(MORE)) {
    for (const root of ["document", "document.documentElement", "document.body"]) {
      test(`F61 no user acts on what is refused in a page bound by \`${root}\` after ${what}`, async (t) => {
        const { driver } = engine;
        await openDom(t, engine);
        await beginWith(driver, []);
        await run(driver, `() => { window.binding.disconnect(); window.binding = window.permissions.bind(${root}); history.replaceState(null, "", "#"); }`);
        await run(driver, write, CLAIMING);
        await run(driver, () => window.frames());
        assert.deepEqual(await actOn(driver), { checked: false, hash: "", value: "", isSeen: false });
        await allow(driver, "a:use");
        assert.deepEqual(await actOn(driver), { checked: true, hash: "#used", value: "b", isSeen: true });
        await run(driver, () => history.replaceState(null, "", "#"));
        await assertClean(driver, { isSeen: false });
      });
    }
  }

  for (const isKept of [true, false]) {
    test(`F61 no user acts on what is refused in a frame whose document is opened anew, and ${isKept ? "bound before that" : "bound while it is open"}`, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await beginWith(driver, []);
      await run(driver, async (html, isKept) => {
        const frame = document.createElement("iframe");
        window.main.append(frame);
        const bind = () => window.permissions.bind(frame.contentDocument);
        frame.contentDocument.body.innerHTML = window.trusted(html);
        if (isKept) bind();
        frame.contentDocument.open();
        if (!isKept) bind();
        frame.contentDocument.write(window.trusted(`<!doctype html><body>${html}`));
        await window.frames();
        frame.contentDocument.write(window.trusted('<button id="late" data-permission-state="granted" data-permission="a:use">late</button>'));
        frame.contentDocument.close();
        await window.frames();
      }, CLAIMING, isKept);
      // The granted link leads the frame away, where its document has the address `about:blank`.
      const act = async (...ids) => {
        for (const id of ids) {
          const place = await run(driver, (id) => {
            const frame = document.querySelector("iframe");
            const [outer, inner] = [frame, frame.contentDocument.getElementById(id)].map((element) => element.getBoundingClientRect());
            return { x: Math.round(outer.x + frame.clientLeft + inner.x + inner.width / 2), y: Math.round(outer.y + frame.clientTop + inner.y + inner.height / 2) };
          }, id);
          await driver.actions().move(place).press(Button.LEFT).release(Button.LEFT).perform();
        }
        await driver.actions().sendKeys("b").perform();
        return run(driver, async () => {
          await window.frames();
          const { contentDocument: inner } = document.querySelector("iframe");
          return { checked: inner.querySelector("#box").checked, value: inner.querySelector("#field").value, isSeen: window.isVisible(inner.querySelector("#late")) };
        });
      };
      assert.deepEqual(await act("label", "link", "field"), { checked: false, value: "", isSeen: false });
      await allow(driver, "a:use");
      assert.deepEqual(await act("label", "field"), { checked: true, value: "b", isSeen: true });
      assert.deepEqual(await run(driver, () => window.watch.uncaught), []);
    });
  }

  test("F61 a page that was opened anew, left and returned to is refused as before", async (t) => {
    const { driver } = engine;
    const { origin } = await openDom(t, engine);
    await beginWith(driver, []);
    await run(driver, (html) => {
      document.open();
      document.write(window.trusted(`<!doctype html><body>${html}`));
      document.close();
      window.isKept = true;
    }, CLAIMING);
    await driver.get(`${origin}/elsewhere.html`);
    await driver.navigate().back();
    await until("the former page is there", () => driver.executeScript("return window.isKept || 'ready' in document.documentElement.dataset"));
    // Where the engine did not keep the page, it loads it again: then it is not bound, and has no such elements.
    if (!(await driver.executeScript("return window.isKept === true"))) return;
    assert.deepEqual(await actOn(driver), { checked: false, hash: "", value: "", isSeen: false });
    await allow(driver, "a:use");
    assert.equal((await actOn(driver)).checked, true);
  });

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
