/** Questions that are asked before the module is there: what came of each, and when. */

import type { Came } from "./border.js";

/** What both clocks say, in milliseconds. */
export const clocks = () => [Date.now(), performance.now()] as const;

/** A question that is asked once, with what came of it. */
export class Question {
  readonly promise: Promise<unknown>;
  #came: Came | undefined;

  constructor(ask: () => unknown, isTimed = true) {
    const came = (isGood: boolean) => (value: unknown) => {
      this.#came = isTimed ? [isGood, value, ...clocks()] : [isGood, value];
    };
    this.promise = (async () => ask())();
    this.promise.then(came(true), came(false));
  }

  /** What came, or the promise of it. */
  get answer(): Came | Promise<unknown> {
    return this.#came ?? this.promise;
  }
}
