/** The attributes that are ours on elements at the moment, and what the page had there: put back exactly, also from clones. */

import { APPLIED, getAttribute, removeAttribute, setAttribute } from "../page.js";
import { WRITTEN } from "./native.js";

export * from "./native.js";

/** Sets an attribute to what it was, or takes it away. */
function put(element, name, value) {
  if (value === null) removeAttribute.call(element, name);
  else if (getAttribute.call(element, name) !== value) setAttribute.call(element, name, value);
}

export class Holds {
  /** By element: the mode, and by name the attributes with what was there before and what is ours. */
  #held = new Map();

  get size() {
    return this.#held.size;
  }

  has(element) {
    return this.#held.has(element);
  }

  /** The value of an attribute that is ours; undefined for any other. */
  ours(element, name) {
    return this.#held.get(element)?.saved.get(name)?.ours;
  }

  /** The value of an attribute as the page wants it. */
  theirs(element, name) {
    const known = this.#held.get(element)?.saved.get(name);
    return known ? known.before : getAttribute.call(element, name);
  }

  /** Sets exactly these attributes on an element, given by name, and puts back others that were ours. Says whether it had none before. */
  hold(element, mode, wanted) {
    const isNew = !this.#held.has(element);
    if (isNew) this.#held.set(element, { mode, saved: new Map() });
    const held = this.#held.get(element);
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

  /** Leaves an element as the page had it. Says whether anything was ours. */
  release(element) {
    const held = this.#held.get(element);
    if (!held) return false;
    this.#held.delete(element);
    for (const [name, { before }] of held.saved) put(element, name, before);
    removeAttribute.call(element, APPLIED);
    return true;
  }

  /** Somebody else wrote attributes: what they want is kept for later, and ours is in force. */
  mend(element, names) {
    const held = this.#held.get(element);
    if (!held) return removeAttribute.call(element, APPLIED);
    // Whoever took our mark away compared all attributes with their own: what is left is theirs.
    const isCompared = names.has(APPLIED) && getAttribute.call(element, APPLIED) === null;
    for (const [name, wanted] of held.saved) {
      if (!isCompared && !names.has(name)) continue;
      wanted.before = getAttribute.call(element, name);
      put(element, name, wanted.ours);
    }
    this.#mark(element, held);
  }

  /** Takes away what a clone has from its original. */
  clean(element) {
    const mark = getAttribute.call(element, APPLIED);
    if (mark === null || this.#held.has(element)) return;
    for (const part of mark.split(" ").slice(1)) {
      const [name, before] = part.split("=");
      if (WRITTEN.includes(name)) put(element, name, before === undefined ? null : decoded(before));
    }
    removeAttribute.call(element, APPLIED);
  }

  /** Says on the element itself what was there before, so that a clone can be cleaned. */
  #mark(element, { mode, saved }) {
    const parts = [...saved].map(([name, { before }]) => (before === null ? name : `${name}=${encoded(before)}`));
    put(element, APPLIED, [mode, ...parts].join(" "));
  }
}

/** Without white space, which ends a part. A lone surrogate has no encoding. */
const encoded = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody else's text.
    return null;
  }
}
