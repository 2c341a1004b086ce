/** Follows each press to its release: a release is swallowed only if its press was, and an element that is refused in between lets go of the pointer. */

/** @import { Heard, Press } from "../types.d.ts" */

import {
  addEventListener, all, attempt, composedPath, contains, dispatchEvent, documentOf, hasPointerCapture, isElement, releasePointerCapture,
  removeEventListener, stopImmediatePropagation, viewOf,
} from "../page.js";

import { CANCELS, RELEASES, tellDocument } from "./dialogs.js";

export * from "./dialogs.js";

/** The release that belongs to each kind of move. @type {Record<string, string>} */
const MOVES = { pointermove: "pointerup", pointerrawupdate: "pointerup", mousemove: "mouseup", touchmove: "touchend" };

/** The pointer, finger, key or button that an event belongs to. @param {Heard} event */
const idOf = ({ pointerId, changedTouches, code, button }) => pointerId ?? changedTouches?.[0]?.identifier ?? code ?? button;

/** @param {Heard} event @param {string} release */
const keyOf = (event, release) => `${release} ${idOf(event)} `;

/** The presses that have not been released. */
export class Presses {
  /** Presses whose events the page did not get, by their releases. @type {Set<string>} */
  #swallowed = new Set();
  /** The pointers that are down. @type {Map<number, Press>} */
  #down = new Map();
  /** The window in which moves are listened to at the moment. @type {EventTarget | undefined} */
  #target;
  #around;

  /** `around` returns the node that another one is rendered in. @param {(node: Node) => Node | null} around */
  constructor(around) {
    this.#around = around;
  }

  /** A press (other events are ignored); if it is swallowed, the page does not get its event. @param {Heard} event @param {boolean} isSwallowed */
  press(event, isSwallowed) {
    const { type, isTrusted, pointerId } = event;
    // A key that is held down was pressed before: its release belongs to that press.
    if (!(type in RELEASES) || event.repeat) return;
    const key = keyOf(event, RELEASES[type]);
    const from = /** @type {Node} */ (composedPath.call(event)[0]);
    if (isSwallowed) {
      this.#swallowed.add(key);
      if (isTrusted && type !== "keydown") this.#listenToMoves(viewOf(documentOf(from)));
    } else this.#swallowed.delete(key);
    if (type === "pointerdown" && isTrusted && !isSwallowed) this.#down.set(pointerId, { from, isTouch: event.pointerType === "touch", hasLetGo: false });
  }

  /** A release, or what cancels a press. Over a refused element (`isRefused`), only the listeners on the document and window get it. @param {Heard} event @param {boolean} isRefused */
  release(event, isRefused) {
    const { type, pointerId } = event;
    const isSwallowed = this.#swallowed.delete(keyOf(event, CANCELS[type] ?? type));
    this.#down.delete(pointerId);
    // Stops listening to moves while nothing is pressed.
    if (this.#down.size + this.#swallowed.size === 0) this.#listenToMoves(undefined);
    if (isSwallowed) stopImmediatePropagation.call(event);
    else if (isRefused) tellDocument(event);
  }

  /** Makes elements that are refused by now let go of the pointers that they have captured or whose moves they follow. @param {(node: Node) => boolean} isRefused */
  letGo(isRefused) {
    for (const [pointerId, press] of this.#down) {
      const { from } = press;
      if (press.hasLetGo) continue;
      const captor = this.#captorOf(from, pointerId);
      if (!isRefused(from) && !isRefused(captor)) continue;
      press.hasLetGo = true;
      this.#listenToMoves(viewOf(documentOf(from)));
      attempt(releasePointerCapture, captor, pointerId);
      dispatchEvent.call(contains.call(captor, from) ? from : captor, new PointerEvent("pointercancel", { pointerId, bubbles: true, composed: true }));
      if (press.isTouch) dispatchEvent.call(from, new Event("touchcancel", { bubbles: true, composed: true }));
      dispatchEvent.call(documentOf(from), new MouseEvent("mouseup", { bubbles: true }));
    }
  }

  /** The element that has captured a pointer: most often the pressed node or one around it, else any of the page. @param {Node} from @param {number} pointerId */
  #captorOf(from, pointerId) {
    for (let node = /** @type {Node | null} */ (from); node; node = this.#around(node)) {
      if (isElement(node) && hasPointerCapture.call(node, pointerId)) return node;
    }
    return [...all(documentOf(from), "*")].find((element) => hasPointerCapture.call(element, pointerId)) ?? /** @type {Element} */ (from);
  }

  /** @param {EventTarget | undefined} target */
  #listenToMoves(target) {
    for (const type of Object.keys(MOVES)) {
      if (this.#target) removeEventListener.call(this.#target, type, this.#moved, true);
      if (target) addEventListener.call(target, type, this.#moved, { capture: true, passive: true });
    }
    this.#target = target;
  }

  /**
   * Keeps from the page the moves of a pointer that was let go of, or whose press was swallowed. Of several
   * pointers, only one moves a mouse.
   * @param {Event} event
   */
  #moved = (event) => {
    const { type, pointerId } = /** @type {Heard} */ (event);
    const presses = pointerId === undefined ? [...this.#down.values()] : [this.#down.get(pointerId)];
    // Engines disagree on the button of a move.
    const key = type === "mousemove" ? MOVES.mousemove : keyOf(/** @type {Heard} */ (event), MOVES[type]);
    const isOver = presses.some((press) => press?.hasLetGo) || [...this.#swallowed].some((other) => other.startsWith(key));
    if (isOver && event.isTrusted) stopImmediatePropagation.call(event);
  };

  stop() {
    this.#listenToMoves(undefined);
    this.#down.clear();
    this.#swallowed.clear();
  }
}
