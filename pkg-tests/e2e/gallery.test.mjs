/** The gallery: every example does what its card says when it is granted, denied and unknown, in every frame. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { openDemo, signIn } from "./demo.mjs";
import { ALL, assertClean, becomes, expectedIn, openGallery, reports, STATES } from "./gallery.mjs";
import { startServer } from "./server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const state of Object.keys(STATES)) {
  test(`opened with everything ${state}, each example does what its card says, and no frame shows a refused element`, async (t) => {
    const page = await openGallery(t, browser, await startServer(t), state);
    await becomes(page, expectedIn(state));
    const { own, table } = await reports(page);
    assert.ok(own.length > 20, `only ${own.length} elements are bound`);
    assert.deepEqual(table, own);
    await assertClean(page);
  });
}

for (const state of Object.keys(STATES)) {
  test(`axe-core finds no fault in the gallery with everything ${state}`, async (t) => {
    const page = await openGallery(t, browser, await startServer(t), state);
    await becomes(page, expectedIn(state));
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const found = await window.axe.run(document, { resultTypes: ["violations"] });
      return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
    });
    assert.deepEqual(violations, []);
  });
}

test("the controls change every state to every other, and the table shows the new state", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "granted");
  const turn = {
    granted: async () => {
      await page.getByTestId("grant-all").click();
      await page.getByTestId("set-loaded").check();
    },
    denied: async () => {
      await page.getByTestId("grant-none").click();
      await page.getByTestId("set-loaded").check();
    },
    unknown: () => page.getByTestId("set-unknown").check(),
    "signed out": () => page.getByTestId("set-signed-out").check(),
  };
  // Takes each of the twelve steps once.
  const way = "granted denied granted unknown granted signed out denied unknown denied signed out unknown signed out granted";
  for (const state of way.match(/signed out|\w+/g)) {
    await turn[state]();
    await becomes(page, expectedIn(state));
    const { own, table } = await reports(page);
    assert.deepEqual(table, own);
  }
  await assertClean(page);
});

test("when everything is granted again, every example has exactly its former attributes", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "granted");
  const markup = () => page.locator(".live").evaluateAll((all) => all.map((live) => live.innerHTML));
  await becomes(page, expectedIn("granted"));
  const atFirst = await markup();
  const node = await page.locator("#remove-item").elementHandle();
  for (const control of ["grant-none", "grant-all"]) {
    await page.getByTestId(control).click();
    await becomes(page, expectedIn(control === "grant-none" ? "denied" : "granted"));
  }
  assert.deepEqual(await markup(), atFirst);
  assert.ok(await node.evaluate((item) => item === document.getElementById("remove-item")), "the removed element came back as another node");
  await assertClean(page);
});

test("a skeleton takes the place of unknown elements, before the script is loaded and until the first answer", async (t) => {
  let release;
  const scripts = new Promise((resolve) => {
    release = resolve;
  });
  const page = await openGallery(t, browser, await startServer(t), "unknown", { scripts });
  const skeletons = () => page.evaluate(() => window.permgateFrames.skeletons);
  await until("the skeleton is painted without the script", skeletons);
  assert.equal(await page.evaluate(() => document.querySelector("[data-permission-state]")), null);
  release();
  await becomes(page, expectedIn("unknown"));
  await page.getByTestId("set-loaded").check();
  await becomes(page, { "skeleton-total": "shown", "skeleton-bar": "hidden", "skeleton-notice": "hidden" });
  await assertClean(page);
});

test("a permission on a resource is granted only in the rows of the resource, also in a shadow root that is attached later", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "denied");
  const inShadow = page.locator("#shadow-host button");
  await page.locator("#shadow-attach").click();
  assert.equal(await inShadow.isVisible(), false);
  await page.getByTestId("resource-acme:edit").click();
  await becomes(page, { "resource-acme": "shown", "resource-umbrella": "hidden", "hide-button": "hidden" });
  assert.ok(await inShadow.isVisible(), "the granted row in the shadow root is not shown");
  assert.equal(await inShadow.getAttribute("data-permission-state"), "granted");
  assert.match(await page.getByTestId("states-shadow").innerText(), /granted\s+<button> Edit Acme 42/);
  await assertClean(page);
});

test("a disabled element cannot be activated in any way until it is granted", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "denied");
  const counter = page.locator("#disable-counter");
  const link = page.locator("#disable-link");
  const tryAll = async () => {
    for (const one of [counter, link]) {
      // By the mouse: a locator would wait until the element is enabled.
      await one.scrollIntoViewIfNeeded();
      const { x, y, width, height } = await one.boundingBox();
      await page.mouse.click(x + width / 2, y + height / 2);
      await one.evaluate((element) => {
        element.focus();
        element.click();
      });
      await page.keyboard.press("Enter");
    }
    return { presses: await counter.innerText(), hash: new URL(page.url()).hash };
  };
  await becomes(page, expectedIn("denied"));
  assert.deepEqual(await tryAll(), { presses: "Pressed 0 times", hash: "" });
  await page.getByTestId("disable-invoice:edit").click();
  await becomes(page, { "disable-counter": "shown", "disable-link": "shown" });
  assert.deepEqual(await tryAll(), { presses: "Pressed 3 times", hash: "#disable" });
  await assertClean(page);
});

test("a read-only element keeps its value, and an inert one cannot be reached", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "denied");
  const values = async () => {
    await page.locator("#readonly-text").focus();
    await page.keyboard.type("!");
    await page.locator("#readonly-select").focus();
    await page.keyboard.press("ArrowDown");
    await page.locator("#readonly label", { hasText: "Send a reminder" }).click();
    await page.locator("#inert-region input").evaluate((input) => input.focus());
    return page.evaluate(() => ({
      text: document.querySelector("#readonly-text").value.includes("!"),
      select: document.querySelector("#readonly-select").value,
      checkbox: document.querySelector("#readonly-checkbox").checked,
      isReached: document.querySelector("#inert-region").contains(document.activeElement),
    }));
  };
  await becomes(page, expectedIn("denied"));
  assert.deepEqual(await values(), { text: false, select: "open", checkbox: true, isReached: false });
  await page.getByTestId("readonly-invoice:edit").click();
  await becomes(page, { "readonly-text": "shown", "inert-region": "shown" });
  assert.deepEqual(await values(), { text: true, select: "paid", checkbox: false, isReached: true });
  await assertClean(page);
});

test("rows that a script clones from a template are decided before they are painted, and the template is not changed", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "denied");
  await becomes(page, expectedIn("denied"));
  const bound = () => page.evaluate(() => window.permgateGallery.binding.size);
  const atFirst = await bound();
  const buttons = page.locator("#template-rows button");
  for (let row = 1; row <= 3; row++) await page.locator("#template-add").click();
  await until("three more elements are bound", async () => (await bound()) === atFirst + 3);
  assert.deepEqual(await buttons.evaluateAll((all) => all.map((button) => button.checkVisibility())), [false, false, false]);
  await page.getByTestId("template-invoice:edit").click();
  await buttons.last().waitFor();
  await page.locator("#template-add").click();
  await buttons.nth(3).waitFor();
  const template = await page.locator("#template-row").evaluate((template) => template.innerHTML);
  assert.doesNotMatch(template, /data-permission-state/);
  const { own, table } = await reports(page);
  assert.equal(own.length, atFirst + 4);
  assert.deepEqual(table, own);
  await assertClean(page);
});

test("when a button revokes its own permission, the panel around it gets the focus", async (t) => {
  const page = await openGallery(t, browser, await startServer(t), "granted");
  await becomes(page, expectedIn("granted"));
  await page.locator("#focus-button").focus();
  await page.keyboard.press("Enter");
  await becomes(page, { "focus-button": "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "focus-panel");
  assert.equal(await page.locator("#focus-where").innerText(), "the panel");
  await assertClean(page);
});

test("the displayed markup of each example is the markup that the server sent", async (t) => {
  const server = await startServer(t);
  const page = await openGallery(t, browser, server, "denied");
  await becomes(page, expectedIn("denied"));
  const shown = await page.locator(".specimen").evaluateAll((all) =>
    all.map((section) => [section.id, section.querySelector(".codes > .code").textContent]));
  assert.ok(shown.length >= 13, `there are only ${shown.length} examples`);
  const sent = await (await fetch(`${server.origin}/gallery.html`)).text();
  // In a context without a policy that forbids parsing.
  const blank = await page.context().newPage();
  const wrong = await blank.evaluate(([shown, sent]) => {
    const parse = (text) => new DOMParser().parseFromString(text, "text/html");
    const normal = (html) => html.replaceAll(/\s+/g, " ").replaceAll("> <", "><").trim();
    const document = parse(sent);
    return shown.filter(([id, text]) => normal(document.querySelector(`#${id} .live`).innerHTML) !== normal(parse(text).body.innerHTML));
  }, [shown, sent]);
  assert.deepEqual(wrong, []);
});

test("the link before the sign-in and the link in the menu lead to the gallery", async (t) => {
  const page = await openDemo(browser, await startServer(t));
  t.after(() => page.context().close());
  const [inMenu, outside] = [page.getByTestId("nav-gallery"), page.getByTestId("to-gallery")];
  const href = await outside.getAttribute("href");
  await signIn(page, "alan");
  assert.equal(await inMenu.getAttribute("href"), href);
  const [other] = await Promise.all([page.context().waitForEvent("page"), inMenu.click()]);
  await other.getByTestId("right-invoice:view").waitFor();
  await until("all switches are on the page", async () => (await other.locator(".rights-card [role=switch]").count()) === ALL.length);
  // The demo is still signed in: the instance of the gallery does not count as one of its tabs.
  await other.getByTestId("set-signed-out").check();
  await becomes(other, { "reason-decision": "shown disabled, title nobody is signed in" });
  assert.equal(await page.evaluate(() => window.permgateDemo.permissions.status), "fresh");
});
