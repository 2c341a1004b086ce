/** F51: elements in every mode that are mounted and unmounted 100 000 times leave nothing behind: no memory, nodes or listeners. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { DEADLINE_MS, until } from "../support/deadline.mjs";
import { serveApplications } from "./frameworks/build.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const MOUNTS = 100_000;
const AT_ONCE = 100;

/** The most growth of the heap for each mount, in bytes: weak maps keep their size for a while, but a leaked element takes hundreds. */
const HEAP_PER_MOUNT = 20;

const FORMS = {
  "a region": '<section data-permission="invoice:note" data-permission-mode="@"><input><select><option>x</select><i role="slider" tabindex="0"></i><p contenteditable></p></section>',
  "a field": '<input type="checkbox" data-permission="invoice:note" data-permission-mode="@">',
};

/** The modes that change most on each kind of element. */
const MODES = { "a region": ["disable", "readonly"], "a field": ["hide", "readonly"] };

for (const [what, html] of Object.entries(FORMS)) {
  for (const mode of MODES[what]) {
    test(`F51 ${what} in mode \`${mode}\` that is mounted and unmounted ${MOUNTS} times leaves nothing behind`, async (t) => {
      const server = await serveApplications(t, {});
      const page = await openPage(browser);
      page.setDefaultTimeout(4 * DEADLINE_MS);
      t.after(() => page.context().close());
      await page.goto(`${server.origin}/`);
      const cdp = await page.context().newCDPSession(page);
      const measure = async () => {
        // Weak references are cleared in the second collection.
        for (let time = 0; time < 3; time += 1) await cdp.send("HeapProfiler.collectGarbage");
        const { usedSize } = await cdp.send("Runtime.getHeapUsage");
        const { nodes, jsEventListeners } = await cdp.send("Memory.getDOMCounters");
        return { usedSize, nodes, jsEventListeners };
      };
      await page.evaluate(async (html) => {
        const { createPermissions } = await import("/permgate/index.js");
        const { token } = await import("/support/jwt.mjs");
        const permissions = await createPermissions({ token: token({ sub: "u-17", permissions: [] }) });
        await permissions.whenReady();
        window.binding = permissions.bind(document);
        window.painted = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const policy = trustedTypes.createPolicy("tests", { createHTML: (html) => html });
        const row = document.createRange().createContextualFragment(policy.createHTML(html));
        window.mount = async (count, atOnce) => {
          for (let done = 0; done < count; done += atOnce) {
            const list = document.createElement("div");
            for (let i = 0; i < atOnce; i += 1) list.append(row.cloneNode(true));
            document.body.append(list);
            await null;
            if (window.binding.size !== atOnce) throw new Error(`${window.binding.size} elements are bound`);
            list.remove();
            await null;
            // The binder handles changes at most a hundred times a frame.
            if (done % (atOnce * 40) === 0) await window.painted();
          }
          await window.painted();
          return window.binding.size;
        };
      }, html.replace("@", mode));
      assert.equal(await page.evaluate(([count, atOnce]) => window.mount(count, atOnce), [MOUNTS / 10, AT_ONCE]), 0);
      const before = await measure();
      assert.equal(await page.evaluate(([count, atOnce]) => window.mount(count, atOnce), [MOUNTS, AT_ONCE]), 0);
      let after;
      // A collection leaves objects to which the browser's own tasks still refer; leaked objects survive every collection.
      await until("the heap is as small as before", async () => {
        after = await measure();
        if (after.usedSize - before.usedSize >= HEAP_PER_MOUNT * MOUNTS) throw new Error(`the heap grew from ${before.usedSize} to ${after.usedSize}`);
        return true;
      });
      assert.ok(after.nodes - before.nodes < 2 * AT_ONCE * 10, `the number of nodes grew from ${before.nodes} to ${after.nodes}`);
      assert.equal(after.jsEventListeners, before.jsEventListeners);
    });
  }
}
