/** The binder's hands: the elements of one bound root by number, and what is written to them. */

import { Blocker, Modes } from "./modes.js";
import {
  APPLIED, GRANTED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, STATES, Style, addEventListener, closest,
  contains, documentOf, elementsBelow, first, focusedElement, getAttribute, getRootNode, handOn, hasAttribute, hostOf, isElement, isFrozen, isParsed,
  parentOf, reaches, removeAttribute, removeEventListener, setAttribute, shadowRootOf,
} from "./page.js";
import { Rivals, Watch, afterCall } from "./watch.js";

/** What makes an element differ from others of the same requirement; engines find one name quickly, and lists not. */
const CONTEXT = [RESOURCE, MODE, REASON, APPLIED];
const SETTING = `[${RESOURCE}],[${MODE}],[${REASON}]`;
const NOTHING_SET = {};

/** Elements to take in, as pairs of number and key, and numbers to forget. */
class Batch {
  pairs = [];
  gone = [];
  /** New elements that have what was written to the one they were cloned from. */
  clones = [];
  /** What elements are told of their modes. */
  modes = [];
  nearer;
  /** The parent that was last looked at, and what is set above its children. */
  parent;
  above;
  /** What holds for all that is walked through, where nothing in it says more. */
  set;
}

export class Nodes {
  #root;
  #document;
  /** By number; a free number holds undefined. */
  #elements = [];
  /** By number: the state that was last written. */
  #states = [];
  /** Under this name an element knows its number: faster than a map from elements. */
  #number = Symbol("permgate");
  #free = [];
  /** Requirement texts (with the resource, where there is one) and their keys. */
  #keys = new Map();
  #texts = [];
  #freeKeys = [];
  #changed;
  #explain;
  #modes;
  #watch;
  #rivals;
  #blocker;
  #style = new Style();
  #stopListening = () => undefined;
  #isOver = false;

  /** `page` is what the TypeScript around the module lends: modes, and whom to tell. */
  constructor(root, page) {
    this.#root = root;
    this.#document = documentOf(root);
    page.stop = (clean) => this.stop(clean, true);
    // Another binding began or ended there.
    this.#rivals = new Rivals(root, (other) => this.#lookAt(other, false));
    this.#watch = new Watch((records) => this.#look(records), (records) => this.#mend(records));
    this.#modes = new Modes(page, (number) => this.#explain(number), (element, isOut) => {
      if (isOut) this.#watch.add(element);
      else if (element !== root) this.#watch.drop(element);
    });
    this.#blocker = new Blocker((node) => this.#refused(this.#numberOf(node)));
  }

  /**
   * Begins: `changed(pairs, gone)` is called after every change, with pairs of number and key, and
   * numbers to forget; `explain` gives the decision on the element of a number.
   */
  observe(changed, explain) {
    this.#changed = changed;
    this.#explain = explain;
    this.#rivals.enter();
    this.#blocker.add(this.#document, true);
    const scope = getRootNode.call(this.#root);
    if (hostOf(scope)) this.#blocker.add(scope, true);
    this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.add(this.#root);
    const resheeted = (scope) => this.#style.again(scope);
    const stops = [
      afterCall(this.#document, "Element", "attachShadow", (_, __, shadow) => this.#attached(shadow)),
      afterCall(this.#document, "Element", "toggleAttribute", (element, [name, force]) => this.#toggled(element, name, force)),
      afterCall(this.#document, "Document", "adoptedStyleSheets", resheeted),
      afterCall(this.#document, "ShadowRoot", "adoptedStyleSheets", resheeted),
    ];
    // A parser that attaches a shadow root (`<template shadowrootmode>`) tells nobody.
    const parsed = () => this.#lookAt(this.#root, false);
    if (!isParsed(this.#document)) addEventListener.call(this.#document, "DOMContentLoaded", parsed);
    this.#stopListening = () => {
      for (const stop of stops) stop();
      removeEventListener.call(this.#document, "DOMContentLoaded", parsed);
    };
  }

  /** Looks at the whole root; `again` has the states of elements written that are known. */
  look(again) {
    this.#watch.flush();
    this.#lookAt(this.#root, again);
  }

  /** Decisions may have other reasons than before. */
  revisit() {
    if (this.#modes.size === 0 || this.#isOver) return;
    this.#watch.unobserved(() => this.#modes.revisit());
    this.#modes.complain();
  }

  /** Looks at what changed and was not looked at. */
  flush() {
    this.#watch.flush();
  }

  /** What a key stands for: requirement and resource. */
  requirement(key) {
    return this.#texts[key][0];
  }

  resource(key) {
    return this.#texts[key][1];
  }

  element(number) {
    return this.#elements[number];
  }

  /** Writes the state of many elements. */
  write(numbers, state) {
    if (this.#isOver) return;
    const focused = state === GRANTED ? null : focusedElement(this.#document);
    if (!this.#style.isAdopted) this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.unobserved(() => this.#write(numbers, state));
    if (focused) handOn(focused, (node) => this.#above(node), (node) => this.#modes.placeOf(node) !== undefined);
    this.#modes.complain();
  }

  #write(numbers, state) {
    const word = STATES[state];
    const elements = this.#elements;
    const states = this.#states;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i];
      const element = elements[number];
      // A reaction of a custom element may have had elements forgotten in the meantime.
      if (element === undefined || this.#isOver) continue;
      states[number] = state;
      setAttribute.call(element, STATE, word);
    }
    if (this.#modes.size === 0) return;
    for (const number of numbers) if (!this.#isOver) this.#modes.write(number, state);
  }

  /**
   * Forgets elements, and takes back what was written to them: outside of the root, nobody would
   * take away what is granted.
   */
  release(numbers) {
    const leaving = [];
    for (const number of numbers) {
      const element = this.#elements[number];
      if (element === undefined) continue;
      leaving.push([element, this.#modes.take(number)]);
      // One that was frozen meanwhile keeps its number, which is not its own any more.
      Reflect.deleteProperty(element, this.#number);
      this.#elements[number] = this.#states[number] = undefined;
    }
    // From here on, code of the page may run; it may even have taken the element in again.
    this.#watch.unobserved(() => {
      for (const [element, undo] of leaving) {
        undo();
        if (this.#numberOf(element) === undefined) removeAttribute.call(element, STATE);
      }
    });
    for (const number of numbers) this.#free.push(number);
    this.#modes.complain();
  }

  releaseKey(key) {
    const [requirement, resource] = this.#texts[key];
    this.#keys.delete(keyText(requirement, resource));
    this.#texts[key] = undefined;
    this.#freeKeys.push(key);
  }

  /** What is bound, element by element, with the decision on each. */
  report() {
    const rows = [];
    for (const [number, element] of this.#elements.entries()) {
      if (element === undefined) continue;
      const decision = this.#explain(number);
      const { resource } = this.#context(element, new Batch());
      const requirement = getAttribute.call(element, REQUIREMENT);
      rows.push({ element, requirement, resource: resource ?? null, mode: this.#modes.of(number), decision });
    }
    return rows;
  }

  /**
   * No more observation. Elements are left as the page had them if that is `clean`, and else hidden;
   * after a crash, what comes into new shadow roots is so, too.
   */
  stop(clean, isCrash = false) {
    const isFirst = !this.#isOver;
    this.#isOver = true;
    this.#watch.stop();
    if (clean || !isCrash) this.#stopListening();
    const elements = [...this.#elements];
    // Whoever is in the middle of writing finds nothing more to write to.
    if (clean) this.#elements.length = 0;
    for (const [number, element] of elements.entries()) {
      if (element === undefined) continue;
      this.#modes.forget(number);
      if (clean) {
        removeAttribute.call(element, STATE);
        Reflect.deleteProperty(element, this.#number);
      } else if (this.#states[number] === GRANTED) setAttribute.call(element, STATE, "unknown");
    }
    this.#blocker.stop();
    if (clean) this.#style.drop();
    if (!isFirst) return;
    this.#rivals.leave();
    this.#modes.complain();
    this.#modes.stop();
  }

  #batch() {
    this.#style.adopt(getRootNode.call(this.#root));
    const batch = new Batch();
    batch.nearer = this.#rivals.nearer();
    return batch;
  }

  #lookAt(node, again) {
    if (this.#isOver) return;
    const batch = this.#batch();
    this.#collect(node, batch);
    this.#collectPlaces(batch);
    // What was taken out is not below the root to be found: it goes to whoever has its place.
    for (const [element, comment] of this.#modes.places) {
      if (batch.nearer.some((root) => reaches(root, comment))) this.#lose(element, batch);
    }
    this.#tell(batch, again);
  }

  #look(records) {
    const batch = this.#batch();
    let isLess = false;
    let isSet = false;
    for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
      if (type === "childList") {
        isLess ||= removedNodes.length > 0;
        for (const node of removedNodes) if (isElement(node) && !this.#isInside(node)) this.#lose(node, batch);
        for (const node of addedNodes) if (isElement(node)) this.#collect(node, batch);
      } else if (attributeName === REQUIREMENT) this.#retagged(target, batch);
      else {
        isSet = true;
        this.#collect(target, batch);
      }
    }
    // What was taken out goes with its place.
    for (const [element, comment] of isLess ? this.#modes.places : []) {
      if (element !== this.#root && !this.#isInside(comment)) this.#lose(element, batch);
    }
    if (isLess || isSet) this.#collectPlaces(batch);
    this.#tell(batch, false);
  }

  /**
   * Hands a batch over. Until then no code of the page runs, and numbers and keys mean what they
   * meant when the page was walked through.
   */
  #tell(batch, again) {
    const { pairs, gone, clones } = batch;
    if (pairs.length + gone.length === 0) return;
    try {
      this.#changed(new Uint32Array(pairs), new Uint32Array(gone), again);
      this.#watch.unobserved(() => {
        for (const clone of clones) if (!this.#isOver) this.#modes.clean(clone);
        this.#assign(batch);
      });
    } catch (cause) {
      // Nobody else will notice.
      this.stop(false);
      throw cause;
    }
    this.#modes.complain();
  }

  /** Somebody else wrote to our attributes: a framework that renders, a library that compares trees. */
  #mend(records) {
    const written = new Map();
    for (const { target, attributeName } of records) {
      if (!written.has(target)) written.set(target, new Set());
      written.get(target).add(attributeName);
    }
    for (const [element, names] of written) {
      const number = this.#numberOf(element);
      const state = number === undefined ? undefined : this.#states[number];
      if (state === undefined) continue;
      if (getAttribute.call(element, STATE) !== STATES[state]) setAttribute.call(element, STATE, STATES[state]);
      this.#modes.mend(number, element, names);
    }
  }

  /** The number of an element, if it has one. */
  #numberOf(element) {
    const number = element[this.#number];
    return number !== undefined && this.#elements[number] === element ? number : undefined;
  }

  /** The mode of an element that is not granted, by its number; undefined for any other. */
  #refused(number) {
    const state = number === undefined ? undefined : this.#states[number];
    return state === undefined || state === GRANTED ? undefined : (this.#modes.inForce(number) ?? "hide");
  }

  /** A shadow root was attached: what is put into it is seen, and hidden from the beginning. */
  #attached(shadow) {
    // One that is closed has no way to it from its host.
    if (shadowRootOf.call(hostOf(shadow)) && this.#isInside(shadow)) this.#enter(shadow);
  }

  /** `toggleAttribute(name, true)` changes nothing where the attribute is ours: it says what the page wants all the same. */
  #toggled(element, name, force) {
    if (force !== true || this.#modes.inForce(this.#numberOf(element)) === undefined) return;
    setAttribute.call(element, name, getAttribute.call(element, name) ?? "");
  }

  #enter(shadow) {
    this.#style.adopt(shadow);
    if (this.#watch.add(shadow)) this.#blocker.add(shadow, false);
  }

  /** Takes a node and everything tagged below it, if it is still below the root. */
  #collect(node, batch) {
    if (node !== this.#root && !this.#isInside(node)) return;
    // Where nothing of the kind is in sight, all below has what the node has.
    const isPlain = CONTEXT.every((name) => first(node, `[${name}]`) === null);
    if (isElement(node)) this.#visit(node, batch, false);
    if (isPlain) batch.set = isElement(node) ? this.#context(node, batch) : this.#setAbove(node);
    const below = elementsBelow(node);
    const { length } = below;
    for (let i = 0; i < length; i++) this.#visit(below[i], batch, isPlain);
  }

  /** What was taken out is told by what is above its place, which may be another one by now. */
  #collectPlaces(batch) {
    for (const element of [...this.#modes.places.keys()]) this.#collect(element, batch);
  }

  #visit(element, batch, isPlain) {
    const requirement = getAttribute.call(element, REQUIREMENT);
    if (requirement !== null) this.#take(element, requirement, batch, isPlain);
    const shadow = shadowRootOf.call(element);
    if (shadow === null) return;
    const { set } = batch;
    this.#enter(shadow);
    this.#collect(shadow, batch);
    batch.set = set;
  }

  #take(element, requirement, batch, isPlain) {
    const elements = this.#elements;
    let number = element[this.#number];
    if (number !== undefined && elements[number] !== element) number = undefined;
    if (batch.nearer.length > 0 && batch.nearer.some((root) => reaches(root, element))) {
      if (number !== undefined) batch.gone.push(number);
      return;
    }
    if (number === undefined) {
      // A frozen element takes no number: it is not bound, and stays hidden.
      if (isFrozen(element)) return;
      number = this.#free.pop() ?? elements.length;
      elements[number] = element;
      element[this.#number] = number;
      if (!isPlain && hasAttribute.call(element, APPLIED)) batch.clones.push(element);
    }
    const { resource, mode, reason } = isPlain ? batch.set : this.#context(element, batch);
    batch.pairs.push(number, this.#key(requirement, resource));
    if (mode !== undefined || this.#modes.size > 0) batch.modes.push([number, element, mode, reason]);
  }

  /** The modes of what was taken in. */
  #assign({ modes }) {
    for (const [number, element, mode, reason] of modes) {
      if (this.#elements[number] === element) this.#modes.assign(number, element, mode, reason, this.#states[number]);
    }
  }

  /** What an element is told by itself, or by the nearest element above it that says something. */
  #context(element, batch) {
    const parent = parentOf.call(element);
    if (parent === null || batch.parent !== parent) {
      batch.parent = parent;
      batch.above = this.#setAbove(element);
    }
    const set = batch.above;
    const own = (name, inherited) => getAttribute.call(element, name) ?? inherited;
    return { resource: own(RESOURCE, set.resource), mode: own(MODE, set.mode), reason: own(REASON, set.reason) };
  }

  #setAbove(node) {
    const above = this.#above(node);
    if (above === null) return NOTHING_SET;
    return isElement(above) ? this.#setAt(above) : this.#setAbove(above);
  }

  #setAt(element) {
    if (this.#nearest(element, SETTING) === undefined) return NOTHING_SET;
    const [resource, mode, reason] = [RESOURCE, MODE, REASON].map((name) => {
      const found = this.#nearest(element, `[${name}]`);
      return found && getAttribute.call(found, name);
    });
    return { resource, mode, reason };
  }

  /** The nearest element, from this one upwards, that matches; through shadow roots. */
  #nearest(element, selector) {
    for (let node = element; node; ) {
      const found = closest.call(node, selector);
      if (found) return found;
      const top = getRootNode.call(node);
      node = hostOf(top) ?? this.#elementAbove(top);
    }
    return undefined;
  }

  /** The element in which the place of one is that was taken out. */
  #elementAbove(top) {
    let above = this.#modes.placeOf(top) ?? null;
    while (above && !isElement(above)) above = this.#above(above);
    return above;
  }

  /** The node above another one, through shadow roots and places of what was taken out. */
  #above(node) {
    return parentOf.call(node) ?? hostOf(node) ?? this.#modes.placeOf(node) ?? null;
  }

  #isInside(node) {
    for (let from = node; from; ) {
      if (contains.call(this.#root, from)) return true;
      const top = getRootNode.call(from);
      from = hostOf(top) ?? this.#modes.placeOf(top);
    }
    return false;
  }

  #key(requirement, resource) {
    const text = keyText(requirement, resource);
    let key = this.#keys.get(text);
    if (key === undefined) {
      key = this.#freeKeys.pop() ?? this.#texts.length;
      this.#texts[key] = [requirement, resource];
      this.#keys.set(text, key);
    }
    return key;
  }

  /** The requirement of an element changed, came or went. */
  #retagged(element, batch) {
    const requirement = getAttribute.call(element, REQUIREMENT);
    if (requirement !== null && this.#isInside(element)) this.#take(element, requirement, batch, false);
    else if (this.#numberOf(element) !== undefined) batch.gone.push(this.#numberOf(element));
  }

  /** Forgets what is at and below a node that is not below the root any more. */
  #lose(node, batch) {
    const lose = (element) => {
      const number = this.#numberOf(element);
      if (number !== undefined) batch.gone.push(number);
      const shadow = shadowRootOf.call(element);
      if (shadow === null) return;
      this.#watch.drop(shadow);
      this.#blocker.drop(shadow);
      this.#style.leave(shadow);
      this.#lose(shadow, batch);
    };
    if (isElement(node)) lose(node);
    const below = elementsBelow(node);
    for (let i = 0; i < below.length; i++) lose(below[i]);
  }
}

function keyText(requirement, resource) {
  return resource === undefined ? requirement : `${requirement}\0${resource}`;
}
