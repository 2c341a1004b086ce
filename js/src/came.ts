/** Requests that are made before the module is there, with their answers and the times of these. */

import type { Came } from "./border.js";

/** The times of both clocks, in milliseconds. */
export const clocks = () => [Date.now(), performance.now()] as const;

/** A request that is made once, with its answer. */
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

  /** The answer, or a promise of it. */
  get answer(): Came | Promise<unknown> {
    return this.#came ?? this.promise;
  }
}
