/** From press to release: a release is swallowed only if its press was, and what is refused in between lets go of the pointer. */

import {
  addEventListener, composedPath, dispatchEvent, documentOf, hasPointerCapture, isElement, releasePointerCapture,
  removeEventListener, stopImmediatePropagation, viewOf,
} from "../page.js";

import { KINDS, tellDocument } from "./dialogs.js";

export * from "./dialogs.js";

const { RELEASES } = KINDS;

/** The moves that come between a press and its release, by their kinds. */
const MOVES = { pointermove: "pointerup", mousemove: "mouseup", touchmove: "touchend" };

/** Which press or release of its kind an event is: that of a pointer, a button, a finger or a key. */
const idOf = ({ pointerId, changedTouches, code, button }) => pointerId ?? changedTouches?.[0]?.identifier ?? code ?? button;

const keyOf = (event, release) => `${release} ${idOf(event)} `;

export class Presses {
  /** Presses of which the page was not told, by their releases. */
  #swallowed = new Set();
  /** Pointers that are down, with the node that each was pressed on, and whether it has let go. */
  #down = new Map();
  /** Where moves are listened to at the moment. */
  #target;
  #around;

  /** `around` gives the node that another one is shown in. */
  constructor(around) {
    this.#around = around;
  }

  /** A press, and whether the page is told of it. */
  press(event, isSwallowed) {
    const { type, isTrusted, pointerId } = event;
    if (!(type in RELEASES)) return;
    const key = keyOf(event, RELEASES[type]);
    const from = composedPath.call(event)[0];
    if (isSwallowed) {
      this.#swallowed.add(key);
      if (isTrusted && type !== "keydown") this.#listenToMoves(viewOf(documentOf(from)));
    } else this.#swallowed.delete(key);
    if (type === "pointerdown" && isTrusted && !isSwallowed) this.#down.set(pointerId, { from, isTouch: event.pointerType === "touch", hasLetGo: false });
  }

  /** A release, and whether it is over something that is refused. Then it is told to those who listen on the document or window. */
  release(event, isRefused) {
    const { type } = event;
    const isSwallowed = this.#swallowed.delete(keyOf(event, type));
    if (type === "pointerup") this.up(event);
    else this.#rest();
    if (isSwallowed) stopImmediatePropagation.call(event);
    else if (isRefused) tellDocument(event);
  }

  /** A pointer is up, or was taken by the browser. */
  up(event) {
    this.#down.delete(event.pointerId);
    this.#swallowed.delete(keyOf(event, RELEASES.pointerdown));
    this.#rest();
  }

  /** No moves are swallowed while nothing is pressed. */
  #rest() {
    if (this.#down.size + this.#swallowed.size === 0) this.#listenToMoves(undefined);
  }

  /** Has what is refused by now let go: those that captured a pointer, and those that follow its moves. */
  letGo(isRefused) {
    for (const [pointerId, press] of this.#down) {
      const { from } = press;
      if (press.hasLetGo || !isRefused(from)) continue;
      press.hasLetGo = true;
      this.#listenToMoves(viewOf(documentOf(from)));
      this.#releaseCapture(from, pointerId);
      dispatchEvent.call(from, new PointerEvent("pointercancel", { pointerId, bubbles: true, composed: true }));
      if (press.isTouch) dispatchEvent.call(from, new Event("touchcancel", { bubbles: true, composed: true }));
      dispatchEvent.call(documentOf(from), new MouseEvent("mouseup", { bubbles: true }));
    }
  }

  /** A captor may stand anywhere above what was pressed. */
  #releaseCapture(from, pointerId) {
    for (let node = from; node; node = this.#around(node)) {
      if (isElement(node) && hasPointerCapture.call(node, pointerId)) return releasePointerCapture.call(node, pointerId);
    }
  }

  #listenToMoves(target) {
    for (const type of Object.keys(MOVES)) {
      if (this.#target) removeEventListener.call(this.#target, type, this.#moved, true);
      if (target) addEventListener.call(target, type, this.#moved, { capture: true, passive: true });
    }
    this.#target = target;
  }

  /**
   * The page is not told of the moves of a pointer that was let go of, or of whose press it was not told. Of several
   * pointers, only one moves a mouse.
   */
  #moved = (event) => {
    const { type, pointerId } = event;
    const presses = pointerId === undefined ? [...this.#down.values()] : [this.#down.get(pointerId)];
    // Engines say different things of the button of a move.
    const key = type === "mousemove" ? MOVES.mousemove : keyOf(event, MOVES[type]);
    const isOver = presses.some((press) => press?.hasLetGo) || [...this.#swallowed].some((other) => other.startsWith(key));
    if (isOver && event.isTrusted) stopImmediatePropagation.call(event);
  };

  stop() {
    this.#listenToMoves(undefined);
    this.#down.clear();
    this.#swallowed.clear();
  }
}
