/** Elements that React, Vue, Svelte and lit render, change and remove are gated in every frame, and attributes that they write meanwhile are kept. */

import { after, before } from "node:test";
import { launch } from "../support/chromium.mjs";
import { bundle } from "./frameworks/build.mjs";
import { deskTests } from "./frameworks/desk-tests.mjs";

/** By name: the application, and where and how it is rendered. */
const FRAMEWORKS = {
  React: { file: "react.jsx" },
  "React in strict mode": { file: "react.jsx", how: { isStrict: true } },
  "React in a shadow root": { file: "react.jsx", isInShadow: true },
  Vue: { file: "vue.js" },
  Svelte: { file: "svelte.svelte.js" },
  lit: { file: "lit.js" },
};

let browser;
const bundles = {};
before(async () => {
  browser = await launch();
  for (const { file } of Object.values(FRAMEWORKS)) bundles[`/${file}`] ??= await bundle(file);
});
after(() => browser.close());

for (const [name, framework] of Object.entries(FRAMEWORKS)) deskTests(name, () => ({ browser, bundles }), framework);
