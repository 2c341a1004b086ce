/** One long poll: waits until the version changes, the session ends, or the time is up. */

import type { Listener, Listeners } from "./listeners.js";
import type { Identity } from "./options.js";
import { isOver } from "./knowledge.js";

/** Why the wait has ended. */
export type Waited = "changed" | "ended" | "late" | "gone";

/** A long poll. It listens as soon as it is made. */
export class Poll implements Listener {
  readonly identity: Identity;
  /** Resolves when the poll can be answered. */
  readonly over: Promise<Waited>;
  readonly #listeners: Listeners;
  readonly #isStillGood: () => Promise<boolean>;
  #resolve: (why: Waited) => void = () => undefined;
  #held: number | undefined;
  #newest = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(identity: Identity, listeners: Listeners, isStillGood: () => Promise<boolean>) {
    this.identity = identity;
    this.#listeners = listeners;
    this.#isStillGood = isStillGood;
    this.over = new Promise((resolve) => (this.#resolve = resolve));
    listeners.add(this);
  }

  get told(): number {
    return this.#newest;
  }

  /** Waits for a version other than the client's. */
  wait(held: number, milliseconds: number, signal: AbortSignal | undefined): Promise<Waited> {
    this.#held = held;
    if (this.#newest > held) this.#finish("changed");
    else {
      this.#timer = setTimeout(() => this.#finish("late"), milliseconds);
      if (signal?.aborted) this.#finish("gone");
      else signal?.addEventListener("abort", () => this.#finish("gone"), { once: true });
    }
    return this.over;
  }

  /** The poll is answered by other means. */
  abandon(): void {
    this.#finish("gone");
  }

  changed(version: number): void {
    this.#newest = Math.max(this.#newest, version);
    if (this.#held !== undefined && this.#newest > this.#held) this.#finish("changed");
  }

  ended(): void {
    this.#finish("ended");
  }

  passed(now: number): void {
    if (isOver(this.identity, now)) this.ended();
  }

  closed(): void {
    this.#finish("late");
  }

  isStillGood(): Promise<boolean> {
    return this.#isStillGood();
  }

  #finish(why: Waited): void {
    clearTimeout(this.#timer);
    this.#listeners.remove(this);
    this.#resolve(why);
  }
}
