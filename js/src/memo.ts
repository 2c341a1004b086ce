/** Remembers what was decided, in front of the module: a string costs more to hand over than to look up. */

/** More texts than any page has; beyond that, texts are made up on the fly and not worth keeping. */
const TEXTS_MAX = 10_000;

/** Granted or not, by requirement, and by requirement and resource. */
export class Memo {
  #general = new Map<string, boolean>();
  #onResource = new Map<string, Map<string, boolean>>();
  #resources = 0;

  get(requirement: string): boolean | undefined {
    return this.#general.get(requirement);
  }

  getOn(requirement: string, resource: string): boolean | undefined {
    return this.#onResource.get(requirement)?.get(resource);
  }

  set(requirement: string, resource: string | undefined, granted: boolean): void {
    if (this.#general.size + this.#resources >= TEXTS_MAX) this.clear();
    if (resource === undefined) {
      this.#general.set(requirement, granted);
      return;
    }
    const byResource = this.#onResource.get(requirement);
    if (byResource) byResource.set(resource, granted);
    else this.#onResource.set(requirement, new Map([[resource, granted]]));
    this.#resources += 1;
  }

  clear(): void {
    this.#general.clear();
    this.#onResource.clear();
    this.#resources = 0;
  }
}
