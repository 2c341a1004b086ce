/** Hears what happens to refused elements before anybody else on the page; until the code for modes is there, all of them count as hidden. */

import { addEventListener, composedPath, documentOf, hostOf, property, removeEventListener, viewOf } from "./page.js";
import { ALWAYS, EVENTS, INNER, KINDS, how, refuseHidden, stronger, tellDocument } from "./watch.js";

export * from "./watch.js";

const { CLICKS, KEYS, RELEASED } = KINDS;
const submitterOf = property("SubmitEvent", "submitter").get;

export class Blocker {
  /** Where it listens, and whether to all. */
  #targets = new Map();
  #modeOf;
  #around;
  #hasModes = false;
  /** Acts on refused elements, once the code for it is there. */
  #acts;

  /** `modeOf` gives the mode of a node that is not granted: undefined for any other. `around` gives the node that another one is shown in. */
  constructor(modeOf, around) {
    this.#modeOf = modeOf;
    this.#around = around;
  }

  /** From here on, `acts` answers to all events. */
  equip(acts) {
    this.#acts = acts;
  }

  /**
   * Listens on the window of a document, before anybody in the document; on a shadow root that may be
   * closed, outside of which nobody is told what an event is about; and on others to what does not
   * leave them.
   */
  add(scope, toAll) {
    if (this.#targets.has(scope)) return;
    this.#targets.set(scope, toAll);
    this.#listen(scope, toAll);
  }

  /** What has a mode is seen, and meets more than what is hidden. */
  addModes() {
    this.#hasModes = true;
  }

  /** `document.open()` took all listeners away. To listen where it listens already changes nothing. */
  again() {
    for (const [scope, toAll] of this.#targets) this.#listen(scope, toAll);
  }

  drop(scope) {
    if (!this.#targets.delete(scope)) return;
    for (const type of EVENTS) removeEventListener.call(targetOf(scope), type, this.#heard, how(type));
  }

  stop() {
    for (const scope of [...this.#targets.keys()]) this.drop(scope);
    this.#acts?.stop();
  }

  /** Elements are refused from here on, perhaps in the middle of a drag. */
  letGo() {
    this.#acts?.letGo();
  }

  #listen(scope, toAll) {
    for (const type of toAll ? EVENTS : INNER) addEventListener.call(targetOf(scope), type, this.#heard, how(type));
  }

  #strongest(nodes) {
    let mode;
    for (const node of nodes) mode = stronger(mode, this.#modeOf(node));
    return mode;
  }

  /** The strongest mode of an element and all that it is in; undefined where all of it is granted. */
  modeAt(element) {
    let mode;
    for (let node = element; node; node = this.#around(node)) mode = stronger(mode, this.#modeOf(node));
    return mode;
  }

  /** The nodes that an event passes, and those around them: some events do not leave a shadow root. */
  #pathOf(event) {
    const path = composedPath.call(event);
    const top = path.at(-1);
    // The last one of most is the window, which is no node.
    if (top?.window === top) path.pop();
    else for (let node = top && this.#around(top); node; node = this.#around(node)) path.push(node);
    return path;
  }

  #heard = (event) => {
    const { type } = event;
    if (!this.#hasModes && !ALWAYS.has(type)) return;
    const path = this.#pathOf(event);
    if (CLICKS.includes(type) || KEYS.includes(type)) {
      for (const node of path) if (hostOf(node)) this.add(node, false);
    }
    const mode = stronger(this.#strongest(path), type === "submit" ? this.modeAt(submitterOf?.call(event)) : undefined);
    if (this.#acts) this.#acts.heard(event, path, mode, this.#hasModes);
    else if (mode === undefined) return;
    else if (RELEASED.includes(type)) tellDocument(event);
    else refuseHidden(event);
  };
}

/** Where the events of a scope are heard first. */
function targetOf(scope) {
  return hostOf(scope) ? scope : (viewOf(documentOf(scope)) ?? scope);
}
