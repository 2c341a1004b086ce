/** Reports errors: to the application, or else in the console. */

import { PermgateError } from "./errors.js";

/** More malformed requirements than anyone reads. */
const REPORTS_MAX = 1000;

/** Errors that the same question would report again and again. */
const OF_QUESTIONS = ["malformed-requirement", "unknown-mode", "unknown-permission", "unsafe-mode"];

/** Reports errors. */
export class Reports {
  readonly #told = new Set<string>();
  #warned = "";
  readonly #listen: (error: PermgateError) => unknown;

  /** `listen` returns false if there are no listeners. */
  constructor(listen: (error: PermgateError) => unknown) {
    this.#listen = listen;
  }

  /** Reports an error of the module; one about a question only once. */
  of(error: PermgateError): void {
    // Versions rise, so every message would be different.
    if (error.code === "malformed-version") this.#once(error.code, error);
    else if (OF_QUESTIONS.includes(error.code)) this.#once(error.message, error);
    else this.tell(error);
  }

  /** Reports a requirement that cannot be read, once. */
  malformed(key: string, message: string): void {
    this.#once(key.slice(0, 200), new PermgateError("malformed-requirement", message));
  }

  tell(error: PermgateError): void {
    // A page on which nobody has signed in is not faulty.
    if (this.#listen(error) !== false || error.code === "unauthenticated") return;
    // During an outage, each attempt fails in the same way.
    if (error.message !== this.#warned || error.element) console.warn((this.#warned = error.message), ...(error.element ? [error.element] : []));
  }

  #once(key: string, error: PermgateError): void {
    if (this.#told.has(key) || this.#told.size >= REPORTS_MAX) return;
    this.#told.add(key);
    this.tell(error);
  }
}
