/** The values of fields whose change the platform cannot prevent: they are put back after an action of the user. */

/** @import { Field, Property, Undo } from "../types.d.ts" */

import { isElement, localNameOf, property } from "../page.js";

export * from "./presses.js";

// Taken from the prototypes: frameworks define properties on fields, to see what scripts write. An accessor that is missing
// in a test environment is not called, as there are no such fields either.
/** @typedef {Record<string, Property<Field, unknown>>} Accessors */
/** @typedef {("value" | "checked" | "indeterminate" | "files")[]} Names */
const INPUT = Object.fromEntries(/** @type {Names} */ (["value", "checked", "indeterminate", "files"]).map((name) => [name, property("HTMLInputElement", name)]));
const FIELDS = /** @type {Record<string, Accessors>} */ (/** @type {unknown} */ ({ input: INPUT, textarea: { value: property("HTMLTextAreaElement", "value") }, select: {} }));
const OPTIONS = /** @type {Property<HTMLSelectElement, HTMLOptionsCollection>} */ (property("HTMLSelectElement", "options"));
const INDEX = /** @type {Property<HTMLSelectElement, number>} */ (property("HTMLSelectElement", "selectedIndex"));
const SELECTED = /** @type {Property<HTMLOptionElement, boolean>} */ (property("HTMLOptionElement", "selected"));

/** Properties that hold the value of an `input` of a type (WHATWG HTML §4.10.5.4); of all others, `value`. @type {Record<string, string[]>} */
const HELD_IN = { checkbox: ["checked", "indeterminate"], radio: ["checked"] };

/** @param {Node} node @returns {node is Field} */
export const isField = (node) => isElement(node) && localNameOf.call(node) in FIELDS;

/** The options of a list, with whether each is selected. @param {HTMLSelectElement} list */
const chosen = (list) => new Map([...OPTIONS.get.call(list)].map((option) => [option, SELECTED.get.call(option)]));

/** @param {HTMLSelectElement} list @returns {Undo} */
function heldByList(list) {
  const before = chosen(list);
  const index = INDEX.get.call(list);
  const one = [...before.keys()][index];
  return () => {
    const now = chosen(list);
    // A framework may have made the options anew: then the one in the same place is chosen again.
    const at = [...now.keys()].indexOf(one);
    if (!list.multiple) INDEX.set.call(list, at < 0 ? index : at);
    else for (const [option, isSelected] of now) {
      const was = /** @type {boolean} */ (before.get(option));
      if (was !== isSelected) SELECTED.set.call(option, was);
    }
  };
}

/** The files are copied, as the list may be emptied in place. @param {HTMLInputElement} input @returns {Undo} */
function heldByFiles(input) {
  const { files } = /** @type {{ files: Property<HTMLInputElement, FileList>, [name: string]: unknown }} */ (/** @type {unknown} */ (INPUT));
  const before = [...files.get.call(input)];
  return () => {
    const transfer = new DataTransfer();
    for (const file of before) transfer.items.add(file);
    files.set.call(input, transfer.files);
  };
}

/** Returns a function that gives a field back its present value. @param {Field} field @returns {Undo} */
function held(field) {
  const name = localNameOf.call(field);
  if (name === "select") return heldByList(/** @type {HTMLSelectElement} */ (field));
  if (field.type === "file") return heldByFiles(/** @type {HTMLInputElement} */ (field));
  /** @type {[Property<Field, unknown>, unknown][]} */
  const before = (HELD_IN[field.type] ?? ["value"]).map((part) => [FIELDS[name][part], FIELDS[name][part].get.call(field)]);
  return () => {
    for (const [{ get, set }, value] of before) if (get.call(field) !== value) set.call(field, value);
  };
}

/** The values of fields before actions of the user. */
export class Values {
  /** By field: a function that gives it back the value that it had when it was last looked at. @type {WeakMap<Field, Undo>} */
  #seen = new WeakMap();

  /** Looks at a field, before an action of the user. @param {Field} field */
  look(field) {
    this.#seen.set(field, held(field));
  }

  /** Gives a field back its value from before the action of the user, without an event. @param {Field} field */
  putBack(field) {
    const undo = this.#seen.get(field);
    if (undo) undo();
    // A script opened the window for the files of a hidden field.
    else if (field.type === "file") /** @type {Property<Field, string>} */ (/** @type {unknown} */ (INPUT.value)).set.call(field, "");
  }
}
