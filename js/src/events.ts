/** Listeners: called one after the other, and an error of one does not affect the others. */

import { inOwnZone } from "./zone.js";

type Listener<Event> = (event: Event) => void;

/** Listeners by kind of event. */
export class Listeners<Events> {
  readonly #byKind = new Map<keyof Events, Set<Listener<never>>>();
  readonly #failed: (cause: unknown) => void;
  readonly #changed: () => void;
  /** How many listeners keep the instance alive. */
  size = 0;

  /** `failed` is called with an error that a listener threw, and `changed` when the number of listeners changes. */
  constructor(failed: (cause: unknown) => void, changed: () => void = () => undefined) {
    this.#failed = failed;
    this.#changed = changed;
  }

  /** Adds a listener, to be called in the current zone. Unless it `counts`, it does not keep the instance alive. */
  add<Kind extends keyof Events>(kind: Kind, listener: Listener<Events[Kind]>, counts = true): () => void {
    const set = this.#byKind.get(kind) ?? new Set();
    this.#byKind.set(kind, set);
    const inZone = inOwnZone(listener);
    // Wrapped, so that a function that was added twice is called twice, and removed once at a time.
    const own: Listener<Events[Kind]> = (event) => inZone(event);
    const count = (by: number) => {
      if (!counts) return;
      this.size += by;
      this.#changed();
    };
    set.add(own);
    count(1);
    return () => {
      if (set.delete(own)) count(-1);
    };
  }

  has(kind: keyof Events): boolean {
    return (this.#byKind.get(kind)?.size ?? 0) > 0;
  }

  tell<Kind extends keyof Events>(kind: Kind, event: Events[Kind]): void {
    for (const listener of [...(this.#byKind.get(kind) ?? [])] as Listener<Events[Kind]>[]) {
      try {
        listener(event);
      } catch (cause) {
        this.#failed(cause);
      }
    }
  }

  clear(): void {
    for (const set of this.#byKind.values()) set.clear();
    this.#byKind.clear();
    this.size = 0;
    this.#changed();
  }
}
