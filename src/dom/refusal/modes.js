/** The modes: what becomes of an element that is not granted, with all that is in it, and its undoing. */

import {
  APPLIED, GRANTED, assignedOf, commentIn, documentOf, elementsBelow, first, getAttribute, hasAttribute, isElement,
  localNameOf, matches, parentOf, putInPlaceOf, rendererOf, replaceWith, shadowRootOf, takeOut,
} from "../page.js";
import { Holds, SUBJECTS, attributesOf, isCustom, meant, DECIDING } from "./holds.js";

export * from "./holds.js";

const MODES = ["hide", "disable", "readonly", "inert", "remove"];

/** Modes that what is in an element shares. What is in an inert or hidden one is inert or hidden by the engine. */
const SHARED = ["disable", "readonly"];

/** Elements that hold nothing with a state of its own. */
const LEAVES = new Set(["button", "input", "select", "textarea", "option", "optgroup", "area"]);

const VALUED = new Set(["input", "select"]);

export class Modes {
  /** By number: the elements with a mode. */
  #kept = new Map();
  #holds = new Holds();
  /** How many elements share their mode with others that may be in them. */
  #regions = 0;
  /** Elements that were taken out, and the comments in their places. */
  #out = new Map();
  #page;
  #tree;
  #explain;
  #moved;
  #complaints = [];
  #isOver = false;
  /** Modes that were complained of: once each, on however many elements. */
  #unknown = new Set();
  #failing = new Set();

  /**
   * `page` has the application's own modes and takes reports; `tree` gives the number of an element, the
   * node that another one is shown in, whether an element is hidden, and whether an element is no
   * other binding's, and is told which elements are refused from here on; `explain` gives the decision on a number's element; `moved` is
   * told of elements that were taken out or put back.
   */
  constructor(page, tree, explain, moved) {
    this.#page = page;
    this.#tree = tree;
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
    return kept?.isApplied ? meant(kept.mode, kept.element) : undefined;
  }

  /** Whether attributes of an element are ours at the moment. */
  isHeld(element) {
    return this.#holds.has(element);
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
    const isHidden = mode === undefined || mode === "hide" || !this.#exists(mode, element) || this.#isRendered(mode, element);
    // Few elements need more than to be hidden by the stylesheet.
    if (isHidden && attributesOf("hide", element).length === 0) return this.forget(number);
    const name = isHidden ? "hide" : mode;
    if (known) {
      const isBack = this.#out.has(element) && parentOf.call(element) !== null;
      if (known.mode === name && known.reason === reason && !isBack) return;
      this.#undo(known);
      // An application's own mode may have ended the binding, or had the element forgotten.
      if (this.#isOver || this.#kept.get(number) !== known) return;
    }
    const kept = { number, element, mode: name, reason, isApplied: false, undo: undefined, decision: undefined };
    this.#kept.set(number, kept);
    if (state !== undefined && state !== GRANTED) this.#apply(kept);
  }

  /** An element has another state, or the same for another reason. */
  write(number, element, state) {
    const kept = this.#kept.get(number);
    if (!kept) return this.#regions > 0 ? this.#renew(element) : undefined;
    const isBuiltIn = MODES.includes(kept.mode);
    if (state === GRANTED || !isBuiltIn) this.#undo(kept);
    if (state === GRANTED) return;
    if (!kept.isApplied && !this.#out.has(kept.element)) this.#apply(kept);
    else if (kept.isApplied && kept.reason === "") this.#renew(kept.element);
  }

  /** The decisions on what is not granted may have other reasons: titles say so, and the application's own modes are told. */
  revisit() {
    for (const kept of this.#kept.values()) {
      if (!kept.isApplied) continue;
      const isOwn = !MODES.includes(kept.mode);
      if (!isOwn && kept.reason !== "") continue;
      const { outcome, reason, message } = this.#explain(kept.number);
      if (isOwn && (outcome !== kept.decision.outcome || reason !== kept.decision.reason || message !== kept.decision.message)) {
        this.#undo(kept);
        this.#apply(kept);
      } else if (kept.reason === "" && this.#holds.ours(kept.element, "title") !== message) this.#renew(kept.element);
    }
  }

  /** Nodes came, went or were moved: what they are in may be refused, or be so no longer. */
  follow(nodes) {
    if (this.#regions === 0 && this.#holds.size === 0) return;
    for (const node of nodes) {
      if (hasAttribute.call(node, APPLIED) || first(node, `[${APPLIED}]`) || this.#outer(node)) this.#renewAll(node);
    }
  }

  /** Whether an element can be edited is said by another one, or by the document, from here on. */
  revise(root) {
    if (this.#regions > 0) this.#renewAll(root);
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

  /** Somebody else wrote attributes. */
  mend(element, names) {
    const number = this.#tree.numberOf(element);
    if (this.#holds.has(element) || (number !== undefined && names.has(APPLIED))) this.#holds.mend(element, names);
    const isShared = this.#regions > 0 || this.#kept.has(number);
    if (isShared && DECIDING.some((name) => names.has(name))) this.#renewAll(element);
  }

  /** Takes away what a clone has from its original, on which a mode was in force. */
  clean(element) {
    this.#holds.clean(element);
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

  /** Reports at once. */
  report(...complaint) {
    this.#complaints.push(complaint);
    this.complain();
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
    kept.isApplied = true;
    this.#renew(element);
    this.#share(kept, 1);
  }

  /** What is in an element has its mode from here on, or has it no longer. */
  #share({ mode, element }, difference) {
    if (!SHARED.includes(mode) || LEAVES.has(localNameOf.call(element))) return;
    this.#regions += difference;
    this.#renewBelow(element);
  }

  /** Has an element the attributes that its mode and those of the elements around it want. */
  #renew(element) {
    const number = this.#tree.numberOf(element);
    const kept = this.#kept.get(number);
    const own = kept?.isApplied ? kept : undefined;
    // What is hidden is not marked as shown.
    const outer = own || !this.#tree.isHidden(element) ? this.#outer(element) : undefined;
    if (!own && !outer) return this.#holds.release(element);
    const theirs = (node, name) => this.#holds.theirs(node, name);
    const wanted = new Map(outer && attributesOf(outer, element, false, theirs));
    if (own && MODES.includes(own.mode)) {
      for (const [name, value] of attributesOf(meant(own.mode, element), element, true, theirs)) wanted.set(name, value);
    }
    if (own && own.reason !== undefined && own.mode !== "hide") wanted.set("title", this.#text(own));
    // A field without such a state is held all the same: its value is put back.
    if (!own && wanted.size === 0 && !VALUED.has(localNameOf.call(element))) return this.#holds.release(element);
    if (this.#holds.hold(element, own?.mode ?? outer, wanted)) this.#tree.refused(element);
  }

  #renewAll(node) {
    if (isElement(node)) this.#renew(node);
    this.#renewBelow(node);
  }

  /** Renews all that is in a node, in its shadow root and in its slots. */
  #renewBelow(node) {
    const shadow = isElement(node) ? shadowRootOf.call(node) : null;
    if (shadow) this.#renewBelow(shadow);
    for (const slotted of assignedOf(node)) this.#renewAll(slotted);
    for (const element of elementsBelow(node)) {
      if (this.#isSubject(element)) this.#renew(element);
      if (shadowRootOf.call(element)) this.#renewBelow(shadowRootOf.call(element));
      for (const slotted of assignedOf(element)) this.#renewAll(slotted);
    }
  }

  #isSubject(element) {
    return matches.call(element, SUBJECTS) || isCustom(localNameOf.call(element)) || this.#holds.has(element);
  }

  /** The strongest mode that the elements around another one share with it. */
  #outer(element) {
    // Where another binding has what is in a region, it decides.
    if (this.#regions === 0 || !this.#tree.isOurs(element)) return undefined;
    let found;
    for (let node = this.#tree.around(element); node; node = this.#tree.around(node)) {
      const mode = this.inForce(this.#tree.numberOf(node));
      if (mode === "disable") return mode;
      if (mode === "readonly") found = mode;
    }
    return found;
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
