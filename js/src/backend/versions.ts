/** The highest version of each user that this node has seen: a lower one is outdated. */

/** More users than are active on one node; a forgotten user starts again with the next version. */
const SUBJECTS_MAX = 100_000;

/** Remembers versions. */
export class Versions {
  // In the order in which they last rose: reordering at each look-up would not be worth its cost.
  readonly #highest = new Map<string, number>();

  /** The highest version of a user; -1 if none is known. */
  of(subject: string): number {
    return this.#highest.get(subject) ?? -1;
  }

  /** Records a version. Returns whether it is higher than all before. */
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
