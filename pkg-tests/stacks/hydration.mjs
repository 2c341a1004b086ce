/** Loads of a page that a server renders: right in its HTML, quietly taken over by the browser, and without a flash. */

import assert from "node:assert/strict";
import { until } from "../support/deadline.mjs";

/** How often the page is loaded. */
const LOADS = 50;

/** Runs in the page before anything of its own: keeps each new list of gated elements that could be seen in a frame. */
function record() {
  window.stacksFrames = [];
  const look = () => {
    const visible = window.stacksWatch.visible().join();
    if (window.stacksFrames.at(-1) !== visible) window.stacksFrames.push(visible);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The gated elements in HTML that are there, and neither tagged nor hidden otherwise; and those that are tagged as granted. */
function gatedIn(html) {
  const tags = html.match(/<[a-z]+\b[^>]*\bdata-(gated|permission)\b[^>]*>/g) ?? [];
  const shown = tags.filter((tag) => !/\bdata-permission=/.test(tag) || /\bdata-permission-state="granted"/.test(tag));
  return shown.map((tag) => tag.match(/data-testid="([^"]+)"/)?.[1]).sort();
}

/** Waits for the first answer of the endpoint to the page that is opened next. */
export function nextAnswer(page) {
  return new Promise((resolve) => {
    // What the page before asked is answered before the next one is there, or never.
    page.once("framenavigated", () => {
      const look = (response) => {
        if (!response.url().endsWith("/api/me/permissions")) return;
        page.off("response", look);
        resolve();
      };
      page.on("response", look);
    });
  });
}

/** Loads the page again and again; the browser's own look at frames must be there already (`watch.mjs`). */
export async function checkLoads({ page, origin, home }) {
  const expected = [...home].sort();
  await page.addInitScript(record);
  for (let load = 1; load <= LOADS; load += 1) {
    const confirmed = nextAnswer(page);
    const response = await page.goto(origin);
    assert.deepEqual(gatedIn(await response.text()), expected, `load ${load}: the HTML`);
    assert.match(response.headers()["cache-control"], /no-store/, `load ${load}: the page is one user's`);
    await confirmed;
    // The instance is there, and its answers have been rendered.
    await until(`load ${load}: the instance is there`, () => page.getByTestId("save").isEnabled());
    // Parts that were streamed are shown when the renderer finds time for it.
    const shown = () => page.evaluate(() => window.stacksWatch.visible().sort().join());
    await until(`load ${load}: all is shown`, async () => (await shown()) === expected.join());
    const frames = (await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.stacksFrames)))))).map((frame) => frame.split(",").filter(Boolean));
    assert.deepEqual([...frames.at(-1)].sort(), expected, `load ${load}: in the end`);
    for (const [at, frame] of frames.entries()) {
      const gone = (frames[at - 1] ?? []).filter((name) => !frame.includes(name));
      assert.deepEqual([gone, frame.filter((name) => !expected.includes(name))], [[], []], `load ${load}: frame after frame ${JSON.stringify(frames)}`);
    }
  }
}
