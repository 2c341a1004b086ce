/** F58–F60: more kinds of elements and actions, similar to those that were reported; none of the actions changes or activates a refused element. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { allow, shareDom } from "./dom-stage.mjs";
import { userOf } from "./neighbour-acts.mjs";
import { PROXIES } from "./neighbour-proxies.mjs";
import { VALUES } from "./neighbour-values.mjs";
import { run } from "./stage.mjs";

/** In the page: the values that the user may have changed. */
const STATE = () => [
  window.acts.join(),
  location.hash,
  ...[...window.main.querySelectorAll("input,select,textarea")].map((field) => [field.value, field.checked, [...(field.selectedOptions ?? [])].map(({ value }) => value)]),
  ...[...window.main.querySelectorAll("[contenteditable]")].map((text) => text.textContent),
];

/** In the page: records which forms are submitted, and defines a form-associated custom element. */
function prepare() {
  window.acts = [];
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    window.acts.push("submit");
  });
  class Formed extends HTMLElement {
    static formAssociated = true;
    constructor() {
      super();
      this.attachShadow({ mode: "open" }).innerHTML = window.trusted("<div>thumb</div>");
    }
  }
  customElements.define("x-formed", Formed);
}

forEachEngine((engine) => {
  const shared = shareDom(engine, { prepare });

  for (const [what, { html, modes, setup = () => undefined, looks = STATE, act, only, first, isOneWay, isUsed }] of Object.entries({ ...VALUES, ...PROXIES })) {
    if (only && !only.includes(engine.name)) continue;
    for (const mode of modes) {
      test(`F58 F60 ${what}, in mode \`${mode}\`, ${isUsed ? "can be used" : "cannot be used until it is granted"}`, async () => {
        const { driver } = engine;
        const user = userOf(engine);
        await shared.stage(html.replace("@", `data-permission="a:use" data-permission-mode="${mode}"`), ...(first ? ["a:use"] : []));
        await run(driver, () => {
          window.acts = [];
          document.designMode = "off";
          history.replaceState(null, "", "#");
        });
        await user.inPage(setup, mode);
        await first?.(user);
        await allow(driver);
        await run(driver, () => window.frames());
        const state = async () => JSON.stringify(await run(driver, looks));
        const untouched = await state();
        await act(user);
        if (isUsed) return assert.notEqual(await state(), untouched);
        assert.equal(await state(), untouched);
        await allow(driver, "a:use");
        if (!isOneWay) await act(user);
        assert.notEqual(await state(), untouched, "the granted element cannot be used");
        // The editors of the engines write styles, which the policy of the page forbids.
        assert.deepEqual(await run(driver, () => [window.watch.record.flashes, window.watch.uncaught]), [[], []]);
      });
    }
  }
});
