/** What stands in the place of the modes until their code has come, and has it come. */

import { APPLIED, REQUIREMENT, UNKNOWN, getAttribute, later, removeAttribute, setAttribute } from "./page.js";

export * from "./index.js";

/** Elements that a stylesheet does not hide in every respect: they may still be chosen or read, or keep the rest of the page from being used. */
export const UNHIDDEN = `${["area", "option", "optgroup", "col", "colgroup"].map((name) => `${name}[${REQUIREMENT}]`)},dialog[open]`;

/** How long to wait at most, in milliseconds, until the page is idle. */
const IDLE_MS = 2000;

const { requestIdleCallback } = globalThis;

/** Calls when the page is idle. Safari cannot tell. */
function whenIdle(act) {
  if (requestIdleCallback) Reflect.apply(requestIdleCallback, globalThis, [act, { timeout: IDLE_MS }]);
  else later(act, IDLE_MS / 10);
}

const NO_PLACES = new Map();

/** In the place of the modes until their code is there: whatever is not granted is hidden. */
export class NoModes {
  size = 0;
  places = NO_PLACES;
  #cleaned = [];

  of() {
    return "hide";
  }

  inForce() {}
  isHeld() {}
  placeOf() {}
  write() {}
  forget() {}
  complain() {}
  stop() {}

  take() {
    return () => undefined;
  }

  /** Nothing is shown by our mark: somebody else wrote it. */
  mend(element, names) {
    if (names.has(APPLIED)) removeAttribute.call(element, APPLIED);
  }

  /** A clone, or a page that was kept as text, says that it is shown: from here on, that it is hidden. What else it says, modes put back. */
  clean(element) {
    const [, ...parts] = getAttribute.call(element, APPLIED).split(" ");
    setAttribute.call(element, APPLIED, ["hide", ...parts].join(" "));
    this.#cleaned.push(new WeakRef(element));
  }

  /** What was said to be hidden, and is still there. */
  cleaned() {
    return this.#cleaned.flatMap((element) => element.deref() ?? []);
  }
}

/** Has the code loaded that only some pages need at once: with the first element that needs it, or when the page is idle after the first decision. */
export class Later {
  #refusal;
  #came;
  #isLoading = false;
  #isDecided = false;
  #isOver = false;

  /** `refusal.load()` loads it, and `came` is given it. */
  constructor(refusal, came) {
    this.#refusal = refusal;
    this.#came = came;
  }

  /** Where it is loaded already, `equip` is given it now. */
  begin(equip) {
    const { now } = this.#refusal;
    if (!now) return;
    this.stop();
    equip(now);
  }

  /** Something is there that the stylesheet alone does not refuse. Until the code for it has come, it stays hidden. */
  need() {
    if (this.#isLoading || this.#isOver) return;
    this.#isLoading = true;
    // What is not to be had is reported there, and gives nothing.
    this.#refusal.load().then((refusal) => {
      this.#isLoading = false;
      if (!refusal || this.#isOver) return;
      const came = this.#came;
      this.stop();
      came(refusal);
    });
  }

  /** Elements have a state. */
  decided(state) {
    if (this.#isDecided || state === UNKNOWN) return;
    this.#isDecided = true;
    whenIdle(() => this.need());
  }

  /** Nothing is loaded any more. */
  stop() {
    this.#isOver = true;
    // They lead to the binding, and who waits until the page is idle holds this.
    this.#refusal = undefined;
    this.#came = undefined;
  }
}
