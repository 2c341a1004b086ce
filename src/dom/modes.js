/** The modes: what becomes of an element that is not granted, other than being hidden; its undoing; and what it does not answer to meanwhile. */

import {
  APPLIED, GRANTED, addEventListener, commentIn, composedPath, documentOf, getAttribute, isElement, localNameOf, parentOf,
  preventDefault, putInPlaceOf, removeAttribute, removeEventListener, replaceWith, setAttribute, stopImmediatePropagation,
  takeOut,
} from "./page.js";

const MODES = ["hide", "disable", "readonly", "inert", "remove"];

/** The attributes that modes write. */
export const WRITTEN = ["disabled", "aria-disabled", "readonly", "aria-readonly", "inert", "title"];

/** What has `disabled` (WHATWG HTML §4.10.19.5, §4.10.7 to §4.10.15). */
const CONTROLS = new Set(["button", "input", "select", "textarea", "fieldset", "optgroup", "option"]);

/** The types of `input` that have `readonly` (WHATWG HTML §4.10.5.3.3). */
const TYPED = new Set(["text", "search", "url", "tel", "email", "password", "date", "month", "week", "time", "datetime-local", "number"]);

/** Sets an attribute to what it was, or takes it away. */
function put(element, name, value) {
  if (value === null) removeAttribute.call(element, name);
  else if (getAttribute.call(element, name) !== value) setAttribute.call(element, name, value);
}

/** Whether an input has a text to be typed. */
const isTyped = (element) => localNameOf.call(element) === "textarea" || TYPED.has(element.type);

/** What a mode writes to an element. */
function written(mode, element) {
  const name = localNameOf.call(element);
  // What a custom element makes of an attribute, only its author knows; `aria-` is for everybody.
  const isCustom = name.includes("-");
  if (mode === "disable") {
    if (CONTROLS.has(name)) return [["disabled", ""]];
    return isCustom ? [["disabled", ""], ["aria-disabled", "true"]] : [["aria-disabled", "true"]];
  }
  if (mode === "readonly") {
    if (name === "textarea" || (name === "input" && isTyped(element))) return [["readonly", ""]];
    return isCustom ? [["readonly", ""], ["aria-readonly", "true"]] : [["aria-readonly", "true"]];
  }
  return mode === "inert" ? [["inert", ""]] : [];
}

export class Modes {
  /** By number: the elements with a mode other than `hide`. */
  #kept = new Map();
  /** Elements that were taken out, and the comments in their places. */
  #out = new Map();
  #page;
  #explain;
  #moved;
  #complaints = [];
  /** Modes that were complained of: once each, on however many elements. */
  #unknown = new Set();
  #failing = new Set();

  /**
   * `page` has the application's own modes and takes reports; `explain` gives the decision on a
   * number's element; `moved` is told of elements that were taken out or put back.
   */
  constructor(page, explain, moved) {
    this.#page = page;
    this.#explain = explain;
    this.#moved = moved;
  }

  /** The mode of an element, by its number. */
  of(number) {
    return this.#kept.get(number)?.mode ?? "hide";
  }

  /** The mode that is in force on an element at the moment, if it is one of these. */
  inForce(number) {
    const kept = this.#kept.get(number);
    return kept?.saved ? kept.mode : undefined;
  }

  get size() {
    return this.#kept.size;
  }

  /** The comment in an element's place; undefined where it was not taken out. */
  placeOf(element) {
    return this.#out.get(element);
  }

  /** The elements that were taken out, with the comments in their places. */
  get places() {
    return this.#out;
  }

  /** An element has a mode from here on, and a text for its title; undefined where it has none. */
  assign(number, element, mode, reason, state) {
    const known = this.#kept.get(number);
    if (mode === undefined || mode === "hide" || !this.#exists(mode, element)) return this.forget(number);
    if (known) {
      const isBack = this.#out.has(element) && parentOf.call(element) !== null;
      if (known.mode === mode && known.reason === reason && !isBack) return;
      this.#undo(known);
    }
    const kept = { number, element, mode, reason, saved: undefined, undo: undefined };
    this.#kept.set(number, kept);
    if (state !== undefined && state !== GRANTED) this.#apply(kept);
  }

  /** An element has another state, or the same for another reason. */
  write(number, state) {
    const kept = this.#kept.get(number);
    if (!kept) return;
    const isBuiltIn = MODES.includes(kept.mode);
    if (state === GRANTED || !isBuiltIn) this.#undo(kept);
    if (state === GRANTED) return;
    if (!kept.saved && !this.#out.has(kept.element)) this.#apply(kept);
    else if (kept.saved && kept.reason === "") this.#set(kept, "title", this.#text(kept));
  }

  /** Lets go of an element, and leaves it as the page had it. */
  forget(number) {
    const kept = this.#kept.get(number);
    if (!kept) return;
    this.#undo(kept);
    this.#kept.delete(number);
  }

  /** Somebody else wrote an attribute: what they want is kept for later, and ours is in force. */
  mend(number, name) {
    const kept = this.#kept.get(number);
    if (!kept?.saved) return;
    const wanted = kept.saved.get(name);
    if (wanted) {
      wanted.before = getAttribute.call(kept.element, name);
      put(kept.element, name, wanted.ours);
    } else if (name !== APPLIED) return;
    this.#mark(kept);
  }

  /** Takes away what a clone has from its original, on which a mode was in force. */
  clean(element) {
    const mark = getAttribute.call(element, APPLIED);
    if (mark === null) return;
    for (const part of mark.split(" ").slice(1)) {
      const [name, before] = part.split("=");
      if (WRITTEN.includes(name)) put(element, name, before === undefined ? null : decoded(before));
    }
    removeAttribute.call(element, APPLIED);
  }

  /**
   * Nothing is reported or explained from here on. What the page lent leads to the handle of the
   * binding, which can only be collected if nothing leads to it.
   */
  stop() {
    this.#page = { modes: {}, report: () => undefined };
    this.#explain = () => ({ message: "" });
  }

  /** Reports what could not be done; listeners of the application are called. */
  complain() {
    for (const complaint of this.#complaints.splice(0)) this.#page.report(...complaint);
  }

  #exists(mode, element) {
    if (MODES.includes(mode) || Object.hasOwn(this.#page.modes, mode)) return true;
    if (!this.#unknown.has(mode)) {
      this.#unknown.add(mode);
      const known = [...MODES, ...Object.keys(this.#page.modes)].join(", ");
      const message = `\`data-permission-mode="${mode.slice(0, 200)}"\`: there is no such mode, so the element is hidden; use one of ${known}`;
      this.#complaints.push(["unknown-mode", message, element]);
    }
    return false;
  }

  #apply(kept) {
    const { element, mode } = kept;
    if (mode === "remove") return this.#remove(element);
    if (!MODES.includes(mode) && !this.#call(kept)) return;
    kept.saved = new Map();
    for (const [name, value] of written(mode, element)) this.#set(kept, name, value);
    if (kept.reason !== undefined) this.#set(kept, "title", this.#text(kept));
    this.#mark(kept);
  }

  /** Calls a mode of the application's own. Where it throws, the element stays hidden. */
  #call(kept) {
    try {
      kept.undo = this.#page.modes[kept.mode](kept.element, this.#explain(kept.number));
      return true;
    } catch (cause) {
      this.#failed(kept, cause);
      return false;
    }
  }

  #failed({ mode, element }, cause) {
    if (this.#failing.has(mode)) return;
    this.#failing.add(mode);
    const message = `the mode \`${mode}\` threw an error, and its element is hidden: ${cause}`;
    this.#complaints.push(["listener", message, element]);
  }

  #text({ number, reason }) {
    return reason === "" ? this.#explain(number).message : reason;
  }

  #set({ element, saved }, name, ours) {
    const known = saved.get(name);
    if (known?.ours === ours) return;
    saved.set(name, { before: known ? known.before : getAttribute.call(element, name), ours });
    put(element, name, ours);
  }

  /** Says on the element itself what was there before: so a clone can be cleaned. */
  #mark({ element, mode, saved }) {
    const parts = [...saved].map(([name, { before }]) => (before === null ? name : `${name}=${encoded(before)}`));
    put(element, APPLIED, [mode, ...parts].join(" "));
  }

  #undo(kept) {
    const { element, saved, undo } = kept;
    this.#putBack(element);
    if (!saved) return;
    kept.saved = kept.undo = undefined;
    for (const [name, { before }] of saved) put(element, name, before);
    removeAttribute.call(element, APPLIED);
    if (typeof undo !== "function") return;
    try {
      undo();
    } catch (cause) {
      this.#failed(kept, cause);
    }
  }

  #remove(element) {
    if (parentOf.call(element) === null) return;
    const comment = commentIn(documentOf(element), " data-permission ");
    replaceWith.call(element, comment);
    this.#out.set(element, comment);
    this.#moved(element, true);
  }

  #putBack(element) {
    const comment = this.#out.get(element);
    if (!comment) return;
    this.#out.delete(element);
    this.#moved(element, false);
    // The page may have put it elsewhere, or thrown its place away.
    if (parentOf.call(element) !== null) takeOut(comment);
    else if (parentOf.call(comment) !== null) putInPlaceOf(comment, element);
  }
}

/** Without white space, which ends a part. A lone surrogate has no encoding. */
const encoded = (text) => encodeURIComponent(text.toWellFormed?.() ?? text);

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody else's text.
    return null;
  }
}

// What an element that is shown without being granted does not answer to.

/** What activates: it reaches nobody. */
const ACTIVATING = ["click", "auxclick", "dblclick", "submit", "dragstart", "beforeinput"];
/** What some widgets take for activation: it reaches nobody, but the browser still scrolls and selects. */
const PRESSING = ["pointerdown", "pointerup", "mousedown", "mouseup", "touchstart", "touchend"];
const KEYS = ["keydown", "keyup", "keypress"];
const EVENTS = [...ACTIVATING, ...PRESSING, ...KEYS];

/** Fields whose value is changed by something else than typing, and by what. */
const CHANGED_BY_CLICK = new Set(["checkbox", "radio", "file", "color"]);
const CHANGED_BY_KEYS = new Set(["radio", "range", "select-one", "select-multiple"]);
const CHANGED_BY_PRESSING = new Set(["range", "select-one", "select-multiple"]);

const LISTENING = { capture: true, passive: false };
const LISTENING_ONLY = { capture: true, passive: true };

/** Whether a disabled element's event is to reach nobody. */
function disabled(event) {
  const { type } = event;
  if (KEYS.includes(type) && event.key !== "Enter" && event.key !== " ") return;
  if (!PRESSING.includes(type)) preventDefault.call(event);
  stopImmediatePropagation.call(event);
}

/** What is typed into a field, or chosen in it, does not come to pass; it can be read, copied and left. */
function readonly(event, field) {
  const { type } = event;
  const kind = isElement(field) && ["input", "select"].includes(localNameOf.call(field)) && !isTyped(field) ? field.type : "";
  const leaves = event.key === "Tab" || event.key === "Escape" || event.ctrlKey || event.metaKey;
  const changes =
    type === "beforeinput" ||
    (type === "click" && CHANGED_BY_CLICK.has(kind)) ||
    (type === "mousedown" && CHANGED_BY_PRESSING.has(kind)) ||
    (type === "keydown" && CHANGED_BY_KEYS.has(kind) && !leaves);
  if (changes) preventDefault.call(event);
}

export class Blocker {
  #document;
  #isOn = false;
  #modeOf;

  /** `modeOf` gives the mode in force on a node, where one is. */
  constructor(document, modeOf) {
    this.#document = document;
    this.#modeOf = modeOf;
  }

  /** Listens, or does so no longer. Before anybody in the document: in the capturing phase. */
  set isOn(isOn) {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    const change = isOn ? addEventListener : removeEventListener;
    for (const type of EVENTS) {
      change.call(this.#document, type, this.#heard, type.startsWith("touch") ? LISTENING_ONLY : LISTENING);
    }
  }

  #heard = (event) => {
    const path = composedPath.call(event);
    for (const node of path) {
      const mode = this.#modeOf(node);
      if (mode === "disable") return disabled(event);
      if (mode === "readonly") readonly(event, path[0]);
    }
  };
}
