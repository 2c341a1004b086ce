/** F58: ProseMirror in a disabled or read-only region, which no input changes, and in a region that is granted again. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { bundle, serveApplications } from "./frameworks/build.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const KEYS = ["x", "Enter", "Backspace", "Delete", "Control+v", "Control+x", "Control+z", "Control+a"];

/** Opens a page with an editor in a region of a mode. */
async function openEditor(t, mode) {
  const server = await serveApplications(t, { "/editor.js": bundle("editor.js") });
  const page = await openPage(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/`);
  await page.evaluate(async (mode) => {
    const [{ edit }, stage] = await Promise.all([import("/editor.js"), import("/stage.mjs")]);
    const source = document.body.appendChild(document.createElement("textarea"));
    source.id = "source";
    source.value = "PASTED";
    const region = document.body.appendChild(document.createElement("section"));
    region.id = "region";
    // ProseMirror warns of any other style.
    region.style.whiteSpace = "pre-wrap";
    region.dataset.permission = "invoice:note";
    region.dataset.permissionMode = mode;
    await stage.begin();
    window.grant = (...names) => stage.grant({ names });
    window.editor = edit(region, "hello world");
    window.text = () => [window.editor.dom.textContent, window.editor.state.doc.textContent].join(" | ");
    await stage.painted();
  }, mode);
  await page.locator("#source").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  return page;
}

/** Tries all kinds of input on the editor, and returns those that changed it. */
async function change(page) {
  const cdp = await page.context().newCDPSession(page);
  const composed = async () => {
    await cdp.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
    await cdp.send("Input.insertText", { text: "日本" });
  };
  const changed = [];
  for (const key of [...KEYS, "a composition"]) {
    await page.evaluate(() => {
      window.editor.focus();
      getSelection().selectAllChildren(window.editor.dom.firstChild);
    });
    const before = await page.evaluate(() => window.text());
    await (key === "a composition" ? composed() : page.keyboard.press(key));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    if ((await page.evaluate(() => window.text())) !== before) changed.push(key);
  }
  return changed;
}

for (const mode of ["disable", "readonly"]) {
  test(`F58 ProseMirror in a region in mode \`${mode}\` is changed by no input while refused, and by most input when granted`, async (t) => {
    const page = await openEditor(t, mode);
    assert.deepEqual(await change(page), []);
    await page.evaluate(() => window.grant("invoice:note"));
    assert.ok((await change(page)).length > 3, "the granted editor cannot be changed");
    await page.evaluate(() => window.grant());
    assert.deepEqual(await change(page), [], "input changed the editor that was revoked after edits");
    assert.deepEqual(page.complaints, []);
  });
}
