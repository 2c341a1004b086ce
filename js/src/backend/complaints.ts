/** Reports the errors of a back end: each once a minute, since every request would repeat it. */

import { PermgateError } from "../decide.js";
import type { ErrorCode } from "../errors.js";

const AGAIN_AFTER_MS = 60_000;

/** More different errors than anyone reads in a minute. */
const ERRORS_MAX = 1_000;

/** Reports errors. */
export class Complaints {
  readonly #tell: (error: PermgateError) => void;
  readonly #told = new Map<string, number>();

  constructor(onError: ((error: PermgateError) => void) | undefined) {
    this.#tell = onError ?? ((error) => console.error(error));
  }

  /** Reports an error, unless the same one was reported within a minute. `about` is left out of the comparison. */
  of(code: ErrorCode, message: string, cause?: unknown, about = ""): void {
    const key = `${code} ${message}`;
    const now = Date.now();
    const before = this.#told.get(key);
    if (before !== undefined && Math.abs(now - before) < AGAIN_AFTER_MS) return;
    if (this.#told.size >= ERRORS_MAX) this.#told.clear();
    this.#told.set(key, now);
    const error = new PermgateError(code, about + message, cause === undefined ? {} : { cause });
    try {
      this.#tell(error);
    } catch (thrown) {
      console.error(error, thrown);
    }
  }
}

/** The message of a thrown value. */
export function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
