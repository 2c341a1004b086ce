/** The DOM side of the binder: finds the elements of one bound root, and writes states to them. */
/** @import { Asked, Equipment, Module, Page, Refusal, Setting, Undo } from "./types.d.ts" */

import {
  Batch, Blocker, Index, Later, NO_KEY, NoModes, Rivals, Watch, Writes, afterCall, afterReplacement, byElement,
  isMostOf, questions, whenParsed,
} from "./blocker.js";
import {
  APPLIED, Above, GRANTED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, STATES, Style, UNKNOWN, documentOf,
  elementsBelow, focusedElement, getAttribute, getRootNode, handOn, hasAttribute, holds, hostOf, isElement,
  reaches, removeAttribute, setAttribute, shadowRootOf,
} from "./page.js";

/** Attributes in which elements with the same requirement may differ. */
const CONTEXT = [RESOURCE, MODE, REASON, APPLIED].map((name) => `[${name}]`);

/** Answers after the end of a binding. @type {Module} */
const GONE = { learn: () => undefined, explain: () => undefined, complain: () => undefined };

export class Nodes {
  #root;
  #document;
  #index = new Index();
  /** States still to be written, and whether a call of `#write` is writing them. @type {Writes[]} */
  #queue = [];
  #isWriting = false;
  /** The functions of the module; none before `observe`. @type {Module | undefined} */
  #module;
  /** @type {Page | undefined} */ #page;
  /** @type {NoModes | Equipment["modes"]} */ #modes = new NoModes();
  #above;
  #watch;
  #rivals;
  #blocker;
  /** @type {Equipment["dialogs"] | undefined} */ #dialogs;
  /** @type {Equipment["unhidden"] | undefined} */ #unhidden;
  #style = new Style();
  /** Functions that remove listeners. @type {Undo[]} */
  #stops = [];
  /** The chunk `refusal.js`; undefined until it is loaded. @type {Refusal | undefined} */
  #refusal;
  #later;
  #hasModes = false;
  #isOver = false;

  /** `page` comes from the TypeScript around the module: it has the application's modes, and takes reports. @param {Node} root @param {Page} page */
  constructor(root, page) {
    this.#root = root;
    this.#document = documentOf(root);
    page.stop = (clean) => this.stop(clean, true);
    // Another binding began or ended at this root.
    this.#rivals = new Rivals(root, (other) => this.#lookAt(other, false));
    this.#watch = new Watch((records) => this.#look(records), (records) => this.#mend(records));
    this.#above = new Above(root, (node) => this.#modes.placeOf(node));
    this.#blocker = new Blocker(this.#modeOf, this.#around);
    this.#page = page;
    this.#later = new Later(page.refusal, (refusal) => this.#came(refusal));
  }

  #around = (/** @type {Node} */ node) => this.#above.around(node);
  /** A parser that attaches a shadow root (`<template shadowrootmode>`) causes no call and no record. */ #whenParsed = () => this.#stops.push(whenParsed(this.#document, () => this.#lookAt(this.#root, false)));
  #modeOf = (/** @type {Node} */ node) => this.#refused(this.#index.numberOf(node));

  /** The chunk `refusal.js` has been loaded. @param {Refusal} refusal */
  #came(refusal) {
    const clones = /** @type {NoModes} */ (this.#modes).cleaned();
    this.#equip(refusal);
    this.#watch.unobserved(() => this.#assign(clones, []));
    this.#lookAt(this.#root, false);
    if (!this.#isOver) /** @type {Equipment["unhidden"]} */ (this.#unhidden).taken(this.#index.rows().map(({ number }) => number));
  }

  #equip(/** @type {Refusal} */ refusal) {
    this.#refusal = refusal;
    ({ modes: this.#modes, dialogs: this.#dialogs, unhidden: this.#unhidden } = refusal.equipment(/** @type {Page} */ (this.#page), {
      around: this.#around,
      modeOf: this.#modeOf,
      index: this.#index,
      blocker: this.#blocker,
      isOurs: (element) => !this.#rivals.nearer().some((root) => reaches(root, element)),
      explain: (number) => this.#explain(number),
      keep: (number, element) => this.#keep(number, element),
      moved: (element, isOut) => {
        if (isOut) this.#watch.add(element);
        else if (element !== this.#root) this.#watch.drop(element);
      },
      unobserved: (act) => this.#watch.unobserved(act),
    }));
    this.#dialogs.begin(this.#root);
    for (const name of /** @type {const} */ (["showModal", "close", "requestClose"])) {
      this.#stops.push(afterCall(this.#document, "HTMLDialogElement", name, (dialog) => /** @type {Equipment["dialogs"]} */ (this.#dialogs).called(dialog)));
    }
    this.#modes.settled();
  }

  /** Watches the root and binds its elements; the module answers from now on. @param {Module} module */
  begin(module) {
    this.#module = module;
    this.#later.begin((refusal) => this.#equip(refusal));
    this.#rivals.enter();
    this.#blocker.add(this.#document, true);
    const scope = getRootNode.call(this.#root);
    if (hostOf(scope)) this.#blocker.add(scope, true);
    this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.add(this.#root);
    const resheeted = (/** @type {Node} */ scope) => this.#style.again(scope);
    this.#stops.push(
      afterCall(this.#document, "Element", "attachShadow", (_, __, shadow) => this.#attached(shadow)),
      afterCall(this.#document, "Document", "adoptedStyleSheets", resheeted),
      afterCall(this.#document, "ShadowRoot", "adoptedStyleSheets", resheeted),
      afterReplacement(this.#root, (root) => this.#moveTo(root)),
    );
    this.#whenParsed();
    this.#watch.flush();
    this.#lookAt(this.#root, false);
    // Without elements there is nothing to decide: do not wait for a decision before loading the chunk.
    if (this.size === 0) this.#later.decided();
  }

  /** Called for the first element of the root that has a mode. */
  #addModes() {
    this.#hasModes = true;
    this.#watch.addModes(/** @type {Refusal} */ (this.#refusal).ATTRIBUTES);
    this.#blocker.addModes();
    const toggled = (/** @type {Element} */ element, /** @type {[name: string, force?: boolean]} */ [name, force]) => this.#toggled(element, name, force);
    const designed = () => this.#watch.unobserved(() => /** @type {Equipment["modes"]} */ (this.#modes).revise(this.#root));
    this.#stops.push(
      afterCall(this.#document, "Element", "toggleAttribute", toggled),
      afterCall(this.#document, "Document", "designMode", designed),
    );
  }

  /** The bound `<html>` or `<body>` was replaced by another one. @param {Element} root */
  #moveTo(root) {
    const batch = this.#batch(false);
    this.#watch.drop(this.#root);
    this.#lose(this.#root, batch);
    this.#root = root;
    this.#above = new Above(root, (node) => this.#modes.placeOf(node));
    this.#rivals.moveTo(root);
    this.#reopened();
    this.#watch.add(root);
    this.#collect(root, batch);
    this.#take(batch);
  }

  /**
   * Looks at the whole root, and writes every state again: the page may have written, too. Does nothing
   * during a write: a custom element that asks for it in reaction to each write would never end.
   */
  refresh() {
    if (this.#isOver) return;
    this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.flush();
    this.#lookAt(this.#root, !this.#isWriting);
  }

  /** Looks at all changes of the page now. */
  flush() {
    this.#watch.flush();
  }

  get size() {
    return this.#index.size;
  }

  /** The first element of a key, if it has any. @param {number} key */
  element(key) {
    return this.#index.element(this.#index.at(key)?.numbers[0]);
  }

  /** Writes changed decisions, given as pairs of key and state; the reasons of unchanged decisions may have changed. @param {Uint32Array} pairs */
  update(pairs) {
    if (this.#isOver) return;
    if (pairs.length > 0) this.#write(this.#index.flip(pairs));
    if (this.#modes.size === 0 || this.#isOver) return;
    this.#watch.unobserved(() => /** @type {Equipment["modes"]} */ (this.#modes).revisit());
    this.#modes.settled();
  }

  /**
   * Writes states. Code of the page may run during a write and call this again: its states are written after the
   * present ones, and each element gets its latest state. @param {Writes[]} writes
   */
  #write(writes) {
    for (const some of writes) this.#queue.push(some);
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      // The queue may grow during the loop.
      for (let i = 0; i < this.#queue.length; i++) {
        if (this.#queue[i].numbers.length > 0 && !this.#isOver) this.#writeThese(this.#queue[i]);
      }
    } finally {
      this.#queue.length = 0;
      this.#isWriting = false;
    }
  }

  #writeThese(/** @type {Writes} */ writes) {
    const { numbers, state } = writes;
    const isAsListed = writes.changes === this.#index.changes;
    const isHiding = isAsListed ? state !== GRANTED : numbers.some((number) => this.#index.stateOf(number) !== GRANTED);
    const focused = isHiding ? focusedElement(this.#document) : null;
    if (!this.#style.isAdopted) this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.unobserved(() => this.#writeEach(writes));
    if (focused) handOn(focused, (node) => this.#above.of(node), (node) => this.#modes.placeOf(node) !== undefined);
    if (isHiding) this.#blocker.letGo();
    this.#modes.settled();
    this.#later.decided(this.#index.stateOf(numbers[0]));
  }

  #writeEach(/** @type {Writes} */ { numbers, state, changes }) {
    const index = this.#index;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i];
      // A reaction of a custom element may have made the index forget elements, or ended the binding.
      const now = index.changes === changes ? state : index.stateOf(number);
      if (now === undefined || this.#isOver) continue;
      setAttribute.call(/** @type {Element} */ (index.element(number)), STATE, STATES[now]);
    }
    if (this.#modes.size === 0) return;
    for (const number of numbers) if (!this.#isOver) this.#modes.write(number, /** @type {Element} */ (index.element(number)), index.stateOf(number));
  }

  /** Removes our attributes from elements that left the root: outside of it, no later decision would reach them. @param {[Element, Undo][]} leaving */
  #release(leaving) {
    this.#watch.unobserved(() => {
      for (const [element, undo] of leaving) {
        undo();
        // Code of the page may have inserted it again.
        if (this.#index.numberOf(element) === undefined) removeAttribute.call(element, STATE);
      }
    });
  }

  /** The bound elements, with the decision on each. */
  report() {
    this.flush();
    return this.#index.rows().map(({ number, element }) => {
      const { requirement, resource = null } = /** @type {Asked} */ (this.#index.entryOf(number));
      return { element, requirement, resource, mode: this.#modes.of(number), decision: this.#explain(number) };
    });
  }

  /**
   * Ends the binding. Elements are left as the page had them if `clean`, and else hidden; after a crash, elements
   * in new shadow roots are hidden, too. @param {boolean} clean
   */
  stop(clean, isCrash = false) {
    const isFirst = !this.#isOver;
    this.#isOver = true;
    this.#watch.stop();
    if (clean || !isCrash) for (const stop of this.#stops.splice(0)) stop();
    const bound = this.#index.rows();
    if (clean) this.#index.clear();
    for (const { number, element } of bound) {
      this.#modes.forget(number);
      if (clean) removeAttribute.call(element, STATE);
      // The last decision may not have been written yet.
      else if (getAttribute.call(element, STATE) === STATES[GRANTED]) setAttribute.call(element, STATE, STATES[UNKNOWN]);
    }
    this.#blocker.stop();
    this.#unhidden?.stop();
    if (clean) this.#style.drop();
    else this.#style.rest();
    this.#modes.settled();
    if (!isFirst) return;
    this.#rivals.leave();
    this.#modes.stop();
    this.#later.stop();
    // Both lead to the handle of the binding, which could not be garbage collected.
    this.#page = undefined;
    this.#module = GONE;
  }

  #batch(/** @type {boolean} */ isAgain) {
    this.#style.keep(getRootNode.call(this.#root));
    return new Batch(this.#rivals.nearer(), isAgain);
  }

  /** Looks at everything below a node; `isAgain` writes known states again. @param {Node} node @param {boolean} isAgain */
  #lookAt(node, isAgain) {
    if (this.#isOver) return;
    const batch = this.#batch(isAgain);
    if (this.#hasModes && isElement(node)) batch.stirred.push(node);
    this.#collect(node, batch);
    this.#collectPlaces(batch);
    // An element that was taken out belongs to the binding whose root contains its comment.
    for (const [element, comment] of this.#modes.places) {
      if (batch.nearer.some((root) => reaches(root, comment))) this.#lose(element, batch);
    }
    this.#take(batch);
  }

  #look(/** @type {MutationRecord[]} */ records) {
    const batch = this.#batch(false);
    let isLess = false;
    let isSet = false;
    for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
      if (type === "childList") {
        isLess ||= removedNodes.length > 0;
        if (target === this.#document) this.#reopened();
        if (this.#hasModes) for (const node of [...addedNodes, ...removedNodes]) if (isElement(node)) batch.stirred.push(node);
        for (const node of removedNodes) if (isElement(node) && !this.#above.reaches(node)) this.#lose(node, batch);
        // If most of the children are new, all of them are walked through at once.
        if (batch.whole.has(target)) continue;
        const added = [...addedNodes].filter(isElement);
        const isMost = isMostOf(target, added.length);
        if (isMost) batch.whole.add(target);
        for (const node of isMost ? [target] : added) this.#collect(node, batch);
      } else if (attributeName === REQUIREMENT) this.#retagged(/** @type {Element} */ (target), batch);
      else {
        isSet = true;
        this.#collect(target, batch);
      }
    }
    // An element that was taken out leaves the root together with its comment.
    for (const [element, comment] of isLess ? this.#modes.places : []) {
      if (element !== this.#root && !this.#above.reaches(comment)) this.#lose(element, batch);
    }
    if (isLess || isSet) this.#collectPlaces(batch);
    this.#take(batch);
  }

  /** The document has another root element: `document.open()` removed our listeners and our stylesheet. */
  #reopened() {
    this.#blocker.again();
    this.#whenParsed();
    this.#style.adopt(getRootNode.call(this.#root));
  }

  /** Binds what a walk found. Until the module has read all of it, no code of the page runs. @param {Batch} batch */
  #take({ added, moved, leaving, clones, modes, stirred }) {
    const { unread, freed } = this.#index.news();
    try {
      if (unread.length + freed.length > 0) this.#learn(unread, freed);
      // From here on, code of the page may run and call the binding again.
      if (leaving.length > 0) this.#release(leaving);
      const isShown = (/** @type {number} */ number) => this.#index.stateOf(number) === GRANTED;
      this.#write([moved.filter((number) => !isShown(number)), moved.filter(isShown), added].map((numbers) => new Writes(numbers)));
      if (clones.length + modes.length > 0) this.#watch.unobserved(() => this.#assign(clones, modes));
      if (stirred.length > 0) this.#watch.unobserved(() => /** @type {Equipment["modes"]} */ (this.#modes).follow(stirred));
      if (added.length > 0 && !this.#isOver) this.#taken(added);
    } catch (cause) {
      // Only this walk knows of the elements that are leaving.
      this.#release(leaving);
      this.stop(false);
      throw cause;
    }
    this.#modes.settled();
    if (unread.length > 0 && !this.#isOver) /** @type {Module} */ (this.#module).complain();
  }

  #taken(/** @type {number[]} */ added) {
    if (this.#refusal) /** @type {Equipment["unhidden"]} */ (this.#unhidden).taken(added);
    else this.#later.added(this.#root);
  }

  #learn(/** @type {Asked[]} */ unread, /** @type {number[]} */ freed) {
    const { asked, texts } = questions(unread);
    const states = /** @type {Module} */ (this.#module).learn(asked, texts, new Uint32Array(freed));
    // A module that crashed returns nothing.
    unread.forEach((entry, i) => (entry.state = states?.[i] ?? UNKNOWN));
  }

  /** The decision on the element with this number, in the form that the page sees. @param {number} number */
  #explain(number) {
    const decision = /** @type {Module} */ (this.#module).explain(this.#index.entryOf(number)?.key ?? NO_KEY);
    // A module that crashed returns nothing.
    return decision ? JSON.parse(decision) : { message: "" };
  }

  /** The page wrote to our attributes: a framework that renders, for example, or a library that compares trees. @param {MutationRecord[]} records */
  #mend(records) {
    for (const [element, names] of byElement(records)) {
      const state = this.#index.stateOf(this.#index.numberOf(element));
      if (state !== undefined && getAttribute.call(element, STATE) !== STATES[state]) setAttribute.call(element, STATE, STATES[state]);
      if (state !== undefined || this.#hasModes) this.#modes.mend(element, names);
    }
  }

  /** The mode of an element that is not granted, by its number; undefined for any other. @param {number | undefined} number */
  #refused(number) {
    const state = this.#index.stateOf(number);
    return state === undefined || state === GRANTED ? undefined : (this.#modes.inForce(number) ?? "hide");
  }

  /** Keeps the user from an element that no stylesheet can hide. @param {number} number @param {Element} element */
  #keep(number, element) {
    if (!this.#hasModes) this.#addModes();
    this.#watch.unobserved(() => /** @type {Equipment["modes"]} */ (this.#modes).assign(number, element, "hide", undefined, this.#index.stateOf(number)));
  }

  /** A shadow root was attached: its elements are watched, and hidden from the beginning. @param {ShadowRoot} shadow */
  #attached(shadow) {
    // A closed shadow root is out of reach.
    if (shadowRootOf.call(/** @type {Element} */ (hostOf(shadow))) && this.#above.reaches(shadow)) this.#enter(shadow);
  }

  /** `toggleAttribute(name, true)` changes nothing if we have set the attribute, although the page wants it, too: writes the same value again, so that there is a mutation record of the page's wish. @param {Element} element @param {string} name @param {boolean | undefined} force */
  #toggled(element, name, force) {
    if (force !== true || !this.#modes.isHeld(element)) return;
    setAttribute.call(element, name, getAttribute.call(element, name) ?? "");
  }

  #enter(/** @type {ShadowRoot} */ shadow) {
    this.#style.adopt(shadow);
    this.#watch.add(shadow);
    this.#dialogs?.begin(shadow);
  }

  /** Finds all elements with a requirement at and below a node, if it is still below the root. @param {Node} node @param {Batch} batch */
  #collect(node, batch) {
    if (node !== this.#root && !this.#above.reaches(node)) return;
    // If no element below has one of these attributes, all of them inherit what is set for the node.
    const isPlain = !holds(node, CONTEXT);
    if (isElement(node)) this.#visit(node, batch, false);
    if (isPlain) batch.set = isElement(node) ? batch.setOn(node, this.#above) : this.#above.setAbove(node);
    const below = elementsBelow(node);
    const { length } = below;
    for (let i = 0; i < length; i++) this.#visit(below[i], batch, isPlain);
  }

  /** An element that was taken out inherits from above its comment, which may have moved. @param {Batch} batch */
  #collectPlaces(batch) {
    for (const element of [...this.#modes.places.keys()]) this.#collect(element, batch);
  }

  #visit(/** @type {Element} */ element, /** @type {Batch} */ batch, /** @type {boolean} */ isPlain) {
    const requirement = getAttribute.call(element, REQUIREMENT);
    if (requirement !== null) this.#put(element, requirement, batch, isPlain);
    else if (!isPlain && hasAttribute.call(element, APPLIED) && batch.nearer.length === 0) batch.clones.push(element);
    const shadow = shadowRootOf.call(element);
    if (shadow === null) return;
    const { set } = batch;
    this.#enter(shadow);
    this.#collect(shadow, batch);
    batch.set = set;
  }

  #put(/** @type {Element} */ element, /** @type {string} */ requirement, /** @type {Batch} */ batch, /** @type {boolean} */ isPlain) {
    const index = this.#index;
    let number = index.numberOf(element);
    if (batch.nearer.length > 0 && batch.nearer.some((root) => reaches(root, element))) {
      if (number !== undefined) this.#part(number, batch);
      return;
    }
    const { resource, mode, reason } = isPlain ? /** @type {Setting} */ (batch.set) : batch.setOn(element, this.#above);
    const entry = index.entry(requirement, resource);
    if (number === undefined) {
      number = index.add(element, entry);
      // A frozen element is not bound, and stays hidden.
      if (number === undefined) return;
      if (!isPlain && hasAttribute.call(element, APPLIED)) batch.clones.push(element);
      batch.added.push(number);
    } else if (index.move(number, entry) || batch.isAgain) batch.moved.push(number);
    if (mode !== undefined || this.#modes.size > 0) batch.modes.push([number, element, mode, reason]);
  }

  #part(/** @type {number} */ number, /** @type {Batch} */ batch) {
    batch.leaving.push([this.#index.take(number), this.#modes.take(number)]);
  }

  /** Gives modes to elements that were bound. @param {Batch["clones"]} clones @param {Batch["modes"]} modes */
  #assign(clones, modes) {
    if (this.#isOver) return;
    this.#later.need();
    if (modes.length > 0 && this.#refusal && !this.#hasModes) this.#addModes();
    for (const clone of clones) if (!this.#isOver) this.#modes.clean(clone);
    for (const [number, element, mode, reason] of modes) {
      if (this.#refusal && this.#index.numberOf(element) === number) /** @type {Equipment["modes"]} */ (this.#modes).assign(number, element, mode, reason, this.#index.stateOf(number));
    }
  }

  /** The requirement of an element was added, changed or removed. @param {Element} element @param {Batch} batch */
  #retagged(element, batch) {
    const requirement = getAttribute.call(element, REQUIREMENT);
    const number = this.#index.numberOf(element);
    if (requirement !== null && this.#above.reaches(element)) this.#put(element, requirement, batch, false);
    else if (number !== undefined) this.#part(number, batch);
  }

  /** Forgets all elements at and below a node that left the root. @param {Node} node @param {Batch} batch */
  #lose(node, batch) {
    const lose = (/** @type {Element} */ element) => {
      const number = this.#index.numberOf(element);
      if (number !== undefined) this.#part(number, batch);
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
