/** Listeners: told one after the other, and none can harm the others. */

type Listener<Event> = (event: Event) => void;

/** Listeners by kind of event. */
export class Listeners<Events> {
  readonly #byKind = new Map<keyof Events, Set<Listener<never>>>();
  readonly #failed: (cause: unknown) => void;

  /** `failed` is told what a listener threw. */
  constructor(failed: (cause: unknown) => void) {
    this.#failed = failed;
  }

  add<Kind extends keyof Events>(kind: Kind, listener: Listener<Events[Kind]>): () => void {
    const set = this.#byKind.get(kind) ?? new Set();
    this.#byKind.set(kind, set);
    // Wrapped, so that one function added twice is told twice and taken away once.
    const own: Listener<Events[Kind]> = (event) => listener(event);
    set.add(own);
    return () => set.delete(own);
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
    this.#byKind.clear();
  }
}
