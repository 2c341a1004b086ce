/** The peer: the code that a good programmer writes by hand for one page whose elements are only ever added. */

// Taken from the prototypes, as permgate does, so that no form field can shadow them. It is
// also the fastest way to call them.
const { getAttribute, setAttribute, querySelectorAll, hasAttribute } = Element.prototype;

/**
 * Writes `data-permission-state` to tagged elements: an index from requirement to its elements, and
 * only changed states are written. It does less than permgate: a requirement is one name, elements are
 * never removed or tagged anew, there are no resources, wildcards, denials, versions or times.
 */
export class HandWritten {
  #root;
  #held;
  #index = new Map();
  #observer;

  /** Called before and after all writes. */
  before() {}
  after() {}

  /** `token` as for permgate: the claim `permissions` lists the granted names. */
  constructor(token) {
    this.#held = held(token);
  }

  bind(root) {
    this.#root = root;
    this.#observer = new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) this.#added(node);
    });
    this.#observer.observe(root, { childList: true, subtree: true });
    this.#take(querySelectorAll.call(root, "[data-permission]"));
  }

  /** Applies another token of the same user. */
  setToken(token) {
    this.#held = held(token);
    this.#update();
  }

  signOut() {
    this.before();
    for (const entry of this.#index.values()) this.#write(entry, "unknown");
    this.after();
  }

  disconnect() {
    this.#observer.disconnect();
    this.#index.clear();
  }

  #added(node) {
    if (!(node instanceof Element)) return;
    if (hasAttribute.call(node, "data-permission")) this.#take([node]);
    this.#take(querySelectorAll.call(node, "[data-permission]"));
  }

  #take(elements) {
    for (let i = 0; i < elements.length; i += 1) {
      const element = elements[i];
      const requirement = getAttribute.call(element, "data-permission");
      let entry = this.#index.get(requirement);
      if (entry === undefined) {
        entry = { state: this.#state(requirement), elements: [] };
        this.#index.set(requirement, entry);
      }
      entry.elements.push(element);
      setAttribute.call(element, "data-permission-state", entry.state);
    }
  }

  /** The state that an element has to have. */
  stateOf(element) {
    return this.#index.get(getAttribute.call(element, "data-permission"))?.state;
  }

  /** Handles an element whose requirement has changed. */
  retagged(element, before) {
    const entry = this.#index.get(before);
    if (entry) entry.elements = entry.elements.filter((other) => other !== element);
    if (hasAttribute.call(element, "data-permission")) this.#take([element]);
  }

  #update() {
    this.before();
    for (const [requirement, entry] of this.#index) this.#write(entry, this.#state(requirement));
    this.after();
  }

  #write(entry, state) {
    if (entry.state === state) return;
    entry.state = state;
    const { elements } = entry;
    for (let i = 0; i < elements.length; i += 1) {
      setAttribute.call(elements[i], "data-permission-state", state);
    }
  }

  #state(requirement) {
    return this.#held.has(requirement) ? "granted" : "denied";
  }
}

/**
 * The same, with two of permgate's duties: elements may be tagged anew, and a state that other code
 * writes is corrected. Its observer is off while it writes, which is faster than handling its own records.
 */
export class HandWrittenWatching extends HandWritten {
  #root;
  #tags = new MutationObserver((records) => {
    for (const { target, oldValue } of records) this.retagged(target, oldValue);
  });
  #states = new MutationObserver((records) => this.#mend(records));

  bind(root) {
    super.bind(root);
    this.#root = root;
    this.#tags.observe(root, { attributeFilter: ["data-permission"], attributeOldValue: true, subtree: true });
    this.after();
  }

  disconnect() {
    super.disconnect();
    this.#tags.disconnect();
    this.#states.disconnect();
    this.#root = undefined;
  }

  before() {
    this.#mend(this.#states.takeRecords());
    this.#states.disconnect();
  }

  after() {
    if (this.#root) this.#states.observe(this.#root, { attributeFilter: ["data-permission-state"], subtree: true });
  }

  #mend(records) {
    for (const { target } of records) {
      const state = this.stateOf(target);
      if (state && getAttribute.call(target, "data-permission-state") !== state) setAttribute.call(target, "data-permission-state", state);
    }
  }
}

/** The names that a token grants. */
export function held(token) {
  const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Set(JSON.parse(new TextDecoder().decode(bytes)).permissions);
}
