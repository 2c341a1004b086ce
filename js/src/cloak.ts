/** Checks whether the page has `cloak.css`: without it, forbidden elements are visible until the module runs. */

import { outside } from "./zone.js";

/** Marks a document that was checked, also by another copy of the package. */
const LOOKED = Symbol.for("permgate.cloak");

/** The cascade layer of `cloak.css`. */
const LAYER = "permgate";

const ADVICE =
  "permgate: `cloak.css` is not on this page, so forbidden elements show until the permissions are there; link it in the <head>";

/** Warns once for a document, in the console, when it has loaded and is shown without the stylesheet. */
export function lookForCloak(root: Node): void {
  const document = (root.ownerDocument ?? root) as Document & { [LOOKED]?: true };
  const view = document.defaultView as (Window & typeof globalThis) | null;
  // The DOMs of test runners load no stylesheets: they have no fonts, and some have no layers either.
  if (document[LOOKED] || !document.fonts || !view?.CSSLayerBlockRule) return;
  Object.defineProperty(document, LOOKED, { value: true });
  const look = () => {
    if (![...document.styleSheets].some(isCloak)) console.warn(ADVICE);
  };
  if (document.readyState === "complete") outside(() => view.setTimeout(look));
  else outside(() => view.addEventListener("load", look, { once: true }));
}

/** Whether a sheet or rule belongs to the cloak, or contains it: bundlers join sheets, and sheets import others. */
function isCloak(sheet: object): boolean {
  const { name, styleSheet } = sheet as { name?: string; styleSheet?: CSSStyleSheet | null };
  if (name === LAYER || styleSheet) return name === LAYER || isCloak(styleSheet as CSSStyleSheet);
  try {
    return [...((sheet as Partial<CSSStyleSheet>).cssRules ?? [])].some(isCloak);
  } catch {
    // A sheet of another origin cannot be read: it may be the cloak.
    return true;
  }
}
