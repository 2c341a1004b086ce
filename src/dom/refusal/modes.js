/** The modes: what is done to an element that is not granted and to its content, and how it is undone. */

/** @import { Attributes, Checked, Kept, Mode, ModesTree, Page, Report, State, Undo } from "../types.d.ts" */

import {
  APPLIED, GRANTED, assignedOf, commentIn, documentOf, elementsBelow, first, getAttribute, hasAttribute, isElement,
  localNameOf, matches, parentOf, putInPlaceOf, rendererOf, replaceWith, shadowRootOf, takeOut,
} from "../page.js";
import { Holds, SUBJECTS, attributesOf, isCustom, meant, DECIDING } from "./holds.js";

export * from "./holds.js";

const MODES = ["hide", "disable", "readonly", "inert", "remove"];

/** Modes that an element shares with its content. The content of an inert or hidden element is inert or hidden by the engine. */
export const SHARED = ["disable", "readonly"];

/** Elements without content that has a state of its own. */
const LEAVES = new Set(["button", "input", "select", "textarea", "option", "optgroup", "area"]);

/** Fields that are tracked even if no attribute can refuse them, so that their values are put back. */
const VALUED = new Set(["input", "select"]);

/** The elements with modes of one binding. */
export class Modes {
  /** The elements with a mode, by number. @type {Map<number, Kept>} */
  #kept = new Map();
  #holds = new Holds();
  /** How many elements share their mode with their content. */
  #regions = 0;
  /** Elements that were taken out, and the comments in their places. @type {Map<Element, Comment>} */
  #out = new Map();
  #page;
  #tree;
  #explain;
  #moved;
  /** Problems to be reported. @type {Parameters<Report>[]} */
  #complaints = [];
  #isOver = false;
  /** Unknown modes and frameworks that were reported: each once, however many elements have it. @type {Set<string>} */
  #unknown = new Set();
  /** Modes that were reported because they threw. @type {Set<string>} */
  #failing = new Set();

  /**
   * `page` has the application's own modes and takes reports; `explain` returns the decision on the element of a number;
   * `moved` is called with each element that was taken out (`isOut`) or put back.
   * @param {Pick<Page, "modes" | "report">} page @param {ModesTree} tree
   * @param {(number: number) => Checked} explain @param {(element: Element, isOut: boolean) => void} moved
   */
  constructor(page, tree, explain, moved) {
    this.#page = page;
    this.#tree = tree;
    this.#explain = explain;
    this.#moved = moved;
  }

  /** The mode of an element, by its number. @param {number} number */
  of(number) {
    return this.#kept.get(number)?.mode ?? "hide";
  }

  /** The mode that is in force on an element at the moment, by its number. @param {number | undefined} number */
  inForce(number) {
    const kept = this.#kept.get(/** @type {number} */ (number));
    return kept?.isApplied ? meant(kept.mode, kept.element) : undefined;
  }

  /** Whether attributes of an element are ours at the moment. @param {Element} element */
  isHeld(element) {
    return this.#holds.has(element);
  }

  /** The elements with attributes of ours. */
  held() {
    return this.#holds.elements();
  }

  get size() {
    return this.#kept.size;
  }

  /** The comment in the place of an element; undefined if it was not taken out. @param {Node} element */
  placeOf(element) {
    return this.#out.get(/** @type {Element} */ (element));
  }

  /** The elements that were taken out, with the comments in their places. */
  get places() {
    return this.#out;
  }

  /**
   * Gives an element a mode and a text for its title, each undefined for none.
   * @param {number} number @param {Element} element @param {Mode | undefined} mode @param {string | undefined} reason @param {State | undefined} state
   */
  assign(number, element, mode, reason, state) {
    if (this.#isOver) return;
    const known = this.#kept.get(number);
    const isHidden = mode === undefined || mode === "hide" || !this.#exists(mode, element) || this.#isRendered(mode, element);
    // For most elements, being hidden by the stylesheet is enough.
    if (isHidden && attributesOf("hide", element).length === 0) return this.forget(number);
    const name = isHidden ? "hide" : mode;
    if (known) {
      const isBack = this.#out.has(element) && parentOf.call(element) !== null;
      if (known.mode === name && known.reason === reason && !isBack) return;
      this.#undo(known);
      // A mode of the application may have ended the binding, or made it forget the element.
      if (this.#isOver || this.#kept.get(number) !== known) return;
    }
    /** @type {Kept} */
    const kept = { number, element, mode: name, reason, isApplied: false, undo: undefined, decision: undefined };
    this.#kept.set(number, kept);
    if (state !== GRANTED) this.#apply(kept);
  }

  /** Called when an element has another state, or the same state for another reason. @param {number} number @param {Element} element @param {State | undefined} state */
  write(number, element, state) {
    const kept = this.#kept.get(number);
    if (!kept) return this.#regions > 0 ? this.#renew(element) : undefined;
    const isBuiltIn = MODES.includes(kept.mode);
    if (state === GRANTED || !isBuiltIn) this.#undo(kept);
    if (state === GRANTED) return;
    if (!kept.isApplied && !this.#out.has(kept.element)) this.#apply(kept);
    else if (kept.isApplied && kept.reason === "") this.#renew(kept.element);
  }

  /** The decisions on refused elements may have other reasons than before: updates titles, and calls the application's own modes again. */
  revisit() {
    for (const kept of this.#kept.values()) {
      if (!kept.isApplied) continue;
      const isOwn = !MODES.includes(kept.mode);
      if (!isOwn && kept.reason !== "") continue;
      const { outcome, reason, message } = this.#explain(kept.number);
      if (isOwn && (outcome !== /** @type {Checked} */ (kept.decision).outcome || reason !== /** @type {Checked} */ (kept.decision).reason || message !== /** @type {Checked} */ (kept.decision).message)) {
        this.#undo(kept);
        this.#apply(kept);
      } else if (kept.reason === "" && this.#holds.ours(kept.element, "title") !== message) this.#renew(kept.element);
    }
  }

  /** Elements were inserted, removed or moved: they may share the mode of another element around them now. @param {Iterable<Element>} nodes */
  follow(nodes) {
    if (this.#regions === 0 && this.#holds.size === 0) return;
    for (const node of nodes) {
      if (hasAttribute.call(node, APPLIED) || first(node, `[${APPLIED}]`) || this.#outer(node)) this.#renewAll(node);
    }
  }

  /** The document began or ceased to be editable as a whole. @param {Node} root */
  revise(root) {
    this.#renewAll(root);
  }

  /** Forgets an element, and leaves it as the page had it. @param {number} number */
  forget(number) {
    this.take(number)();
  }

  /** Forgets an element, and returns a function that leaves it as the page had it. @param {number} number @returns {Undo} */
  take(number) {
    const kept = this.#kept.get(number);
    if (!kept) return () => undefined;
    this.#kept.delete(number);
    return () => this.#undo(kept);
  }

  /** The page wrote attributes of an element. @param {Element} element @param {Set<string>} names */
  mend(element, names) {
    const number = this.#tree.numberOf(element);
    if (this.#holds.has(element) || (number !== undefined && names.has(APPLIED))) this.#holds.mend(element, names);
    const isShared = this.#regions > 0 || this.#kept.has(/** @type {number} */ (number));
    if (isShared && DECIDING.some((name) => names.has(name))) this.#renewAll(element);
  }

  /** Removes the attributes that a clone has from its original, on which a mode was in force. @param {Element} element */
  clean(element) {
    this.#holds.clean(element);
  }

  /**
   * From now on, nothing is reported or explained. `page` refers to the handle of the binding, which must not
   * be kept from being garbage collected.
   */
  stop() {
    this.#isOver = true;
    this.#page = { modes: {}, report: () => undefined };
    this.#explain = () => /** @type {Checked} */ ({ message: "" });
  }

  /** Reports a problem at once. @param {Parameters<Report>} complaint */
  report(...complaint) {
    this.#complaints.push(complaint);
    this.settled();
  }

  /** Elements have other modes or places than before: closes and shows dialogs, and reports the collected problems. Both call listeners of the application. */
  settled() {
    this.#tree.settled();
    if (this.#complaints.length === 0) return;
    for (const complaint of this.#complaints.splice(0)) this.#page.report(...complaint);
  }

  /** Whether there is a mode of this name; an unknown mode is reported once. @param {Mode} mode @param {Element} element */
  #exists(mode, element) {
    if (MODES.includes(mode) || Object.hasOwn(this.#page.modes, mode)) return true;
    if (!this.#unknown.has(mode)) {
      this.#unknown.add(mode);
      const known = [...MODES, ...Object.keys(this.#page.modes)].join(", ");
      const message = `\`data-permission-mode="${mode.slice(0, 200)}"\` is no mode, so the element is hidden; use one of ${known}`;
      this.#complaints.push(["unknown-mode", message, element]);
    }
    return false;
  }

  /** Whether a framework would crash if this mode took the element out of the page: then the element is hidden instead, which is reported once. @param {Mode} mode @param {Element} element */
  #isRendered(mode, element) {
    const renderer = mode === "remove" ? rendererOf(element) : undefined;
    if (renderer !== undefined && !this.#unknown.has(renderer)) {
      this.#unknown.add(renderer);
      const message = `\`data-permission-mode="remove"\`: ${renderer} rendered this element and fails without it, so it is hidden; use \`hide\`, or render it only if \`can()\` is true`;
      this.#complaints.push(["unsafe-mode", message, element]);
    }
    return renderer !== undefined;
  }

  /** @param {Kept} kept */
  #apply(kept) {
    const { element, mode } = kept;
    if (mode === "remove") return this.#remove(element);
    if (!MODES.includes(mode) && !this.#call(kept)) return;
    kept.isApplied = true;
    this.#renew(element);
    this.#share(kept, 1);
  }

  /** The content of an element shares its mode from here on (1), or no longer (-1). @param {Kept} kept @param {1 | -1} difference */
  #share({ mode, element }, difference) {
    if (!SHARED.includes(mode) || LEAVES.has(localNameOf.call(element))) return;
    this.#regions += difference;
    this.#renewBelow(element);
  }

  /** Sets the attributes of an element that its mode, and the modes of the elements around it, require. @param {Element} element */
  #renew(element) {
    const number = this.#tree.numberOf(element);
    const kept = this.#kept.get(/** @type {number} */ (number));
    const own = kept?.isApplied ? kept : undefined;
    // A hidden element is not marked as visible.
    const outer = own || !this.#tree.isHidden(element) ? this.#outer(element) : undefined;
    if (!own && !outer) return this.#holds.release(element);
    /** @param {Element} node @param {string} name */
    const theirs = (node, name) => this.#holds.theirs(node, name);
    const wanted = new Map(/** @type {Attributes | undefined} */ (outer && attributesOf(outer, element, false, theirs)));
    if (own && MODES.includes(own.mode)) {
      for (const [name, value] of attributesOf(meant(own.mode, element), element, true, theirs)) wanted.set(name, value);
    }
    if (own && own.reason !== undefined && own.mode !== "hide") wanted.set("title", this.#text(/** @type {Kept & { readonly reason: string }} */ (own)));
    // A field without a state for this mode is tracked all the same, so that its value is put back.
    if (!own && wanted.size === 0 && !VALUED.has(localNameOf.call(element))) return this.#holds.release(element);
    if (this.#holds.hold(element, /** @type {Mode} */ (own?.mode ?? outer), wanted)) this.#tree.refused(element);
  }

  /** @param {Node} node */
  #renewAll(node) {
    // A read-only list is submitted with the options that are added to it: those are not refused.
    if (isElement(node) && this.#isSubject(node)) this.#renew(node);
    this.#renewBelow(node);
  }

  /** Renews everything below a node, in its shadow root and in its slots. @param {Node} node */
  #renewBelow(node) {
    const shadow = isElement(node) ? shadowRootOf.call(node) : null;
    if (shadow) this.#renewBelow(shadow);
    for (const slotted of assignedOf(node)) this.#renewAll(slotted);
    for (const element of elementsBelow(node)) {
      if (this.#isSubject(element)) this.#renew(element);
      if (shadowRootOf.call(element)) this.#renewBelow(/** @type {ShadowRoot} */ (shadowRootOf.call(element)));
      for (const slotted of assignedOf(element)) this.#renewAll(slotted);
    }
  }

  /** @param {Element} element */
  #isSubject(element) {
    return matches.call(element, SUBJECTS) || isCustom(localNameOf.call(element)) || this.#holds.has(element);
  }

  /** The strongest mode that elements around this one share with it. @param {Element} element */
  #outer(element) {
    // Another binding decides on the elements that it has.
    if (this.#regions === 0 || !this.#tree.isOurs(element)) return undefined;
    /** @type {Mode | undefined} */
    let found;
    for (let node = this.#tree.around(element); node; node = this.#tree.around(node)) {
      const mode = this.inForce(this.#tree.numberOf(node));
      if (mode === "disable") return mode;
      if (mode === "readonly") found = mode;
    }
    return found;
  }

  /** Calls a mode of the application. If it throws, the element stays hidden. @param {Kept} kept */
  #call(kept) {
    try {
      kept.decision = this.#explain(kept.number);
      kept.undo = this.#page.modes[kept.mode](kept.element, kept.decision);
      if (kept.undo === undefined || typeof kept.undo === "function") return true;
      throw new TypeError("a mode must return a function that undoes it, or nothing");
    } catch (cause) {
      this.#failed(kept, cause);
      return false;
    }
  }

  /** @param {Kept} kept @param {unknown} cause */
  #failed({ mode, element }, cause) {
    if (this.#failing.has(mode)) return;
    this.#failing.add(mode);
    const message = `the mode \`${mode}\` threw an error; its element is hidden`;
    this.#complaints.push(["listener", message, element, cause]);
  }

  /** The text for the title of an element: its reason, or that of the decision. @param {Kept & { readonly reason: string }} kept */
  #text({ number, reason }) {
    return reason === "" ? this.#explain(number).message : reason;
  }

  /** @param {Kept} kept */
  #undo(kept) {
    const { element, undo } = kept;
    this.#putBack(element);
    if (!kept.isApplied) return;
    kept.isApplied = false;
    kept.undo = undefined;
    this.#renew(element);
    this.#share(kept, -1);
    if (typeof undo !== "function") return;
    try {
      undo();
    } catch (cause) {
      this.#failed(kept, cause);
    }
  }

  /** @param {Element} element */
  #remove(element) {
    if (parentOf.call(element) === null) return;
    const comment = commentIn(documentOf(element), " data-permission ");
    replaceWith.call(element, comment);
    this.#out.set(element, comment);
    this.#moved(element, true);
  }

  /** @param {Element} element */
  #putBack(element) {
    const comment = this.#out.get(element);
    if (!comment) return;
    this.#out.delete(element);
    this.#moved(element, false);
    // The page may have inserted the element elsewhere, or removed the comment.
    if (parentOf.call(element) !== null) takeOut(comment);
    else putInPlaceOf(comment, element);
  }
}
