/** The peer: the loop that a page begins with; whatever changes, all elements are gone through. */

import { held } from "./handwritten.mjs";

/** Writes `data-permission-state` to tagged elements, to all of them each time. */
export class NaiveLoop {
  #root;
  #held;
  #observer;

  /** `token` as for permgate: the claim `permissions` says what is held. */
  constructor(token) {
    this.#held = held(token);
  }

  bind(root) {
    this.#root = root;
    this.#observer = new MutationObserver(() => this.#update());
    this.#observer.observe(root, { childList: true, subtree: true });
    this.#update();
  }

  /** Another token of the same user. */
  setToken(token) {
    this.#held = held(token);
    this.#update();
  }

  disconnect() {
    this.#observer.disconnect();
  }

  #update() {
    for (const element of this.#root?.querySelectorAll("[data-permission]") ?? []) {
      const isGranted = this.#held.has(element.getAttribute("data-permission"));
      element.setAttribute("data-permission-state", isGranted ? "granted" : "denied");
    }
  }
}
