/** What only some pages need: modes, what the user may do to refused elements, dialogs, and what cannot be hidden. A file of its own in the package, loaded later than the rest. */

import { contains, first, matches } from "../page.js";
import { Acts, DECIDING, Dialogs, Modes, Unhidden, WRITTEN } from "./acts.js";

/** The attributes that are watched from the first mode on. */
export const ATTRIBUTES = new Set([...WRITTEN, ...DECIDING]);

/** Buttons that submit their form. */
const BUTTON = "button:not([type=button i],[type=reset i]),[type=submit i],[type=image i]";

/**
 * What one binding needs. `page` has the application's own modes and takes reports. `tree` has the `index` and the
 * `blocker`, gives of a node the one that it is shown in (`around`) and its mode alone (`modeOf`), and of a number the
 * decision (`explain`); it writes without being observed (`unobserved`). It is told of elements that are taken out or put back (`moved`), or to be kept from being used.
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
    },
    explain,
    moved,
  );
  const report = (...problem) => modes.report(...problem);
  const dialogs = new Dialogs((element) => blocker.modeAt(element) === "hide");
  const lacksButton = (form) => [...modes.places].some(([element, comment]) => contains.call(form, comment) && (matches.call(element, BUTTON) || first(element, BUTTON)));
  const acts = new Acts({ modeOf, around, modeAt: (node) => blocker.modeAt(node), lacksButton, unobserved }, report, (dialog) => dialogs.commanded(dialog));
  const hiding = (number) => (modes.of(number) === "hide" ? index.element(number) : undefined);
  const unhidden = new Unhidden(report, { hiding, keep });
  blocker.equip(acts);
  return { modes, dialogs, unhidden };
}
