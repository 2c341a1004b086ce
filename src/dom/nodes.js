/** The binder's hands: the DOM operations of one bound root, and which element has which number. */

// Taken from the prototypes when the module is loaded: a form with `<input name="setAttribute">`
// has a property of that name that is no method, and it must not matter (DOM clobbering).
const prototype = (name) => (typeof globalThis[name] === "function" ? globalThis[name].prototype : {});
const element = prototype("Element");
const { closest, getAttribute, setAttribute, removeAttribute, hasAttribute, querySelectorAll } = element;
const roots = [prototype("Document"), prototype("DocumentFragment")];
const queries = new Map(roots.map((root) => [root, root.querySelectorAll]));
const { contains, getRootNode } = prototype("Node");
const { blur } = prototype("HTMLElement");
const activeElementOf = [prototype("Document"), prototype("ShadowRoot")].map(
  (root) => Object.getOwnPropertyDescriptor(root, "activeElement")?.get,
);

const REQUIREMENT = "data-permission";
const RESOURCE = "data-permission-resource";
const STATE = "data-permission-state";
const SELECTOR = `[${REQUIREMENT}]`;
const STATES = ["denied", "granted", "unknown"];
const GRANTED = STATES.indexOf("granted");
const HIDDEN = `${SELECTOR}:not([${STATE}=granted])`;
// The first layer wins among `!important` rules, and any layer wins over rules without one.
const STYLE = `@layer permgate{${SELECTOR}:not([${STATE}=granted]){display:none!important}}`;

/** Takes the focus from what is hidden: in some engines, keys would go on pressing it. */
function blurHidden() {
  const [ofDocument, ofShadow] = activeElementOf;
  let isHidden = false;
  let active = ofDocument?.call(document);
  while (active) {
    isHidden ||= closest.call(active, HIDDEN) !== null;
    const inner = active.shadowRoot instanceof ShadowRoot ? ofShadow.call(active.shadowRoot) : null;
    if (!inner) break;
    active = inner;
  }
  if (isHidden && active instanceof HTMLElement) blur.call(active);
}

/** Finds the tagged elements below a node, whatever kind of root it is. */
function tagged(node) {
  if (node instanceof Element) return querySelectorAll.call(node, SELECTOR);
  for (const [root, query] of queries) {
    if (Object.prototype.isPrototypeOf.call(root, node)) return query.call(node, SELECTOR);
  }
  return [];
}

export class Nodes {
  #root;
  /** By number; a free number holds undefined. */
  #elements = [];
  /** Under this name an element knows its number: faster than a map from elements. */
  #number = Symbol("permgate");
  #free = [];
  /** Requirement texts (with the resource, where there is one) and their keys. */
  #keys = new Map();
  #texts = [];
  #freeKeys = [];
  #observer;
  #sheet;
  /** The document or shadow root that has the sheet; the bound root may have left it since. */
  #scope;
  #stopped = false;

  constructor(root) {
    this.#root = root;
  }

  /** All tagged elements below the root and the root itself, as pairs of number and key. */
  scan() {
    this.adoptStyle();
    const pairs = [];
    this.#collect(this.#root, pairs);
    return new Uint32Array(pairs);
  }

  /** What a key stands for: requirement and resource. */
  requirement(key) {
    return this.#texts[key][0];
  }

  resource(key) {
    return this.#texts[key][1];
  }

  element(number) {
    return this.#elements[number];
  }

  /** Writes the state of many elements. */
  write(numbers, state) {
    if (!this.#sheet) this.adoptStyle();
    const word = STATES[state];
    const elements = this.#elements;
    for (let i = 0; i < numbers.length; i++) {
      const element = elements[numbers[i]];
      // A reaction of a custom element may have had elements forgotten in the meantime.
      if (element !== undefined) setAttribute.call(element, STATE, word);
    }
    if (state !== GRANTED) blurHidden();
  }

  /**
   * Forgets elements, and takes back what was written to them: outside of the root, nobody would
   * take away what is granted.
   */
  release(numbers) {
    for (const number of numbers) {
      const element = this.#elements[number];
      if (element === undefined) continue;
      removeAttribute.call(element, STATE);
      element[this.#number] = undefined;
      this.#elements[number] = undefined;
      this.#free.push(number);
    }
  }

  releaseKey(key) {
    const [requirement, resource] = this.#texts[key];
    this.#keys.delete(resource === undefined ? requirement : `${requirement}\0${resource}`);
    this.#texts[key] = undefined;
    this.#freeKeys.push(key);
  }

  /** Calls `changed(pairs, gone)` after every change: pairs of number and key, numbers to forget. */
  observe(changed) {
    this.#observer = new MutationObserver((records) => {
      const pairs = [];
      const gone = [];
      for (const { type, target, addedNodes, removedNodes } of records) {
        if (type === "attributes") this.#look(target, pairs, gone);
        else {
          for (const node of removedNodes) this.#lose(node, gone);
          for (const node of addedNodes) this.#collect(node, pairs);
        }
      }
      if (pairs.length + gone.length === 0) return;
      try {
        changed(new Uint32Array(pairs), new Uint32Array(gone));
      } catch (cause) {
        // The module crashed, and nobody else will notice: nothing stays granted.
        this.stop(false);
        for (const element of tagged(this.#root)) setAttribute.call(element, STATE, "unknown");
        throw cause;
      }
    });
    this.#observer.observe(this.#root, {
      attributeFilter: [REQUIREMENT, RESOURCE],
      childList: true,
      subtree: true,
    });
  }

  /** Hides what is not granted, also where no stylesheet of the page does. */
  adoptStyle() {
    if (this.#sheet || this.#stopped) return;
    const scope = getRootNode.call(this.#root);
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      scope.adoptedStyleSheets.push(sheet);
      this.#sheet = sheet;
      this.#scope = scope;
    } catch {
      // A root that is not in a document yet, or an engine without constructable stylesheets.
    }
  }

  /** No more observation; the style stays unless `clean`. */
  stop(clean) {
    this.#stopped = true;
    this.#observer?.disconnect();
    if (!clean || !this.#sheet) return;
    const others = this.#scope.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
    this.#scope.adoptedStyleSheets = others;
    this.#sheet = undefined;
  }

  /** Takes a node and everything tagged below it, if it is still below the root. */
  #collect(node, pairs) {
    if (node !== this.#root && !contains.call(this.#root, node)) return;
    if (node instanceof Element && hasAttribute.call(node, REQUIREMENT)) this.#take(node, pairs);
    const found = tagged(node);
    for (let i = 0; i < found.length; i++) this.#take(found[i], pairs);
  }

  #take(element, pairs) {
    let number = element[this.#number];
    if (number === undefined) {
      // A frozen element takes no number: it is not bound, and stays hidden.
      if (!Object.isExtensible(element)) return;
      number = this.#free.pop() ?? this.#elements.length;
      this.#elements[number] = element;
      element[this.#number] = number;
    }
    pairs.push(number, this.#key(element));
  }

  #key(element) {
    const requirement = getAttribute.call(element, REQUIREMENT);
    const resource = getAttribute.call(element, RESOURCE) ?? undefined;
    const text = resource === undefined ? requirement : `${requirement}\0${resource}`;
    let key = this.#keys.get(text);
    if (key === undefined) {
      key = this.#freeKeys.pop() ?? this.#texts.length;
      this.#texts[key] = [requirement, resource];
      this.#keys.set(text, key);
    }
    return key;
  }

  /** An attribute of an element changed. */
  #look(element, pairs, gone) {
    const isInside = contains.call(this.#root, element);
    if (isInside && hasAttribute.call(element, REQUIREMENT)) this.#take(element, pairs);
    else if (element[this.#number] !== undefined) gone.push(element[this.#number]);
  }

  /** A node was taken out; it may have been put in elsewhere by now. */
  #lose(node, gone) {
    if (contains.call(this.#root, node) || !(node instanceof Element)) return;
    const forget = (element) => {
      const number = element[this.#number];
      if (number !== undefined) gone.push(number);
    };
    forget(node);
    tagged(node).forEach(forget);
  }
}
