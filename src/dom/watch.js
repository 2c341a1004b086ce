/** Watches a bound root: its changes, the calls that cause no mutation record, and the other bindings of its document. */

/** @import { BindingEntry, CallListener, CallListeners, Calls } from "./types.d.ts" */

import {
  APPLIED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, addEventListener, bodyOf, documentOf, isParsed, later, notLater, now, reaches,
  removeEventListener, rootOf, viewOf,
} from "./page.js";
export * from "./waiting.js";

const CHANGES = { attributeFilter: [REQUIREMENT, RESOURCE, MODE, REASON], childList: true, subtree: true };
const TAMPERING = { attributeFilter: [STATE, APPLIED], subtree: true };

/** How often the changes of the page are looked at immediately within the time of one frame. */
const LOOKS_MAX = 100;

/** How often our attributes are restored immediately within the time of one frame: frameworks may render in several callbacks of one frame. */
const MENDS_MAX = 10;

/** The time of a frame, in milliseconds. It is not measured by requesting frames: a request takes longer than looking at a small change. */
const FRAME_MS = 16;

/** After this many looks without a frame, a frame is requested. Until it comes, the present frame counts as unfinished, whatever the clock says: the page may answer each look with a change. */
const UNFRAMED_MAX = 10;

/** From this many records on, they are looked at without waiting for the next frame: a page in the background may render none. */
const RECORDS_MAX = 10_000;

/** How long to wait for the next frame, in milliseconds: a page may render none, or be late with them. */
const UNSEEN_FRAME_MS = 100;

/** Up to this many scopes, the observer is disconnected during our own writes. Observing again costs one call for each scope. */
const SCOPES_FEW = 32;

// Read when the module is loaded, like the clock: a test may replace it later.
const { requestAnimationFrame } = globalThis;

/** @param {() => void} act */
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

/** Appends records one by one: there may be more of them than a call can take as arguments. @param {MutationRecord[]} list @param {MutationRecord[]} records */
function keep(list, records) {
  for (const record of records) list.push(record);
}

/** The names of the attributes that were written, by element. @param {MutationRecord[]} records @returns {Map<Element, Set<string>>} */
export function byElement(records) {
  const written = new Map();
  for (const { target, attributeName } of records) {
    if (!written.has(target)) written.set(target, new Set());
    written.get(target).add(attributeName);
  }
  return written;
}

/** Calls `act` when a document is parsed, unless it is already. Returns a function that cancels this. @param {Document} document @param {() => void} act */
export function whenParsed(document, act) {
  if (isParsed(document)) return () => undefined;
  addEventListener.call(document, "DOMContentLoaded", act);
  return () => removeEventListener.call(document, "DOMContentLoaded", act);
}

/** Watches for changes in the scopes of one binding. */
export class Watch {
  #look;
  #mend;
  #changes = new MutationObserver((records) => this.#came(this.#changed, records));
  #tampering = new MutationObserver((records) => this.#came(this.#tampered, records));
  /** Records of changes by the page that have not been looked at. @type {MutationRecord[]} */
  #changed = [];
  /** Records of writes by the page to our attributes. @type {MutationRecord[]} */
  #tampered = [];
  /** @type {Set<Node>} */
  #scopes = new Set();
  /** The options for observing our own attributes. */
  #written = TAMPERING;
  /** How many times changes were looked at, and our attributes restored, since the time `#since`. */
  #looks = 0;
  #mends = 0;
  /** Whether the page may still be answering to restored attributes. */
  #isAnswered = false;
  #since = 0;
  #unframed = 0;
  #isExpecting = false;
  #isOver = false;
  /** How many calls of `unobserved` are running, one inside of the other. */
  #writers = 0;
  #isBlind = false;

  /**
   * `look` gets the records of what the page changed, `mend` those of its writes to our attributes.
   * @param {(records: MutationRecord[]) => void} look @param {(records: MutationRecord[]) => void} mend
   */
  constructor(look, mend) {
    this.#look = look;
    this.#mend = mend;
  }

  /** Watches a node and everything below it outside of shadow roots. Returns whether the node was not watched before. @param {Node} scope */
  add(scope) {
    if (this.#isOver || this.#scopes.has(scope)) return false;
    this.#scopes.add(scope);
    this.#changes.observe(scope, CHANGES);
    if (!this.#isBlind) this.#tampering.observe(scope, this.#written);
    return true;
  }

  /** Begins to watch the attributes that modes write or depend on. @param {Iterable<string>} names */
  addModes(names) {
    this.#written = { attributeFilter: [STATE, APPLIED, ...names], subtree: true };
    if (!this.#isBlind) for (const scope of this.#scopes) this.#tampering.observe(scope, this.#written);
  }

  /** A scope left the root. @param {Node} scope */
  drop(scope) {
    this.#scopes.delete(scope);
  }

  /** Looks at all changes now. Our attributes are restored before the next write. */
  flush() {
    keep(this.#changed, this.#changes.takeRecords());
    if (this.#changed.length > 0) this.unobserved(() => this.#look(this.#changed.splice(0)));
  }

  /** Calls `write`: its writes do not count as writes by the page, and earlier writes by the page are undone first. @param {() => void} write */
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
   * Changes of the page are looked at before the browser paints, many times in a frame if necessary. Our
   * attributes are restored immediately for the first few times, and after that with the next frame: a page
   * that answers each of our writes with its own gets one turn in each frame.
   * @param {MutationRecord[]} list @param {MutationRecord[]} records
   */
  #came(list, records) {
    keep(list, records);
    if (!this.#isExpecting && now() - this.#since >= FRAME_MS) this.#begin();
    const isChange = list === this.#changed;
    const isNow = (isChange ? this.#looks < LOOKS_MAX : this.#mends < MENDS_MAX && !this.#isAnswered) || list.length > RECORDS_MAX;
    this.#unframed += 1;
    // A write in a callback of the same frame, but before ours, is undone in that frame.
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
    // After the writes, so that the observers of the page are called first.
    if (isMend) this.#noteMend();
  }

  /** If an observer of the page answers our write with its own, it does so within the next two microtasks. */
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

// Calls by the page that cause no mutation record.

/** The key on a patched method of its listeners. Other copies of the package use the same one. */
const LISTENERS = Symbol.for("permgate.listeners");

/**
 * Calls `listener(object, given, result)` after each call of a method, or of a setter, in the realm of a document. Returns a
 * function that stops this; the method is restored when the last listener is gone.
 * @template {keyof Calls} Name @param {Document} document @param {"Document" | "Element" | "HTMLDialogElement" | "ShadowRoot"} kind
 * @param {Name} name @param {(...call: Calls[Name]) => void} listener
 */
export function afterCall(document, kind, name, listener) {
  const prototype = viewOf(document)?.[kind]?.prototype;
  const property = prototype && Object.getOwnPropertyDescriptor(prototype, name);
  const part = property?.set ? "set" : "value";
  if (!property?.[part]) return () => undefined;
  /** @type {CallListeners} */
  const listeners = property[part][LISTENERS] ?? patch(/** @type {object} */ (prototype), name, property, part);
  listeners.add(/** @type {CallListener} */ (/** @type {unknown} */ (listener)));
  return () => {
    listeners.delete(/** @type {CallListener} */ (/** @type {unknown} */ (listener)));
    listeners.tidy();
  };
}

/** @param {object} prototype @param {string} name @param {PropertyDescriptor} property @param {"set" | "value"} part */
function patch(prototype, name, property, part) {
  const original = property[part];
  const listeners = /** @type {CallListeners} */ (new Set());
  /** @this {unknown} @param {unknown[]} given */
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
  // This fails on frozen prototypes: changes there are seen by mutation records only.
  Reflect.defineProperty(prototype, name, { ...property, [part]: ours });
  // A script that patched the method after us keeps calling ours, which then only calls the original.
  listeners.tidy = () => {
    const isOurs = Object.getOwnPropertyDescriptor(prototype, name)?.[part] === ours;
    if (listeners.size === 0 && isOurs) Object.defineProperty(prototype, name, property);
  };
  return listeners;
}

/**
 * Calls `listener` with the element that takes the place of a bound `<html>` or `<body>`. Returns a function
 * that stops this.
 * @param {Node} root @param {(root: Element) => void} listener
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

/** The key on a document of its bindings in the order in which they began, including those of other copies of the package. */
const BINDINGS = Symbol.for("permgate.bindings");

/** The bindings of a document: if two have the same element, the nearer one writes to it. */
export class Rivals {
  /** @type {BindingEntry[]} */
  #list;
  #entry;

  /** `changed` is called with the root of another binding that begins or ends below this root. @param {Node} root @param {(root: Node) => void} changed */
  constructor(root, changed) {
    /** @type {Document & { [BINDINGS]?: BindingEntry[] }} */
    const document = documentOf(root);
    if (!document[BINDINGS]) Object.defineProperty(document, BINDINGS, { value: [] });
    this.#list = /** @type {BindingEntry[]} */ (/** @type {unknown} */ (document[BINDINGS]));
    this.#entry = { root, changed };
  }

  enter() {
    this.#list.push(this.#entry);
    this.#tell();
  }

  /** The root was replaced by another one. @param {Node} root */
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

  /** The roots of the bindings that come before this one for the elements below those roots. */
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
        // The module of another binding crashed: this binding goes on.
        reportError(cause);
      }
    }
  }
}
