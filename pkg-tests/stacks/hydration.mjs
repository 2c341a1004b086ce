/** Loads of a server-rendered page: correct HTML, hydration without complaints, and no flash. */

import assert from "node:assert/strict";
import { until } from "../support/deadline.mjs";

/** How often the page is loaded; `LOADS=500 cargo xtask matrix --only next` looks ten times as long. */
const LOADS = Number(process.env.LOADS ?? 50);

/** Runs in the page before its own scripts: records each new list of gated elements that are visible in a frame. */
function record() {
  window.stacksFrames = [];
  const look = () => {
    const visible = window.stacksWatch.visible().join();
    if (window.stacksFrames.at(-1) !== visible) window.stacksFrames.push(visible);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The gated elements of an HTML text that are visible: those that are not tagged or hidden, and those tagged as granted. */
export function gatedIn(html) {
  const tags = html.match(/<[a-z]+\b[^>]*\bdata-(gated|permission)\b[^>]*>/g) ?? [];
  const shown = tags.filter((tag) => !/\bdata-permission=/.test(tag) || /\bdata-permission-state="granted"/.test(tag));
  return shown.map((tag) => tag.match(/data-testid="([^"]+)"/)?.[1]).sort();
}

/** Waits for the endpoint's first answer to the page that is opened next. */
export function nextAnswer(page) {
  return new Promise((resolve) => {
    // Requests of the previous page are answered before the next page is open, or not at all.
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

/** Loads the page repeatedly; the script that watches frames must be installed already (`watch.mjs`). */
export async function checkLoads({ page, origin, home }) {
  const expected = [...home].sort();
  await page.addInitScript(record);
  for (let load = 1; load <= LOADS; load += 1) {
    const confirmed = nextAnswer(page);
    const response = await page.goto(origin);
    assert.deepEqual(gatedIn(await response.text()), expected, `load ${load}: the HTML`);
    assert.match(response.headers()["cache-control"], /no-store/, `load ${load}: caches may store the page of a user`);
    await confirmed;
    // The instance exists, and its answers have been rendered.
    await until(`load ${load}: the instance is ready`, () => page.getByTestId("save").isEnabled());
    // Streamed parts are shown when the renderer has time.
    const shown = () => page.evaluate(() => window.stacksWatch.visible().sort().join());
    await until(`load ${load}: all expected elements are shown`, async () => (await shown()) === expected.join());
    const frames = (await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.stacksFrames)))))).map((frame) => frame.split(",").filter(Boolean));
    assert.deepEqual([...frames.at(-1)].sort(), expected, `load ${load}: the last frame`);
    for (const [at, frame] of frames.entries()) {
      const gone = (frames[at - 1] ?? []).filter((name) => !frame.includes(name));
      assert.deepEqual([gone, frame.filter((name) => !expected.includes(name))], [[], []], `load ${load}: frame after frame ${JSON.stringify(frames)}`);
    }
  }
}
