/** The kinds of events that matter on refused elements, and how each is kept from the page. */

/** @import { Heard, Mode } from "./types.d.ts" */

import { dispatchEvent, documentOf, preventDefault, stopImmediatePropagation } from "./page.js";

/** Events that labels, forms, image maps, invokers, access keys and scripts may cause on another element, visible or not. */
export const CLICKS = ["click", "auxclick", "dblclick"];
export const SENT = ["submit", "reset", "command", "beforetoggle", "interest"];
/** The event of a field that keeps its form from being submitted. */
export const INVALID = "invalid";
/** Events that come before a text edited in place is changed, or before something is pasted or dropped into a widget. */
export const EDITS = ["beforeinput", "paste", "cut", "drop"];
/** Events that a page prevents in order to allow a drop. */
export const OVER = ["dragenter", "dragover"];
export const KEYS = ["keydown", "keypress"];
/** Events that come too late to be prevented. */
export const CHANGED = ["input", "change", "compositionstart", "compositionupdate", "compositionend"];
/** The release that belongs to each press. @type {Record<string, string>} */
export const RELEASES = { pointerdown: "pointerup", mousedown: "mouseup", touchstart: "touchend", keydown: "keyup" };
/** @type {readonly string[]} */
export const PRESSES = Object.keys(RELEASES);
export const RELEASED = Object.values(RELEASES);
/** By event that cancels a press: the release that does not come. @type {Record<string, string>} */
export const CANCELS = { pointercancel: "pointerup", touchcancel: "touchend" };

export const ALWAYS = /* @__PURE__ */ (() => new Set([...CLICKS, ...SENT, INVALID, "input", "change", "keydown", "focusin", "pointerdown", "pointerup", ...Object.keys(CANCELS)]))();
export const EVENTS = /* @__PURE__ */ (() => new Set([...ALWAYS, ...EDITS, ...OVER, ...KEYS, ...CHANGED, ...PRESSES, ...RELEASED, "dragstart", "dragend", "contextmenu", "wheel"]))();

/** Events that do not leave a shadow root (they are not `composed`). */
export const INNER = [...SENT, INVALID, "change"];

/** The options of a listener: it listens in the capturing phase, and is passive where the browser would otherwise wait for it before scrolling. @param {string} type */
export const how = (type) => (type.startsWith("touch") || type === "wheel" ? { capture: true, passive: true } : true);

/** The built-in modes that may meet on one element, from the weakest to the strongest. @type {(Mode | undefined)[]} */
const RANKS = ["readonly", "disable", "inert", "hide"];

/** The stronger of two modes; undefined if neither is ranked. @param {Mode | undefined} one @param {Mode | undefined} other */
export const stronger = (one, other) => RANKS[Math.max(RANKS.indexOf(one), RANKS.indexOf(other))];

/** Keeps an event from all other listeners. @param {Event} event */
export const silence = (event) => stopImmediatePropagation.call(event);

/** Keeps an event from all other listeners, and prevents the action of the browser. @param {Event} event */
export function refuse(event) {
  preventDefault.call(event);
  silence(event);
}

/** Refuses an event on a hidden element: a label, Enter in its form, an image map, an invoker or a script may still cause one. @param {Event} event */
export function refuseHidden(event) {
  const { type } = event;
  const isActed = CLICKS.includes(type) || SENT.includes(type) || EDITS.includes(type);
  if (type === "beforetoggle" ? /** @type {Heard} */ (event).newState === "open" : isActed) refuse(event);
}

/** Keeps a release over a refused element from that element, and dispatches it to the listeners on the document and window. @param {Event} event */
export function tellDocument(event) {
  silence(event);
  if (event.isTrusted) dispatchEvent.call(documentOf(/** @type {Node} */ (event.target)), new /** @type {typeof Event} */ (event.constructor)(event.type, event));
}
