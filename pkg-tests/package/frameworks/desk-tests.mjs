/** The tests that the desk of every framework has to pass. */

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { openPage } from "../../support/chromium.mjs";
import { within } from "../../support/deadline.mjs";
import { serveApplications } from "./build.mjs";

/**
 * Opens a page with the document bound and nothing granted. In the page, the functions of `stage.mjs` and
 * `desk.mjs` are global, and `target` is the node to render into.
 */
export async function openStage(t, browser, bundles, serving) {
  const server = await serveApplications(t, bundles, serving);
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/`);
  await page.evaluate(async () => {
    Object.assign(window, await import("/stage.mjs"), await import("/desk.mjs"));
    window.target = document.querySelector("#target");
    await begin();
  });
  return page;
}

/** Checks that no refused element could ever be used, and that the console is empty. Returns the number of checked frames. */
export async function assertClean(page) {
  const { frames, flashes, errors } = await page.evaluate(() => stage);
  assert.deepEqual({ flashes, errors, complaints: page.complaints }, { flashes: [], errors: [], complaints: [] });
  assert.ok(frames > 0, "no frame was looked at");
  return frames;
}

/**
 * The tests of one framework. `common()` returns the browser and the bundles, `file` exports `mount`,
 * which is called with `how`; `steps` is the length of the walk, and `serving` has options of the server.
 */
export function deskTests(name, common, { file, how = {}, isInShadow = false, steps = 40, times = 100, serving }) {
  const open = async (t) => {
    const { browser, bundles } = common();
    const page = await openStage(t, browser, bundles, serving);
    await page.evaluate(
      async ({ file, how, isInShadow }) => {
        const { mount } = await import(`/${file}`);
        const place = isInShadow ? target.attachShadow({ mode: "open" }) : target;
        window.desk = (properties) => mount(place, properties, how);
      },
      { file, how, isInShadow },
    );
    return page;
  };

  // The tests wait for frames most of the time.
  suite(name, { concurrency: 3 }, () => {
    test(`F43 F44 F45 ${name}: whatever is rendered, moved, changed and granted, each frame shows the granted elements, and no others`, async (t) => {
      const page = await open(t);
      const walked = page.evaluate(async (steps) => walk(await desk(FIRST), 7, steps), steps);
      assert.deepEqual(await within("the walk", walked), { step: steps, problems: [], walked: [] });
      assert.ok((await assertClean(page)) >= steps, "fewer frames than steps were looked at");
    });

    test(`F44 ${name}: attributes that the framework writes to denied elements are not in force before the grant, and exactly those are in force afterwards`, async (t) => {
      const page = await open(t);
      const wrong = page.evaluate(async () => write(await desk(FIRST)));
      assert.deepEqual(await within("the writing", wrong), []);
      await assertClean(page);
    });

    test(`F43 ${name}: desks that were mounted and unmounted many times leave nothing bound`, async (t) => {
      const page = await open(t);
      const sizes = page.evaluate(async (times) => {
        const seen = new Set();
        for (let time = 0; time < times; time += 1) {
          await grant({ names: time % 2 ? ["invoice:pay", "invoice:edit"] : [] });
          const { set, unmount } = await desk({ ...FIRST, panel: "invoice:view" });
          if (time % 3 === 0) await painted();
          if (time % 3 === 0) seen.add(stage.binding.size);
          await set({ ...FIRST, isBusy: true, reason: "" });
          await unmount();
          if (time % 5 === 0) await painted();
          if (time % 5 === 0) seen.add(stage.binding.size);
        }
        await painted();
        return { seen: [...seen].sort((a, b) => a - b), last: stage.binding.size, report: stage.binding.report().length };
      }, times);
      assert.deepEqual(await within("mounting and unmounting", sizes), { seen: [0, 10], last: 0, report: 0 });
      await assertClean(page);
    });
  });
}
