/** Watches a root and what belongs to it: what changes there, what is called, and who else binds it. */

import {
  APPLIED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, addEventListener, bodyOf, documentOf, isParsed, later, notLater, now, reaches,
  removeEventListener, rootOf, viewOf,
} from "./page.js";
export * from "./waiting.js";

const CHANGES = { attributeFilter: [REQUIREMENT, RESOURCE, MODE, REASON], childList: true, subtree: true };
const TAMPERING = { attributeFilter: [STATE, APPLIED], subtree: true };

/** How often in the time of a frame what the page changes is looked at at once. */
const LOOKS_MAX = 100;

/** How often in the time of a frame what others did to our own attributes is mended at once: frameworks may render in several callbacks of one frame. */
const MENDS_MAX = 10;

/** The time of a frame, in milliseconds. To ask for frames takes longer than to look at a small change. */
const FRAME_MS = 16;

/** After so many looks without a frame, one is asked for. Until it comes, no frame is over, whatever the clock says: the page may answer each look with a change. */
const UNFRAMED_MAX = 10;

/** From so many records on, nobody waits for the next frame: a page in the background may have none. */
const RECORDS_MAX = 10_000;

/** How long a page waits that shows no frames, or cannot keep up with them, in milliseconds. */
const UNSEEN_FRAME_MS = 100;

/** Our own writes are not observed up to so many scopes: to begin again costs a call for each of them. */
const SCOPES_FEW = 32;

// Kept from the beginning, as the clock is.
const { requestAnimationFrame } = globalThis;

function nextFrame(act) {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    notLater(timer);
    act();
  };
  const timer = later(once, UNSEEN_FRAME_MS);
  if (requestAnimationFrame) Reflect.apply(requestAnimationFrame, globalThis, [once]);
}

/** Not by spreading: there may be more than a call takes arguments. */
function keep(list, records) {
  for (const record of records) list.push(record);
}

/** By element: the names of the attributes that records are about. */
export function byElement(records) {
  const written = new Map();
  for (const { target, attributeName } of records) {
    if (!written.has(target)) written.set(target, new Set());
    written.get(target).add(attributeName);
  }
  return written;
}

/** Calls when a document is parsed, unless it is already. Gives back how to stop that. */
export function whenParsed(document, act) {
  if (isParsed(document)) return () => undefined;
  addEventListener.call(document, "DOMContentLoaded", act);
  return () => removeEventListener.call(document, "DOMContentLoaded", act);
}

export class Watch {
  #look;
  #mend;
  #changes = new MutationObserver((records) => this.#came(this.#changed, records));
  #tampering = new MutationObserver((records) => this.#came(this.#tampered, records));
  #changed = [];
  #tampered = [];
  #scopes = new Set();
  /** What is watched of our own attributes. */
  #written = TAMPERING;
  /** How often something was looked at and mended, since when. */
  #looks = 0;
  #mends = 0;
  /** Whether code of the page is answering to what was mended. */
  #isAnswered = false;
  #since = 0;
  #unframed = 0;
  #isExpecting = false;
  #isOver = false;
  /** How many are writing, one inside of the other. */
  #writers = 0;
  #isBlind = false;

  /** `look` is given records of what the page changed, `mend` of what it did to our own attributes. */
  constructor(look, mend) {
    this.#look = look;
    this.#mend = mend;
  }

  /** Watches a node and all below it, but not in shadow roots. Says whether it is new. */
  add(scope) {
    if (this.#isOver || this.#scopes.has(scope)) return false;
    this.#scopes.add(scope);
    this.#changes.observe(scope, CHANGES);
    if (!this.#isBlind) this.#tampering.observe(scope, this.#written);
    return true;
  }

  /** Modes write more attributes than the state, and are decided by some. */
  addModes(names) {
    this.#written = { attributeFilter: [STATE, APPLIED, ...names], subtree: true };
    if (!this.#isBlind) for (const scope of this.#scopes) this.#tampering.observe(scope, this.#written);
  }

  /** What is no part of the root any more. */
  drop(scope) {
    this.#scopes.delete(scope);
  }

  /** Looks at what has not been looked at, now. What others did to our attributes, the next write mends. */
  flush() {
    keep(this.#changed, this.#changes.takeRecords());
    if (this.#changed.length > 0) this.unobserved(() => this.#look(this.#changed.splice(0)));
  }

  /** Writes: what is written is not taken for somebody else's doing, and what was somebody else's is mended before. */
  unobserved(write) {
    try {
      if (this.#writers++ === 0) this.#close();
      write();
    } finally {
      if (--this.#writers === 0) this.#open();
    }
  }

  stop() {
    this.#isOver = true;
    this.#changes.disconnect();
    this.#tampering.disconnect();
    this.#changed.length = 0;
    this.#tampered.length = 0;
    this.#scopes.clear();
  }

  #close() {
    keep(this.#tampered, this.#tampering.takeRecords());
    this.#isBlind = this.#scopes.size <= SCOPES_FEW;
    if (this.#isBlind) this.#tampering.disconnect();
    if (this.#tampered.length > 0) this.#mend(this.#tampered.splice(0));
  }

  #open() {
    if (this.#isOver) return;
    if (!this.#isBlind) this.#tampering.takeRecords();
    else for (const scope of this.#scopes) this.#tampering.observe(scope, this.#written);
    this.#isBlind = false;
  }

  /**
   * What the page changes is looked at before anything is painted, many times a frame if need be.
   * What it does to our own attributes is mended at once, or else with the next frame: whoever answers
   * each of our writes with one of their own has as many turns as frames.
   */
  #came(list, records) {
    keep(list, records);
    if (!this.#isExpecting && now() - this.#since >= FRAME_MS) this.#begin();
    const isChange = list === this.#changed;
    const isNow = (isChange ? this.#looks < LOOKS_MAX : this.#mends < MENDS_MAX && !this.#isAnswered) || list.length > RECORDS_MAX;
    this.#unframed += 1;
    // What is written in a callback of a frame after ours is mended in that frame, too, if ours is still to come.
    if (!isNow || !isChange || this.#unframed > UNFRAMED_MAX) this.#expectFrame();
    if (isNow) this.#work();
  }

  #begin() {
    this.#since = now();
    this.#looks = 0;
    this.#mends = 0;
  }

  #work() {
    this.#looks += 1;
    const isMend = this.#tampered.length > 0;
    if (this.#changed.length === 0) this.unobserved(() => undefined);
    this.flush();
    // After the writes, so that the page's observers are told before.
    if (isMend) this.#noteMend();
  }

  /** Whoever answers a write with one of their own does so before the microtasks after it are over. */
  #noteMend() {
    this.#mends += 1;
    this.#isAnswered = true;
    const over = () => (this.#isAnswered = false);
    Promise.resolve().then(() => undefined).then(over);
  }

  #expectFrame() {
    if (this.#isExpecting) return;
    this.#isExpecting = true;
    nextFrame(() => {
      this.#isExpecting = false;
      this.#unframed = 0;
      this.#begin();
      if (this.#changed.length + this.#tampered.length > 0) this.#work();
    });
  }
}

// Calls of the page that no mutation record tells of.

/** On our method: who wants to know. Other copies of the package find it there, too. */
const LISTENERS = Symbol.for("permgate.listeners");

/**
 * Calls `listener(node, given, result)` after each call of a method, or of a setter, of a document's
 * realm. Gives back how to stop that: with the last listener, it is the page's own again.
 */
export function afterCall(document, kind, name, listener) {
  const prototype = viewOf(document)?.[kind]?.prototype;
  const property = prototype && Object.getOwnPropertyDescriptor(prototype, name);
  const part = property?.set ? "set" : "value";
  if (!property?.[part]) return () => undefined;
  const listeners = property[part][LISTENERS] ?? patch(prototype, name, property, part);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    listeners.tidy();
  };
}

function patch(prototype, name, property, part) {
  const original = property[part];
  const listeners = new Set();
  const ours = function (...given) {
    const result = Reflect.apply(original, this, given);
    for (const listener of [...listeners]) listener(this, given, result);
    return result;
  };
  Object.defineProperties(ours, {
    [LISTENERS]: { value: listeners },
    name: { value: original.name },
    length: { value: original.length },
  });
  // Not on prototypes that are frozen: there, only records tell.
  Reflect.defineProperty(prototype, name, { ...property, [part]: ours });
  // Whoever patched it after us keeps ours, which only passes on then.
  listeners.tidy = () => {
    const isOurs = Object.getOwnPropertyDescriptor(prototype, name)?.[part] === ours;
    if (listeners.size === 0 && isOurs) Object.defineProperty(prototype, name, property);
  };
  return listeners;
}

/**
 * Calls `listener` with the element that takes the place of a bound `<html>` or `<body>`. Gives back how
 * to stop that.
 */
export function afterReplacement(root, listener) {
  const document = documentOf(root);
  const current = [rootOf, bodyOf].find((read) => root !== document && read.call(document) === root);
  if (!current) return () => undefined;
  let bound = root;
  const observer = new MutationObserver(() => {
    const found = current.call(document);
    observe();
    if (found === null || found === bound) return;
    bound = found;
    listener(found);
  });
  const observe = () => {
    for (const node of [document, rootOf.call(document)]) if (node) observer.observe(node, { childList: true });
  };
  observe();
  return () => observer.disconnect();
}

// Other bindings.

/** On a document: its bindings in the order in which they began, those of other copies of the package, too. */
const BINDINGS = Symbol.for("permgate.bindings");

export class Rivals {
  #list;
  #entry;

  /** `changed` is called with the root of another binding that begins or ends, if it concerns this one. */
  constructor(root, changed) {
    const document = documentOf(root);
    if (!document[BINDINGS]) Object.defineProperty(document, BINDINGS, { value: [] });
    this.#list = document[BINDINGS];
    this.#entry = { root, changed };
  }

  enter() {
    this.#list.push(this.#entry);
    this.#tell();
  }

  /** The root was replaced by another one. */
  moveTo(root) {
    this.#tell();
    this.#entry.root = root;
    this.#tell();
  }

  leave() {
    const position = this.#list.indexOf(this.#entry);
    if (position < 0) return;
    this.#list.splice(position, 1);
    this.#tell();
  }

  /** Those that come before this binding for what is below their roots. */
  nearer() {
    if (this.#list.length < 2) return [];
    const { root } = this.#entry;
    const own = this.#list.indexOf(this.#entry);
    const nearer = this.#list.filter((other, position) => (other.root === root ? position < own : reaches(root, other.root)));
    return nearer.map((other) => other.root);
  }

  #tell() {
    for (const other of [...this.#list]) {
      if (other === this.#entry || !reaches(other.root, this.#entry.root)) continue;
      try {
        other.changed(this.#entry.root);
      } catch (cause) {
        // Somebody else's module crashed: that is nothing to this one.
        reportError(cause);
      }
    }
  }
}
