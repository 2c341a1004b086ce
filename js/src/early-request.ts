/** Sends the requests of the first load while the module is still downloading; the module takes them over. */

import { atTenant } from "./address.js";
import { unpatched } from "./beneath.js";
import type { Came } from "./border.js";
import { Question, clocks } from "./came.js";
import { sendable } from "./credentials.js";
import { findLook } from "./find-look.js";
import type { FirstLook } from "./look.js";
import { aroundPage, policy } from "./options.js";
import { replied, requestOf } from "./reply.js";
import { Signing } from "./signing.js";
import { stored } from "./surroundings.js";
import { channelTo } from "./tabs.js";
import type { PermissionsOptions } from "./types.js";
import { inOwnZone, outside } from "./zone.js";

/**
 * The early request of one instance. The module takes the requests of its first load from it, each once; it sends those
 * itself that have not been sent by then.
 */
export class EarlyRequest {
  readonly #began = clocks();
  /** The instance signs with it, too: it knows the nonces in responses to the early request. */
  readonly signing: Signing;
  /** Messages of other tabs: a sign-out in one of them must not be missed. */
  readonly heard: string[];
  /** A first look that has sent the request before: its request is taken. */
  readonly #look: FirstLook | undefined;
  #hasTakenLook = false;
  #channel: BroadcastChannel | undefined;
  readonly #address: string;
  readonly #controller = new AbortController();
  #policies: Question | undefined;
  #token: Question | undefined;
  #headers: Question | undefined;
  #reply: Question | undefined;
  /** The token with which it was sent. */
  #bearer: string | undefined;
  /** No further request is sent. */
  #isOver = false;
  /** Stops listening to the application's signal. */
  readonly #unheard: () => void;

  private constructor(options: PermissionsOptions, address: string, credentials: RequestCredentials, look: FirstLook | undefined) {
    this.#address = address;
    this.#look = look;
    this.heard = look?.heard ?? [];
    const { token, headers, signal, catalogue, rolePermissions } = options;
    const end = () => {
      this.end();
      look?.end();
    };
    signal?.addEventListener("abort", end);
    this.#unheard = () => signal?.removeEventListener("abort", end);
    if ([catalogue, rolePermissions].some((one) => typeof one === "function")) {
      this.#policies = new Question(() => Promise.all([policy(catalogue), policy(rolePermissions)]), false);
    }
    if (token !== undefined) this.#token = new Question(() => (typeof token === "function" ? token() : token));
    this.signing = new Signing(headers && inOwnZone(headers));
    if (!look) outside(() => void this.#send(credentials).catch(() => undefined));
  }

  /**
   * Begins, if a request is certain to follow: not with a bootstrap, not without a tenant if the address has a
   * placeholder for it, and not with a stored document, whose entity tag belongs to the request.
   *
   * @throws PermgateError `invalid-option`
   */
  static begin(options: PermissionsOptions, credentials: RequestCredentials): EarlyRequest | undefined {
    if (options.endpoint === undefined || (options.bootstrap ?? undefined) !== undefined) return undefined;
    const around = aroundPage(options, credentials);
    const address = atTenant(around.name, options.tenant ?? undefined);
    if (address === undefined || options.signal?.aborted || stored(around) !== undefined) return undefined;
    const look = findLook(options, around.name, credentials);
    const early = new EarlyRequest(options, address, credentials, look);
    if (!around.tabs) look?.channel()?.close();
    else if (!look) early.#listen(around.name);
    return early;
  }

  // The module takes these:

  /** When the requests began. */
  get began(): Came {
    return [true, undefined, ...(this.#look?.began ?? this.#began)];
  }

  policies(): Came | Promise<unknown> | undefined {
    const { answer } = this.#policies ?? {};
    this.#policies = undefined;
    return answer;
  }

  token(): Came | Promise<unknown> | undefined {
    const { answer } = this.#token ?? {};
    this.#token = undefined;
    return answer;
  }

  /** The headers, if they were made and the request was not sent. */
  headers(): Promise<Headers> | undefined {
    const { promise } = this.#headers ?? {};
    this.#headers = undefined;
    return promise as Promise<Headers> | undefined;
  }

  /** The response to the request, if the module would send the same one; from here on, the module's signal aborts it. */
  reply(address: string, bearer: string | undefined, signal: AbortSignal): Came | Promise<unknown> | undefined {
    const look = this.#look?.isTaken ? undefined : this.#look;
    const { answer } = look?.reply ?? this.#reply ?? {};
    const isSame = address === this.#address && bearer === this.#bearer;
    if (!isSame || answer) this.#headers = undefined;
    this.#isOver = true;
    if (!isSame || !answer) return undefined;
    this.#reply = undefined;
    const controller = look?.controller ?? this.#controller;
    signal.addEventListener("abort", () => controller.abort(signal.reason));
    look?.take();
    this.#hasTakenLook = !!look;
    return answer;
  }

  /** The first look, if this instance has taken it: from here on, the instance is responsible for what it shows. */
  look(): FirstLook | undefined {
    // If the module has not taken it, no instance is responsible for what it shows.
    if (!this.#look?.isTaken) this.#look?.end();
    return this.#hasTakenLook ? this.#look : undefined;
  }

  /** The channel to the other tabs; messages are no longer collected from here on. */
  channel(): BroadcastChannel | undefined {
    const channel = this.#channel ?? this.#look?.channel();
    this.#channel = undefined;
    return channel;
  }

  /** Ends the requests that the module has not taken. */
  end(): void {
    if (!this.#isOver) this.#headers = undefined;
    this.#isOver = true;
    if (this.#reply) this.#controller.abort();
    this.#policies = this.#token = this.#reply = undefined;
    this.#channel?.close();
    this.#channel = undefined;
    this.#unheard();
  }

  async #send(credentials: RequestCredentials): Promise<void> {
    const question = this.#token;
    const bearer = sendable(await question?.promise) ?? undefined;
    if (this.#isOver || (question && bearer === undefined)) return;
    this.#bearer = bearer;
    const sign = () => this.signing.headers("GET", this.#address);
    this.#headers = new Question(sign);
    const headers = (await this.#headers.promise) as Headers;
    if (this.#isOver) return;
    const request = requestOf(this.#address, headers, bearer, undefined, credentials, this.#controller.signal);
    const send = (one: Request) => unpatched(globalThis.fetch)(one);
    this.#reply = new Question(() => replied(this.signing.sent(request, send, sign)));
  }

  #listen(name: string): void {
    this.#channel = channelTo(name);
    if (this.#channel) this.#channel.onmessage = ({ data }) => typeof data === "string" && this.heard.push(data);
  }
}
