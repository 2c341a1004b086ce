/** Tells what went wrong: to the application, or else to whoever develops it. */

import { PermgateError } from "./errors.js";

/** More malformed requirements than anybody reads. */
const REPORTS_MAX = 1000;

/** What the same question would have reported again and again. */
const OF_QUESTIONS = ["malformed-requirement", "unknown-mode", "unknown-permission", "unsafe-mode"];

/** Tells errors. */
export class Reports {
  readonly #told = new Set<string>();
  readonly #listen: (error: PermgateError) => unknown;

  /** `listen` says by false that nobody listens. */
  constructor(listen: (error: PermgateError) => unknown) {
    this.#listen = listen;
  }

  /** Tells an error of the module; one of a question, once. */
  of(error: PermgateError): void {
    // The version counts up: every message would be another one.
    if (error.code === "malformed-version") this.#once(error.code, error);
    else if (OF_QUESTIONS.includes(error.code)) this.#once(error.message, error);
    else this.tell(error);
  }

  /** Tells of a requirement that cannot be read, once. */
  malformed(key: string, message: string): void {
    this.#once(key.slice(0, 200), new PermgateError("malformed-requirement", message));
  }

  tell(error: PermgateError): void {
    // A page that nobody has signed in to is no fault.
    if (this.#listen(error) === false && error.code !== "unauthenticated") console.warn(error.message, ...(error.element ? [error.element] : []));
  }

  #once(key: string, error: PermgateError): void {
    if (this.#told.has(key) || this.#told.size >= REPORTS_MAX) return;
    this.#told.add(key);
    this.tell(error);
  }
}
