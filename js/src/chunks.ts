/** The parts that are files of their own: not everybody needs them, and nobody before the first decision. */

/** A part that is loaded when it is needed. */
export interface Chunk<Part extends object = object> {
  /** The part, where it is loaded. */
  readonly now?: Part | undefined;
  /** Loads it. Gives nothing where it is not to be had: then `failed` was told why. */
  load(failed: (cause: unknown) => void): Promise<Part | undefined>;
}

/** How long the chunk that elements ask for is not asked for again when it could not be loaded, in milliseconds. */
const RETRY_MS = 10_000;

/** How long is waited for chunks when the module is there already, in milliseconds. */
const PATIENCE_MS = 1_000;

// Kept from the beginning: a test's clock that stands still is no reason to wait for ever.
const { now } = Date;
const { setTimeout } = globalThis;

class Late<Part extends object> implements Chunk<Part> {
  readonly #ask: () => Promise<Part>;
  readonly #retryMs: number;
  now?: Part;
  #loading: Promise<Part> | undefined;
  #failure: { readonly cause: unknown; readonly at: number } | undefined;

  /** `ask` loads it. For `retryMs` after a failure it is not asked again; whoever has a pace of its own needs none. */
  constructor(ask: () => Promise<Part>, retryMs = 0) {
    this.#ask = ask;
    this.#retryMs = retryMs;
  }

  async load(failed: (cause: unknown) => void): Promise<Part | undefined> {
    try {
      const failure = this.#failure;
      if (failure && Math.abs(now() - failure.at) < this.#retryMs) throw failure.cause;
      this.#failure = undefined;
      this.#loading ??= failure ? afresh(failure.cause, this.#ask) : this.#ask();
      return (this.now = await this.#loading);
    } catch (cause) {
      this.#loading = undefined;
      this.#failure ??= { cause, at: now() };
      failed(cause);
      return undefined;
    }
  }
}

/**
 * Asks again for what could not be loaded. Firefox remembers for the life of the page that a module did not come, as
 * HTML has it (§8.1.5, module map), but says its address: with a query it is another module. The build marks this `import` for bundlers.
 */
async function afresh<Part>(cause: unknown, ask: () => Promise<Part>): Promise<Part> {
  try {
    return await ask();
  } catch (again) {
    const [address] = /https?:\/\/\S+/.exec(cause instanceof Error ? cause.message : "") ?? [];
    if (!address) throw again;
    return import(`${address}${address.includes("?") ? "&" : "?"}again=${now()}`);
  }
}

// Code, not state: all instances share it. Bundlers look for exactly these expressions.

/** Modes, dialogs, and what the user may do to refused elements. */
export const refusal: Chunk = new Late(() => import("./refusal.js"), RETRY_MS);

/** What watches the page's own `fetch` and `XMLHttpRequest`. */
export const patching: Chunk<typeof import("./patch.js")> = new Late(() => import("./patch.js"));

/** The stream by which the server pushes. */
export const pushing: Chunk<typeof import("./channel.js")> = new Late(() => import("./channel.js"));

/** Waits until all of these are over, but not for ever. */
export async function patiently(loading: readonly Promise<unknown>[]): Promise<void> {
  if (loading.length === 0) return;
  const patience = new Promise((resolve) => Reflect.apply(setTimeout, globalThis, [resolve, PATIENCE_MS]));
  await Promise.race([Promise.all(loading), patience]);
}

/** Why a chunk is not there, and what that costs. */
export function missing(file: string, cost: string, cause: unknown): string {
  return `the chunk ${file} could not be loaded (${cause instanceof Error ? cause.message : cause}), so ${cost}; deploy all files of the package together`;
}
