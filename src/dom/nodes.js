/** The binder's hands: the elements of one bound root by number, and what is written to them. */

import { Blocker, Modes } from "./modes.js";
import {
  APPLIED, GRANTED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, STATES, Style, activeElement, addEventListener, closest,
  contains, documentOf, elementsBelow, first, getAttribute, getRootNode, handOn, hostOf, isElement, isFrozen, isParsed,
  parentOf, reaches, removeAttribute, removeEventListener, setAttribute, shadowRootOf,
} from "./page.js";
import { Rivals, Watch, onShadowRoot } from "./watch.js";

/** What makes an element differ from others of the same requirement; engines find one name quickly, and lists not. */
const CONTEXT = [RESOURCE, MODE, REASON, APPLIED];
const SETTING = `[${RESOURCE}],[${MODE}],[${REASON}]`;
const NOTHING_SET = {};

/** Elements to take in, as pairs of number and key, and numbers to forget. */
class Batch {
  pairs = [];
  gone = [];
  nearer;
  /** The parent that was last looked at, and what it sets. */
  parent;
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
    page.stop = (clean) => this.stop(clean);
    this.#rivals = new Rivals(root, () => this.#lookAgain());
    this.#watch = new Watch((records) => this.#look(records), (records) => this.#mend(records));
    this.#modes = new Modes(page, (number) => this.#explain(number), (element, isOut) => {
      if (isOut) this.#watch.add(element);
      else this.#watch.drop(element);
    });
    this.#blocker = new Blocker(this.#document, (node) => this.#modes.inForce(node[this.#number]));
  }

  /**
   * Begins: `changed(pairs, gone)` is called after every change, with pairs of number and key, and
   * numbers to forget; `explain` gives the decision on the element of a number.
   */
  observe(changed, explain) {
    this.#changed = changed;
    this.#explain = explain;
    this.#rivals.enter();
    this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.add(this.#root);
    const stopShadow = onShadowRoot(this.#document, (shadow) => this.#attached(shadow));
    // A parser that attaches a shadow root (`<template shadowrootmode>`) tells nobody.
    const parsed = () => this.#lookAgain();
    if (!isParsed(this.#document)) addEventListener.call(this.#document, "DOMContentLoaded", parsed);
    this.#stopListening = () => {
      stopShadow();
      removeEventListener.call(this.#document, "DOMContentLoaded", parsed);
    };
  }

  /** All tagged elements below the root and the root itself, as pairs of number and key. */
  scan() {
    this.#watch.flush();
    const batch = this.#batch();
    this.#watch.unobserved(() => this.#collect(this.#root, batch));
    if (batch.gone.length > 0) this.#changed(new Uint32Array(), new Uint32Array(batch.gone));
    return new Uint32Array(batch.pairs);
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
    const focused = state === GRANTED ? null : activeElement(this.#document);
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
      if (element === undefined) continue;
      states[number] = state;
      setAttribute.call(element, STATE, word);
    }
    if (this.#modes.size === 0) return;
    for (const number of numbers) this.#modes.write(number, state);
  }

  /**
   * Forgets elements, and takes back what was written to them: outside of the root, nobody would
   * take away what is granted.
   */
  release(numbers) {
    this.#watch.unobserved(() => {
      for (const number of numbers) {
        const element = this.#elements[number];
        if (element === undefined) continue;
        this.#modes.forget(number);
        removeAttribute.call(element, STATE);
        element[this.#number] = this.#elements[number] = this.#states[number] = undefined;
        this.#free.push(number);
      }
    });
    this.#blocker.isOn = this.#modes.size > 0;
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

  /** No more observation. Elements are left as the page had them if that is `clean`, and else hidden. */
  stop(clean) {
    const isFirst = !this.#isOver;
    this.#isOver = true;
    this.#watch.stop();
    this.#stopListening();
    const elements = this.#elements;
    if (clean) this.#elements = [];
    for (const [number, element] of elements.entries()) {
      if (element === undefined) continue;
      this.#modes.forget(number);
      if (clean) removeAttribute.call(element, STATE);
      else if (this.#states[number] === GRANTED) setAttribute.call(element, STATE, "unknown");
    }
    this.#blocker.isOn = false;
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

  /** Looks at the whole root, since others began or ended, or a parser is done. */
  #lookAgain() {
    if (this.#isOver) return;
    this.#watch.flush();
    const batch = this.#batch();
    this.#watch.unobserved(() => this.#collect(this.#root, batch));
    this.#tell(batch);
  }

  #look(records) {
    const batch = this.#batch();
    let isLess = false;
    for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
      if (type === "childList") {
        isLess ||= removedNodes.length > 0;
        for (const node of removedNodes) if (isElement(node) && !this.#isInside(node)) this.#lose(node, batch);
        for (const node of addedNodes) if (isElement(node)) this.#collect(node, batch);
      } else if (attributeName === REQUIREMENT) this.#retagged(target, batch);
      else this.#collect(target, batch);
    }
    // What was taken out goes with its place.
    if (isLess) for (const [element, comment] of this.#modes.places) if (!this.#isInside(comment)) this.#lose(element, batch);
    this.#tell(batch);
  }

  #tell({ pairs, gone }) {
    this.#modes.complain();
    if (pairs.length + gone.length === 0) return;
    try {
      this.#changed(new Uint32Array(pairs), new Uint32Array(gone));
    } catch (cause) {
      // Nobody else will notice.
      this.stop(false);
      throw cause;
    }
  }

  /** Somebody else wrote to our attributes: a framework that renders, a library that compares trees. */
  #mend(records) {
    for (const { target, attributeName } of records) {
      const number = target[this.#number];
      const state = number === undefined ? undefined : this.#states[number];
      if (state === undefined) continue;
      if (attributeName !== STATE) this.#modes.mend(number, attributeName);
      else if (getAttribute.call(target, STATE) !== STATES[state]) setAttribute.call(target, STATE, STATES[state]);
    }
  }

  /** A shadow root was attached: what is put into it is seen, and hidden from the beginning. */
  #attached(shadow) {
    if (!this.#isOver && this.#isInside(shadow)) this.#enter(shadow);
  }

  #enter(shadow) {
    this.#style.adopt(shadow);
    this.#watch.add(shadow);
  }

  /** Takes a node and everything tagged below it, if it is still below the root. */
  #collect(node, batch) {
    if (node !== this.#root && !this.#isInside(node)) return;
    // Where nothing of the kind is in sight, all below has what the node has.
    const isPlain = CONTEXT.every((name) => first(node, `[${name}]`) === null);
    if (isElement(node)) this.#visit(node, batch, false);
    batch.parent = undefined;
    if (isPlain) batch.set = isElement(node) ? this.#setAt(node) : this.#setAbove(node);
    const below = elementsBelow(node);
    for (let i = 0; i < below.length; i++) this.#visit(below[i], batch, isPlain);
    batch.parent = undefined;
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
    let number = element[this.#number];
    if (batch.nearer.length > 0 && batch.nearer.some((root) => reaches(root, element))) {
      if (number !== undefined) batch.gone.push(number);
      return;
    }
    if (number === undefined) {
      // A frozen element takes no number: it is not bound, and stays hidden.
      if (isFrozen(element)) return;
      number = this.#free.pop() ?? this.#elements.length;
      this.#elements[number] = element;
      element[this.#number] = number;
      if (!isPlain) this.#modes.clean(element);
    }
    const { resource, mode, reason } = isPlain ? batch.set : this.#context(element, batch);
    batch.pairs.push(number, this.#key(requirement, resource));
    if (mode === undefined && this.#modes.size === 0) return;
    this.#modes.assign(number, element, mode, reason, this.#states[number]);
    this.#blocker.isOn = this.#modes.size > 0;
  }

  /** What an element is told by itself, or by the nearest element above it that says something. */
  #context(element, batch) {
    const parent = parentOf.call(element);
    if (parent === null || batch.parent !== parent) {
      batch.parent = parent;
      batch.set = this.#setAbove(element);
    }
    const { set } = batch;
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
    else if (element[this.#number] !== undefined) batch.gone.push(element[this.#number]);
    batch.parent = undefined;
  }

  /** Forgets what is at and below a node that is not below the root any more. */
  #lose(node, batch) {
    const lose = (element) => {
      const number = element[this.#number];
      if (number !== undefined) batch.gone.push(number);
      const shadow = shadowRootOf.call(element);
      if (shadow === null) return;
      this.#watch.drop(shadow);
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
