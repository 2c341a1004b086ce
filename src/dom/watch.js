/** Watches a root and what belongs to it: what changes there, which shadow roots come, and who else binds it. */

import { APPLIED, MODE, REASON, REQUIREMENT, RESOURCE, STATE, documentOf, reaches, viewOf } from "./page.js";
import { WRITTEN } from "./modes.js";

const CHANGES = { attributeFilter: [REQUIREMENT, RESOURCE, MODE, REASON], childList: true, subtree: true };
const TAMPERING = { attributeFilter: [STATE, APPLIED, ...WRITTEN], subtree: true };

/** From so many records on, nobody waits for the next frame: a page in the background may have none. */
const RECORDS_MAX = 10_000;

/** How long a page waits that shows no frames, or cannot keep up with them, in milliseconds. */
const UNSEEN_FRAME_MS = 100;

/** Our own writes are not observed up to so many scopes: to begin again costs a call for each of them. */
const SCOPES_FEW = 32;

// Kept from the beginning: a test's clock that stands still is no reason to hide what is granted.
const { requestAnimationFrame, setTimeout, clearTimeout } = globalThis;

function nextFrame(act) {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    Reflect.apply(clearTimeout, globalThis, [timer]);
    act();
  };
  const timer = Reflect.apply(setTimeout, globalThis, [once, UNSEEN_FRAME_MS]);
  if (requestAnimationFrame) Reflect.apply(requestAnimationFrame, globalThis, [once]);
}

/** Not by spreading: there may be more than a call takes arguments. */
function keep(list, records) {
  for (const record of records) list.push(record);
}

export class Watch {
  #look;
  #mend;
  #changes = new MutationObserver((records) => this.#came(this.#changed, records));
  #tampering = new MutationObserver((records) => this.#came(this.#tampered, records));
  #changed = [];
  #tampered = [];
  #scopes = new Set();
  #isWaiting = false;
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
    if (!this.#isBlind) this.#tampering.observe(scope, TAMPERING);
    return true;
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
    if (this.#writers++ === 0) this.#close();
    try {
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
    const records = this.#tampered.splice(0);
    if (records.length > 0) this.#mend(records);
  }

  #open() {
    if (this.#isOver) return;
    if (!this.#isBlind) this.#tampering.takeRecords();
    else for (const scope of this.#scopes) this.#tampering.observe(scope, TAMPERING);
    this.#isBlind = false;
  }

  /**
   * The first change in a frame is looked at before anything is painted, and others with the next
   * frame: whoever answers each of our writes with one of their own has as many turns as frames.
   */
  #came(list, records) {
    keep(list, records);
    if (!this.#isWaiting || this.#changed.length + this.#tampered.length > RECORDS_MAX) this.#work();
  }

  #work() {
    this.#isWaiting = true;
    nextFrame(() => {
      this.#isWaiting = false;
      if (this.#changed.length + this.#tampered.length > 0) this.#work();
    });
    if (this.#changed.length === 0) this.unobserved(() => undefined);
    this.flush();
  }
}

// Shadow roots: no mutation record tells of them.

/** On our method: who wants to know. Other copies of the package find it there, too. */
const LISTENERS = Symbol.for("permgate.shadow");

/** Calls with each open shadow root that is attached in a document's realm. Gives back how to stop that. */
export function onShadowRoot(document, listener) {
  const prototype = viewOf(document)?.Element.prototype;
  if (!prototype) return () => undefined;
  const listeners = prototype.attachShadow[LISTENERS] ?? patch(prototype);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    listeners.tidy();
  };
}

function patch(prototype) {
  const original = prototype.attachShadow;
  const listeners = new Set();
  const attachShadow = function (...how) {
    const root = Reflect.apply(original, this, how);
    if (root.mode === "open") for (const listener of [...listeners]) listener(root);
    return root;
  };
  Object.defineProperties(attachShadow, { [LISTENERS]: { value: listeners }, name: { value: "attachShadow" }, length: { value: 1 } });
  // Whoever patched it after us keeps ours, which only passes on then.
  listeners.tidy = () => {
    if (listeners.size === 0 && prototype.attachShadow === attachShadow) prototype.attachShadow = original;
  };
  prototype.attachShadow = attachShadow;
  return listeners;
}

// Other bindings.

/** On a document: its bindings in the order in which they began, those of other copies of the package, too. */
const BINDINGS = Symbol.for("permgate.bindings");

export class Rivals {
  #list;
  #entry;

  /** `changed` is called when another binding begins or ends. */
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
      if (other === this.#entry) continue;
      try {
        other.changed();
      } catch (cause) {
        // Somebody else's module crashed: that is nothing to this one.
        reportError(cause);
      }
    }
  }
}
