/** The kinds of events that matter on refused elements, and how each is kept from the page. */

import { dispatchEvent, documentOf, preventDefault, stopImmediatePropagation } from "./page.js";

/** What labels, forms, image maps, invokers, access keys and scripts may do to something else, shown or not. */
const CLICKS = ["click", "auxclick", "dblclick"];
const SENT = ["submit", "reset", "command", "beforetoggle", "interest"];
/** A field that keeps its form from being submitted. */
const INVALID = "invalid";
/** What changes a text that is edited in place, or is pasted or dropped into a widget. */
const EDITS = ["beforeinput", "paste", "cut", "drop"];
/** To prevent these is to allow a drop. */
const OVER = ["dragenter", "dragover"];
const KEYS = ["keydown", "keypress"];
/** What is too late to be prevented. */
const CHANGED = ["input", "change", "compositionstart", "compositionupdate", "compositionend"];
/** The release that belongs to a press. */
const RELEASES = { pointerdown: "pointerup", mousedown: "mouseup", touchstart: "touchend", keydown: "keyup" };
const PRESSES = Object.keys(RELEASES);
const RELEASED = Object.values(RELEASES);

export const ALWAYS = new Set([...CLICKS, ...SENT, INVALID, "keydown", "pointerdown", "pointerup", "pointercancel"]);
export const EVENTS = new Set([...ALWAYS, ...EDITS, ...OVER, ...KEYS, ...CHANGED, ...PRESSES, ...RELEASED, "dragstart", "dragend", "contextmenu", "wheel", "focusin"]);

/** The kinds of events, by their names. */
export const KINDS = { CLICKS, SENT, INVALID, EDITS, OVER, KEYS, CHANGED, RELEASES, PRESSES, RELEASED };

/** What does not leave a shadow root (`composed`). */
export const INNER = [...SENT, INVALID, "change"];

/** In the capturing phase; the browser need not wait for us before it scrolls. */
export const how = (type) => (type.startsWith("touch") || type === "wheel" ? { capture: true, passive: true } : true);

/** From the weakest to the strongest. */
const RANKS = ["readonly", "disable", "inert", "hide"];

/** The stronger one of two modes, of which neither may be one of these. */
export const stronger = (one, other) => RANKS[Math.max(RANKS.indexOf(one), RANKS.indexOf(other))];

/** Nobody is told of an event. */
export const silence = (event) => stopImmediatePropagation.call(event);

/** Nobody is told of an event, and the browser does nothing of its own. */
export function refuse(event) {
  preventDefault.call(event);
  silence(event);
}

/** What is hidden may still be meant by a label, by Enter in its form, by an image map, by an invoker or by a script. */
export function refuseHidden(event) {
  const { type } = event;
  const isActed = CLICKS.includes(type) || SENT.includes(type) || EDITS.includes(type);
  if (type === "beforetoggle" ? event.newState === "open" : isActed) refuse(event);
}

/** Tells those who listen on the document or window of a release that happened over something refused. */
export function tellDocument(event) {
  silence(event);
  if (event.isTrusted) dispatchEvent.call(documentOf(event.target), new event.constructor(event.type, event));
}
