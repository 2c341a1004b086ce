/** What is refused does not answer to the user: acts of which the page and the browser hear nothing, and values that are put back. */

import { APPLIED, all, contains, documentOf, getRootNode, isElement, later, localNameOf, matches, preventDefault, property, removeAttribute, setAttribute } from "../page.js";
import {
  KINDS, Presses, Values, isField, isGrid, isOpaque, isValued, refuse, refuseHidden, silence,
} from "./modes.js";

export * from "./modes.js";

const { CLICKS, SENT, INVALID, EDITS, OVER, KEYS, CHANGED, PRESSES, RELEASED } = KINDS;

/** Keys that leave an element, and change nothing in it. */
const LEAVING = ["Tab", "Escape", "Shift", "Control", "Alt", "AltGraph", "Meta"];

/** Types of fields that are changed by a click, by pressing a button on them, and by other keys than those that write. */
const CHANGED_BY_CLICK = ["checkbox", "radio", "file", "color"];
const CHANGED_BY_PRESSING = ["range", "select-one", "select-multiple"];
const CHANGED_BY_KEYS = [...CHANGED_BY_CLICK, ...CHANGED_BY_PRESSING, "number", "date", "month", "week", "time", "datetime-local"];

/** Keys that move a caret or a choice of cells, and those that begin or end the edit of a cell. */
const MOVING = /^(Arrow|Home|End|Page|F\d)/;
const EDITING = /^(.|Enter|F2|Delete|Backspace)$/;

/** Commands that change nothing but what is shown (WHATWG HTML §4.10.6). */
const SHOWING = /popover|modal|close/;

/** What a program, and not the browser, lets be dragged. */
const MOVABLE = "[draggable=true]";

/** A text that was edited in place until it was refused. */
const UNEDITED = `[${APPLIED}][contenteditable=false]`;

/** What becomes of a widget made by a script that is disabled. */
const WIDGET = `[${APPLIED}^=disable][inert]`;
const POINTED = [...CLICKS, "contextmenu", "pointerdown", "mousedown", "pointerup", "mouseup"];
const boxOf = property("Element", "getBoundingClientRect").value;
const elementFromPoint = property("Document", "elementFromPoint").value;
const blur = property("HTMLElement", "blur").value;

const ELEMENTS = property("HTMLFormElement", "elements").get;
const CHECKED = property("HTMLInputElement", "checked").get;

const isA = (node, selector) => isElement(node) && matches.call(node, selector);

export class Acts {
  #tree;
  #report;
  #commanded;
  #values = new Values();
  #presses;
  #hasModes = false;
  /** Where a drag began. */
  #dragged;
  /** The form that the user is about to reset, and one in a field of which Enter is pressed. */
  #resetting;
  #entered;
  /** Radio buttons that are refused, and were chosen when something was pressed last: a click has changed that already. */
  #chosen = [];
  /** Fields that were reported: once each. */
  #blocking = new WeakSet();

  /**
   * `tree` gives the mode of a node alone (`modeOf`) and the strongest one with all that it is in (`modeAt`), undefined where
   * it is granted, and the node that another one is shown in (`around`); it says whether a form's button was taken out
   * (`lacksButton`), and writes without being observed (`unobserved`). `report` takes a code, a message and an element, and
   * `commanded` is told of a dialog that a button is going to show.
   */
  constructor(tree, report, commanded) {
    this.#tree = tree;
    this.#report = report;
    this.#commanded = commanded;
    this.#presses = new Presses(tree.around);
  }

  stop() {
    this.#presses.stop();
  }

  /** An element is refused from here on: its value may be changed without an event before. */
  look(element) {
    if (isField(element)) this.#values.look(element);
  }

  /** Elements are refused from here on, perhaps in the middle of a drag. */
  letGo() {
    this.#presses.letGo((node) => this.#tree.modeAt(node) !== undefined);
  }

  /** An event that passes the nodes of `path`, with the strongest mode of those; `hasModes` says whether anything is refused but not hidden. */
  heard(event, path, strongest, hasModes) {
    const { type, isTrusted } = event;
    this.#hasModes = hasModes;
    if (type === "pointercancel") return isTrusted && this.#presses.up(event);
    if (type === "dragend") return (this.#dragged = undefined);
    const isReset = type === "reset" && this.#resetting === path[0];
    let mode = strongest;
    if (mode === undefined && hasModes && isTrusted && this.#isOverWidget(event, path[0])) mode = "disable";
    if (type === INVALID) return mode && this.#invalid(path[0], mode);
    if (RELEASED.includes(type)) return this.#presses.release(event, mode !== undefined && mode !== "readonly");
    // What a program resets is its own.
    if (type === "reset" && !isReset) return;
    if (isTrusted && (type === "click" || type === "keydown")) this.#intends(event, path, mode);
    if (mode === undefined) return this.#granted(event, path);
    const field = path.find(isField);
    // The text of an `EditContext` is written whatever the attributes say.
    if (type === "focusin" && path[0].editContext) return blur.call(path[0]);
    if (isTrusted && field) this.#keep(event, field);
    if (mode === "readonly") this.#readonly(event, path, field);
    // No attribute makes a widget in SVG inert: there, the user still reaches it.
    else if (mode === "disable" || (mode === "inert" && isTrusted)) this.#disabled(event, field);
    else refuseHidden(event);
  }

  /** The user is about to reset a form, or to submit it by Enter in one of its fields. */
  #intends({ type, key }, path, mode) {
    this.#entered = key === "Enter" ? path.find(isField)?.form : undefined;
    const control = path.find((node) => isA(node, "button,input"));
    if (type !== "click" || control?.type !== "reset" || (mode !== undefined && mode !== "readonly")) return;
    this.#resetting = control.form;
    // A listener of the page may have prevented it.
    later(() => (this.#resetting = undefined), 0);
  }

  /**
   * Whether a pointer is over a widget that is inert as it is disabled: an engine sees what is behind it,
   * which is not meant.
   */
  #isOverWidget({ type, clientX, clientY }, target) {
    if (!POINTED.includes(type)) return false;
    return [...all(getRootNode.call(target), WIDGET)].some((widget) => {
      const { left, right, top, bottom } = boxOf.call(widget);
      const isInBox = left <= clientX && clientX < right && top <= clientY && clientY < bottom;
      return isInBox && (contains.call(target, widget) || this.#isOnTop(widget, clientX, clientY));
    });
  }

  /** Whether a widget that is inert would be met by a pointer if it were not. */
  #isOnTop(widget, x, y) {
    let met;
    this.#tree.unobserved(() => {
      removeAttribute.call(widget, "inert");
      met = elementFromPoint.call(documentOf(widget), x, y);
      setAttribute.call(widget, "inert", "");
    });
    return contains.call(widget, met);
  }

  /** What a field holds is put back after the user's act, and looked at before. A click has changed a check box already. */
  #keep({ type }, field) {
    if (type === "input" || type === "change") this.#values.putBack(field);
    else if (!CLICKS.includes(type)) this.#values.look(field);
  }

  /** The event of an element that is disabled reaches nobody. */
  #disabled(event, field) {
    const { type, key } = event;
    if (CLICKS.includes(type) || SENT.includes(type)) return refuseHidden(event);
    if (type === "focusin" || LEAVING.includes(key)) return;
    if (PRESSES.includes(type)) this.#presses.press(event, true);
    const isPrevented = KEYS.includes(type) ? key === "Enter" || key === " " || CHANGED_BY_KEYS.includes(field?.type) : EDITS.includes(type) || type === "dragstart";
    if (isPrevented) preventDefault.call(event);
    silence(event);
  }

  /** What changes a value does not come to pass; it can be read, copied and left. */
  #readonly(event, path, field) {
    const { type, key, isTrusted } = event;
    const inside = path.slice(0, path.findLastIndex((node) => this.#tree.modeOf(node) !== undefined) + 1);
    const widget = inside.find((node) => isElement(node) && (isValued(node) || (node === path[0] && isOpaque(node))));
    const text = inside.find((node) => isA(node, UNEDITED));
    const isKeyed = CHANGED_BY_KEYS.includes(field?.type);
    const isGridded = inside.some((node) => isElement(node) && isGrid(node));
    if (CLICKS.includes(type)) {
      if (widget || CHANGED_BY_CLICK.includes(field?.type) || (isGridded && type === "dblclick")) refuse(event);
    } else if (KEYS.includes(type)) {
      const isCommand = event.ctrlKey || event.metaKey;
      const isCopying = isCommand && key?.toLowerCase() === "c";
      // Editors with a text area of their own, and fields with tags, are changed by what their scripts hear of keys.
      const isWriting = field && (isCommand || event.altKey || !(MOVING.test(key) || (key === "Enter" && localNameOf.call(field) === "input")));
      const isEditing = isGridded && EDITING.test(key);
      if (LEAVING.includes(key) || isCopying || !(widget || text || isKeyed || isWriting || isEditing)) return this.#presses.press(event, false);
      this.#presses.press(event, true);
      if (!isCommand && (isKeyed || (widget && !field && !text))) preventDefault.call(event);
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
    else if (type === "contextmenu") widget && silence(event);
    else if (type === "command" ? !SHOWING.test(event.command) : type === "dragstart" && path.some((node) => isA(node, MOVABLE))) refuse(event);
  }

  /** What is granted may change something that is not. */
  #granted(event, path) {
    const { type, isTrusted } = event;
    if (PRESSES.includes(type)) this.#pressed(event, path);
    if (type === "beforetoggle" && event.newState === "open") this.#commanded(path[0]);
    if (type === "submit" && this.#entered === path[0] && !event.submitter && this.#tree.lacksButton(path[0])) refuse(event);
    if (!this.#hasModes) return;
    if (type === "dragstart") this.#dragged = path[0];
    else if (OVER.includes(type) || type === "drop") {
      if (!this.#dragged || !this.#tree.modeAt(this.#dragged)) return;
      if (type === "drop") preventDefault.call(event);
      silence(event);
    } else if (type === "click") this.#clicked(event, path);
    else if (type === "reset") this.#reset(path[0]);
    else if (type === "compositionstart" && isTrusted) this.#composes(path);
    else if (type === "beforeinput" && isTrusted && this.#isPartRefused(event, path)) refuse(event);
  }

  #pressed(event, path) {
    this.#presses.press(event, false);
    if (!this.#hasModes || !event.isTrusted) return;
    const radios = [...all(getRootNode.call(path[0]), `input[type=radio][${APPLIED}]`)];
    this.#chosen = radios.filter((radio) => CHECKED.call(radio) && this.#isKept(radio));
  }

  #clicked(event, path) {
    const control = path.find((node) => isA(node, "button,input"));
    if (control?.type === "radio" && control.name && this.#chosen.some((other) => other.name === control.name && other.form === control.form)) refuse(event);
  }

  #isKept(element) {
    return ["readonly", "disable"].includes(this.#tree.modeAt(element));
  }

  /** The user resets a form: what is refused in it stays. */
  #reset(form) {
    const fields = [...ELEMENTS.call(form)].filter((field) => isField(field) && this.#isKept(field));
    for (const field of fields) this.#values.look(field);
    if (fields.length > 0) later(() => fields.forEach((field) => this.#values.putBack(field)), 0);
  }

  /** The parts of an edited text that are refused. */
  #partsOf(path) {
    return [...all(path.findLast((node) => isA(node, "[contenteditable]")) ?? documentOf(path[0]), UNEDITED)];
  }

  /** What an input method writes takes the place of what is selected, which cannot be prevented: no part that is refused stays selected. */
  #composes(path) {
    const selection = documentOf(path[0]).getSelection();
    if (this.#partsOf(path).some((part) => selection.containsNode(part, true))) selection.collapseToStart();
  }

  /** Whether an edit of a text would change a part of it that is refused. */
  #isPartRefused(event, path) {
    const parts = this.#partsOf(path);
    const ranges = event.getTargetRanges();
    // Firefox does not say what it is going to undo, and undoes it in parts that are not edited, too.
    return parts.length > 0 && (ranges.length === 0 || ranges.some(({ startContainer, startOffset, endContainer, endOffset }) => {
      const range = new Range();
      range.setStart(startContainer, startOffset);
      range.setEnd(endContainer, endOffset);
      return parts.some((part) => range.intersectsNode(part));
    }));
  }

  /** A field that the user cannot fill in keeps its form from being submitted. */
  #invalid(field, mode) {
    if (this.#blocking.has(field)) return;
    this.#blocking.add(field);
    const message = `the field \`${field.name}\` is not valid, and keeps its form from being submitted: in mode \`${mode}\` nobody can change it; give it a value`;
    this.#report("blocked-form", message, field);
  }
}
