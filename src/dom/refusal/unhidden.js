/** Elements that a stylesheet cannot hide: found after new elements were bound, and reported once each. */

/** @import { Report } from "../types.d.ts" */

import { REQUIREMENT, all, closest, contains, findIn, getAttribute, getRootNode, later, localNameOf, notLater, property } from "../page.js";

export * from "../events.js";

/** References that name or describe an element by the text of another one, even a hidden one (accname 1.2 §4.3.2). @type {Record<string, "ariaLabelledByElements" | "ariaDescribedByElements">} */
const REFERENCES = { "aria-labelledby": "ariaLabelledByElements", "aria-describedby": "ariaDescribedByElements" };

const COLUMNS = ["col", "colgroup"];

/** Elements that are read out, shown or used without a box of their own. */
const BOXLESS = ["track", "title", "desc", "source"];

/** Parts of a list whose text is offered or shown, wherever they stand. */
const LISTED = "datalist,option *";

const isShown = property("Element", "checkVisibility").value;

/** Elements that are used without a box of their own, and that `disabled` or `tabindex` keeps from being used. */
const UNBOXED = ["option", "optgroup", "area"];

/** The requirement that decides on an element. @param {Element} element */
const requirementOf = (element) => {
  const tagged = closest.call(element, `[${REQUIREMENT}]`);
  return tagged && getAttribute.call(tagged, REQUIREMENT);
};

/** Looks for elements that a stylesheet cannot hide. */
export class Unhidden {
  /** Elements that were reported. @type {WeakSet<Element>} */
  #told = new WeakSet();
  #report;
  #page;
  /** The numbers of elements that were bound, and not looked at yet, in lists. @type {number[][]} */
  #taken = [];
  /** @type {number | undefined} */
  #timer;

  /**
   * `page.element` returns the element of a number, `page.hiding` returns it if it has the mode `hide`, and `page.keep` keeps
   * such an element from being used.
   * @param {Report} report
   * @param {{ element(number: number): Element | undefined, hiding(number: number): Element | undefined, keep(number: number, element: Element): void }} page
   */
  constructor(report, page) {
    this.#report = report;
    this.#page = page;
  }

  /**
   * Elements were bound. Those that could still be used are kept from that at once, before they are visible; those that are
   * only reported are looked for in a task of its own, as most pages have none.
   * @param {number[]} numbers
   */
  taken(numbers) {
    for (const number of numbers) {
      const element = this.#page.element(number);
      if (element && UNBOXED.includes(localNameOf.call(element)) && this.#page.hiding(number)) this.#page.keep(number, element);
    }
    this.#taken.push(numbers);
    this.#timer ??= later(() => this.#look(), 0);
  }

  stop() {
    notLater(this.#timer);
  }

  #look() {
    this.#timer = undefined;
    const hiding = new Set();
    for (const numbers of this.#taken.splice(0)) {
      for (const number of numbers) {
        const element = this.#page.hiding(number);
        if (!element) continue;
        hiding.add(element);
        this.#lookAt(element);
      }
    }
    this.#lookForNames(hiding);
  }

  /** @param {Element} element */
  #lookAt(element) {
    const name = localNameOf.call(element);
    if (COLUMNS.includes(name)) this.#tell("the cells of a collapsed column can still be read; tag them", element);
    else if (BOXLESS.includes(name)) this.#tell("it has no box of its own; use the mode `remove`", element);
    else if (name === "option" && /** @type {HTMLOptionElement} */ (element).selected && closest.call(element, "select")) {
      this.#tell("its list shows its text while it is selected; select another one", element);
    }
  }

  /** Looks for names and descriptions that are made of the text of hidden elements. @param {Set<Element>} hiding */
  #lookForNames(hiding) {
    for (const scope of new Set([...hiding].map((element) => getRootNode.call(element)))) {
      for (const part of all(scope, LISTED)) {
        const tagged = closest.call(part, `[${REQUIREMENT}]`);
        if (tagged && hiding.has(tagged)) this.#tell("its list shows its text; use the mode `remove`", tagged);
      }
      for (const [name, property] of Object.entries(REFERENCES)) {
        for (const element of all(scope, `[${name}]`)) {
          // Scripts may also refer to elements without ids: only the property knows these.
          const ids = /** @type {string} */ (getAttribute.call(element, name)).split(/\s+/);
          for (const target of element[property] ?? ids.map((id) => findIn(scope, "getElementById", id))) this.#refers(element, name, target, hiding);
        }
      }
    }
  }

  /** @param {Element} element @param {string} name @param {Element | null | undefined} target @param {Set<Element>} hiding */
  #refers(element, name, target, hiding) {
    if (!target) return;
    const tagged = closest.call(target, `[${REQUIREMENT}]`);
    // Of a text that the page hides itself, everything is read out, also what is hidden in it (accname 1.2 §4.3.2, step 2A).
    const isHidden = closest.call(target, "[aria-hidden=true]") || isShown?.call(target) === false;
    for (const other of isHidden ? hiding : []) if (contains.call(target, other)) this.#named(element, name, other);
    if (tagged && hiding.has(tagged)) this.#named(element, name, tagged);
  }

  /** @param {Element} element @param {string} name @param {Element} tagged */
  #named(element, name, tagged) {
    // It is hidden together with the text.
    if (contains.call(tagged, element) || requirementOf(element) === requirementOf(tagged)) return;
    this.#tell(`\`${name}\` names another element by its hidden text; tag that element, too`, tagged);
  }

  /** @param {string} why @param {Element} element */
  #tell(why, element) {
    if (this.#told.has(element)) return;
    this.#told.add(element);
    this.#report("not-hidden", `\`data-permission="${/** @type {string} */ (getAttribute.call(element, REQUIREMENT)).slice(0, 200)}"\`: ${why}`, element);
  }
}
