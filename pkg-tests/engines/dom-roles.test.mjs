/** F60: axe-core finds no attribute of ours that a role does not allow, on any element and any role of WAI-ARIA 1.2, in the modes that set such attributes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { forEachEngine } from "../support/engines.mjs";
import { beginWith, openDom, put } from "./dom-stage.mjs";
import { run } from "./stage.mjs";

/** The roles that are not abstract (WAI-ARIA 1.2 §5.4). */
const ROLES =
  "alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox complementary contentinfo definition deletion dialog document emphasis feed figure form generic grid gridcell group heading img insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status strong subscript superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem".split(" ");

const TYPES = "button checkbox color date datetime-local email file image month number password radio range reset search submit tel text time url week".split(" ");

/** Elements with `@` for the attributes of a tagged one. */
const ELEMENTS = [
  ...ROLES.flatMap((role) => [`<div @ role="${role}">x</div>`, `<div @ role="${role}" tabindex="0">x</div>`]),
  ...TYPES.map((type) => `<input @ type="${type}" alt="x">`),
  '<select @><option>x</select>', '<select @ multiple><option>x</select>', "<select><option @>x</select>", '<select><optgroup @ label="x"><option>x</optgroup></select>',
  "<textarea @></textarea>", "<button @>x</button>", '<a @ href="#x">x</a>', "<a @>x</a>", '<a @ href="#x" role="button">x</a>', '<a @ href="#x" role="tab">x</a>', "<details><summary @>x</summary>x</details>", "<details @><summary>x</summary>x</details>",
  '<img usemap="#map" alt="x"><map name="map"><area @ href="#x" alt="x"></map>', "<fieldset @><legend>x</legend><input></fieldset>", "<label @>x <input></label>",
  "<div @ contenteditable>x</div>", '<div @ contenteditable role="textbox">x</div>', '<div @ tabindex="0">x</div>', "<x-any @>x</x-any>", '<x-any @ role="slider">x</x-any>',
  "<table><tr><td @>x<th @>x</table>", "<table @><tr @><td>x</table>", "<ul @><li @>x</ul>", "<section @>x</section>", "<nav @>x</nav>", '<video @ controls></video>', '<iframe @ title="x"></iframe>', '<input @ type="checkbox" role="switch">', '<input @ role="combobox">', '<button @ role="switch">x</button>',
];

const RULES = ["aria-allowed-attr", "aria-conditional-attr", "aria-deprecated-role", "aria-prohibited-attr", "aria-valid-attr", "aria-valid-attr-value"];

/** What axe-core finds in the page. */
const found = (driver) =>
  run(driver, async (rules) => {
    const { violations } = await window.axe.run(window.main, { runOnly: { type: "rule", values: rules } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target} ${document.querySelector(target).outerHTML}: ${failureSummary}`));
  }, RULES);

forEachEngine((engine) => {
  // The attributes are the same in all engines, and so is axe-core.
  for (const mode of engine.name === "chromium" ? ["disable", "readonly"] : []) {
    test(`F60 axe-core finds no attribute that a role does not allow in mode \`${mode}\``, async (t) => {
      const { driver } = engine;
      await openDom(t, engine);
      await driver.executeScript(axe.source);
      await put(driver, ELEMENTS.map((html) => html.replaceAll("@", `data-permission="a:use" data-permission-mode="${mode}"`)).join(""));
      await beginWith(driver, []);
      const html = await run(driver, async () => {
        await window.frames();
        return window.main.innerHTML;
      });
      assert.ok(html.split("aria-disabled=").length + html.split("aria-readonly=").length > 20, "too few elements have an attribute of permgate");
      // Without `inert`, which would hide elements from axe-core.
      await run(driver, () => window.binding.disconnect());
      await put(driver, html.replaceAll(/ (inert|data-permission[a-z-]*)="[^"]*"/g, ""));
      assert.deepEqual(await found(driver), []);
    });
  }
});
