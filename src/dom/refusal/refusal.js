/** The code that only some pages need: modes, events on refused elements, dialogs, and elements that cannot be hidden. A file of its own in the package, loaded later than the rest. */

/** @import { BindingTree, Page, Report } from "../types.d.ts" */

import { contains, first, getAttribute, matches } from "../page.js";
import { Acts, DECIDING, Dialogs, Modes, Unhidden, WRITTEN } from "./acts.js";

/** The attributes that are watched from the first mode on. */
export const ATTRIBUTES = new Set([...WRITTEN, ...DECIDING]);

/** Buttons that submit their form. */
const BUTTON = "button:not([type=button i],[type=reset i]),[type=submit i],[type=image i]";

/**
 * The objects that one binding needs of this code. `page` has the application's own modes and takes reports.
 * @param {Page} page @param {BindingTree} tree
 */
export function equipment(page, tree) {
  const { index, blocker, modeOf, around, explain, moved, keep, isOurs, unobserved } = tree;
  const modes = new Modes(
    page,
    {
      around,
      isOurs,
      numberOf: (node) => index.numberOf(node),
      isHidden: (element) => modeOf(element) === "hide",
      refused: (element) => acts.look(element),
      settled: () => dialogs.revise(),
    },
    explain,
    moved,
  );
  /** @type {Report} */
  const report = (...problem) => modes.report(...problem);
  const dialogs = new Dialogs((element) => /hide|inert/.test(/** @type {string} */ (blocker.modeAt(element))));
  /** @param {Node} form */
  const lacksButton = (form) => [...modes.places].some(([element, comment]) => {
    const button = matches.call(element, BUTTON) ? element : first(element, BUTTON);
    const owner = button && getAttribute.call(button, "form");
    return button && (owner === null ? contains.call(form, comment) : owner === getAttribute.call(/** @type {Element} */ (form), "id"));
  });
  const acts = new Acts({ modeOf, around, modeAt: (node) => blocker.modeAt(node), lacksButton, unobserved, held: () => modes.held() }, report, (dialog) => dialogs.commanded(dialog));
  /** @param {number} number */
  const hiding = (number) => (modes.of(number) === "hide" ? index.element(number) : undefined);
  const unhidden = new Unhidden(report, { element: (number) => index.element(number), hiding, keep });
  blocker.equip(acts);
  return { modes, dialogs, unhidden };
}
