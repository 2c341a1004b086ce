/** Observes the responses that are evidence about permissions, and replays refused requests. */

import { unlessAborted } from "./aborted.js";
import { type Place, addressOf, isAmong, place, resolved } from "./address.js";
import { type Fetch, unpatched } from "./beneath.js";
import { Verdict } from "./border.js";
import { patching } from "./chunks.js";
import type { Bearer, Credentials, Undo } from "./patch.js";
import { sendable } from "./credentials.js";
import { argument } from "./errors.js";
import type { Forbidden } from "./types.js";

/** The part of an instance that a guard uses. Only `bearer` may fail. */
export interface Judge {
  /** The number of the current credentials; taken right before a request is sent. */
  ticket(): number;
  observe(
    status: number,
    version: string | undefined,
    challenge: string | undefined,
    ticket: number,
    isReplay: boolean,
  ): void;
  /** The verdict on a request that was sent with a ticket and met a 401. */
  verdict(ticket: number): Verdict;
  /** Whether there is a bearer token, or a function that returns one. */
  hasToken(): boolean;
  /** The current token. A promise only if the application has to be asked: it may reject. */
  bearer(): Bearer | Promise<Bearer>;
  /** Whether the application adds headers of its own. */
  signs(): boolean;
  /** The application's headers for a request. */
  headers(method: string, url: string): Promise<Headers> | undefined;
  /** Takes the nonce of a response. Returns whether the response asks for the same request with that nonce. */
  heed(response: Response, url: string): boolean;
  /** The application passed this token for one of its requests. */
  seen(token: string): void;
  wantsForbidden(): boolean;
  forbidden(event: Forbidden): void;
}

/** A `Response`, or the equivalent of other clients. */
export type Observable =
  | Response
  | {
      readonly url: string;
      readonly status: number;
      /** `Headers`, a map, or a plain object. */
      readonly headers: unknown;
      /** The body, if it has been read: as text, or parsed from JSON. */
      readonly data?: unknown;
    };


/** The longest part of a problem document that is read, in characters. */
const PROBLEM_MAX = 64 * 1024;

/** How often a token is requested again when the credentials change while it is awaited. */
const TOKEN_TRIES = 3;

/** More tokens than are awaited at once, unless each of them waits for the next. */
const TOKENS_MAX = 1000;

/** The ticket of a request that may be part of the application's renewal of credentials. */
const PART_OF_RENEWAL = -1;

/** Watches the application's requests. */
export class Guard {
  readonly #origins: ReadonlySet<string>;
  readonly #endpoints: readonly Place[];
  readonly #ignored: readonly Place[];
  readonly #judge: Judge;
  /** The callers that wait for `settled`. */
  readonly #waiting = new Set<() => void>();
  readonly #undo = new Map<string, Undo>();
  /** The function beneath our patch of `fetch`. */
  #original: Fetch | undefined;
  #isUnwatched = false;
  #awaitedTokens = 0;
  /** The open request for new credentials. */
  #renewal: object | undefined;

  /**
   * `endpoints` are our own addresses: their responses are no evidence. Requests to ignored addresses are left alone.
   * `{tenant}` in a path stands for one segment.
   */
  constructor(
    origins: readonly string[],
    endpoints: readonly string[],
    judge: Judge,
    ignored: readonly string[] = [],
  ) {
    // Not the origin of the address: a sandboxed frame has an opaque origin, which equals no other one, not even
    // itself.
    const own = globalThis.origin ?? globalThis.location?.origin;
    this.#origins = new Set([...origins, ...(own && own !== "null" ? [own] : [])]);
    this.#endpoints = endpoints.map(place);
    this.#ignored = ignored.map(place);
    this.#judge = judge;
  }

  /** The page's own `fetch`, beneath all of our patches. */
  readonly nativeFetch: Fetch = (...call) =>
    Reflect.apply(unpatched(this.#original ?? globalThis.fetch), globalThis, call);

  /** Whether requests to this address get credentials, and responses from it are evidence. */
  trusts(url: string): boolean {
    const address = resolved(url);
    // A `blob:` address has the origin of its page, too.
    return !!address?.protocol.startsWith("http") && this.#origins.has(address.origin);
  }

  /** Calls `fetch` and observes the response. */
  fetch(...call: Parameters<Fetch>): Promise<Response> {
    return this.#guarded(this.nativeFetch, call);
  }

  /** The number of the current credentials, for a request that is sent by other means. */
  ticket(): number {
    return this.#renewal ? PART_OF_RENEWAL : this.#judge.ticket();
  }

  /**
   * Observes a response that was received by other means. Resolves to whether its request should be replayed, once,
   * with the credentials of that moment.
   */
  async observe(
    response: Observable,
    ticket = this.#judge.ticket(),
    isReplay = false,
  ): Promise<boolean> {
    return this.#tell(response, ticket, isReplay) && !isReplay && this.#isReplayed(ticket);
  }

  /** Verdicts may have changed. */
  settled(): void {
    this.#renewal = undefined;
    for (const resume of this.#waiting) resume();
  }

  /** Calls a function that may return credentials: requests that it makes synchronously must not wait for these (F15). */
  unwatched<Given>(call: () => Given): Given {
    const before = this.#isUnwatched;
    this.#isUnwatched = true;
    try {
      return call();
    } finally {
      this.#isUnwatched = before;
    }
  }

  /** The same for a function that renews credentials, until it has ended: a sign-in may send its requests at any time. */
  async renewing<Given>(call: () => Given | Promise<Given>): Promise<Given> {
    const own = {};
    this.#renewal = own;
    try {
      return await this.unwatched(call);
    } finally {
      if (this.#renewal === own) this.#renewal = undefined;
    }
  }

  /** Observes the page's own `fetch` and `XMLHttpRequest`, too; the chunk for this must have been loaded. */
  patch(what: readonly ("fetch" | "xhr")[]): void {
    if (!patching.now) return;
    const { patchFetch, patchXhr } = patching.now;
    for (const kind of what) {
      if (this.#undo.has(kind)) continue;
      if (kind === "fetch") {
        this.#original = globalThis.fetch;
        this.#undo.set(kind, patchFetch((original, call) => this.#guarded(original, call)));
      } else {
        this.#undo.set(
          kind,
          patchXhr({
            watches: (url) => this.#watches(url),
            ticket: () => this.ticket(),
            bearer: () => {
              const bearer = this.#judge.hasToken() ? this.#bearer() : null;
              return typeof bearer === "string" ? sendable(bearer) : bearer;
            },
            credentials: (bearer) => this.#credentials(bearer),
            tell: (response, ticket) => void this.#tell(response, ticket, false, true),
          }),
        );
      }
    }
  }

  /** Restores the page's own methods. */
  unpatch(): void {
    for (const undo of this.#undo.values()) undo();
    this.#undo.clear();
    this.#original = undefined;
  }

  /**
   * Sends a request, and replays it once with other credentials if it is refused for its first ones. The requests are
   * made before anything is awaited: what is judged here is what is sent, even if the application changes its
   * arguments.
   */
  async #guarded(send: Fetch, call: Parameters<Fetch>): Promise<Response> {
    const [input, init] = call;
    if (!this.#watches(addressOf(input))) return send(...call);
    const isPartOfRenewal = this.#renewal !== undefined;
    const request = this.#judge.hasToken() || this.#judge.signs() ? made(input, init) : undefined;
    const spare = repeated(input, init);
    const theirs = (request ?? spare)?.headers;
    const isTheirs = theirs?.has("Authorization") ?? false;
    const signal = init?.signal ?? (input as Partial<Request>).signal;
    const authorize = (one: Request) => unlessAborted(this.#authorize(one, isTheirs), signal);
    const copied = () => (this.#judge.signs() ? spare?.clone() : undefined);
    const sent = request ? await authorize(request) : this.#judge.ticket();
    const ticket = isPartOfRenewal ? PART_OF_RENEWAL : sent;
    const response = await (request ? this.#signed(send, request, copied(), authorize) : send(...call));
    if (!this.#tell(response, ticket, false, true) || isTheirs) return response;
    while ((await this.#isReplayed(ticket, signal)) && spare) {
      // Each attempt has a copy of its own: headers that are set are never replaced.
      const [one, again] = [spare.clone(), copied()];
      let now: number;
      try {
        now = await authorize(one);
      } catch {
        signal?.throwIfAborted();
        return response;
      }
      // The user may have changed while the token was awaited.
      if (this.#judge.verdict(ticket) !== Verdict.Replay) continue;
      response.body?.cancel().catch(() => undefined);
      const answer = await this.#signed(send, one, again, authorize);
      this.#tell(answer, now, true, true);
      return answer;
    }
    return response;
  }

  /** Sends a request, and once more if the response asks for the server's nonce; `again` is a copy for that. */
  async #signed(send: Fetch, request: Request, again: Request | undefined, authorize: (one: Request) => Promise<number>): Promise<Response> {
    const response = await send(request);
    if (!this.#judge.heed(response, request.url) || !again) return response;
    response.body?.cancel().catch(() => undefined);
    await authorize(again);
    return this.#signed(send, again, undefined, authorize);
  }

  /** Adds the bearer token and the application's own headers, if there are any, and returns the ticket. */
  async #authorize(request: Request, isTheirs: boolean): Promise<number> {
    const { headers, method, url } = request;
    if (!this.trusts(url)) return this.#judge.ticket();
    const { ticket, token } =
      this.#judge.hasToken() && !isTheirs ? await this.#credentials() : { ticket: this.#judge.ticket(), token: null };
    // Headers of the call itself have precedence.
    (await this.#judge.headers(method, url))?.forEach((value, name) => headers.has(name) || headers.set(name, value));
    if (token && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
    return ticket;
  }

  /** The current token and its ticket. No token if the user changed or signed out meanwhile. */
  async #credentials(bearer = this.#bearer(), tries = TOKEN_TRIES): Promise<Credentials> {
    const ticket = this.#judge.ticket();
    const token = await bearer;
    if (ticket !== this.#judge.ticket()) {
      if (this.#judge.verdict(ticket) === Verdict.Pass) return { ticket, token: null };
      if (tries > 1) return this.#credentials(this.#bearer(), tries - 1);
    }
    const sent = sendable(token);
    // If the token has another user, the set and the requests of the earlier user end here.
    if (sent) this.#judge.seen(sent);
    return { ticket: this.#judge.ticket(), token: sent };
  }

  #bearer(): Bearer | Promise<Bearer> {
    const bearer = this.unwatched(() => this.#judge.bearer());
    if (typeof bearer !== "object" || bearer === null) return bearer;
    if (this.#awaitedTokens >= TOKENS_MAX) {
      return Promise.reject(argument("`token` waits for itself: name the address that it asks in `guard.ignore`"));
    }
    this.#awaitedTokens += 1;
    return Promise.resolve(bearer).finally(() => {
      this.#awaitedTokens -= 1;
    });
  }

  #watches(url: string): boolean {
    return !this.#isUnwatched && this.trusts(url) && !isAmong(this.#ignored, url);
  }

  /**
   * Tells the judge of a response; returns whether it is a 401 that counts. Responses of a foreign origin, opaque ones
   * and the endpoint's own are no evidence. A redirected response says nothing about the requested address, unless it
   * is a page: that may be a sign-in page, and is told as 302.
   */
  #tell(response: Observable, ticket: number, isReplay: boolean, isWatched = false): boolean {
    const { url, status, type, redirected } = response as Partial<Response> & Observable;
    if (type?.startsWith("opaque")) return false;
    if (redirected) {
      const isPage = /^text\/html\b/i.test(header(response.headers, "content-type") ?? "");
      if (isPage && (isWatched || this.trusts(url)) && ticket !== PART_OF_RENEWAL) {
        this.#judge.observe(302, undefined, undefined, ticket, isReplay);
      }
      return false;
    }
    if (!this.trusts(url)) return false;
    if (isAmong([...this.#endpoints, ...this.#ignored], url)) return false;
    if (status === 401 && ticket === PART_OF_RENEWAL) return false;
    const read = (name: string) => header(response.headers, name);
    this.#judge.observe(
      status,
      read("permissions-version"),
      read("www-authenticate"),
      ticket === PART_OF_RENEWAL ? this.#judge.ticket() : ticket,
      isReplay,
    );
    if (status === 403 && this.#judge.wantsForbidden()) {
      void problemOf(response).then((problem) => this.#judge.forbidden({ url, problem }));
    }
    return status === 401;
  }

  /** Waits until it is known whether a request that met a 401 is replayed. */
  async #isReplayed(ticket: number, signal?: AbortSignal | null): Promise<boolean> {
    let verdict = this.#judge.verdict(ticket);
    for (; verdict === Verdict.Wait; verdict = this.#judge.verdict(ticket)) await this.#settling(signal);
    return verdict === Verdict.Replay;
  }

  #settling(signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(end);
        signal?.removeEventListener("abort", end);
        if (signal?.aborted) reject(signal.reason);
        else resolve();
      };
      if (signal?.aborted) return end();
      this.#waiting.add(end);
      signal?.addEventListener("abort", end);
    });
  }
}

/** The request of a call of `fetch`. The `Request` of Node.js has no document to resolve a relative address against. */
function made(input: RequestInfo | URL, init: RequestInit | undefined): Request {
  return new Request(typeof input === "string" ? (resolved(input) ?? input) : input, init);
}

/**
 * A copy of the request of a call of `fetch`, to be sent if the first one is refused. Undefined if an argument can be
 * read only once.
 */
function repeated(input: RequestInfo | URL, init: RequestInit | undefined): Request | undefined {
  const body = init?.body ?? null;
  if (body === null ? hasBody(input) : !isRepeatable(body)) return undefined;
  if (typeof (init?.headers as { next?: unknown } | undefined)?.next === "function") return undefined;
  try {
    return made(input, init);
  } catch {
    // `fetch` itself reports what is wrong.
    return undefined;
  }
}

function isRepeatable(body: BodyInit): boolean {
  return (
    typeof body === "string" ||
    ArrayBuffer.isView(body) ||
    [ArrayBuffer, Blob, FormData, URLSearchParams].some((type) => body instanceof type)
  );
}

/** If `Request.body` is missing (Firefox), the method decides. */
function hasBody(input: RequestInfo | URL): boolean {
  const { body, method } = input as Partial<Request>;
  return body !== null && method !== undefined && !["GET", "HEAD"].includes(method);
}

/** The problem document of a 403, for the application. A `Response` itself stays unread. */
async function problemOf(response: Observable): Promise<Record<string, unknown> | null> {
  const type = header(response.headers, "content-type") ?? "";
  if (!/^application\/(problem\+)?json\b/i.test(type)) return null;
  try {
    let problem: unknown =
      "clone" in response ? await response.clone().text() : response.data;
    if (typeof problem === "string") problem = problem.length > PROBLEM_MAX ? null : JSON.parse(problem);
    const isObject = typeof problem === "object" && problem !== null && !Array.isArray(problem);
    return isObject ? (problem as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A header by its name in lower case, from any kind of headers object. */
function header(headers: unknown, name: string): string | undefined {
  const { get } = (headers ?? {}) as { get?: unknown };
  const value: unknown =
    (typeof get === "function" ? Reflect.apply(get, headers, [name]) : undefined) ??
    Object.entries(headers ?? {}).find(([own]) => own.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : String(value);
}
