/** Markup that a server rendered with React, bound before React hydrates it: the written states do not disturb hydration. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { bundle, onServer } from "./frameworks/build.mjs";
import { assertClean, openStage } from "./frameworks/desk-tests.mjs";

let browser;
let render;
const bundles = {};
before(async () => {
  browser = await launch();
  for (const mode of ["development", "production"]) bundles[`/${mode}.js`] = await bundle("hydrate.jsx", { mode });
  ({ render } = await onServer("render.jsx"));
});
after(() => browser.close());

/** The state of the desk when the server renders it; a panel is inert, and the note is locked. */
const PROPERTIES = {
  rows: [
    { id: 1, requirement: "invoice:edit", resource: "tenants/acme/1" },
    { id: 2, requirement: "invoice:edit", resource: "tenants/acme/2" },
  ],
  panel: "invoice:view",
  panelMode: "inert",
  isBusy: false,
  isLocked: true,
  title: "Save all",
  reason: "Ask an administrator",
};

/** Hydrates bound elements, and returns the deviations before, afterwards and after changes. */
async function hydrated(t, { mode, how }) {
  const page = await openStage(t, browser, bundles);
  const found = await page.evaluate(
    async ({ mode, how, markup, properties }) => {
      await grant({ names: ["invoice:delete"], resources: ["tenants/acme/1"] });
      // Without scripts, the parser has inserted the element there.
      target.append(document.createRange().createContextualFragment(globalThis.trustedTypes.createPolicy("test", { createHTML: (text) => text }).createHTML(markup)));
      await painted();
      const wrong = [];
      const look = (what, given) => wrong.push(...compare({ root: target }, given).map((problem) => `${what}: ${problem}`));
      look("before", properties);
      const nodes = all("*", target);
      const { hydrate } = await import(`/${mode}.js`);
      const { told, set, unmount } = hydrate(target, properties, how);
      while (target.querySelector("section").dataset.there !== "true") await painted();
      look("hydrated", properties);
      const isKept = all("*", target).every((node, index) => node === nodes[index]);
      await grant({ names: ["invoice:pay", "invoice:note", "invoice:view"] });
      look("granted", properties);
      const changed = { ...properties, isBusy: true, isLocked: false, title: null, rows: [...properties.rows].reverse() };
      set(changed);
      await painted();
      look("changed", changed);
      await grant();
      look("revoked", changed);
      unmount();
      await painted();
      return { wrong, told, isKept, size: stage.binding.size };
    },
    { mode, how, markup: render(PROPERTIES), properties: PROPERTIES },
  );
  assert.deepEqual(found, { wrong: [], told: [], isKept: true, size: 0 });
  return page;
}

const WAYS = {
  "in production": { mode: "production", how: {} },
  "in development, with suppressHydrationWarning": { mode: "development", how: { isSuppressed: true } },
  "in strict mode, with suppressHydrationWarning": { mode: "development", how: { isSuppressed: true, isStrict: true } },
};
for (const [name, way] of Object.entries(WAYS)) {
  test(`F43 F45 React ${name} hydrates bound elements without an error, into the same nodes, which then have the right states`, async (t) => {
    await assertClean(await hydrated(t, way));
  });
}

/** The attributes that were written to the desk before React hydrated it. */
const WRITTEN = ["aria-disabled", "data-permission-applied", "data-permission-state", "disabled", "inert", "title"];

test("React's development build warns of states on hydrated elements without suppressHydrationWarning, and works as in production", async (t) => {
  const page = await hydrated(t, { mode: "development", how: {} });
  const complaints = page.complaints.splice(0);
  assert.equal(complaints.length, 1);
  assert.match(complaints[0], /^error: A tree hydrated but some attributes of the server rendered HTML didn't match/);
  const differing = complaints[0].split("\n").flatMap((line) => line.match(/^- +([a-z-]+)=/)?.[1] ?? []);
  assert.deepEqual([...new Set(differing)].sort(), WRITTEN);
  await assertClean(page);
});
