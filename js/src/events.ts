/** Listeners: told one after the other, and none can harm the others. */

import { inOwnZone } from "./zone.js";

type Listener<Event> = (event: Event) => void;

/** Listeners by kind of event. */
export class Listeners<Events> {
  readonly #byKind = new Map<keyof Events, Set<Listener<never>>>();
  readonly #failed: (cause: unknown) => void;
  readonly #changed: () => void;
  /** How many listen that are a reason for the instance to live. */
  size = 0;

  /** `failed` is told what a listener threw, and `changed` that there are more or fewer. */
  constructor(failed: (cause: unknown) => void, changed: () => void = () => undefined) {
    this.#failed = failed;
    this.#changed = changed;
  }

  /** Adds a listener, to be called in the zone of now. Unless it `counts`, it is no reason to live. */
  add<Kind extends keyof Events>(kind: Kind, listener: Listener<Events[Kind]>, counts = true): () => void {
    const set = this.#byKind.get(kind) ?? new Set();
    this.#byKind.set(kind, set);
    const inZone = inOwnZone(listener);
    // Wrapped, so that one function added twice is told twice and taken away once.
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
