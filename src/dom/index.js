/** The index from requirements to the elements of one bound root: which elements to write when a decision changes, and what one walk found. */

/** @import { Above } from "./page.js" */
/** @import { Asked, Row, Setting, State, Undo } from "./types.d.ts" */
/** @typedef {Element & Record<symbol, number | undefined>} Numbered an element that keeps its number under a symbol */

import { DENIED, GRANTED, MODE, REASON, RESOURCE, UNKNOWN, childCountOf, getAttribute, parentOf } from "./page.js";

export * from "./events.js";

/** If a change concerns more than one in `MANY` of all elements, walking through all of them is faster. */
const MANY = 8;

const HIDING_FIRST = [DENIED, UNKNOWN, GRANTED];

/** A requirement on the page, with its resource if it has one. */
class Entry {
  /** The decision, by its number; undefined until the module was asked. @type {State | undefined} */
  state;
  /** The numbers of its elements. @type {number[]} */
  numbers = [];
  /** The number of the last flip that concerned it. */
  flip = 0;

  /** @param {number} key @param {string} requirement @param {string | undefined} resource */
  constructor(key, requirement, resource) {
    this.key = key;
    this.requirement = requirement;
    this.resource = resource;
  }
}

/** Used where there is no key: its decision is that of a malformed requirement. */
export const NO_KEY = 0xffffffff;

/** Up to this many nodes added at once are walked through one by one. */
const FEW = 4;

/** Whether the new nodes (`added` of them) are more than half of the children of a node. @param {Node} node @param {number} added */
export const isMostOf = (node, added) => added > FEW && added * 2 > childCountOf(node);

/** Used in place of the length of a resource where there is no resource. */
const NO_RESOURCE = 0xffffffff;

/** New requirements in the form that the module reads: three numbers for each, and all texts in turn. @param {readonly Asked[]} unread */
export function questions(unread) {
  /** @type {number[]} */
  const asked = [];
  let texts = "";
  for (const { key, requirement, resource } of unread) {
    asked.push(key, requirement.length, resource?.length ?? NO_RESOURCE);
    texts += requirement + (resource ?? "");
  }
  return { asked: new Uint32Array(asked), texts };
}

/** Elements to be written, by number. While the index has not changed since, all of them have `state`; after that, each has its own. */
export class Writes {
  /** @param {number[]} numbers @param {State} [state] @param {number} [changes] */
  constructor(numbers, state, changes) {
    this.numbers = numbers;
    this.state = state;
    this.changes = changes;
  }
}

/** What one walk found. No code of the page runs during a walk. */
export class Batch {
  /** The numbers of new elements: they are hidden until they have a state. @type {number[]} */
  added = [];
  /** The numbers of elements that have another requirement than before, and may be shown. @type {number[]} */
  moved = [];
  /** The nodes that were walked through as a whole. @type {Set<Node>} */
  whole = new Set();
  /** Elements to forget, each with the function that leaves it as the page had it. @type {[element: Element, undo: Undo][]} */
  leaving = [];
  /** New elements that carry our marks from the element that they were cloned from. @type {Element[]} */
  clones = [];
  /** The modes and reasons that elements are given. @type {[number: number, element: Element, mode: string | undefined, reason: string | undefined][]} */
  modes = [];
  /** Elements that were inserted, removed or moved where modes may be shared. @type {Element[]} */
  stirred = [];
  /** The parent of the last element that was looked at, and the settings that its children inherit. @type {Node | null | undefined} */
  parent;
  /** @type {Setting | undefined} */
  above;
  /** The settings that everything below the walked node inherits, if no element below has settings of its own. @type {Setting | undefined} */
  set;

  /** @param {readonly Node[]} nearer the roots of bindings that come before this one @param {boolean} isAgain whether known states are written again */
  constructor(nearer, isAgain) {
    this.nearer = nearer;
    this.isAgain = isAgain;
  }

  /** Resource, mode and reason of an element: its own, or those of the nearest element above that sets them. @param {Element} element @param {Above} above @returns {Setting} */
  setOn(element, above) {
    const parent = parentOf.call(element);
    if (parent === null || this.parent !== parent) {
      this.parent = parent;
      this.above = above.setAbove(element);
    }
    const set = /** @type {Setting} */ (this.above);
    /** @param {string} name @param {string | undefined} inherited */
    const own = (name, inherited) => getAttribute.call(element, name) ?? inherited;
    return { resource: own(RESOURCE, set.resource), mode: own(MODE, set.mode), reason: own(REASON, set.reason) };
  }
}

/**
 * Symbols under which elements keep their numbers, which is faster than a map from elements; this list holds
 * those that no index uses at the moment. Engines are quick with a symbol that they have seen before.
 * @type {symbol[]}
 */
const names = [];

export class Index {
  /** None after `clear`. @type {symbol | undefined} */
  #number = names.pop() ?? Symbol("permgate");
  /** By number; a free number holds undefined. @type {(Element | undefined)[]} */
  #elements = [];
  // By number: the key of its entry, and its position in that entry. Outside of the heap, where
  // nothing has to be collected while they grow.
  #keys = new Uint32Array(16);
  #positions = new Uint32Array(16);
  /** @type {number[]} */
  #freeNumbers = [];
  /** @type {Map<string, Entry>} */
  #byText = new Map();
  /** A free key holds undefined. @type {(Entry | undefined)[]} */
  #byKey = [];
  /** @type {number[]} */
  #freeKeys = [];
  /** @type {Entry[]} */
  #unread = [];
  /** Entries that lost their last element since `news` was last called. @type {Set<Entry>} */
  #idle = new Set();
  /** How many elements there are. */
  size = 0;
  /** Changes whenever an element has, or may have, another state than before. */
  changes = 0;

  /** The number of an element, if it has one. @param {Node} element */
  numberOf(element) {
    const number = /** @type {Numbered} */ (element)[/** @type {symbol} */ (this.#number)];
    return number !== undefined && this.#elements[number] === element ? number : undefined;
  }

  /** The entry of a number; undefined if there is no such number. @param {number | undefined} number */
  entryOf(number) {
    return this.#elements[/** @type {number} */ (number)] === undefined ? undefined : this.#byKey[this.#keys[/** @type {number} */ (number)]];
  }

  /** The state of the element with this number. @param {number | undefined} number */
  stateOf(number) {
    return this.entryOf(number)?.state;
  }

  /** The element with this number. @param {number | undefined} number */
  element(number) {
    return this.#elements[/** @type {number} */ (number)];
  }

  /** The entry of a key. @param {number} key */
  at(key) {
    return this.#byKey[key];
  }

  /** All elements, each with its number and state. */
  rows() {
    /** @type {Row[]} */
    const rows = [];
    // Not by `entries`: old versions of prototype.js replace it on every array.
    this.#elements.forEach((element, number) => {
      if (element !== undefined) rows.push({ number, element, state: this.stateOf(number) });
    });
    return rows;
  }

  /** The entry of a requirement; a new one is listed by the next `news`. @param {string} requirement @param {string} [resource] */
  entry(requirement, resource) {
    const text = textOf(requirement, resource);
    let entry = this.#byText.get(text);
    if (entry === undefined) {
      entry = new Entry(this.#freeKeys.pop() ?? this.#byKey.length, requirement, resource);
      this.#byKey[entry.key] = entry;
      this.#byText.set(text, entry);
      this.#unread.push(entry);
    }
    return entry;
  }

  /** Adds an element and returns its number; undefined for a frozen element, which cannot keep one. @param {Element} element @param {Entry} entry */
  add(element, entry) {
    const isReused = this.#freeNumbers.length > 0;
    const number = isReused ? /** @type {number} */ (this.#freeNumbers.at(-1)) : this.#elements.length;
    try {
      /** @type {Numbered} */ (element)[/** @type {symbol} */ (this.#number)] = number;
    } catch {
      if (entry.numbers.length === 0) this.#idle.add(entry);
      return undefined;
    }
    if (isReused) this.#freeNumbers.pop();
    if (number === this.#keys.length) this.#grow();
    this.#elements[number] = element;
    this.#enter(number, entry);
    this.size += 1;
    return number;
  }

  /** Moves a number to another entry. False if it is there already. @param {number} number @param {Entry} entry */
  move(number, entry) {
    const before = this.entryOf(number);
    if (before === entry) return false;
    this.#leave(number, /** @type {Entry} */ (before));
    this.#enter(number, entry);
    return true;
  }

  /** Forgets a number, and returns its element. @param {number} number */
  take(number) {
    const element = /** @type {Element} */ (this.#elements[number]);
    this.#leave(number, /** @type {Entry} */ (this.entryOf(number)));
    this.size -= 1;
    // An element that was frozen since then keeps the number; `numberOf` knows that it is out of date.
    Reflect.deleteProperty(element, /** @type {symbol} */ (this.#number));
    this.#elements[number] = undefined;
    this.#freeNumbers.push(number);
    return element;
  }

  /** @param {number} number @param {Entry} entry */
  #enter(number, entry) {
    const { numbers } = entry;
    this.#keys[number] = entry.key;
    this.#positions[number] = numbers.length;
    this.changes += 1;
    numbers.push(number);
  }

  #grow() {
    /** @param {Uint32Array} numbers */
    const twice = (numbers) => {
      const more = new Uint32Array(numbers.length * 2);
      more.set(numbers);
      return more;
    };
    this.#keys = twice(this.#keys);
    this.#positions = twice(this.#positions);
  }

  /** @param {number} number @param {Entry} entry */
  #leave(number, entry) {
    const { numbers } = entry;
    const position = this.#positions[number];
    this.changes += 1;
    const last = /** @type {number} */ (numbers.pop());
    if (last !== number) {
      numbers[position] = last;
      this.#positions[last] = position;
    }
    if (numbers.length === 0) this.#idle.add(entry);
  }

  /** The entries that are new, and the keys that became free, since the last call. */
  news() {
    const idle = [...this.#idle].filter(({ numbers }) => numbers.length === 0);
    this.#idle.clear();
    const freed = idle.map(({ key }) => key);
    for (const { key, requirement, resource } of idle) {
      this.#byText.delete(textOf(requirement, resource));
      this.#byKey[key] = undefined;
      this.#freeKeys.push(key);
    }
    const unread = this.#unread.splice(0).filter(({ numbers }) => numbers.length > 0);
    return { unread, freed };
  }

  /**
   * Takes over changed decisions, as pairs of key and state. Returns the elements to be written: those to
   * be hidden come before those to be shown.
   *
   * If there are many, they are in the order of their numbers, which is that of the page: neighbours on the
   * page are neighbours in memory, and writing to them in turn takes two thirds of the time.
   * @param {ArrayLike<number>} pairs
   */
  flip(pairs) {
    const flip = (this.changes += 1);
    /** @type {Entry[]} */
    const flipped = [];
    let count = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      const entry = this.#byKey[pairs[i]];
      if (entry === undefined) continue;
      entry.state = pairs[i + 1];
      entry.flip = flip;
      count += entry.numbers.length;
      flipped.push(entry);
    }
    /** @type {number[][]} */
    const lists = [[], [], []];
    if (count * MANY > this.size) {
      for (let number = 0; number < this.#elements.length; number++) {
        const entry = this.entryOf(number);
        if (entry?.flip === flip) lists[/** @type {State} */ (entry.state)].push(number);
      }
    } else {
      for (const { state, numbers } of flipped) for (const number of numbers) lists[/** @type {State} */ (state)].push(number);
    }
    const writes = [];
    for (const state of HIDING_FIRST) {
      if (lists[state].length > 0) writes.push(new Writes(lists[state], state, flip));
    }
    return writes;
  }

  /** Forgets all elements; the index cannot be used again. */
  clear() {
    if (this.#number === undefined) return;
    for (const element of this.#elements) if (element !== undefined) Reflect.deleteProperty(element, this.#number);
    for (const list of [this.#elements, this.#freeNumbers, this.#byKey, this.#freeKeys, this.#unread]) list.length = 0;
    this.#byText.clear();
    this.#idle.clear();
    this.size = 0;
    this.changes += 1;
    names.push(this.#number);
    this.#number = undefined;
  }
}

/** @param {string} requirement @param {string | undefined} resource */
function textOf(requirement, resource) {
  return resource === undefined ? requirement : `${requirement}\0${resource}`;
}
