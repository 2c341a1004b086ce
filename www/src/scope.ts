/** Collects the listeners, timers and subscriptions that end when a part of the page is removed. */

/** Undo functions, run once, the last one first. */
export class Scope {
  #undo: (() => void)[] = [];

  /** Remembers how to undo something. */
  add(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Listens until the scope ends. */
  listen(target: EventTarget, type: string, listener: (event: Event) => void): void {
    target.addEventListener(type, listener);
    this.add(() => target.removeEventListener(type, listener));
  }

  /** Undoes everything. */
  dispose(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }
}
