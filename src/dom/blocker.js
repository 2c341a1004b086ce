/** Receives the events on refused elements before the listeners of the page; until the code for modes is loaded, all refused elements count as hidden. */

/** @import { EventActs, Heard, Mode } from "./types.d.ts" */

import { addEventListener, composedPath, documentOf, hostOf, property, removeEventListener, viewOf } from "./page.js";
import { ALWAYS, CLICKS, EVENTS, INNER, KEYS, RELEASED, how, refuseHidden, stronger, tellDocument } from "./watch.js";

export * from "./watch.js";

const submitterOf = property("SubmitEvent", "submitter").get;

export class Blocker {
  /** The scopes in which it listens, and whether to all events. @type {Map<Node, boolean>} */
  #targets = new Map();
  #modeOf;
  #around;
  #hasModes = false;
  /** Handles the events on refused elements, once the code for that is loaded. @type {EventActs | undefined} */
  #acts;

  /**
   * `modeOf` returns the mode of a node that is not granted, and undefined for any other; `around` returns the node that
   * another one is rendered in. @param {(node: Node) => Mode | undefined} modeOf @param {(node: Node) => Node | null} around
   */
  constructor(modeOf, around) {
    this.#modeOf = modeOf;
    this.#around = around;
  }

  /** From here on, `acts` handles all events. @param {EventActs} acts */
  equip(acts) {
    this.#acts = acts;
  }

  /**
   * Listens on the window of a document, before all listeners in the document; on a shadow root that may be
   * closed, outside of which the target of an event is not visible; and on other shadow roots to the events
   * that do not leave them.
   * @param {Node} scope @param {boolean} toAll
   */
  add(scope, toAll) {
    if (this.#targets.has(scope)) return;
    this.#targets.set(scope, toAll);
    this.#listen(scope, toAll);
  }

  /** From here on, refused elements may be visible: they receive more events than hidden ones. */
  addModes() {
    this.#hasModes = true;
  }

  /** Called after `document.open()`, which removes all listeners. Adding one that is still there changes nothing. */
  again() {
    for (const [scope, toAll] of this.#targets) this.#listen(scope, toAll);
  }

  /** @param {Node} scope */
  drop(scope) {
    if (!this.#targets.delete(scope)) return;
    for (const type of EVENTS) removeEventListener.call(targetOf(scope), type, this.#heard, how(type));
  }

  stop() {
    for (const scope of [...this.#targets.keys()]) this.drop(scope);
    this.#acts?.stop();
  }

  /** Called when more elements are refused, perhaps in the middle of a drag. */
  letGo() {
    this.#acts?.letGo();
  }

  /** @param {Node} scope @param {boolean} toAll */
  #listen(scope, toAll) {
    for (const type of toAll ? EVENTS : INNER) addEventListener.call(targetOf(scope), type, this.#heard, how(type));
  }

  /** @param {Iterable<Node>} nodes */
  #strongest(nodes) {
    /** @type {Mode | undefined} */
    let mode;
    for (const node of nodes) mode = stronger(mode, this.#modeOf(node));
    return mode;
  }

  /** The strongest mode of a node and all that it is rendered in; undefined if all of them are granted. @param {Node | null | undefined} element */
  modeAt(element) {
    /** @type {Mode | undefined} */
    let mode;
    for (let node = element; node; node = this.#around(node)) mode = stronger(mode, this.#modeOf(node));
    return mode;
  }

  /** The nodes that an event passes, and those around them: some events do not leave a shadow root. @param {Event} event */
  #pathOf(event) {
    const path = /** @type {Node[]} */ (composedPath.call(event));
    const top = path.at(-1);
    // The path of most events ends with the window, which is no node.
    if (/** @type {Window | undefined} */ (/** @type {unknown} */ (top))?.window === /** @type {unknown} */ (top)) path.pop();
    else for (let node = top && this.#around(top); node; node = this.#around(node)) path.push(node);
    return path;
  }

  /** @param {Event} event */
  #heard = (event) => {
    const { type } = event;
    if (!this.#hasModes && !ALWAYS.has(type)) return;
    const path = this.#pathOf(event);
    if (CLICKS.includes(type) || KEYS.includes(type)) {
      for (const node of path) if (hostOf(node)) this.add(node, false);
    }
    const mode = stronger(this.#strongest(path), type === "submit" ? this.modeAt(submitterOf?.call(/** @type {SubmitEvent} */ (event))) : undefined);
    if (this.#acts) this.#acts.heard(/** @type {Heard} */ (event), path, mode, this.#hasModes);
    else if (mode === undefined) return;
    else if (RELEASED.includes(type)) tellDocument(event);
    else refuseHidden(event);
  };
}

/** The event target that receives the events of a scope first. @param {Node} scope */
function targetOf(scope) {
  return hostOf(scope) ? scope : (viewOf(documentOf(scope)) ?? scope);
}
