/** Loads the chunk that only pages with modes need at once; all others load it when they are idle. */

/** What a binding is lent of the chunk. */
export interface Refusal {
  /** The chunk, where it is loaded. */
  readonly now?: object | undefined;
  /** Loads it. Gives nothing where it is not to be had: then `failed` was told why. */
  load(failed: (cause: unknown) => void): Promise<object | undefined>;
}

/** How long a chunk that could not be loaded is not asked for again, in milliseconds. */
const RETRY_MS = 10_000;

/** How long `createPermissions` waits for the chunk when the module is there already, in milliseconds. */
const PATIENCE_MS = 1_000;

/** What cannot be shown before the chunk is there. */
const MODES = "[data-permission-mode]:not([data-permission-mode=hide])";

// Kept from the beginning: a test's clock that stands still is no reason to wait for ever.
const { now } = Date;
const { setTimeout } = globalThis;

class Chunk implements Refusal {
  now?: object;
  #loading: Promise<object> | undefined;
  #failure: { readonly cause: unknown; readonly at: number } | undefined;

  async load(failed: (cause: unknown) => void): Promise<object | undefined> {
    try {
      const failure = this.#failure;
      if (failure && Math.abs(now() - failure.at) < RETRY_MS) throw failure.cause;
      this.#failure = undefined;
      this.#loading ??= import("./refusal.js");
      return (this.now = await this.#loading);
    } catch (cause) {
      this.#loading = undefined;
      this.#failure ??= { cause, at: now() };
      failed(cause);
      return undefined;
    }
  }
}

/** Code, not state: all instances share it. */
export const refusal: Refusal = new Chunk();

/**
 * Begins to load the chunk beside whatever else is loaded, if the document has elements with modes or the application
 * has modes of its own. What it gives waits until the chunk is there, but not for ever: an element whose mode has not
 * come stays hidden.
 */
export function modesInUse(own: object | undefined): () => Promise<unknown> {
  const isNeeded = typeof document === "object" && !refusal.now && (own || document.querySelector?.(MODES));
  // Who binds the document reports the failure.
  const loading = isNeeded ? refusal.load(() => undefined) : undefined;
  return async () => {
    if (loading) await Promise.race([loading, new Promise((resolve) => Reflect.apply(setTimeout, globalThis, [resolve, PATIENCE_MS]))]);
  };
}
