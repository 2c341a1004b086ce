/** Starts the compiled module, once: this is code, not state; instances share nothing else. */

import { PermgateError } from "./errors.js";
import { type WasmOption, checkWasm } from "./module.js";

/** Starts the module on demand. */
export class Loader {
  readonly #start: (given?: WasmOption) => Promise<unknown>;
  readonly #startNow: (() => unknown) | undefined;
  #started: Promise<unknown> | undefined;
  #isStarted = false;

  /** `startNow` is passed if the module is available synchronously. */
  constructor(start: (given?: WasmOption) => Promise<unknown>, startNow?: () => unknown) {
    this.#start = start;
    this.#startNow = startNow;
  }

  /**
   * Starts the module, unless it is running: then `given` is only checked.
   *
   * @throws PermgateError `initialisation`, `invalid-option`
   */
  async load(given?: WasmOption): Promise<void> {
    if (given !== undefined) checkWasm(given);
    if (this.#isStarted || this.#started) {
      // The value is not awaited, so a rejection of it is ignored.
      Promise.resolve(given).catch(() => undefined);
    }
    if (this.#isStarted) return;
    this.#started ??= this.#start(given);
    try {
      await this.#started;
      this.#isStarted = true;
    } catch (cause) {
      // A failed download may succeed the next time.
      this.#started = undefined;
      throw failed(cause);
    }
  }

  /** @throws PermgateError `initialisation` when the module is not running yet, and can only be started asynchronously */
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
  if (cause instanceof PermgateError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PermgateError(
    "initialisation",
    `the WebAssembly module could not be started (${message}); deploy the package's .wasm and .js files together, and allow 'wasm-unsafe-eval' in the Content-Security-Policy`,
    { cause },
  );
}
