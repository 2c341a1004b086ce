/** Keeps the user from acting on refused elements: the events that reach neither the page nor the browser, and the values that are put back. */

/** @import { ActsTree, EditedByContext, Field, Heard, Mode, Report } from "../types.d.ts" */

import { APPLIED, all, attempt, blur, contains, dispatchEvent, documentOf, findIn, getRootNode, hostOf, isElement, later, localNameOf, matches, preventDefault, property, removeAttribute, setAttribute } from "../page.js";
import {
  CANCELS, CHANGED, CLICKS, EDITS, INVALID, KEYS, OVER, PRESSES, Presses, RELEASED, SENT, SHARED, Values, isField, isGrid, isOpaque,
  isValued, refuse, refuseHidden, silence, stronger,
} from "./modes.js";

export * from "./modes.js";

/** Keys that leave an element. Scripts of editors indent a text by them, or clear a value. */
const LEAVING = ["Tab", "Escape"];

/** Keys that change nothing, and move away from an element. */
const HARMLESS = [...LEAVING, "Shift", "Control", "Alt", "AltGraph", "Meta"];

/** Types of fields that are changed by a click, by pressing a mouse button, and by keys that do not write text. */
const CHANGED_BY_CLICK = ["checkbox", "radio", "file", "color"];
const CHANGED_BY_PRESSING = ["range", "select-one", "select-multiple"];
const CHANGED_BY_KEYS = [...CHANGED_BY_CLICK, ...CHANGED_BY_PRESSING, "number", "date", "month", "week", "time", "datetime-local"];

/** Keys that move a caret or a selection of cells. F2 begins to edit a cell. */
const MOVING = /^(Arrow|Home|End|Page|F\d)/;

/** Commands that only show or hide an element (WHATWG HTML §4.10.6). Those of the page begin with two hyphens. */
const SHOWING = /^(?!--).*(popover|modal|close)/;

/** Elements that a script, and not the browser, makes draggable. */
const MOVABLE = "[draggable=true i]";

/** A text that was editable in place until it was refused. */
const UNEDITED = `[${APPLIED}][contenteditable=false]`;

/** Of the elements with attributes of ours: a widget made by a script that is disabled; a button is, also in mode `readonly`. */
const WIDGET = `[inert]:not([${APPLIED}^=inert])`;
const POINTED = [...CLICKS, "contextmenu", "pointerdown", "mousedown", "pointerup", "mouseup"];
const boxOf = /** @type {(this: Element) => DOMRect} */ (property("Element", "getBoundingClientRect").value);
const lockedIn = property("Document", "pointerLockElement").get;
const unlock = /** @type {(this: Document) => void} */ (property("Document", "exitPointerLock").value);

const ELEMENTS = /** @type {(this: HTMLFormElement) => Iterable<Element>} */ (property("HTMLFormElement", "elements").get);
const CHECKED = /** @type {(this: HTMLInputElement) => boolean} */ (property("HTMLInputElement", "checked").get);

/** @param {Node} node @param {string} selector @returns {node is Element} */
const isA = (node, selector) => isElement(node) && matches.call(node, selector);

/** @param {Node} node */
const selectionOf = (node) => /** @type {Selection} */ (documentOf(node).getSelection());

/** The links that a `<use>` in SVG draws, perhaps by another `<use>`: a click on one of them is a click on the first `<use>`. @param {Node[]} path */
function drawnLinks(path) {
  const found = new Set(path.filter((node) => isA(node, "use")));
  // The set grows during the loop.
  for (const node of found) {
    const drawn = isA(node, "use") && findIn(getRootNode.call(node), "getElementById", /** @type {SVGUseElement} */ (node).href.baseVal.split("#")[1]);
    if (drawn) for (const part of [drawn, ...all(drawn, "a,use")]) found.add(part);
  }
  return [...found].filter((node) => isA(node, "a"));
}

/** Keeps a key from a refused element and tells the elements around it, such as a dialog that keeps the focus in it. @param {Heard} event @param {Node | null} around */
function tellAround(event, around) {
  silence(event);
  const copy = new /** @type {typeof Event} */ (event.constructor)(event.type, event);
  let isPrevented = false;
  // WebKit would move the focus for the event of a script, too.
  preventDefault.call(copy);
  Object.defineProperties(copy, { defaultPrevented: { get: () => isPrevented }, preventDefault: { value: () => (isPrevented = true) } });
  dispatchEvent.call(/** @type {Node} */ (around), copy);
  if (isPrevented) preventDefault.call(event);
}

/** Whether two nodes stand in the same tree: others have no order. @param {Node} one @param {Node} other */
const isWith = (one, other) => getRootNode.call(one) === getRootNode.call(other);

/** Whether no text lies between a range and a part of its text, on the side on which a key deletes. @param {Range} range @param {Element} part @param {string} inputType */
function isNext(range, part, inputType) {
  const isAfter = range.comparePoint(part, 0) > 0;
  const between = range.cloneRange();
  between.collapse(!isAfter);
  if (isAfter) between.setEndBefore(part);
  else between.setStartAfter(part);
  return !(String(between) || inputType.endsWith(isAfter ? "Backward" : "Forward"));
}

/** Handles the events on refused elements. */
export class Acts {
  #tree;
  #report;
  #commanded;
  #values = new Values();
  #presses;
  #hasModes = false;
  /** The node at which a drag began. @type {Node | undefined} */
  #dragged;
  /** The form that the user is about to reset. @type {HTMLFormElement | null | undefined} */
  #resetting;
  /** The form in which the user pressed Enter in a field. @type {HTMLFormElement | null | undefined} */
  #entered;
  /** Refused radio buttons that were chosen at the last press: at a click, the choice has changed already. @type {HTMLInputElement[]} */
  #chosen = [];
  /** Fields that were reported: once each. @type {WeakSet<Field>} */
  #blocking = new WeakSet();

  /**
   * `commanded` is called with a dialog that a button is going to show.
   * @param {ActsTree} tree @param {Report} report @param {(dialog: HTMLDialogElement) => void} commanded
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

  /** An element is refused from here on: its value may be changed without an earlier event. @param {Element} element */
  look(element) {
    if (isField(element)) this.#values.look(element);
  }

  /** Called when more elements are refused, perhaps in the middle of a drag. */
  letGo() {
    const isRefused = (/** @type {Node} */ node) => this.#tree.modeAt(node) !== undefined;
    this.#presses.letGo(isRefused);
    // An element that has locked the pointer gets all its moves, also without a button pressed.
    const locked = /** @type {Node} */ (lockedIn?.call(document));
    if (isRefused(locked)) unlock.call(document);
  }

  /**
   * Handles an event that passes the nodes of `path`; `strongest` is the strongest mode of these, and `hasModes` says whether any
   * element is refused but not hidden. @param {Heard} event @param {Node[]} path @param {Mode | undefined} strongest @param {boolean} hasModes
   */
  heard(event, path, strongest, hasModes) {
    const { type, isTrusted } = event;
    this.#hasModes = hasModes;
    if (type in CANCELS) return isTrusted && this.#presses.release(event, false);
    if (type === "dragend") return (this.#dragged = undefined);
    let mode = strongest;
    if (hasModes && isTrusted && this.#isOverWidget(event, path[0])) mode = stronger(mode, "disable");
    if (CLICKS.includes(type)) for (const link of drawnLinks(path)) mode = stronger(mode, this.#tree.modeAt(link));
    if (type === INVALID) return mode && this.#invalid(/** @type {Field} */ (path[0]), mode);
    if (RELEASED.includes(type)) return this.#presses.release(event, mode !== undefined && mode !== "readonly");
    // A reset by a script is not refused.
    if (type === "reset" && this.#resetting !== path[0]) return;
    if (isTrusted && (type === "click" || type === "keydown")) this.#intends(event.key, path);
    const field = path.find(isField);
    if (field) this.#keep(event, field, mode);
    if (mode === undefined) return this.#granted(event, path);
    // An `EditContext` takes text whatever the attributes of its element say; Chromium gives the focus to areas of image maps that are hidden or inert.
    const isHidden = mode === "hide" || mode === "inert";
    if (/** @type {EditedByContext} */ (path[0]).editContext || (isHidden && type === "focusin")) attempt(blur, /** @type {Element} */ (path[0]));
    if (type === "focusin") return;
    // No input method writes where nothing is selected: a text may be editable by its style (`-webkit-user-modify`).
    if (type === "compositionstart") selectionOf(path[0]).removeAllRanges();
    if (mode === "readonly") this.#readonly(event, path, field);
    // No attribute makes a widget in SVG inert: there, the user still reaches it.
    else if (mode === "disable" || (mode === "inert" && isTrusted)) this.#disabled(event, field);
    // The user has chosen files in a window that was already open when the field was hidden.
    else if (isTrusted && CHANGED.includes(type) && field?.type === "file") silence(event);
    else refuseHidden(event);
  }

  /** Notes that the user is about to reset a form, or to submit it by Enter in one of its fields. @param {string} key @param {Node[]} path */
  #intends(key, path) {
    this.#entered = key === "Enter" ? path.find(isField)?.form : undefined;
    const control = /** @type {HTMLButtonElement | HTMLInputElement | undefined} */ (path.find((node) => isA(node, "button,input")));
    if (control?.type !== "reset") return;
    this.#resetting = control.form;
    // A listener of the page may have prevented it.
    later(() => (this.#resetting = undefined), 0);
  }

  /**
   * Whether a pointer is over a widget that is inert because it is disabled: the engine sends the event to the element
   * behind it, which the user did not mean. @param {Heard} event @param {Node} target
   */
  #isOverWidget({ type, clientX, clientY }, target) {
    if (!POINTED.includes(type)) return false;
    return this.#tree.held().some((widget) => {
      const { left, right, top, bottom } = boxOf.call(widget);
      const isInBox = left <= clientX && clientX < right && top <= clientY && clientY < bottom;
      return isInBox && matches.call(widget, WIDGET) && (this.#isIn(target, widget) || this.#isOnTop(widget, clientX, clientY));
    });
  }

  /** Whether a node is rendered in another one, also through shadow roots and slots. @param {Node} around @param {Node | null} node */
  #isIn(around, node) {
    while (node && node !== around) node = this.#tree.around(node);
    return node;
  }

  /** Whether a widget that is inert would get the events of a pointer if it were not. @param {Element} widget @param {number} x @param {number} y */
  #isOnTop(widget, x, y) {
    let isMet = true;
    this.#tree.unobserved(() => {
      removeAttribute.call(widget, "inert");
      // In each tree from its own to the document: Firefox also meets what lies below an element outside of the shadow root.
      for (let node = /** @type {Element | null} */ (widget); node; node = hostOf(getRootNode.call(node))) {
        isMet &&= contains.call(node, /** @type {Element | null} */ (findIn(getRootNode.call(node), "elementFromPoint", x, y)));
      }
      setAttribute.call(widget, "inert", "");
    });
    return isMet;
  }

  /**
   * Looks at the value of a refused field before an action of the user, and puts it back after that. At a click, a check box has
   * changed already; a file field opens a window that stays open when the field is refused. With an event of its own, a script tells
   * of its write, which stays.
   * @param {Heard} event @param {Field} field @param {Mode | undefined} mode
   */
  #keep({ type, isTrusted }, field, mode) {
    const isChange = type === "input" || type === "change";
    if (isChange && isTrusted) {
      if (mode) this.#values.putBack(field);
    } else if (CLICKS.includes(type) ? isTrusted && field.type === "file" : mode && isTrusted !== isChange) this.#values.look(field);
  }

  /** Handles an event on a disabled element: it reaches no listener of the page. @param {Heard} event @param {Field | undefined} field */
  #disabled(event, field) {
    const { type, key } = event;
    if (CLICKS.includes(type) || SENT.includes(type)) return refuseHidden(event);
    if (HARMLESS.includes(key)) return;
    this.#presses.press(event, true);
    const isPrevented = KEYS.includes(type) ? key === "Enter" || key === " " || CHANGED_BY_KEYS.includes(/** @type {string} */ (field?.type)) : EDITS.includes(type) || type === "dragstart";
    if (isPrevented) preventDefault.call(event);
    silence(event);
  }

  /** Handles an event on a read-only element: its value cannot be changed, but it can be read, copied and left. @param {Heard} event @param {Node[]} path @param {Field | undefined} field */
  #readonly(event, path, field) {
    const { type, key, isTrusted } = event;
    const inside = path.slice(0, path.findLastIndex((node) => this.#tree.modeOf(node) !== undefined) + 1);
    // A canvas that is read-only itself is a drawing: no state of the platform keeps the user from changing it.
    const widget = inside.find((node) => isElement(node) && (isValued(node) || (node === path[0] && (isOpaque(node) || (node === inside.at(-1) && localNameOf.call(node) === "canvas")))));
    const text = inside.find((node) => isA(node, UNEDITED));
    const isKeyed = CHANGED_BY_KEYS.includes(/** @type {string} */ (field?.type));
    const isGridded = inside.some((node) => isElement(node) && isGrid(node));
    if (CLICKS.includes(type)) {
      if (widget || CHANGED_BY_CLICK.includes(/** @type {string} */ (field?.type)) || (isGridded && type === "dblclick")) refuse(event);
    } else if (KEYS.includes(type)) {
      const isCommand = event.ctrlKey || event.metaKey;
      const isCopying = isCommand && key?.toLowerCase() === "c";
      // Editors with a text area of their own, and fields with tags, are changed by scripts that listen to keys.
      const isWriting = field && (isCommand || event.altKey || !(MOVING.test(key) || (key === "Enter" && localNameOf.call(field) === "input")));
      const isEditing = isGridded && (key === "F2" || !MOVING.test(key));
      const isOff = widget || text || isKeyed || isWriting || isEditing;
      if (isOff && LEAVING.includes(key)) return tellAround(event, this.#tree.around(/** @type {Node} */ (inside.at(-1))));
      if (HARMLESS.includes(key) || isCopying || !isOff) return this.#presses.press(event, false);
      this.#presses.press(event, true);
      if (!isCommand && (isKeyed || (widget && !field && !text))) preventDefault.call(event);
      silence(event);
    } else if (PRESSES.includes(type)) {
      this.#presses.press(event, widget !== undefined);
      if (widget) silence(event);
      else if (type === "mousedown" && CHANGED_BY_PRESSING.includes(/** @type {string} */ (field?.type))) preventDefault.call(event);
    } else if (CHANGED.includes(type)) {
      // An event that a script dispatches for its own write reaches the page.
      if (isTrusted) silence(event);
    } else if (EDITS.includes(type) || type === "reset") refuse(event);
    else if (OVER.includes(type) || (type === "wheel" && (widget || field))) silence(event);
    else if (type === "contextmenu") widget && silence(event);
    else if (type === "command" ? !SHOWING.test(event.command) : type === "dragstart" && path.some((node) => isA(node, MOVABLE))) refuse(event);
  }

  /** Handles an event on a granted element, which may change a refused one. @param {Heard} event @param {Node[]} path */
  #granted(event, path) {
    const { type, isTrusted } = event;
    if (PRESSES.includes(type)) this.#pressed(event, path);
    if (type === "beforetoggle") this.#commanded(/** @type {HTMLDialogElement} */ (path[0]));
    if (type === "submit" && this.#entered === path[0] && !event.submitter && this.#tree.lacksButton(path[0])) refuse(event);
    if (!this.#hasModes) return;
    if (type === "dragstart") this.#dragged = path[0];
    else if (OVER.includes(type) || type === "drop") {
      if (!this.#dragged || !this.#tree.modeAt(this.#dragged)) return;
      if (type === "drop") preventDefault.call(event);
      silence(event);
    } else if (type === "click") this.#clicked(event, path);
    else if (type === "reset") this.#reset(/** @type {HTMLFormElement} */ (path[0]));
    else if (type === "compositionstart" && isTrusted) this.#composes(path);
    else if (type === "beforeinput" && isTrusted && this.#isPartRefused(event, path)) refuse(event);
  }

  /** @param {Heard} event @param {Node[]} path */
  #pressed(event, path) {
    this.#presses.press(event, false);
    if (!this.#hasModes || !event.isTrusted) return;
    const radios = /** @type {HTMLInputElement[]} */ ([...all(getRootNode.call(path[0]), `input[type=radio][${APPLIED}]`)]);
    this.#chosen = radios.filter((radio) => CHECKED.call(radio) && this.#isKept(radio));
  }

  /** @param {Heard} event @param {Node[]} path */
  #clicked(event, path) {
    const control = /** @type {HTMLButtonElement | HTMLInputElement | undefined} */ (path.find((node) => isA(node, "button,input")));
    if (control?.type === "radio" && control.name && this.#chosen.some((other) => other.name === control.name && other.form === control.form)) refuse(event);
  }

  /** Whether the value of a field is kept as it is. @param {Element} element */
  #isKept(element) {
    return SHARED.includes(/** @type {Mode} */ (this.#tree.modeAt(element)));
  }

  /** The user resets a form: its refused fields keep their values. @param {HTMLFormElement} form */
  #reset(form) {
    const fields = /** @type {Field[]} */ ([...ELEMENTS.call(form)].filter((field) => isField(field) && this.#isKept(field)));
    for (const field of fields) this.#values.look(field);
    later(() => fields.forEach((field) => this.#values.putBack(field)), 0);
  }

  /** The refused parts of a text that is edited in place, in its tree. What is typed into a field or an `EditContext` changes none. @param {Node[]} path */
  #partsOf(path) {
    const host = path.findLast((node) => isA(node, "[contenteditable]") && isWith(node, path[0])) ?? getRootNode.call(path[0]);
    return isField(path[0]) || /** @type {EditedByContext} */ (path[0]).editContext ? [] : [...all(host, `[${APPLIED}]`)].filter((part) => this.#tree.modeAt(part));
  }

  /** An input method replaces the selected text, which cannot be prevented: no refused part stays selected. @param {Node[]} path */
  #composes(path) {
    const selection = selectionOf(path[0]);
    if (this.#partsOf(path).some((part) => selection.containsNode(part, true))) selection.collapseToStart();
  }

  /** Whether an edit of a text would change a refused part of it. @param {Heard} event @param {Node[]} path */
  #isPartRefused(event, path) {
    const parts = this.#partsOf(path);
    const ranges = event.getTargetRanges();
    const { focusNode, focusOffset } = selectionOf(path[0]);
    // Firefox gives no ranges for `undo`, and also undoes edits in parts that are not editable.
    return parts.length > 0 && (ranges.length === 0 || ranges.some(({ startContainer, startOffset, endContainer, endOffset }) => {
      const range = new Range();
      range.setStart(startContainer, startOffset);
      range.setEnd(endContainer, endOffset);
      const isDeletion = event.inputType.startsWith("delete");
      // Engines also delete what lies between the range and the caret.
      if (isDeletion && focusNode && isWith(focusNode, startContainer)) {
        const side = range.comparePoint(focusNode, focusOffset);
        if (side < 0) range.setStart(focusNode, focusOffset);
        if (side > 0) range.setEnd(focusNode, focusOffset);
      }
      // They delete a part as a whole, and name the empty range beside it.
      const isBeside = isDeletion && !String(range);
      return parts.some((part) => range.intersectsNode(part) || (isBeside && isNext(range, part, event.inputType)));
    }));
  }

  /** Reports a field that the user cannot fill in, and that keeps its form from being submitted. @param {Field} field @param {Mode} mode */
  #invalid(field, mode) {
    if (this.#blocking.has(field)) return;
    this.#blocking.add(field);
    const message = `the field \`${field.name}\` is not valid, and blocks its form: in mode \`${mode}\` nobody can change it; give it a value`;
    this.#report("blocked-form", message, field);
  }
}
