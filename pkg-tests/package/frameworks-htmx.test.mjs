/** Elements that htmx swaps in or morphs are gated in every frame, and our attributes that a morph removes are restored. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { bundle } from "./frameworks/build.mjs";
import { assertClean, deskTests, openStage } from "./frameworks/desk-tests.mjs";
import { answerDesk } from "./frameworks/htmx-desk.mjs";

/** A policy without Trusted Types, since htmx parses texts. */
const serving = { policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'", answer: answerDesk };

const SWAPS = {
  "htmx 2 innerHTML": { file: "htmx-2.js", swap: "innerHTML" },
  "htmx 2 outerHTML": { file: "htmx-2.js", swap: "outerHTML" },
  "htmx 2 morph": { file: "htmx-2.js", swap: "morph" },
  "htmx 4 outerMorph": { file: "htmx-4.js", swap: "outerMorph" },
};

let browser;
const bundles = {};
before(async () => {
  browser = await launch();
  for (const file of ["htmx-2.js", "htmx-4.js"]) bundles[`/${file}`] = await bundle(file);
});
after(() => browser.close());

for (const [name, { file, swap }] of Object.entries(SWAPS)) {
  deskTests(name, () => ({ browser, bundles }), { file, how: { swap }, steps: 20, times: 20, serving });
}

test("F43 F45 a page from htmx's history shows the elements that are granted now, not those that were granted when it was saved", async (t) => {
  const page = await openStage(t, browser, bundles, serving);
  const wrong = await page.evaluate(async () => {
    const { mount } = await import("/htmx-2.js");
    const wrong = [];
    const look = (what, properties) => wrong.push(...compare({ root: target }, properties).map((problem) => `${what}: ${problem}`));
    const back = async () => {
      const restored = new Promise((resolve) => document.body.addEventListener("htmx:historyRestore", resolve, { once: true }));
      history.back();
      await restored;
    };
    const first = { ...FIRST, panel: "invoice:view", panelMode: "inert", isLocked: true, reason: "Ask an administrator", title: "Save all" };
    const second = { ...FIRST, rows: [] };
    await mount(target, first, { swap: "innerHTML" });
    const goOn = () => htmx.ajax("GET", `/desk/${encodeURIComponent(JSON.stringify(second))}`, { source: target, target, push: "/second" });
    for (const [what, then, now] of [["kept as granted", NAMES, []], ["kept as denied", [], NAMES]]) {
      await grant({ names: then });
      await painted();
      look(`${what}, before`, first);
      await goOn();
      await painted();
      look(`${what}, away`, second);
      await grant({ names: now });
      await back();
      await painted();
      look(`${what}, back`, first);
    }
    return wrong;
  });
  assert.deepEqual(wrong, []);
  await assertClean(page);
});

test("F44 with htmx's hx-disabled-elt, a button is disabled while it is denied or its request is in flight", async (t) => {
  const page = await openStage(t, browser, bundles, serving);
  const requests = [];
  await page.route("**/save", (route) => requests.push(route));
  await page.evaluate(async () => {
    await import("/htmx-2.js");
    const button = document.createElement("button");
    const all = { "hx-get": "/save", "hx-swap": "none", "hx-disabled-elt": "this", "data-permission": "invoice:pay", "data-permission-mode": "disable" };
    for (const [name, value] of Object.entries(all)) button.setAttribute(name, value);
    target.append(button);
    htmx.process(target);
    await painted();
  });
  const set = (names) => page.evaluate(async (names) => (await grant({ names }), await painted()), names);
  const isDisabled = () => page.evaluate(() => target.querySelector("button").disabled);
  const click = () => page.evaluate(() => target.querySelector("button").click());
  const finish = async () => {
    const over = page.evaluate(() => new Promise((resolve) => document.body.addEventListener("htmx:afterRequest", resolve, { once: true })).then(() => painted()));
    await requests.at(-1).fulfill({ status: 200, body: "" });
    await over;
  };
  const seen = [];
  const look = async (what) => seen.push(`${what}: ${await isDisabled()}`);

  await click();
  await look("denied and clicked");
  await set(["invoice:pay"]);
  await look("granted");
  await click();
  await until("the first request", () => requests.length === 1);
  await look("under way");
  await set([]);
  await set(["invoice:pay"]);
  await look("granted again, under way");
  await finish();
  await look("over");
  await click();
  await until("the second request", () => requests.length === 2);
  await set([]);
  await finish();
  await look("denied, over");
  await click();
  await set(["invoice:pay"]);
  await look("granted, over");
  const wanted = { "denied and clicked": true, granted: false, "under way": true, "granted again, under way": true, over: false, "denied, over": true, "granted, over": false };
  assert.deepEqual(seen, Object.entries(wanted).map(([what, disabled]) => `${what}: ${disabled}`));
  assert.equal(requests.length, 2);
  await assertClean(page);
});
