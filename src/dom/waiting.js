/** The stand-in for the modes until their code is loaded, and the loading of that code. */

/** @import { Chunk, Mode, Refusal, State, Undo } from "./types.d.ts" */

import { APPLIED, REQUIREMENT, UNKNOWN, getAttribute, holds, later, removeAttribute, setAttribute } from "./page.js";

export * from "./index.js";

/** Elements that a stylesheet hides incompletely: the user can still choose them or hear them read, or they block the rest of the page. */
const UNHIDDEN = ["dialog[open]", ...["area", "option", "optgroup", "datalist", "col", "colgroup"].map((name) => `${name}[${REQUIREMENT}]`)];

/** How long to wait at most, in milliseconds, until the page is idle. */
const IDLE_MS = 2000;

const { requestIdleCallback } = globalThis;

/** Calls `act` when the page is idle, or after a while in Safari, which cannot tell. @param {() => void} act */
function whenIdle(act) {
  if (requestIdleCallback) Reflect.apply(requestIdleCallback, globalThis, [act, { timeout: IDLE_MS }]);
  else later(act, IDLE_MS / 10);
}

/** @type {ReadonlyMap<Element, Comment>} */
const NO_PLACES = new Map();

/** In the place of `Modes` until their code is loaded: every element that is not granted is hidden. */
export class NoModes {
  size = 0;
  places = NO_PLACES;
  /** @type {WeakRef<Element>[]} */
  #cleaned = [];

  /** @returns {Mode} */
  of() {
    return "hide";
  }

  /** @returns {undefined} */
  inForce() {}
  /** @returns {undefined} */
  isHeld() {}
  /** @returns {undefined} */
  placeOf() {}
  write() {}
  forget() {}
  settled() {}
  stop() {}

  /** @returns {Undo} */
  take() {
    return () => undefined;
  }

  /** We have not made any element visible by the mark yet, so the page wrote it. @param {Element} element @param {Set<string>} names */
  mend(element, names) {
    if (names.has(APPLIED)) removeAttribute.call(element, APPLIED);
  }

  /** A clone, or an element of a page that was saved as text, may carry a mark that makes it visible: changes the mark to `hide`. The modes restore the other attributes later. @param {Element} element */
  clean(element) {
    const [, ...parts] = /** @type {string} */ (getAttribute.call(element, APPLIED)).split(" ");
    setAttribute.call(element, APPLIED, ["hide", ...parts].join(" "));
    this.#cleaned.push(new WeakRef(element));
  }

  /** The elements whose marks were changed to `hide`, if they still exist. */
  cleaned() {
    return this.#cleaned.flatMap((element) => element.deref() ?? []);
  }
}

/** Loads the chunk that only some pages need from the beginning: when the first element needs it, or else when the page is idle after the first decision. */
export class Later {
  /** None from the end on. @type {Chunk | undefined} */
  #refusal;
  /** @type {((refusal: Refusal) => void) | undefined} */
  #came;
  #isLoading = false;
  #isAsking = false;
  #isDecided = false;

  /** `refusal.load()` loads the code, and `came` is called with it. @param {Chunk} refusal @param {(refusal: Refusal) => void} came */
  constructor(refusal, came) {
    this.#refusal = refusal;
    this.#came = came;
  }

  /** If the code is loaded already, calls `equip` with it now. @param {(refusal: Refusal) => void} equip */
  begin(equip) {
    const { now } = /** @type {Chunk} */ (this.#refusal);
    if (!now) return;
    this.stop();
    equip(now);
  }

  /** Called when the page has an element for which the stylesheet is not enough. The element stays hidden until the chunk is loaded. */
  need() {
    if (this.#isLoading || !this.#refusal) return;
    this.#isLoading = true;
    // `load` reports a failure itself, and returns nothing then.
    this.#refusal.load().then((refusal) => {
      const came = this.#came;
      this.#isLoading = false;
      if (!refusal) return;
      this.stop();
      came?.(refusal);
    });
  }

  /** Elements were added below a root. Whether they need the chunk is looked at after the present task, since it takes time. @param {Node} root */
  added(root) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    later(() => {
      this.#isAsking = false;
      if (holds(root, UNHIDDEN)) this.need();
    }, 0);
  }

  /** Elements have this state now. @param {State} [state] */
  decided(state) {
    if (this.#isDecided || state === UNKNOWN) return;
    this.#isDecided = true;
    whenIdle(() => this.need());
  }

  /** From now on, nothing is loaded. */
  stop() {
    // Both refer to the binding, which could not be collected while the idle callback holds this object.
    this.#refusal = undefined;
    this.#came = undefined;
  }
}
