/** The peer: the loop that a page begins with, which visits all elements after every change. */

import { held } from "./handwritten.mjs";

/** Writes `data-permission-state` to all tagged elements each time. */
export class NaiveLoop {
  #root;
  #held;
  #observer;

  /** `token` as for permgate: the claim `permissions` lists the granted names. */
  constructor(token) {
    this.#held = held(token);
  }

  bind(root) {
    this.#root = root;
    this.#observer = new MutationObserver(() => this.#update());
    this.#observer.observe(root, { childList: true, subtree: true });
    this.#update();
  }

  /** Applies another token of the same user. */
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
