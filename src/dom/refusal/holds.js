/** The attributes that modes have set on elements. The page's own values are kept and put back exactly, also on clones. */

/** @import { Held, Mode } from "../types.d.ts" */

import { APPLIED, getAttribute, removeAttribute, setAttribute } from "../page.js";
import { WRITTEN } from "./native.js";

export * from "./native.js";

/** Sets an attribute, or removes it if the value is null. @param {Element} element @param {string} name @param {string | null} value */
function put(element, name, value) {
  if (value === null) removeAttribute.call(element, name);
  else if (getAttribute.call(element, name) !== value) setAttribute.call(element, name, value);
}

/** The elements with attributes of ours. */
export class Holds {
  /** The mode and the attributes of each element with attributes of ours. @type {Map<Element, Held>} */
  #held = new Map();

  get size() {
    return this.#held.size;
  }

  elements() {
    return [...this.#held.keys()];
  }

  /** @param {Element} element */
  has(element) {
    return this.#held.has(element);
  }

  /** The value of an attribute that is ours; undefined for any other. @param {Element} element @param {string} name */
  ours(element, name) {
    return this.#held.get(element)?.saved.get(name)?.ours;
  }

  /** The value of an attribute as the page set it. @param {Element} element @param {string} name */
  theirs(element, name) {
    const known = this.#held.get(element)?.saved.get(name);
    return known ? known.before : getAttribute.call(element, name);
  }

  /**
   * Sets exactly these attributes on an element, and restores all others that modes had set. Returns whether no mode had
   * set any before.
   * @param {Element} element @param {Mode} mode @param {Map<string, string>} wanted
   */
  hold(element, mode, wanted) {
    const isNew = !this.#held.has(element);
    if (isNew) this.#held.set(element, { mode, saved: new Map() });
    const held = /** @type {Held} */ (this.#held.get(element));
    held.mode = mode;
    for (const [name, { before }] of held.saved) {
      if (wanted.has(name)) continue;
      held.saved.delete(name);
      put(element, name, before);
    }
    for (const [name, ours] of wanted) {
      const known = held.saved.get(name);
      if (known?.ours === ours) continue;
      held.saved.set(name, { before: known ? known.before : getAttribute.call(element, name), ours });
      put(element, name, ours);
    }
    this.#mark(element, held);
    return isNew;
  }

  /** Leaves an element as the page had it. Returns whether it had attributes of ours. @param {Element} element */
  release(element) {
    const held = this.#held.get(element);
    if (!held) return false;
    this.#held.delete(element);
    for (const [name, { before }] of held.saved) put(element, name, before);
    removeAttribute.call(element, APPLIED);
    return true;
  }

  /** The page wrote attributes of an element: keeps its values for later, and sets ours again. @param {Element} element @param {Set<string>} names */
  mend(element, names) {
    const held = this.#held.get(element);
    if (!held) return removeAttribute.call(element, APPLIED);
    // A script that removed our mark has compared all attributes with its own values: the attributes that it
    // left are its own.
    const isCompared = names.has(APPLIED) && getAttribute.call(element, APPLIED) === null;
    for (const [name, wanted] of held.saved) {
      if (!isCompared && !names.has(name)) continue;
      wanted.before = getAttribute.call(element, name);
      put(element, name, wanted.ours);
    }
    this.#mark(element, held);
  }

  /** Removes the attributes that a clone has from its original. @param {Element} element */
  clean(element) {
    const mark = getAttribute.call(element, APPLIED);
    if (mark === null || this.#held.has(element)) return;
    for (const part of mark.split(" ").slice(1)) {
      const [name, before] = part.split("=");
      if (WRITTEN.includes(name)) put(element, name, before === undefined ? null : decoded(before));
    }
    removeAttribute.call(element, APPLIED);
  }

  /** Writes the page's values into an attribute of the element, so that a clone can be cleaned. @param {Element} element @param {Held} held */
  #mark(element, { mode, saved }) {
    const parts = [...saved].map(([name, { before }]) => (before === null ? name : `${name}=${encoded(before)}`));
    put(element, APPLIED, [mode, ...parts].join(" "));
  }
}

/** A value without white space, which ends a part. A lone surrogate has no encoding. @param {string} text */
const encoded = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // A text that the page wrote.
    return null;
  }
}
