/** The highest version of each user that this node has heard of: what is lower is out of date. */

import { Bounded } from "./bounded.js";

/** More users than are active on one node; of one that was forgotten, the next version counts. */
const SUBJECTS_MAX = 100_000;

/** Remembers versions. */
export class Versions {
  readonly #highest = new Bounded<number>(SUBJECTS_MAX);

  /** The highest version of a user; -1 where none is known. */
  of(subject: string): number {
    return this.#highest.get(subject) ?? -1;
  }

  /** Takes note of a version. Whether it is higher than all before. */
  raise(subject: string, version: number): boolean {
    if (version <= this.of(subject)) return false;
    this.#highest.set(subject, version);
    return true;
  }
}
