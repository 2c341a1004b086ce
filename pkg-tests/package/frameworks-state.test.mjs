/** Pages of React, Vue and Svelte that render `disabled`, `readonly` and controlled values themselves: permgate's state is in force while an element is refused, and the rendered state afterwards. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { bundle, serveApplications } from "./frameworks/build.mjs";

const FRAMEWORKS = { React: "state-react.jsx", Vue: "state-vue.js", Svelte: "state-svelte.svelte.js" };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Opens a page with the form of a framework; `window.state` has the values that it renders. */
async function openForm(t, file) {
  const server = await serveApplications(t, { [`/${file}`]: bundle(file) });
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/`);
  await page.evaluate(async (file) => {
    const { mount } = await import(`/${file}`);
    const stage = await import("/stage.mjs");
    window.grant = (...names) => stage.grant({ names });
    window.state = { isBusy: false, isLocked: false, text: "abc", choice: "y", isTicked: false, clicks: 0 };
    window.told = [];
    const changed = (name, value) => {
      window.told.push(name);
      return window.set({ [name]: name === "clicks" ? window.state.clicks + value : value });
    };
    const target = document.body.appendChild(document.createElement("main"));
    window.app = mount(target, { ...window.state, changed });
    window.set = (some) => {
      Object.assign(window.state, some);
      return window.app.set({ ...window.state, changed });
    };
    await stage.begin();
    await stage.grant({ names: [] });
    window.stage = stage;
    const find = (name) => document.querySelector(`.${name}`);
    window.shown = () => ({
      save: find("save").disabled, own: [find("own").readOnly, find("own").value], text: [find("text").readOnly, find("text").value],
      choice: find("choice").value, tick: find("tick").checked,
    });
  }, file);
  return page;
}

/** The actions of a user on all elements of the form. */
async function useAll(page) {
  for (const name of ["own", "text"]) {
    await page.locator(`.${name}`).focus();
    for (const key of ["x", "Backspace", "Control+a", "Delete"]) await page.keyboard.press(key);
  }
  await page.locator(".choice").focus();
  for (const key of ["z", "ArrowDown", "Control+ArrowUp"]) await page.keyboard.press(key);
  await page.locator(".tick").focus();
  await page.keyboard.press(" ");
  for (const name of ["tick", "save"]) {
    const { x, y, width, height } = await page.locator(`.${name}`).boundingBox();
    await page.mouse.click(x + width / 2, y + height / 2);
  }
}

for (const [name, file] of Object.entries(FRAMEWORKS)) {
  test(`F58 elements that ${name} renders disabled, read-only or with a value have permgate's state while refused, and the rendered state when granted`, async (t) => {
    const page = await openForm(t, file);
    const shown = () => page.evaluate(() => window.shown());
    const refused = { save: true, own: [true, "abc"], text: [true, "abc"], choice: "y", tick: false };
    assert.deepEqual(await shown(), refused);
    await useAll(page);
    assert.deepEqual(await shown(), refused);
    assert.deepEqual(await page.evaluate(() => window.told), []);

    // A value that the application writes stays, and a state that it renders is kept for later.
    await page.evaluate(() => window.set({ isBusy: true, isLocked: true, text: "by a program", choice: "x", isTicked: true }));
    const written = { save: true, own: [true, "by a program"], text: [true, "by a program"], choice: "x", tick: true };
    assert.deepEqual(await shown(), written);
    await useAll(page);
    assert.deepEqual(await shown(), written);
    await page.evaluate(() => window.set({ isBusy: false, isLocked: false }));
    await page.evaluate(() => window.stage.painted());
    assert.deepEqual(await shown(), written);

    await page.evaluate(() => window.set({ isBusy: true }));
    await page.evaluate(() => window.grant("invoice:pay", "invoice:edit", "invoice:note"));
    assert.deepEqual(await shown(), { ...written, save: true, own: [false, "by a program"], text: [false, "by a program"] });
    await page.evaluate(() => window.set({ isBusy: false }));
    await page.locator(".text").fill("by the user");
    await page.locator(".choice").selectOption("z");
    await page.locator(".tick").click();
    await page.locator(".save").click();
    assert.deepEqual(await shown(), { save: false, own: [false, "by the user"], text: [false, "by the user"], choice: "z", tick: false });
    assert.deepEqual(await page.evaluate(() => ({ ...window.state })), { isBusy: false, isLocked: false, text: "by the user", choice: "z", isTicked: false, clicks: 1 });
    assert.deepEqual({ complaints: page.complaints, flashes: await page.evaluate(() => window.stage.stage.flashes) }, { complaints: [], flashes: [] });
  });

  test(`F58 a refused element whose state ${name} renders anew in every frame and task is never without permgate's state`, async (t) => {
    const page = await openForm(t, file);
    await page.evaluate(async () => {
      const { port1, port2 } = new MessageChannel();
      let left = 200;
      port1.onmessage = () => {
        window.set({ isBusy: left % 2 === 0, isLocked: left % 3 === 0 });
        if (left-- > 0) port2.postMessage(null);
      };
      port2.postMessage(null);
      for (let frame = 0; frame < 20; frame += 1) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        window.set({ isBusy: frame % 2 === 0, isLocked: frame % 2 === 1 });
        await window.stage.painted();
      }
      while (left > 0) await window.stage.painted();
    });
    assert.deepEqual(await page.evaluate(() => window.stage.stage.flashes), []);
    await page.evaluate(() => window.app.unmount());
    await page.evaluate(() => window.stage.painted());
    assert.equal(await page.evaluate(() => window.stage.stage.binding.size), 0);
    assert.deepEqual(page.complaints, []);
  });
}
