/** Starts the compiled module, once: code, not state; instances share nothing else. */

import { PermgateError } from "./errors.js";
import { type WasmOption, checkWasm } from "./module.js";

/** Starts the module on demand. */
export class Loader {
  readonly #start: (given?: WasmOption) => Promise<unknown>;
  readonly #startNow: (() => unknown) | undefined;
  #started: Promise<unknown> | undefined;
  #isStarted = false;

  /** `startNow` is given where the module can be had without waiting. */
  constructor(start: (given?: WasmOption) => Promise<unknown>, startNow?: () => unknown) {
    this.#start = start;
    this.#startNow = startNow;
  }

  /**
   * Starts the module unless it runs already: then `given` is checked, and not used.
   *
   * @throws PermgateError `initialisation`, `invalid-option`
   */
  async load(given?: WasmOption): Promise<void> {
    if (given !== undefined) checkWasm(given);
    if (this.#isStarted || this.#started) {
      // Nobody waits for it: its failure is nobody's, either.
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
  if (cause instanceof PermgateError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PermgateError(
    "initialisation",
    `the WebAssembly module could not be started (${message}); deploy the package's .wasm and .js files together, and allow 'wasm-unsafe-eval' in the Content-Security-Policy`,
    { cause },
  );
}
