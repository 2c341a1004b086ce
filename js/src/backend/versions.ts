/** The highest version of each user that this node has heard of: what is lower is out of date. */

/** More users than are active on one node; of one that was forgotten, the next version counts. */
const SUBJECTS_MAX = 100_000;

/** Remembers versions. */
export class Versions {
  // In the order in which they last rose: looked up with each request, it is not worth another order.
  readonly #highest = new Map<string, number>();

  /** The highest version of a user; -1 where none is known. */
  of(subject: string): number {
    return this.#highest.get(subject) ?? -1;
  }

  /** Takes note of a version. Whether it is higher than all before. */
  raise(subject: string, version: number): boolean {
    if (version <= this.of(subject)) return false;
    this.#highest.delete(subject);
    this.#highest.set(subject, version);
    if (this.#highest.size > SUBJECTS_MAX) {
      for (const oldest of this.#highest.keys()) {
        this.#highest.delete(oldest);
        break;
      }
    }
    return true;
  }
}
