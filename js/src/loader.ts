/** Starts the compiled module, once: this is code, not state; instances share nothing else. */

import { PermgateError } from "./errors.js";
import { type WasmOption, checkWasm } from "./module.js";
import type { Runtime } from "./runtime.js";

/** Starts the module on demand. */
export class Loader {
  readonly #start: (given?: WasmOption) => Promise<Runtime>;
  readonly #startNow: (() => Runtime) | undefined;
  #started: Promise<Runtime> | undefined;
  /** The running module. */
  now: Runtime | undefined;

  /** `startNow` is passed if the module is available synchronously. */
  constructor(start: (given?: WasmOption) => Promise<Runtime>, startNow?: () => Runtime) {
    this.#start = start;
    this.#startNow = startNow;
  }

  /** Whether the module is running or starting. */
  get isStarted(): boolean {
    return this.now !== undefined || this.#started !== undefined;
  }

  /**
   * Starts the module, unless it is running: then `given` is only checked.
   *
   * @throws PermgateError `initialisation`, `invalid-option`
   */
  async load(given?: WasmOption): Promise<Runtime> {
    if (given !== undefined) checkWasm(given);
    if (this.isStarted) {
      // The value is not awaited, so a rejection of it is ignored.
      Promise.resolve(given).catch(() => undefined);
    }
    if (this.now) return this.now;
    this.#started ??= this.#start(given);
    try {
      return (this.now = await this.#started);
    } catch (cause) {
      // A failed download may succeed the next time.
      this.#started = undefined;
      throw failed(cause);
    }
  }

  /** @throws PermgateError `initialisation` when the module is not running yet, and can only be started asynchronously */
  require(): Runtime {
    if (this.now) return this.now;
    if (!this.#startNow) {
      throw new PermgateError(
        "initialisation",
        "the build of the WebAssembly module with everything does not run yet; `await load()` first",
      );
    }
    try {
      return (this.now = this.#startNow());
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
