/** The parts of the package in files of their own: only some pages need them, and none before the first decision. */

/** A part that is loaded when it is needed. */
export interface Chunk<Part extends object = object> {
  /** The part, if it is loaded. */
  readonly now?: Part | undefined;
  /** Loads it. Resolves to undefined if it cannot be loaded, after `failed` was called with the cause. */
  load(failed: (cause: unknown) => void): Promise<Part | undefined>;
}

/** How long after a failure the chunk that elements need is not requested again, in milliseconds. */
const RETRY_MS = 10_000;

/** How long chunks are awaited when the module is already there, in milliseconds. */
const PATIENCE_MS = 1_000;

// Kept from the beginning: a fake clock of a test must not make this wait forever.
const { now } = Date;
const { setTimeout } = globalThis;

/** A chunk that is requested again after a failure. */
export class Late<Part extends object> implements Chunk<Part> {
  readonly #ask: () => Promise<Part>;
  readonly #retryMs: number;
  now?: Part;
  #loading: Promise<Part> | undefined;
  #failure: { readonly cause: unknown; readonly at: number } | undefined;

  /**
   * `ask` loads it. For `retryMs` after a failure it is not requested again; callers that limit their own rate need no
   * such pause.
   */
  constructor(ask: () => Promise<Part>, retryMs = 0) {
    this.#ask = ask;
    this.#retryMs = retryMs;
  }

  async load(failed: (cause: unknown) => void): Promise<Part | undefined> {
    try {
      return await this.get();
    } catch (cause) {
      failed(cause);
      return undefined;
    }
  }

  /** Loads the chunk, or fails. */
  async get(): Promise<Part> {
    try {
      const failure = this.#failure;
      if (failure && Math.abs(now() - failure.at) < this.#retryMs) throw failure.cause;
      this.#failure = undefined;
      this.#loading ??= failure ? afresh(failure.cause, this.#ask) : this.#ask();
      return (this.now = await this.#loading);
    } catch (cause) {
      this.#loading = undefined;
      this.#failure ??= { cause, at: now() };
      throw cause;
    }
  }
}

/**
 * Requests a module again that could not be loaded. Firefox remembers for the life of the page that a module did not
 * come, as HTML specifies (§8.1.5, module map), but its error has the address: with a query it is another module. The
 * build marks this `import` for bundlers.
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

// This is code, not state: all instances share it. Bundlers look for exactly these expressions.

/** Modes, dialogs, and the actions of users on refused elements. */
export const refusal: Chunk = new Late(() => import("./refusal.js"), RETRY_MS);

/** The watching of the page's own `fetch` and `XMLHttpRequest`. */
export const patching: Chunk<typeof import("./patch.js")> = new Late(() => import("./patch.js"));

/** The stream by which the server pushes. */
export const pushing: Chunk<typeof import("./channel.js")> = new Late(() => import("./channel.js"));

/** Waits until all of these are over, but not forever. */
export async function patiently(loading: readonly Promise<unknown>[]): Promise<void> {
  if (loading.length === 0) return;
  const patience = new Promise((resolve) => Reflect.apply(setTimeout, globalThis, [resolve, PATIENCE_MS]));
  await Promise.race([Promise.all(loading), patience]);
}

/** Says why a chunk is missing, and what does not work without it. */
export function missing(file: string, cost: string, cause: unknown): string {
  return `the chunk ${file} could not be loaded (${cause instanceof Error ? cause.message : cause}), so ${cost}; deploy all files of the package together`;
}
