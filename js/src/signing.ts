/** The application's own headers: made for each request, with the last nonce of its server (DPoP, RFC 9449 §8). */

import type { PermissionsOptions } from "./types.js";

/** A challenge that asks for the same request with a nonce. */
const NONCE_ASKED = /\bDPoP\b.*\berror="?use_dpop_nonce"?/i;

/** Makes the headers of the option `headers`. */
export class Signing {
  readonly #make: PermissionsOptions["headers"];
  /** The nonces by origin. */
  readonly #nonces = new Map<string, string>();

  constructor(make: PermissionsOptions["headers"]) {
    this.#make = make;
  }

  /** Whether the application adds headers to requests. */
  get isAsked(): boolean {
    return !!this.#make;
  }

  /** The headers for a request; `url` is a whole address. */
  async headers(method: string, url: string): Promise<Headers> {
    const nonce = this.#nonces.get(new URL(url).origin);
    return new Headers(await this.#make?.(nonce === undefined ? { method, url } : { method, url, nonce }));
  }

  /** Sends a request of permgate itself, and once more if the response asks for the server's nonce. */
  async sent(
    request: Request,
    send: (request: Request) => Promise<Partial<Response> | undefined>,
    headers: (method: string, url: string) => Promise<Headers>,
  ): Promise<Partial<Response> | undefined> {
    const { method, url } = request;
    // A page's own `fetch` may return anything.
    const response = await send(request);
    if (!this.heed(response, url)) return response;
    response?.body?.cancel().catch(() => undefined);
    const again = new Request(request);
    (await headers(method, url)).forEach((value, name) => again.headers.set(name, value));
    const answer = await send(again);
    this.heed(answer, url);
    return answer;
  }

  /** Takes the nonce of a response. Returns whether the response asks for the same request with it. */
  heed(response: Partial<Response> | undefined, url: string): boolean {
    const nonce = this.#make && response?.headers?.get?.("dpop-nonce");
    if (!nonce) return false;
    this.#nonces.set(new URL(url).origin, nonce);
    return response?.status === 401 && NONCE_ASKED.test(response.headers?.get("www-authenticate") ?? "");
  }
}
