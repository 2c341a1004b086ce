/** The streams and long polls of this node, by user. */

import type { Identity } from "./options.js";

/** A stream or long poll that waits for news. */
export interface Listener {
  readonly identity: Identity;
  /** The version that it was sent last; -1 before the first. */
  readonly told: number;
  /** The version has changed; `revoked` are names that were revoked. */
  changed(version: number, revoked: readonly string[] | undefined): void;
  /** The session has ended. */
  ended(): void;
  /** Called regularly with the time, in milliseconds since 1970. */
  passed(now: number): void;
  /** The node shuts down: the client should connect to another one. */
  closed(): void;
  /** Whether the credentials are still valid. */
  isStillGood(): Promise<boolean>;
}

/** All streams and long polls. */
export class Listeners {
  readonly #bySubject = new Map<string, Set<Listener>>();
  readonly #begun: () => void;
  #size = 0;

  /** `begun` is called when the first one is added. */
  constructor(begun: () => void) {
    this.#begun = begun;
  }

  get size(): number {
    return this.#size;
  }

  subjects(): string[] {
    return [...this.#bySubject.keys()];
  }

  of(subject: string): Listener[] {
    return [...(this.#bySubject.get(subject) ?? [])];
  }

  countOf(subject: string): number {
    return this.#bySubject.get(subject)?.size ?? 0;
  }

  all(): Listener[] {
    return [...this.#bySubject.values()].flatMap((set) => [...set]);
  }

  add(listener: Listener): void {
    const { subject } = listener.identity;
    const set = this.#bySubject.get(subject) ?? new Set();
    this.#bySubject.set(subject, set.add(listener));
    this.#size += 1;
    if (this.#size === 1) this.#begun();
  }

  remove(listener: Listener): void {
    const { subject } = listener.identity;
    const set = this.#bySubject.get(subject);
    if (!set?.delete(listener)) return;
    if (set.size === 0) this.#bySubject.delete(subject);
    this.#size -= 1;
  }
}
