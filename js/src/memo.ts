/** Remembers decisions in front of the module: passing a string to it costs more than looking it up. */

/** More texts than any page has; beyond that, texts are generated on the fly and not worth keeping. */
const TEXTS_MAX = 10_000;

/**
 * How many entries the map has from the beginning. An engine's map is a table of chains, of one or two keys each when
 * it is full, and the processor cannot predict which of them is the right one. In a map that had many entries from the
 * beginning, the newest, which are ours, are the first of their chains: they are found in two thirds of the time.
 */
const ROOM = 800;

/** Whether requirements are granted, by requirement, and by requirement and resource. */
export class Memo {
  #general = new Map<string | number, boolean>();
  #onResource = new Map<string, Map<string, boolean>>();
  readonly #somewhere = new Map<string, boolean>();
  #resources = 0;

  get(requirement: string): boolean | undefined {
    return this.#general.get(requirement);
  }

  getOn(requirement: string, resource: string): boolean | undefined {
    return this.#onResource.get(requirement)?.get(resource);
  }

  getSomewhere(permission: string): boolean | undefined {
    return this.#somewhere.get(permission);
  }

  setSomewhere(permission: string, granted: boolean): void {
    if (this.#somewhere.size >= TEXTS_MAX) this.#somewhere.clear();
    this.#somewhere.set(permission, granted);
  }

  set(requirement: string, resource: string | undefined, granted: boolean): void {
    if (this.#general.size + this.#resources >= TEXTS_MAX) this.clear();
    if (resource === undefined) {
      if (this.#general.size === 0) this.#general = roomy();
      this.#general.set(requirement, granted);
      return;
    }
    const byResource = this.#onResource.get(requirement);
    if (byResource) byResource.set(resource, granted);
    else this.#onResource.set(requirement, new Map([[resource, granted]]));
    this.#resources += 1;
  }

  clear(): void {
    this.#general = new Map();
    this.#onResource.clear();
    this.#somewhere.clear();
    this.#resources = 0;
  }
}

function roomy(): Map<string | number, boolean> {
  const map = new Map<string | number, boolean>();
  for (let filler = 0; filler < ROOM; filler += 1) map.set(filler, false);
  return map;
}
