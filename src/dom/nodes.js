/** The binder's hands: the elements of one bound root by number, and what is written to them. */

import {
  Batch, Blocker, Index, Later, NO_KEY, NoModes, Rivals, UNHIDDEN, Watch, Writes, afterCall, afterReplacement, byElement,
  isMostOf, questions, whenParsed,
} from "./blocker.js";
import {
  APPLIED, Above, GRANTED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, STATES, Style, UNKNOWN, documentOf,
  elementsBelow, first, focusedElement, getAttribute, getRootNode, handOn, hasAttribute, hostOf, isElement,
  reaches, removeAttribute, setAttribute, shadowRootOf,
} from "./page.js";

/** What makes an element differ from others of the same requirement; engines find one name quickly, and lists not. */
const CONTEXT = [RESOURCE, MODE, REASON, APPLIED];

export class Nodes {
  #root;
  #document;
  #index = new Index();
  /** What is still to be written, and whether somebody is at it. */
  #queue = [];
  #isWriting = false;
  /** What is asked of the module. */
  #module;
  #page;
  #modes = new NoModes();
  #above;
  #watch;
  #rivals;
  #blocker;
  #dialogs;
  #unhidden;
  #style = new Style();
  /** How to stop listening. */
  #stops = [];
  /** What is loaded later than the rest, once it is there. */
  #refusal;
  #later;
  #hasModes = false;
  #isOver = false;

  /** `page` is what the TypeScript around the module lends: modes, and whom to tell. */
  constructor(root, page) {
    this.#root = root;
    this.#document = documentOf(root);
    page.stop = (clean) => this.stop(clean, true);
    // Another binding began or ended there.
    this.#rivals = new Rivals(root, (other) => this.#lookAt(other, false));
    this.#watch = new Watch((records) => this.#look(records), (records) => this.#mend(records));
    this.#above = new Above(root, (node) => this.#modes.placeOf(node));
    this.#blocker = new Blocker(this.#modeOf, this.#around);
    this.#page = page;
    this.#later = new Later(page.refusal, (refusal) => this.#came(refusal));
  }

  #around = (node) => this.#above.around(node);
  #modeOf = (node) => this.#refused(this.#index.numberOf(node));

  /** What is loaded later than the rest has come. */
  #came(refusal) {
    const clones = this.#modes.cleaned();
    this.#equip(refusal);
    this.#watch.unobserved(() => this.#assign(clones, []));
    this.#lookAt(this.#root, false);
    if (!this.#isOver) this.#unhidden.taken(this.#index.rows().map(({ number }) => number));
  }

  #equip(refusal) {
    this.#refusal = refusal;
    ({ modes: this.#modes, dialogs: this.#dialogs, unhidden: this.#unhidden } = refusal.equipment(this.#page, {
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
    this.#stops.push(afterCall(this.#document, "HTMLDialogElement", "showModal", (dialog) => this.#dialogs.opened(dialog)));
    this.#dialogs.revise();
  }

  /**
   * Begins. `learn(asked, texts, freed)` reads requirements and gives the state of each, and forgets others;
   * `explain(key)` gives the decision on one as the page sees it; `complain()` reports what could not
   * be read.
   */
  observe(learn, explain, complain) {
    this.#module = { learn, explain, complain };
    this.#later.begin((refusal) => this.#equip(refusal));
    this.#rivals.enter();
    this.#blocker.add(this.#document, true);
    const scope = getRootNode.call(this.#root);
    if (hostOf(scope)) this.#blocker.add(scope, true);
    this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.add(this.#root);
    const resheeted = (scope) => this.#style.again(scope);
    this.#stops.push(
      afterCall(this.#document, "Element", "attachShadow", (_, __, shadow) => this.#attached(shadow)),
      afterCall(this.#document, "Document", "adoptedStyleSheets", resheeted),
      afterCall(this.#document, "ShadowRoot", "adoptedStyleSheets", resheeted),
      afterReplacement(this.#root, (root) => this.#moveTo(root)),
      // A parser that attaches a shadow root (`<template shadowrootmode>`) tells nobody.
      whenParsed(this.#document, () => this.#lookAt(this.#root, false)),
    );
  }

  /** The first element with a mode came. */
  #addModes() {
    this.#hasModes = true;
    this.#watch.addModes(this.#refusal.ATTRIBUTES);
    this.#blocker.addModes();
    const toggled = (element, [name, force]) => this.#toggled(element, name, force);
    const designed = () => this.#watch.unobserved(() => this.#modes.revise(this.#root));
    this.#stops.push(
      afterCall(this.#document, "Element", "toggleAttribute", toggled),
      afterCall(this.#document, "Document", "designMode", designed),
    );
  }

  /** The `<html>` or `<body>` that is bound was replaced by another one. */
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

  /** Looks at the whole root. */
  look() {
    this.#watch.flush();
    this.#lookAt(this.#root, false);
    // Nothing waits for a decision.
    if (this.size === 0) this.#later.decided();
  }

  /**
   * Looks at the whole root, and writes every state again: somebody else may have written, too. A
   * custom element may ask for it whenever it is written to: that would have no end.
   */
  refresh() {
    this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.flush();
    this.#lookAt(this.#root, !this.#isWriting);
  }

  /** Looks at what changed and was not looked at. */
  flush() {
    this.#watch.flush();
  }

  get size() {
    return this.#index.size;
  }

  /** The first element of a key, if it has any. */
  element(key) {
    return this.#index.element(this.#index.at(key)?.numbers[0]);
  }

  /** Writes what was decided otherwise, as pairs of key and state; other decisions may have other reasons than before. */
  update(pairs) {
    if (this.#isOver) return;
    if (pairs.length > 0) this.#write(this.#index.flip(pairs));
    if (this.#modes.size === 0 || this.#isOver) return;
    this.#watch.unobserved(() => this.#modes.revisit());
    this.#modes.complain();
  }

  /**
   * Writes states, after whoever is at it: code of the page that runs in the middle may bring news.
   * What is written is what was decided last.
   */
  #write(writes) {
    for (const some of writes) this.#queue.push(some);
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      // It may grow meanwhile.
      for (let i = 0; i < this.#queue.length; i++) {
        if (this.#queue[i].numbers.length > 0 && !this.#isOver) this.#writeThese(this.#queue[i]);
      }
    } finally {
      this.#queue.length = 0;
      this.#isWriting = false;
    }
  }

  #writeThese(writes) {
    const { numbers, state } = writes;
    const isAsListed = writes.changes === this.#index.changes;
    const isHiding = isAsListed ? state !== GRANTED : numbers.some((number) => this.#index.stateOf(number) !== GRANTED);
    const focused = isHiding ? focusedElement(this.#document) : null;
    if (!this.#style.isAdopted) this.#style.adopt(getRootNode.call(this.#root));
    this.#watch.unobserved(() => this.#writeEach(writes));
    if (focused) handOn(focused, (node) => this.#above.of(node), (node) => this.#modes.placeOf(node) !== undefined);
    if (isHiding) this.#blocker.letGo();
    this.#dialogs?.revise();
    this.#modes.complain();
    this.#later.decided(this.#index.stateOf(numbers[0]));
  }

  #writeEach({ numbers, state, changes }) {
    const index = this.#index;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i];
      // A reaction of a custom element may have had elements forgotten in the meantime, or the root.
      const now = index.changes === changes ? state : index.stateOf(number);
      if (now === undefined || this.#isOver) continue;
      setAttribute.call(index.element(number), STATE, STATES[now]);
    }
    if (this.#modes.size === 0) return;
    for (const number of numbers) if (!this.#isOver) this.#modes.write(number, index.element(number), index.stateOf(number));
  }

  /** Takes back what was written to elements: outside of the root, nobody would take away what is granted. */
  #release(leaving) {
    this.#watch.unobserved(() => {
      for (const [element, undo] of leaving) {
        undo();
        // Code of the page may have had it taken in again.
        if (this.#index.numberOf(element) === undefined) removeAttribute.call(element, STATE);
      }
    });
  }

  /** What is bound, element by element, with the decision on each. */
  report() {
    return this.#index.rows().map(({ number, element }) => {
      const { requirement, resource = null } = this.#index.entryOf(number);
      return { element, requirement, resource, mode: this.#modes.of(number), decision: this.#explain(number) };
    });
  }

  /**
   * No more observation. Elements are left as the page had them if that is `clean`, and else hidden;
   * after a crash, what comes into new shadow roots is so, too.
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
      // What is decided may not have been written yet.
      else if (getAttribute.call(element, STATE) === STATES[GRANTED]) setAttribute.call(element, STATE, STATES[UNKNOWN]);
    }
    this.#blocker.stop();
    this.#unhidden?.stop();
    if (clean) this.#dialogs?.revise();
    if (clean) this.#style.drop();
    else this.#style.rest();
    if (!isFirst) return;
    this.#rivals.leave();
    this.#modes.complain();
    this.#modes.stop();
    this.#later.stop();
    // It leads to the handle of the binding.
    this.#page = undefined;
  }

  #batch(isAgain) {
    this.#style.keep(getRootNode.call(this.#root));
    return new Batch(this.#rivals.nearer(), isAgain);
  }

  /** `isAgain` has the states of elements written that are known. */
  #lookAt(node, isAgain) {
    if (this.#isOver) return;
    const batch = this.#batch(isAgain);
    if (this.#hasModes && isElement(node)) batch.stirred.push(node);
    this.#collect(node, batch);
    this.#collectPlaces(batch);
    // What was taken out is not below the root to be found: it goes to whoever has its place.
    for (const [element, comment] of this.#modes.places) {
      if (batch.nearer.some((root) => reaches(root, comment))) this.#lose(element, batch);
    }
    this.#take(batch);
  }

  #look(records) {
    const batch = this.#batch(false);
    let isLess = false;
    let isSet = false;
    for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
      if (type === "childList") {
        isLess ||= removedNodes.length > 0;
        if (target === this.#document) this.#reopened();
        if (this.#hasModes) for (const node of [...addedNodes, ...removedNodes]) if (isElement(node)) batch.stirred.push(node);
        for (const node of removedNodes) if (isElement(node) && !this.#above.reaches(node)) this.#lose(node, batch);
        // Where most of what is there is new, all of it is walked through at once.
        if (batch.whole.has(target)) continue;
        const added = [...addedNodes].filter(isElement);
        const isMost = isMostOf(target, added.length);
        if (isMost) batch.whole.add(target);
        for (const node of isMost ? [target] : added) this.#collect(node, batch);
      } else if (attributeName === REQUIREMENT) this.#retagged(target, batch);
      else {
        isSet = true;
        this.#collect(target, batch);
      }
    }
    // What was taken out goes with its place.
    for (const [element, comment] of isLess ? this.#modes.places : []) {
      if (element !== this.#root && !this.#above.reaches(comment)) this.#lose(element, batch);
    }
    if (isLess || isSet) this.#collectPlaces(batch);
    this.#take(batch);
  }

  /** The document has another root element; `document.open()` took away what we listen to, and our sheet. */
  #reopened() {
    this.#blocker.again();
    this.#style.adopt(getRootNode.call(this.#root));
  }

  /** Takes in what was found. Until all of it is known, no code of the page runs. */
  #take({ added, moved, leaving, clones, modes, stirred }) {
    const { unread, freed } = this.#index.news();
    try {
      if (unread.length + freed.length > 0) this.#learn(unread, freed);
      // From here on, code of the page may run, and come back in.
      if (leaving.length > 0) this.#release(leaving);
      const isShown = (number) => this.#index.stateOf(number) === GRANTED;
      const hiding = moved.filter((number) => !isShown(number));
      this.#write([hiding, moved.filter(isShown), added].map((numbers) => new Writes(numbers)));
      if (clones.length + modes.length > 0) this.#watch.unobserved(() => this.#assign(clones, modes));
      if (stirred.length > 0) this.#watch.unobserved(() => this.#modes.follow(stirred));
      if (added.length > 0 && !this.#isOver) this.#taken(added);
    } catch (cause) {
      // Nobody else will notice, nor knows of what is leaving.
      this.#release(leaving);
      this.stop(false);
      throw cause;
    }
    this.#modes.complain();
    if (unread.length > 0 && !this.#isOver) this.#module.complain();
  }

  #taken(added) {
    if (this.#refusal) this.#unhidden.taken(added);
    else if (first(this.#root, UNHIDDEN)) this.#later.need();
  }

  #learn(unread, freed) {
    const { asked, texts } = questions(unread);
    const states = this.#module.learn(asked, texts, new Uint32Array(freed));
    // A module that crashed gives nothing.
    unread.forEach((entry, i) => (entry.state = states?.[i] ?? UNKNOWN));
  }

  /** The decision on a number's element, as the page sees it. */
  #explain(number) {
    return this.#module.explain(this.#index.entryOf(number)?.key ?? NO_KEY);
  }

  /** Somebody else wrote to our attributes: a framework that renders, a library that compares trees. */
  #mend(records) {
    for (const [element, names] of byElement(records)) {
      const state = this.#index.stateOf(this.#index.numberOf(element));
      if (state !== undefined && getAttribute.call(element, STATE) !== STATES[state]) setAttribute.call(element, STATE, STATES[state]);
      if (state !== undefined || this.#hasModes) this.#modes.mend(element, names);
    }
  }

  /** The mode of an element that is not granted, by its number; undefined for any other. */
  #refused(number) {
    const state = this.#index.stateOf(number);
    return state === undefined || state === GRANTED ? undefined : (this.#modes.inForce(number) ?? "hide");
  }

  /** What no stylesheet hides is kept from being used. */
  #keep(number, element) {
    if (!this.#hasModes) this.#addModes();
    this.#watch.unobserved(() => this.#modes.assign(number, element, "hide", undefined, this.#index.stateOf(number)));
  }

  /** A shadow root was attached: what is put into it is seen, and hidden from the beginning. */
  #attached(shadow) {
    // One that is closed has no way to it from its host.
    if (shadowRootOf.call(hostOf(shadow)) && this.#above.reaches(shadow)) this.#enter(shadow);
  }

  /** `toggleAttribute(name, true)` changes nothing where the attribute is ours: it says what the page wants all the same. */
  #toggled(element, name, force) {
    if (force !== true || !this.#modes.isHeld(element)) return;
    setAttribute.call(element, name, getAttribute.call(element, name) ?? "");
  }

  #enter(shadow) {
    this.#style.adopt(shadow);
    this.#watch.add(shadow);
    this.#dialogs?.begin(shadow);
  }

  /** Takes a node and everything tagged below it, if it is still below the root. */
  #collect(node, batch) {
    if (node !== this.#root && !this.#above.reaches(node)) return;
    // Where nothing of the kind is in sight, all below has what the node has.
    const isPlain = CONTEXT.every((name) => first(node, `[${name}]`) === null);
    if (isElement(node)) this.#visit(node, batch, false);
    if (isPlain) batch.set = isElement(node) ? batch.setOn(node, this.#above) : this.#above.setAbove(node);
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
    if (requirement !== null) this.#put(element, requirement, batch, isPlain);
    else if (!isPlain && hasAttribute.call(element, APPLIED) && batch.nearer.length === 0) batch.clones.push(element);
    const shadow = shadowRootOf.call(element);
    if (shadow === null) return;
    const { set } = batch;
    this.#enter(shadow);
    this.#collect(shadow, batch);
    batch.set = set;
  }

  #put(element, requirement, batch, isPlain) {
    const index = this.#index;
    let number = index.numberOf(element);
    if (batch.nearer.length > 0 && batch.nearer.some((root) => reaches(root, element))) {
      if (number !== undefined) this.#part(number, batch);
      return;
    }
    const { resource, mode, reason } = isPlain ? batch.set : batch.setOn(element, this.#above);
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

  #part(number, batch) {
    batch.leaving.push([this.#index.take(number), this.#modes.take(number)]);
  }

  /** The modes of what was taken in. */
  #assign(clones, modes) {
    if (this.#isOver) return;
    this.#later.need();
    if (modes.length > 0 && this.#refusal && !this.#hasModes) this.#addModes();
    for (const clone of clones) if (!this.#isOver) this.#modes.clean(clone);
    for (const [number, element, mode, reason] of modes) {
      if (this.#refusal && this.#index.numberOf(element) === number) this.#modes.assign(number, element, mode, reason, this.#index.stateOf(number));
    }
  }

  /** The requirement of an element changed, came or went. */
  #retagged(element, batch) {
    const requirement = getAttribute.call(element, REQUIREMENT);
    const number = this.#index.numberOf(element);
    if (requirement !== null && this.#above.reaches(element)) this.#put(element, requirement, batch, false);
    else if (number !== undefined) this.#part(number, batch);
  }

  /** Forgets what is at and below a node that is not below the root any more. */
  #lose(node, batch) {
    const lose = (element) => {
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
