/** Which attributes keep an element from being used in a mode: the platform's own state where there is one, and what assistive technology is told. */

import { getAttribute, hasAttribute, inputTypeOf, isDesigned, isElement, localNameOf, matches, parentOf, shadowRootOf } from "../page.js";

export * from "./values.js";

/** The attributes that modes write. `data-permission-applied` can set no others. */
export const WRITTEN = ["disabled", "aria-disabled", "readonly", "aria-readonly", "inert", "contenteditable", "tabindex", "title"];

/** The attributes that decide which of these are written. */
export const DECIDING = ["contenteditable", "role", "type"];

/** Elements with the attribute `disabled` (WHATWG HTML §4.10.19.5, §4.10.7 to §4.10.15). */
const CONTROLS = new Set(["button", "input", "select", "textarea", "fieldset", "optgroup", "option"]);

/** Choices of a list: to be read only is to be no choice. */
const CHOICES = new Set(["option", "optgroup"]);

/** Types of `input` with the attribute `readonly` (WHATWG HTML §4.10.5.3.3). */
const TYPED = new Set(["text", "search", "url", "tel", "email", "password", "date", "month", "week", "time", "datetime-local", "number"]);

/** Elements with a document or controls of their own, whose events the page is not told. */
const FRAMES = new Set(["iframe", "embed", "object", "audio", "video"]);

/** Elements that are activated, and have no value that could be read only. */
const ACTIVATED = new Set(["button", "a", "area", "summary"]);
const BUTTONS = new Set(["button", "submit", "reset", "image"]);
const ACTIVATED_ROLES = new Set(["button", "link", "menuitem", "tab"]);

const words = (text) => new Set(text.split(" "));

/** Roles with a value that the user changes (WAI-ARIA 1.2 §5.3.2 and §5.3.3). */
const VALUE_ROLES = words(
  "checkbox combobox listbox menuitemcheckbox menuitemradio option radio radiogroup searchbox slider spinbutton switch textbox",
);

/** Roles of widgets; a link stays what it is, as one made of `<a>` does. */
const WIDGET_ROLES = words(
  [...VALUE_ROLES, "application button grid gridcell menu menubar menuitem scrollbar tab tablist tree treegrid treeitem"].join(" "),
);

/** Roles of tables whose cells are edited by some keys, and walked through by others (WAI-ARIA 1.2 §5.3.3). */
const GRID_ROLES = words("grid gridcell treegrid");

/** What holds a value besides: a tree item that is checked, a splitter that is moved. */
const VALUED = "[aria-checked],[role=separator][aria-valuenow]";

/** Further roles that `aria-disabled` is allowed on (WAI-ARIA 1.2 §6.6). */
const DISABLED_ROLES = words("group link separator toolbar");

/** Roles with a value that `aria-readonly` is not allowed on (WAI-ARIA 1.2 §6.6). */
const CHOICE_ROLES = words("option radio");

/** Types of `input` whose implicit role has `aria-readonly`, and no `readonly` of their own (HTML-AAM §3.5). */
const READONLY_TYPES = new Set(["checkbox", "range"]);

/** What may have a state of its own within an element that is refused; custom elements and shadow hosts, too. */
export const SUBJECTS =
  "button,input,select,textarea,iframe,embed,object,audio,video,summary,a[href],area[href],[contenteditable],[role],[tabindex]";

/** The first role that an element is given; empty where it has its implicit one. */
export const roleOf = (element) => (getAttribute.call(element, "role") ?? "").trim().split(/\s+/)[0].toLowerCase();

export const isCustom = (name) => name.includes("-");

/** Whether an element has a text that `readonly` keeps from being typed. */
export const isTyped = (element) => localNameOf.call(element) === "textarea" || TYPED.has(inputTypeOf(element));

/** Whether nobody can see into an element: a custom one that shows no shadow root. */
export const isOpaque = (element) => isCustom(localNameOf.call(element)) && shadowRootOf.call(element) === null;

/** Whether an element is a widget made by a script, with a value that the user changes. Custom elements that take part in forms have one, unless they are buttons. */
export const isValued = (element) =>
  VALUE_ROLES.has(roleOf(element)) || matches.call(element, VALUED) || (element.constructor.formAssociated === true && !BUTTONS.has(element.type));

/** Whether an element is a table whose cells may be edited. */
export const isGrid = (element) => GRID_ROLES.has(roleOf(element));

/** The mode that another one comes to on an element: one that has no value cannot be read only. */
export function meant(mode, element) {
  if (mode !== "readonly") return mode;
  const name = localNameOf.call(element);
  const isActivated = ACTIVATED.has(name) || CHOICES.has(name) || (name === "input" && BUTTONS.has(inputTypeOf(element)));
  return isActivated || ACTIVATED_ROLES.has(roleOf(element)) ? "disable" : mode;
}

/** What the attribute `contenteditable` says: true, false, or undefined where it says nothing (WHATWG HTML §6.8.1). */
export function editable(value) {
  if (value === null) return undefined;
  const keyword = value.toLowerCase();
  if (keyword === "false") return false;
  return ["", "true", "plaintext-only"].includes(keyword) ? true : undefined;
}

/** Whether the text of an element is edited in place. `theirs` gives an attribute as the page set it. */
function isEdited(element, theirs) {
  for (let node = element; node && isElement(node); node = parentOf.call(node)) {
    const isEditable = editable(theirs(node, "contenteditable"));
    if (isEditable !== undefined) return isEditable;
  }
  return isDesigned(element);
}

/**
 * The attributes that a mode sets on an element, as pairs of name and value. `isOwn` says whether the
 * element has the mode itself, or is in one that has it.
 */
export function attributesOf(mode, element, isOwn, theirs) {
  const name = localNameOf.call(element);
  if (mode === "hide") return name === "area" ? [["tabindex", "-1"]] : CHOICES.has(name) ? [["disabled", ""]] : [];
  if (mode === "inert" && CHOICES.has(name)) return [["disabled", ""]];
  if (FRAMES.has(name)) return [["inert", ""]];
  const isHost = isOwn ? !CONTROLS.has(name) && isEdited(element, theirs) : editable(theirs(element, "contenteditable")) === true;
  const set = isHost ? [["contenteditable", "false"]] : [];
  // In Firefox, the text of an inert part is edited by a caret that a program puts there.
  if (mode === "inert") return [...set, ["inert", ""]];
  return [...set, ...(mode === "disable" ? disabling(name, element) : reading(name, element))];
}

function disabling(name, element) {
  if (CONTROLS.has(name)) return [["disabled", ""]];
  const role = roleOf(element);
  const isLink = ACTIVATED.has(name) && name !== "button";
  const isAllowed = WIDGET_ROLES.has(role) || DISABLED_ROLES.has(role) || (role === "" && isLink && isReached(name, element));
  const set = isAllowed ? [["aria-disabled", "true"]] : [];
  if (isCustom(name)) set.unshift(["disabled", ""]);
  const isWidget = WIDGET_ROLES.has(role) || (!isLink && role !== "link" && hasAttribute.call(element, "tabindex"));
  return isOpaque(element) || isWidget ? [...set, ["inert", ""]] : set;
}

/** A link without an address is none. */
const isReached = (name, element) => name === "summary" || hasAttribute.call(element, "href");

function reading(name, element) {
  if (name === "textarea" || (name === "input" && isTyped(element))) return [["readonly", ""]];
  const role = roleOf(element);
  const isImplied = role === "" && (name === "select" || (name === "input" && READONLY_TYPES.has(inputTypeOf(element))));
  const set = isImplied || GRID_ROLES.has(role) || (VALUE_ROLES.has(role) && !CHOICE_ROLES.has(role)) ? [["aria-readonly", "true"]] : [];
  return isCustom(name) ? [["readonly", ""], ...set] : set;
}
