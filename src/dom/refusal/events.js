/** What is refused does not answer to the user: acts of which the page and the browser hear nothing, and values that are put back. */

import {
  APPLIED, addEventListener, all, composedPath, documentOf, getRootNode, hostOf, isElement, later, matches,
  preventDefault, property, removeEventListener, stopImmediatePropagation, viewOf,
} from "../page.js";
import { hasValueRole, isOpaque } from "../modes.js";
import { PRESSES, Presses, RELEASED, Values, isField } from "./values.js";

export { Dialogs, Unhidden } from "./values.js";

/** What labels, forms, image maps, invokers, access keys and scripts may do to something else, shown or not. */
const CLICKS = ["click", "auxclick", "dblclick"];
const SENT = ["submit", "reset", "command", "beforetoggle"];
/** A field that keeps its form from being submitted. */
const INVALID = "invalid";
/** What changes a text that is edited in place, or is pasted or dropped into a widget. */
const EDITS = ["beforeinput", "paste", "cut", "drop"];
/** To prevent these is to allow a drop. */
const OVER = ["dragenter", "dragover"];
const KEYS = ["keydown", "keypress"];
/** What is too late to be prevented. */
const CHANGED = ["input", "change", "compositionstart", "compositionupdate", "compositionend"];

const ALWAYS = new Set([...CLICKS, ...SENT, INVALID, "keydown", "pointerdown", "pointerup", "pointercancel"]);
const EVENTS = new Set([...ALWAYS, ...EDITS, ...OVER, ...KEYS, ...CHANGED, ...PRESSES, ...RELEASED, "dragstart", "dragend", "wheel", "focusin"]);

/** What does not leave a shadow root (`composed`). */
const INNER = [...SENT, INVALID, "change"];

/** In the capturing phase; the browser need not wait for us before it scrolls. */
const how = (type) => (type.startsWith("touch") || type === "wheel" ? { capture: true, passive: true } : true);

/** From the weakest to the strongest. */
const RANKS = ["readonly", "disable", "inert", "hide"];

/** Keys that leave an element, and change nothing in it. */
const LEAVING = ["Tab", "Escape", "Shift", "Control", "Alt", "AltGraph", "Meta"];

/** Types of fields that are changed by a click, by pressing a button on them, and by other keys than those that write. */
const CHANGED_BY_CLICK = ["checkbox", "radio", "file", "color"];
const CHANGED_BY_PRESSING = ["range", "select-one", "select-multiple"];
const CHANGED_BY_KEYS = [...CHANGED_BY_CLICK, ...CHANGED_BY_PRESSING, "number", "date", "month", "week", "time", "datetime-local"];

/** What a program, and not the browser, lets be dragged. */
const MOVABLE = "[draggable=true]";

/** A text that was edited in place until it was refused. */
const UNEDITED = `[${APPLIED}][contenteditable=false]`;

/** What becomes of a widget made by a script that is disabled. */
const WIDGET = `[${APPLIED}^=disable][inert]`;
const POINTED = [...CLICKS, "pointerdown", "mousedown", "pointerup", "mouseup"];
const boxOf = property("Element", "getBoundingClientRect").value;

const ELEMENTS = property("HTMLFormElement", "elements").get;
const CHECKED = property("HTMLInputElement", "checked").get;
const SUBMITTER = property("SubmitEvent", "submitter").get;

/** The stronger one of two modes, of which neither may be one of these. */
const stronger = (one, other) => RANKS[Math.max(RANKS.indexOf(one), RANKS.indexOf(other))];

/** Nobody is told of an event. */
const silence = (event) => stopImmediatePropagation.call(event);

/** Nobody is told of an event, and the browser does nothing of its own. */
function refuse(event) {
  preventDefault.call(event);
  silence(event);
}

const isA = (node, selector) => isElement(node) && matches.call(node, selector);

export class Blocker {
  /** Where it listens, and whether to all. */
  #targets = new Map();
  #modeOf;
  #around;
  #report;
  #commanded;
  #hasModes = false;
  #values = new Values();
  #presses;
  /** Where a drag began. */
  #dragged;
  /** The form that the user is about to reset. */
  #resetting;
  /** Radio buttons that are refused, and were chosen when something was pressed last: a click has changed that already. */
  #chosen = [];
  /** Fields that were reported: once each. */
  #blocking = new WeakSet();

  /**
   * `modeOf` gives the mode of a node that is not granted: undefined for any other. `around` gives the
   * node that another one is shown in, `report` takes a code, a message and an element, and `commanded`
   * is told of a dialog that a button is going to show.
   */
  constructor(modeOf, around, report, commanded) {
    this.#modeOf = modeOf;
    this.#around = around;
    this.#report = report;
    this.#commanded = commanded;
    this.#presses = new Presses(around);
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
    this.#presses.stop();
  }

  /** An element is refused from here on: its value may be changed without an event before. */
  look(element) {
    if (isField(element)) this.#values.look(element);
  }

  /** Elements are refused from here on, perhaps in the middle of a drag. */
  letGo() {
    this.#presses.letGo((node) => this.modeAt(node) !== undefined);
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
    const { type, isTrusted } = event;
    if (!this.#hasModes && !ALWAYS.has(type)) return;
    if (type === "pointercancel") return isTrusted && this.#presses.up(event);
    if (type === "dragend") return (this.#dragged = undefined);
    const path = this.#pathOf(event);
    const isReset = type === "reset" && this.#resetting === path[0];
    if (type === "reset") this.#resetting = undefined;
    if (CLICKS.includes(type) || KEYS.includes(type)) {
      for (const node of path) if (hostOf(node)) this.add(node, false);
    }
    let mode = stronger(this.#strongest(path), type === "submit" ? this.modeAt(SUBMITTER?.call(event)) : undefined);
    if (mode === undefined && this.#hasModes && isTrusted && this.#isOverWidget(event, path[0])) mode = "disable";
    if (type === INVALID) return mode && this.#invalid(path[0], mode);
    if (RELEASED.includes(type)) return this.#presses.release(event, mode !== undefined && mode !== "readonly");
    // What a program resets is its own.
    if (type === "reset" && !isReset) return;
    if (mode === undefined) return this.#granted(event, path);
    const field = path.find(isField);
    if (isTrusted && field) this.#keep(event, field);
    if (mode === "readonly") this.#readonly(event, path, field);
    else if (mode === "disable") this.#disabled(event, field);
    else this.#hidden(event);
  };

  /**
   * Whether a pointer is over a widget that is inert as it is disabled: an engine sees what is behind it,
   * which is not meant.
   */
  #isOverWidget({ type, clientX, clientY }, target) {
    if (!POINTED.includes(type)) return false;
    return [...all(target, WIDGET)].some((widget) => {
      const { left, right, top, bottom } = boxOf.call(widget);
      return left <= clientX && clientX < right && top <= clientY && clientY < bottom;
    });
  }

  /** What a field holds is put back after the user's act, and looked at before. A click has changed a check box already. */
  #keep({ type }, field) {
    if (type === "input" || type === "change") this.#values.putBack(field);
    else if (!CLICKS.includes(type)) this.#values.look(field);
  }

  /**
   * What is hidden or inert may still be meant by a label, by Enter in its form, by an image map, by an
   * invoker, by a script, or in Firefox by a caret that a script has put into it.
   */
  #hidden(event) {
    const { type } = event;
    const isActed = CLICKS.includes(type) || SENT.includes(type) || EDITS.includes(type);
    if (type === "beforetoggle" ? event.newState === "open" : isActed) refuse(event);
  }

  /** The event of an element that is disabled reaches nobody. */
  #disabled(event, field) {
    const { type, key } = event;
    if (CLICKS.includes(type) || SENT.includes(type)) return this.#hidden(event);
    if (type === "focusin" || LEAVING.includes(key)) return;
    if (PRESSES.includes(type)) this.#presses.press(event, true);
    const isPrevented = KEYS.includes(type) ? key === "Enter" || key === " " || CHANGED_BY_KEYS.includes(field?.type) : EDITS.includes(type) || type === "dragstart";
    if (isPrevented) preventDefault.call(event);
    silence(event);
  }

  /** What changes a value does not come to pass; it can be read, copied and left. */
  #readonly(event, path, field) {
    const { type, key, ctrlKey, metaKey, isTrusted } = event;
    const inside = path.slice(0, path.findLastIndex((node) => this.#modeOf(node) !== undefined) + 1);
    const widget = inside.find((node) => isElement(node) && (hasValueRole(node) || (node === path[0] && isOpaque(node))));
    const text = inside.find((node) => isA(node, UNEDITED));
    const isKeyed = CHANGED_BY_KEYS.includes(field?.type);
    if (CLICKS.includes(type)) {
      if (widget || CHANGED_BY_CLICK.includes(field?.type)) refuse(event);
    } else if (KEYS.includes(type)) {
      const isCopying = (ctrlKey || metaKey) && key?.toLowerCase() === "c";
      if (LEAVING.includes(key) || isCopying || !(widget || text || isKeyed)) return this.#presses.press(event, false);
      this.#presses.press(event, true);
      if (!ctrlKey && !metaKey && (isKeyed || (widget && !field && !text))) preventDefault.call(event);
      silence(event);
    } else if (PRESSES.includes(type)) {
      this.#presses.press(event, widget !== undefined);
      if (widget) silence(event);
      else if (type === "mousedown" && CHANGED_BY_PRESSING.includes(field?.type)) preventDefault.call(event);
    } else if (CHANGED.includes(type)) {
      // What a program says of what it wrote is heard.
      if (isTrusted) silence(event);
    } else if (EDITS.includes(type) || type === "reset") refuse(event);
    else if (OVER.includes(type) || (type === "wheel" && (widget || field))) silence(event);
    else if (type === "command" ? event.command.startsWith("--") : type === "dragstart" && path.some((node) => isA(node, MOVABLE))) refuse(event);
  }

  /** What is granted may change something that is not. */
  #granted(event, path) {
    const { type, isTrusted } = event;
    if (PRESSES.includes(type)) this.#pressed(event, path);
    if (type === "command" && event.command === "show-modal") this.#commanded(path[0]);
    if (!this.#hasModes) return;
    if (type === "dragstart") this.#dragged = path[0];
    else if (OVER.includes(type) || type === "drop") {
      if (!this.#dragged || !this.modeAt(this.#dragged)) return;
      if (type === "drop") preventDefault.call(event);
      silence(event);
    } else if (type === "click") this.#clicked(event, path);
    else if (type === "reset") this.#reset(path[0]);
    else if (type === "beforeinput" && isTrusted && this.#isPartRefused(event, path)) refuse(event);
  }

  #pressed(event, path) {
    this.#presses.press(event, false);
    if (!this.#hasModes || !event.isTrusted) return;
    const radios = [...all(getRootNode.call(path[0]), `input[type=radio][${APPLIED}]`)];
    this.#chosen = radios.filter((radio) => CHECKED.call(radio) && this.#isKept(radio));
  }

  #clicked(event, path) {
    this.#resetting = undefined;
    const control = path.find((node) => isA(node, "button,input"));
    if (control?.type === "reset" && event.isTrusted) this.#resetting = control.form;
    else if (control?.type === "radio" && control.name && this.#chosen.some((other) => other.name === control.name && other.form === control.form)) refuse(event);
  }

  #isKept(element) {
    return ["readonly", "disable"].includes(this.modeAt(element));
  }

  /** The user resets a form: what is refused in it stays. */
  #reset(form) {
    const fields = [...ELEMENTS.call(form)].filter((field) => isField(field) && this.#isKept(field));
    for (const field of fields) this.#values.look(field);
    if (fields.length > 0) later(() => fields.forEach((field) => this.#values.putBack(field)), 0);
  }

  /** Whether an edit of a text would change a part of it that is refused. */
  #isPartRefused(event, path) {
    const host = path.findLast((node) => isA(node, "[contenteditable]")) ?? documentOf(path[0]);
    const parts = [...all(host, UNEDITED)];
    return parts.length > 0 && event.getTargetRanges().some(({ startContainer, startOffset, endContainer, endOffset }) => {
      const range = new Range();
      range.setStart(startContainer, startOffset);
      range.setEnd(endContainer, endOffset);
      return parts.some((part) => range.intersectsNode(part));
    });
  }

  /** A field that the user cannot fill in keeps its form from being submitted. */
  #invalid(field, mode) {
    if (this.#blocking.has(field)) return;
    this.#blocking.add(field);
    const message = `the field \`${field.name}\` is not valid, and keeps its form from being submitted: in mode \`${mode}\` nobody can change it; give it a value, or take its constraints away`;
    this.#report("blocked-form", message, field);
  }
}

/** Where the events of a scope are heard first. */
function targetOf(scope) {
  return hostOf(scope) ? scope : (viewOf(documentOf(scope)) ?? scope);
}
