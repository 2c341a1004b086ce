/** The values of fields that have no state in which the platform keeps them: put back after an act of the user's, as a program left them. */

import { isElement, localNameOf, property } from "../page.js";

export * from "./presses.js";

// By the prototypes: frameworks define properties on fields, to be told of what programs write.
const INPUT = Object.fromEntries(["value", "checked", "indeterminate", "files"].map((name) => [name, property("HTMLInputElement", name)]));
const FIELDS = { input: INPUT, textarea: { value: property("HTMLTextAreaElement", "value") }, select: {} };
const OPTIONS = property("HTMLSelectElement", "options");
const INDEX = property("HTMLSelectElement", "selectedIndex");
const SELECTED = property("HTMLOptionElement", "selected");

/** Properties that hold the value of an `input` of a type (WHATWG HTML §4.10.5.4); of all others, `value`. */
const HELD_IN = { checkbox: ["checked", "indeterminate"], radio: ["checked"] };

export const isField = (node) => isElement(node) && localNameOf.call(node) in FIELDS;

/** The options of a list, with whether each is selected. */
const chosen = (list) => new Map([...OPTIONS.get.call(list)].map((option) => [option, SELECTED.get.call(option)]));

function heldByList(list) {
  const before = chosen(list);
  const index = INDEX.get.call(list);
  return () => {
    // To take the choice from an option of which one is chosen would choose the first one.
    if (!list.multiple && index < 0) INDEX.set.call(list, index);
    else for (const [option, isSelected] of chosen(list)) {
      const was = before.get(option) ?? false;
      if (was !== isSelected && (was || list.multiple)) SELECTED.set.call(option, was);
    }
  };
}

/** A list of files may be emptied in place. */
function heldByFiles(input) {
  const { files } = INPUT;
  const before = [...files.get.call(input)];
  return () => {
    const transfer = new DataTransfer();
    for (const file of before) transfer.items.add(file);
    files.set.call(input, transfer.files);
  };
}

/** How to give a field back what it holds. */
function held(field) {
  const name = localNameOf.call(field);
  if (name === "select") return heldByList(field);
  if (field.type === "file") return heldByFiles(field);
  const before = (HELD_IN[field.type] ?? ["value"]).map((part) => [FIELDS[name][part], FIELDS[name][part].get.call(field)]);
  return () => {
    for (const [{ get, set }, value] of before) if (get.call(field) !== value) set.call(field, value);
  };
}

export class Values {
  /** By field: how to give back what it held when it was last looked at. */
  #seen = new WeakMap();

  /** Looks at a field, before whatever the user is about to do to it. */
  look(field) {
    this.#seen.set(field, held(field));
  }

  /** Gives a field back what it held before the user's act; nobody is told. */
  putBack(field) {
    this.#seen.get(field)?.();
  }
}
