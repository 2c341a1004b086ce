/** The modes: what becomes of an element that is not granted, other than being hidden; its undoing; and what it does not answer to meanwhile. */

import {
  APPLIED, GRANTED, addEventListener, commentIn, composedPath, documentOf, getAttribute, isElement, localNameOf, parentOf,
  preventDefault, putInPlaceOf, removeAttribute, removeEventListener, rendererOf, replaceWith, setAttribute, stopImmediatePropagation,
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

/** What has no value that could be read only, but is activated. */
const ACTIVATED = new Set(["button", "a", "area", "summary"]);
const BUTTONS = new Set(["button", "submit", "reset", "image"]);
const ROLES = new Set(["button", "link", "menuitem", "tab"]);
/** What has a document of its own, whose events we are not told. */
const FRAMES = new Set(["iframe", "embed", "object"]);

/** What a mode means for an element: what cannot be read only is disabled. */
function meant(mode, element) {
  if (mode !== "readonly") return mode;
  const name = localNameOf.call(element);
  const isActivated = ACTIVATED.has(name) || (name === "input" && BUTTONS.has(element.type));
  return isActivated || ROLES.has(getAttribute.call(element, "role")) ? "disable" : mode;
}

/** What a mode writes to an element. */
function written(mode, element) {
  const name = localNameOf.call(element);
  if (FRAMES.has(name)) return [["inert", ""]];
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
  #isOver = false;
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
    return kept?.saved ? meant(kept.mode, kept.element) : undefined;
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
    if (this.#isOver) return;
    const known = this.#kept.get(number);
    if (mode === undefined || mode === "hide" || !this.#exists(mode, element) || this.#isRendered(mode, element)) return this.forget(number);
    if (known) {
      const isBack = this.#out.has(element) && parentOf.call(element) !== null;
      if (known.mode === mode && known.reason === reason && !isBack) return;
      this.#undo(known);
      // An application's own mode may have ended the binding, or had the element forgotten.
      if (this.#isOver || this.#kept.get(number) !== known) return;
    }
    const kept = { number, element, mode, reason, saved: undefined, undo: undefined, decision: undefined };
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

  /** The decisions on what is not granted may have other reasons: titles say so, and the application's own modes are told. */
  revisit() {
    for (const kept of this.#kept.values()) {
      if (!kept.saved) continue;
      const isOwn = !MODES.includes(kept.mode);
      if (!isOwn && kept.reason !== "") continue;
      const { outcome, reason, message } = this.#explain(kept.number);
      if (isOwn && (outcome !== kept.decision.outcome || reason !== kept.decision.reason || message !== kept.decision.message)) {
        this.#undo(kept);
        this.#apply(kept);
      } else if (kept.reason === "" && kept.saved.get("title").ours !== message) {
        this.#set(kept, "title", message);
        this.#mark(kept);
      }
    }
  }

  /** Lets go of an element, and leaves it as the page had it. */
  forget(number) {
    this.take(number)();
  }

  /** Lets go of an element, and gives back how to leave it as the page had it. */
  take(number) {
    const kept = this.#kept.get(number);
    if (!kept) return () => undefined;
    this.#kept.delete(number);
    return () => this.#undo(kept);
  }

  /** Somebody else wrote attributes: what they want is kept for later, and ours is in force. */
  mend(number, element, names) {
    const kept = this.#kept.get(number);
    if (!kept?.saved) return removeAttribute.call(element, APPLIED);
    // Who took our mark away compared all attributes with their own: what is left is theirs.
    const isCompared = names.has(APPLIED) && getAttribute.call(element, APPLIED) === null;
    for (const [name, wanted] of kept.saved) {
      if (!isCompared && !names.has(name)) continue;
      wanted.before = getAttribute.call(element, name);
      put(element, name, wanted.ours);
    }
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
    this.#isOver = true;
    this.#page = { modes: {}, report: () => undefined };
    this.#explain = () => ({ message: "" });
  }

  /** Reports what could not be done; listeners of the application are called. */
  complain() {
    if (this.#complaints.length === 0) return;
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

  /** Whether a framework would crash if this mode took the element out: then it is hidden instead, which is reported once. */
  #isRendered(mode, element) {
    const renderer = mode === "remove" ? rendererOf(element) : undefined;
    if (renderer !== undefined && !this.#unknown.has(renderer)) {
      this.#unknown.add(renderer);
      const message = `\`data-permission-mode="remove"\`: ${renderer} rendered this element and fails when it is gone, so it is hidden instead; use \`hide\`, or render it only if \`can()\` is true`;
      this.#complaints.push(["unsafe-mode", message, element]);
    }
    return renderer !== undefined;
  }

  #apply(kept) {
    const { element, mode } = kept;
    if (mode === "remove") return this.#remove(element);
    if (!MODES.includes(mode) && !this.#call(kept)) return;
    kept.saved = new Map();
    const attributes = MODES.includes(mode) ? written(meant(mode, element), element) : [];
    for (const [name, value] of attributes) this.#set(kept, name, value);
    if (kept.reason !== undefined) this.#set(kept, "title", this.#text(kept));
    this.#mark(kept);
  }

  /** Calls a mode of the application's own. Where it throws, the element stays hidden. */
  #call(kept) {
    try {
      kept.decision = this.#explain(kept.number);
      kept.undo = this.#page.modes[kept.mode](kept.element, kept.decision);
      if (kept.undo === undefined || typeof kept.undo === "function") return true;
      throw new TypeError("a mode gives back a function that undoes it, or nothing; a promise is neither");
    } catch (cause) {
      this.#failed(kept, cause);
      return false;
    }
  }

  #failed({ mode, element }, cause) {
    if (this.#failing.has(mode)) return;
    this.#failing.add(mode);
    const message = `the mode \`${mode}\` threw an error; where it was to be applied, its element is hidden`;
    this.#complaints.push(["listener", message, element, cause]);
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
const encoded = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody else's text.
    return null;
  }
}

// What an element that is not granted does not answer to, shown or not.

/** What a script, a label, a form or an image map may do to something that is hidden. */
const CLICKS = ["click", "auxclick", "dblclick"];
/** What activates: it reaches nobody. */
const ACTIVATING = [...CLICKS, "submit", "dragstart", "drop", "beforeinput"];
/** What some widgets take for activation: it reaches nobody, but the browser still scrolls and selects. */
const PRESSING = ["pointerdown", "pointerup", "mousedown", "mouseup", "touchstart", "touchend"];
const KEYS = ["keydown", "keyup", "keypress"];
/** What is too late to be prevented: it reaches nobody. */
const CHANGED = ["input", "change"];
const EVENTS = [...ACTIVATING, ...PRESSING, ...KEYS, ...CHANGED];

/** Fields whose value is changed by something else than typing, and by what. */
const TIMES = ["date", "month", "week", "time", "datetime-local"];
const CHANGED_BY_CLICK = new Set(["checkbox", "radio", "file", "color", ...TIMES]);
const CHANGED_BY_PRESSING = new Set(["range", "number", "select-one", "select-multiple", ...TIMES]);
const CHANGED_BY_KEYS = new Set([...CHANGED_BY_PRESSING, "checkbox", "radio", "file", "color"]);

/** What does not leave a shadow root (`composed`). */
const INNER = ["submit", "change"];

/** In the capturing phase; the browser need not wait for us before it scrolls. */
const how = (type) => (type.startsWith("touch") ? { capture: true, passive: true } : true);

/** What an event is about: the nearest field on its path (some engines press the options of a list), or else where it began. */
function fieldOf(path) {
  // The last one is the window, which is no node.
  const nodes = path.slice(0, -1);
  return nodes.find((node) => isElement(node) && ["input", "select"].includes(localNameOf.call(node))) ?? path[0];
}

/** Whether an event changes the value of a field. Keys that leave it do not, and a field's own `readonly` is obeyed. */
function changes({ type, key, ctrlKey, metaKey }, field) {
  if (type === "beforeinput") return true;
  const isField = isElement(field) && ["input", "select"].includes(localNameOf.call(field));
  if (!isField || (field.readOnly && isTyped(field))) return false;
  if (type === "click") return CHANGED_BY_CLICK.has(field.type);
  if (type === "mousedown") return CHANGED_BY_PRESSING.has(field.type);
  const leaves = key === "Tab" || key === "Escape" || ctrlKey || metaKey;
  return type === "keydown" && !leaves && CHANGED_BY_KEYS.has(field.type);
}

/** The event of an element that is disabled reaches nobody. */
function disabled(event, field) {
  const { type, key } = event;
  const isChange = changes(event, field);
  if (KEYS.includes(type) && key !== "Enter" && key !== " " && !isChange) return;
  if (isChange || ACTIVATING.includes(type) || KEYS.includes(type)) preventDefault.call(event);
  stopImmediatePropagation.call(event);
}

/** What is hidden may still be meant by a label, by Enter in its form, by an image map, or by a script. */
function hidden(event) {
  if (!CLICKS.includes(event.type)) return;
  preventDefault.call(event);
  stopImmediatePropagation.call(event);
}

/** What is typed into a field, or chosen in it, does not come to pass; it can be read, copied and left. */
function readonly(event, field) {
  if (changes(event, field)) preventDefault.call(event);
}

export class Blocker {
  /** Where it listens, and whether to all. */
  #targets = new Map();
  #modeOf;
  #hasModes = false;

  /** `modeOf` gives the mode of a node that is not granted: undefined for any other. */
  constructor(modeOf) {
    this.#modeOf = modeOf;
  }

  /**
   * Listens on a document, before anybody in it; on a shadow root that may be closed, outside of
   * which nobody is told what an event is about; and on others to what does not leave them.
   */
  add(target, toAll) {
    if (this.#targets.has(target)) return;
    this.#targets.set(target, toAll);
    this.#listen(target, toAll);
  }

  /** What has a mode is seen, and meets more than what is hidden. */
  addModes() {
    this.#hasModes = true;
    for (const [target, toAll] of this.#targets) this.#listen(target, toAll);
  }

  drop(target) {
    if (!this.#targets.delete(target)) return;
    for (const type of EVENTS) removeEventListener.call(target, type, this.#heard, how(type));
  }

  stop() {
    for (const target of [...this.#targets.keys()]) this.drop(target);
  }

  /** To listen again where it listens already changes nothing. Before all others means from the beginning. */
  #listen(target, toAll) {
    const types = toAll ? EVENTS : this.#hasModes ? INNER : [];
    for (const type of types) addEventListener.call(target, type, this.#heard, how(type));
  }

  #heard = (event) => {
    if (!this.#hasModes && !CLICKS.includes(event.type)) return;
    const path = composedPath.call(event);
    for (const node of path) {
      const mode = this.#modeOf(node);
      if (mode === "disable") return disabled(event, fieldOf(path));
      if (mode === "hide") return hidden(event);
      if (mode === "readonly") readonly(event, fieldOf(path));
    }
  };
}
