/** The application's credentials: the token, or whoever gives it, and whom to ask for new ones. */

import type { Bearer } from "./patch.js";
import type { TokenSource } from "./types.js";

/** What a header can hold (RFC 9110 §5.5); the endpoint's load reports a token that is not that. */
const SENDABLE = /^[\x20-\x7e]+$/;

/** A token that can be sent; else null. */
export function sendable(token: unknown): string | null {
  return typeof token === "string" && SENDABLE.test(token) ? token : null;
}

/** What the application said of its credentials. */
export class Credentials {
  token: TokenSource;
  readonly #ask: (() => unknown) | undefined;
  #pending: Promise<unknown> | undefined;

  constructor(token: TokenSource, ask: (() => unknown) | undefined) {
    this.token = token;
    this.#ask = ask;
  }

  /** The token of now. A promise only where the application has to be asked. */
  bearer(): Bearer | Promise<Bearer> {
    return typeof this.token === "function" ? this.token() : this.token;
  }

  /**
   * Asks the application for new credentials: a token, true when those that there are will do, else
   * false. While it is being asked, its answer counts for whoever asks again: one dialog is enough.
   */
  renew(calling: (ask: () => unknown) => Promise<unknown>): Promise<unknown> {
    this.#pending ??= this.#renewed(calling);
    return this.#pending;
  }

  /** It is known who is signed in: a question that is still open is none any more. */
  settled(): void {
    this.#pending = undefined;
  }

  async #renewed(calling: (ask: () => unknown) => Promise<unknown>): Promise<unknown> {
    const given = await calling(() => this.#ask?.());
    if (given === null || given === false) return false;
    return typeof given === "string" && typeof this.token !== "function" ? given : true;
  }
}
