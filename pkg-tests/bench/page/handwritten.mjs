/** The peer: what a good programmer writes by hand for one page that only ever gains elements. */

// As permgate takes them: from the prototypes, so that no form field can stand in the way. It is
// also the fastest way to call them.
const { getAttribute, setAttribute, querySelectorAll, hasAttribute } = Element.prototype;

/**
 * Writes `data-permission-state` to tagged elements: an index from requirement to its elements, and
 * only what changed is written. It does less than permgate: a requirement is one name, elements are
 * never removed or tagged anew, there are no resources, wildcards, denials, versions or times.
 */
export class HandWritten {
  #root;
  #held;
  #index = new Map();
  #observer;

  /** `token` as for permgate: the claim `permissions` says what is held. */
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

  /** Another token of the same user. */
  setToken(token) {
    this.#held = held(token);
    this.#update();
  }

  signOut() {
    for (const entry of this.#index.values()) this.#write(entry, "unknown");
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

  #update() {
    for (const [requirement, entry] of this.#index) this.#write(entry, this.#state(requirement));
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

/** What a token grants. */
export function held(token) {
  const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Set(JSON.parse(new TextDecoder().decode(bytes)).permissions);
}
