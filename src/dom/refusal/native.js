/** Which attributes keep an element from being used in a mode: the platform's own state where there is one, and the ARIA state for assistive technology. */

/** @import { Attributes, Mode, Theirs } from "../types.d.ts" */

import { getAttribute, hasAttribute, isDesigned, isElement, localNameOf, matches, parentOf, shadowRootOf } from "../page.js";

export * from "./values.js";

/** The attributes that modes write. `data-permission-applied` can set no others. */
export const WRITTEN = ["disabled", "aria-disabled", "readonly", "aria-readonly", "inert", "contenteditable", "tabindex", "title", "accesskey"];

/** The attributes that decide which of these are written. */
export const DECIDING = ["contenteditable", "role", "type"];

/** Elements with the attribute `disabled` (WHATWG HTML §4.10.19.5, §4.10.7 to §4.10.15). */
const CONTROLS = new Set(["button", "input", "select", "textarea", "fieldset", "optgroup", "option"]);

/** Options of a list: an option that is read-only cannot be chosen. */
const CHOICES = new Set(["option", "optgroup"]);

/** Types of `input` with the attribute `readonly` (WHATWG HTML §4.10.5.3.3). */
const TYPED = new Set(["text", "search", "url", "tel", "email", "password", "date", "month", "week", "time", "datetime-local", "number"]);

/** Elements whose controls the engine draws, and which have no value: they can be used in what is read-only. */
const DRAWN = ["audio", "video", "geolocation", "permission", "usermedia", "install", "login"];

/** Elements with a document or controls of their own, whose events do not reach the page. */
const FRAMES = new Set(["iframe", "embed", "object", ...DRAWN]);

/** Elements that the user activates, and that have no value to be read-only. */
const ACTIVATED = new Set(["button", "a", "area", "summary", ...DRAWN]);
const BUTTONS = new Set(["button", "submit", "reset", "image"]);
const ACTIVATED_ROLES = new Set(["button", "link", "menuitem", "tab"]);

/** @param {string} text */
const words = (text) => new Set(text.split(" "));

/** Roles with a value that the user changes (WAI-ARIA 1.2 §5.3.2 and §5.3.3). */
const VALUE_ROLES = words(
  "checkbox combobox listbox menuitemcheckbox menuitemradio option radio radiogroup searchbox slider spinbutton switch textbox",
);

/** Roles of widgets. A link is not made inert, whether by role or as `<a>`. */
const WIDGET_ROLES = words(
  [...VALUE_ROLES, "application button grid gridcell menu menubar menuitem scrollbar tab tablist tree treegrid treeitem"].join(" "),
);

/** Roles of tables in which some keys edit cells, and others move between them (WAI-ARIA 1.2 §5.3.3). */
const GRID_ROLES = words("grid gridcell treegrid");

/** Other widgets with a value: a tree item that is checked, a splitter that is moved. */
const VALUED = "[aria-checked],[role=separator i][aria-valuenow]";

/** Further roles that `aria-disabled` is allowed on (WAI-ARIA 1.2 §6.6). */
const DISABLED_ROLES = words("group link separator toolbar");

/** Roles with a value that `aria-readonly` is not allowed on (WAI-ARIA 1.2 §6.6). */
const CHOICE_ROLES = words("option radio");

/** Types of `input` whose implicit role has `aria-readonly`, and no `readonly` of their own (HTML-AAM §3.5). */
const READONLY_TYPES = new Set(["checkbox", "range"]);

/** Elements that may have a state of their own within a refused element; custom elements and shadow hosts may, too. */
export const SUBJECTS =
  `button,input,select,textarea,${[...FRAMES]},summary,a[href],area[href],[contenteditable],[role],[tabindex],datalist option`;

/**
 * The role in the attribute of an element: of several, the first that a widget can have; empty if it has only its implicit role.
 * Engines pass over roles that they do not know (WAI-ARIA 1.2 §8.1). @param {Element} element
 */
export const roleOf = (element) => {
  const roles = (getAttribute.call(element, "role") ?? "").toLowerCase().trim().split(/\s+/);
  return roles.find((role) => WIDGET_ROLES.has(role) || DISABLED_ROLES.has(role)) ?? roles[0];
};

/** The type of a field or button; engines know more than the attribute says. @param {Element & { readonly type?: string }} field */
const typeOf = (field) => /** @type {string} */ (field.type);

/** Whether an element with this name is a custom element. @param {string} name */
export const isCustom = (name) => name.includes("-");

/** Whether the content of an element cannot be reached: a custom element without an open shadow root. @param {Element} element */
export const isOpaque = (element) => isCustom(localNameOf.call(element)) && shadowRootOf.call(element) === null;

/**
 * Whether an element is a widget made by a script, with a value that the user changes. Form-associated custom elements have one,
 * unless they are buttons. @param {Element & { readonly type?: string }} element
 */
export const isValued = (element) =>
  VALUE_ROLES.has(roleOf(element)) || matches.call(element, VALUED) || (/** @type {{ formAssociated?: unknown }} */ (/** @type {unknown} */ (element.constructor)).formAssociated === true && !BUTTONS.has(typeOf(element)));

/** Whether an element is a table whose cells may be edited. @param {Element} element */
export const isGrid = (element) => GRID_ROLES.has(roleOf(element));

/** The effective mode of an element: `readonly` means `disable` on an element without a value. @param {Mode} mode @param {Element} element */
export function meant(mode, element) {
  if (mode !== "readonly") return mode;
  const name = localNameOf.call(element);
  const isActivated = ACTIVATED.has(name) || (name === "input" && BUTTONS.has(typeOf(element)));
  // Elements of MathML may be links, too.
  return isActivated || hasAttribute.call(element, "href") || ACTIVATED_ROLES.has(roleOf(element)) ? "disable" : mode;
}

/** The meaning of the attribute `contenteditable`: true, false, or undefined if it is inherited (WHATWG HTML §6.8.1). @param {string | null} value */
export function editable(value) {
  if (value === null) return undefined;
  const keyword = value.toLowerCase();
  if (keyword === "false") return false;
  return ["", "true", "plaintext-only"].includes(keyword) ? true : undefined;
}

/** Whether the text of an element is edited in place. @param {Element} element @param {Theirs} theirs */
function isEdited(element, theirs) {
  for (let node = /** @type {Node | null} */ (element); node && isElement(node); node = parentOf.call(node)) {
    const isEditable = editable(theirs(node, "contenteditable"));
    if (isEditable !== undefined) return isEditable;
  }
  return isDesigned(element);
}

/**
 * The attributes that a mode sets on an element, as pairs of name and value. `theirs` may be left out for `hide`. `isOwn` says whether the
 * element has the mode itself, or shares that of an element around it.
 * @param {Mode} mode @param {Element} element @param {boolean} [isOwn] @param {Theirs} [theirs] @returns {Attributes}
 */
export function attributesOf(mode, element, isOwn, theirs) {
  const name = localNameOf.call(element);
  // Chromium chooses an option by its access key, even if it is disabled.
  if (CHOICES.has(name)) return hasAttribute.call(element, "accesskey") ? [["disabled", ""], ["accesskey", ""]] : [["disabled", ""]];
  if (mode === "hide") return name === "area" ? [["tabindex", "-1"]] : [];
  // Playing changes no value: media can be played in a read-only element.
  if (FRAMES.has(name)) return mode === "readonly" && DRAWN.includes(name) ? [] : [["inert", ""]];
  const isHost = isOwn ? !CONTROLS.has(name) && isEdited(element, /** @type {Theirs} */ (theirs)) : editable(/** @type {Theirs} */ (theirs)(element, "contenteditable")) === true;
  /** @type {Attributes} */
  const set = isHost ? [["contenteditable", "false"]] : [];
  // In Firefox, the text of an inert part can be edited at a caret that a script puts there.
  if (mode === "inert") return [...set, ["inert", ""]];
  return [...set, ...(mode === "disable" ? disabling(name, element) : reading(name, element))];
}

/** @param {string} name @param {Element} element @returns {Attributes} */
function disabling(name, element) {
  if (CONTROLS.has(name)) return [["disabled", ""]];
  const role = roleOf(element);
  const isLink = ACTIVATED.has(name);
  const isAllowed = WIDGET_ROLES.has(role) || DISABLED_ROLES.has(role) || (role === "" && isLink && isReached(name, element));
  /** @type {Attributes} */
  const set = isAllowed ? [["aria-disabled", "true"]] : [];
  if (isCustom(name)) set.unshift(["disabled", ""]);
  const isWidget = WIDGET_ROLES.has(role) || (!isLink && role !== "link" && hasAttribute.call(element, "tabindex"));
  return isOpaque(element) || isWidget ? [...set, ["inert", ""]] : set;
}

/** Whether the user can activate a link: `<a>` without an address is none. @param {string} name @param {Element} element */
const isReached = (name, element) => name === "summary" || hasAttribute.call(element, "href");

/** @param {string} name @param {Element} element @returns {Attributes} */
function reading(name, element) {
  if (name === "textarea" || (name === "input" && TYPED.has(typeOf(element)))) return [["readonly", ""]];
  const role = roleOf(element);
  const isImplied = role === "" && (name === "select" || (name === "input" && READONLY_TYPES.has(typeOf(element))));
  /** @type {Attributes} */
  const set = isImplied || GRID_ROLES.has(role) || (VALUE_ROLES.has(role) && !CHOICE_ROLES.has(role)) ? [["aria-readonly", "true"]] : [];
  return isCustom(name) ? [["readonly", ""], ...set] : set;
}
