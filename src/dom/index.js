/** The index from requirements to the elements of one bound root: what is to be written when a decision flips, and what a walk found. */

import { DENIED, GRANTED, MODE, REASON, RESOURCE, UNKNOWN, childCountOf, getAttribute, parentOf } from "./page.js";

export * from "./events.js";

/** From this share of all elements on (one in so many), going through all of them pays. */
const MANY = 8;

const HIDING_FIRST = [DENIED, UNKNOWN, GRANTED];

/** A requirement on the page, on a resource where there is one. */
class Entry {
  /** What was decided, by the numbers that cross the border; undefined as long as nobody was asked. */
  state;
  /** The numbers of its elements. */
  numbers = [];
  /** The number of the flip that concerned it last. */
  flip = 0;

  constructor(key, requirement, resource) {
    this.key = key;
    this.requirement = requirement;
    this.resource = resource;
  }
}

/** In the place of a key: the decision on it is that on a malformed requirement. */
export const NO_KEY = 0xffffffff;

/** So many nodes that are added at once are looked at one by one. */
const FEW = 4;

/** Whether so many new nodes are most of what another one holds. */
export const isMostOf = (node, added) => added > FEW && added * 2 > childCountOf(node);

/** In the place of a resource's length. */
const NO_RESOURCE = 0xffffffff;

/** New requirements as the module reads them: three numbers for each, and all texts in turn. */
export function questions(unread) {
  const asked = [];
  let texts = "";
  for (const { key, requirement, resource } of unread) {
    asked.push(key, requirement.length, resource?.length ?? NO_RESOURCE);
    texts += requirement + (resource ?? "");
  }
  return { asked: new Uint32Array(asked), texts };
}

/** Numbers to be written. As long as the index did not change, all of them have one state; or each has its own. */
export class Writes {
  constructor(numbers, state, changes) {
    this.numbers = numbers;
    this.state = state;
    this.changes = changes;
  }
}

/** What is found in one walk, in which no code of the page runs. */
export class Batch {
  /** The numbers of elements that are new: until they have a state, they are hidden. */
  added = [];
  /** Those of elements that may be shown, and have another requirement. */
  moved = [];
  /** What was walked through as a whole. */
  whole = new Set();
  /** Elements that are forgotten, and how to leave each as the page had it. */
  leaving = [];
  /** New elements that have what was written to the one they were cloned from. */
  clones = [];
  /** What elements are told of their modes. */
  modes = [];
  /** Nodes that came, went or were moved, where modes may be shared. */
  stirred = [];
  /** The parent that was last looked at, and what is set above its children. */
  parent;
  above;
  /** What holds for all that is walked through, where nothing in it says more. */
  set;

  constructor(nearer, isAgain) {
    this.nearer = nearer;
    this.isAgain = isAgain;
  }

  /** Resource, mode and reason of an element: its own, or of the nearest element above that says something. */
  setOn(element, above) {
    const parent = parentOf.call(element);
    if (parent === null || this.parent !== parent) {
      this.parent = parent;
      this.above = above.setAbove(element);
    }
    const set = this.above;
    const own = (name, inherited) => getAttribute.call(element, name) ?? inherited;
    return { resource: own(RESOURCE, set.resource), mode: own(MODE, set.mode), reason: own(REASON, set.reason) };
  }
}

/**
 * Names under which elements know their numbers, which is faster than a map from elements; these
 * are not in use at the moment. Engines are quick with a name that they have seen before.
 */
const names = [];

export class Index {
  #number = names.pop() ?? Symbol("permgate");
  /** By number; a free number holds undefined. */
  #elements = [];
  // By number: its key, and where it stands in the entry of that key. Outside of the heap, where
  // nothing has to be collected while they grow.
  #keys = new Uint32Array(16);
  #positions = new Uint32Array(16);
  #freeNumbers = [];
  #byText = new Map();
  /** A free key holds undefined. */
  #byKey = [];
  #freeKeys = [];
  #unread = [];
  /** Entries that have been without elements since they were last told of. */
  #idle = new Set();
  /** How many elements there are. */
  size = 0;
  /** Another number whenever an element has, or may have, another state than before. */
  changes = 0;

  /** The number of an element, if it has one. */
  numberOf(element) {
    const number = element[this.#number];
    return number !== undefined && this.#elements[number] === element ? number : undefined;
  }

  /** The entry of a number; undefined where there is no such number. */
  entryOf(number) {
    return this.#elements[number] === undefined ? undefined : this.#byKey[this.#keys[number]];
  }

  /** The state of a number. */
  stateOf(number) {
    return this.entryOf(number)?.state;
  }

  element(number) {
    return this.#elements[number];
  }

  /** What a key stands for. */
  at(key) {
    return this.#byKey[key];
  }

  /** All of it: elements with number and state. */
  rows() {
    const rows = [];
    // Not by `entries`: old prototype.js has its own on every array.
    this.#elements.forEach((element, number) => {
      if (element !== undefined) rows.push({ number, element, state: this.stateOf(number) });
    });
    return rows;
  }

  /** The entry of a requirement; a new one is to be read. */
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

  /** Takes an element in, and gives its number; undefined for one that is frozen, and takes none. */
  add(element, entry) {
    const isReused = this.#freeNumbers.length > 0;
    const number = isReused ? this.#freeNumbers.at(-1) : this.#elements.length;
    try {
      element[this.#number] = number;
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

  /** Puts a number under another entry. False where it stands there already. */
  move(number, entry) {
    const before = this.entryOf(number);
    if (before === entry) return false;
    this.#leave(number, before);
    this.#enter(number, entry);
    return true;
  }

  /** Forgets a number, and gives its element. */
  take(number) {
    const element = this.#elements[number];
    this.#leave(number, this.entryOf(number));
    this.size -= 1;
    // One that was frozen meanwhile keeps its number, which is not its own any more.
    Reflect.deleteProperty(element, this.#number);
    this.#elements[number] = undefined;
    this.#freeNumbers.push(number);
    return element;
  }

  #enter(number, entry) {
    const { numbers } = entry;
    this.#keys[number] = entry.key;
    this.#positions[number] = numbers.length;
    this.changes += 1;
    numbers.push(number);
  }

  #grow() {
    const twice = (numbers) => {
      const more = new Uint32Array(numbers.length * 2);
      more.set(numbers);
      return more;
    };
    this.#keys = twice(this.#keys);
    this.#positions = twice(this.#positions);
  }

  #leave(number, entry) {
    const { numbers } = entry;
    const position = this.#positions[number];
    this.changes += 1;
    const last = numbers.pop();
    if (last !== number) {
      numbers[position] = last;
      this.#positions[last] = position;
    }
    if (numbers.length === 0) this.#idle.add(entry);
  }

  /** Entries that were not there before, and keys that are free from here on, since this was last asked. */
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
   * Takes over what was decided otherwise, as pairs of key and state. Gives what is to be written: what
   * hides comes before what shows.
   *
   * Many are in their own order, which is that of the page: neighbours on the page are neighbours in
   * memory, and writing to them in turn takes two thirds of the time.
   */
  flip(pairs) {
    const flip = (this.changes += 1);
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
    const lists = [[], [], []];
    if (count * MANY > this.size) {
      for (let number = 0; number < this.#elements.length; number++) {
        const entry = this.entryOf(number);
        if (entry?.flip === flip) lists[entry.state].push(number);
      }
    } else {
      for (const { state, numbers } of flipped) for (const number of numbers) lists[state].push(number);
    }
    const writes = [];
    for (const state of HIDING_FIRST) {
      if (lists[state].length > 0) writes.push(new Writes(lists[state], state, flip));
    }
    return writes;
  }

  /** Forgets all of it, for good. */
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

function textOf(requirement, resource) {
  return resource === undefined ? requirement : `${requirement}\0${resource}`;
}
