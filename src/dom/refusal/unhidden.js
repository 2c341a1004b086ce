/** What a stylesheet cannot hide: found after a page was taken in, and reported once for each element. */

import { REQUIREMENT, all, byIdIn, closest, contains, getAttribute, getRootNode, later, localNameOf, notLater } from "../page.js";

export * from "../events.js";

/** References that name or describe an element by another one's text, also where that is hidden (accname 1.2 §4.3.2). */
const REFERENCES = { "aria-labelledby": "ariaLabelledByElements", "aria-describedby": "ariaDescribedByElements" };

const COLUMNS = ["col", "colgroup"];

/** Elements that are read out or shown without a box of their own. */
const BOXLESS = ["track", "title"];

/** Elements that are used without a box of their own, and more natively hidden by `disabled` or `tabindex`. */
const UNBOXED = ["option", "optgroup", "area"];

export class Unhidden {
  #told = new WeakSet();
  #report;
  #page;
  /** Lists of numbers that were taken in, and not looked at yet. */
  #taken = [];
  #timer;

  /**
   * `report` takes a code, a message and an element; `page.hiding` gives the element of a number with the
   * mode `hide`, and `page.keep` keeps such an element from being used.
   */
  constructor(report, page) {
    this.#report = report;
    this.#page = page;
  }

  /**
   * Elements were taken in. What could still be used is kept from that at once, before it is seen; what is only reported
   * is looked for in a task of its own, as most pages have nothing of the kind.
   */
  taken(numbers) {
    for (const number of numbers) {
      const element = this.#page.hiding(number);
      if (element && UNBOXED.includes(localNameOf.call(element))) this.#page.keep(number, element);
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
    if (hiding.size > 0) this.#lookForNames(hiding);
  }

  #lookAt(element) {
    const name = localNameOf.call(element);
    if (COLUMNS.includes(name)) this.#tell("a column is only collapsed, and its cells can still be read; tag the cells", element);
    else if (BOXLESS.includes(name)) this.#tell("it is shown without a box of its own; use the mode `remove`", element);
    else if (name === "option" && element.selected && closest.call(element, "select")) {
      this.#tell("its list shows its text while it is selected; select another one", element);
    }
  }

  /** Looks for names and descriptions that are made of the text of elements. */
  #lookForNames(hiding) {
    for (const scope of new Set([...hiding].map((element) => getRootNode.call(element)))) {
      for (const [name, property] of Object.entries(REFERENCES)) {
        for (const element of all(scope, `[${name}]`)) {
          // Scripts refer to elements without ids, too, which only the property says.
          const ids = getAttribute.call(element, name).split(/\s+/);
          for (const target of element[property] ?? ids.map((id) => byIdIn(scope, id))) this.#refers(element, name, target, hiding);
        }
      }
    }
  }

  #refers(element, name, target, hiding) {
    const tagged = target && closest.call(target, `[${REQUIREMENT}]`);
    if (!tagged || !hiding.has(tagged) || contains.call(tagged, element)) return;
    this.#tell(`\`${name}\` has its text read out while it is hidden; tag the element that refers to it, too`, tagged);
  }

  #tell(why, element) {
    if (this.#told.has(element)) return;
    this.#told.add(element);
    this.#report("not-hidden", `\`data-permission="${getAttribute.call(element, REQUIREMENT).slice(0, 200)}"\`: ${why}`, element);
  }
}
