/** Starts the compiled module, once: code, not state; instances share nothing else. */

import { PermgateError } from "./errors.js";

/** Starts the module on demand. */
export class Loader {
  readonly #start: () => Promise<unknown>;
  readonly #startNow: (() => unknown) | undefined;
  #started: Promise<unknown> | undefined;
  #isStarted = false;

  /** `startNow` is given where the module can be had without waiting. */
  constructor(start: () => Promise<unknown>, startNow?: () => unknown) {
    this.#start = start;
    this.#startNow = startNow;
  }

  /** @throws PermgateError `initialisation` */
  async load(): Promise<void> {
    if (this.#isStarted) return;
    this.#started ??= this.#start();
    try {
      await this.#started;
      this.#isStarted = true;
    } catch (cause) {
      // A failed download may succeed the next time.
      this.#started = undefined;
      throw failed(cause);
    }
  }

  /** @throws PermgateError `initialisation` when the module does not run yet, and must be waited for */
  require(): void {
    if (this.#isStarted) return;
    if (!this.#startNow) {
      throw new PermgateError(
        "initialisation",
        "the WebAssembly module does not run yet; `await load()` or `await createPermissions(…)` first",
      );
    }
    try {
      this.#startNow();
      this.#isStarted = true;
    } catch (cause) {
      throw failed(cause);
    }
  }
}

function failed(cause: unknown): PermgateError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PermgateError(
    "initialisation",
    `the WebAssembly module could not be started (${message}); is permgate.wasm served as application/wasm, and does the Content-Security-Policy allow 'wasm-unsafe-eval'?`,
    { cause },
  );
}
