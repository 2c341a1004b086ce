/** The application's credentials: the token or the function that returns it, and the function that renews it. */

import type { Bearer } from "./patch.js";
import type { TokenSource } from "./types.js";

/** The characters that a header can have (RFC 9110 §5.5); the endpoint's load reports a token with others. */
const SENDABLE = /^[\x20-\x7e]+$/;

/** The token if it can be sent, else null. */
export function sendable(token: unknown): string | null {
  return typeof token === "string" && SENDABLE.test(token) ? token : null;
}

/** The token of the application, and its renewal. */
export class Credentials {
  token: TokenSource;
  readonly #ask: (() => unknown) | undefined;
  #pending: Promise<unknown> | undefined;

  constructor(token: TokenSource, ask: (() => unknown) | undefined) {
    this.token = token;
    this.#ask = ask;
  }

  /** The current token. A promise only if the application has to be asked. */
  bearer(): Bearer | Promise<Bearer> {
    return typeof this.token === "function" ? this.token() : this.token;
  }

  /**
   * Asks the application for new credentials: resolves to a token, to true if the existing ones will do, else to false.
   * While the application is being asked, further calls share its answer: one dialog is enough.
   */
  renew(calling: (ask: () => unknown) => Promise<unknown>): Promise<unknown> {
    this.#pending ??= this.#renewed(calling);
    return this.#pending;
  }

  /** The user is known now: an open request for credentials no longer counts. */
  settled(): void {
    this.#pending = undefined;
  }

  async #renewed(calling: (ask: () => unknown) => Promise<unknown>): Promise<unknown> {
    const given = await calling(() => this.#ask?.());
    if (given === null || given === false) return false;
    return typeof given === "string" && typeof this.token !== "function" ? given : true;
  }
}
