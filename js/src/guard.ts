/** Whose responses tell something about permissions, and which refused requests are sent again. */

import { unlessAborted } from "./aborted.js";
import { type Place, addressOf, isAmong, place, resolved } from "./address.js";
import { type Fetch, unpatched } from "./beneath.js";
import { Verdict } from "./border.js";
import { patching } from "./chunks.js";
import type { Bearer, Credentials, Undo } from "./patch.js";
import { sendable } from "./credentials.js";
import { argument } from "./errors.js";
import type { Forbidden } from "./types.js";

/** What a guard asks of its instance. Only `bearer` may fail. */
export interface Judge {
  /** Numbers the credentials of now; taken right before a request is sent. */
  ticket(): number;
  observe(
    status: number,
    version: string | undefined,
    challenge: string | undefined,
    ticket: number,
    isReplay: boolean,
  ): void;
  /** What becomes of a request that was sent with a ticket and met 401: one of those below. */
  verdict(ticket: number): Verdict;
  /** Whether there is any bearer token, or somebody to ask for one. */
  hasToken(): boolean;
  /** The token of now. A promise only where the application has to be asked: it may reject. */
  bearer(): Bearer | Promise<Bearer>;
  /** Whether the application adds headers of its own. */
  signs(): boolean;
  /** These headers for a request. */
  headers(method: string, url: string): Promise<Headers> | undefined;
  /** Takes the nonce of an answer. Whether the answer asks for the same request with it. */
  heed(response: Response, url: string): boolean;
  /** The application gave this token for one of its requests. */
  seen(token: string): void;
  wantsForbidden(): boolean;
  forbidden(event: Forbidden): void;
}

/** A `Response`, or what other clients have of one. */
export type Observable =
  | Response
  | {
      readonly url: string;
      readonly status: number;
      /** `Headers`, a map, or a plain object. */
      readonly headers: unknown;
      /** The body, where it has been read: as text, or as the value that its JSON stands for. */
      readonly data?: unknown;
    };


/** The most of a problem document that is read, in characters. */
const PROBLEM_MAX = 64 * 1024;

/** How often a token is asked for anew when the credentials change while it is awaited. */
const TOKEN_TRIES = 3;

/** More tokens than are awaited at once, unless each of them waits for the next. */
const TOKENS_MAX = 1000;

/** The ticket of a request that may be the one by which the application gets new credentials. */
const PART_OF_RENEWAL = -1;

/** Watches the application's requests. */
export class Guard {
  readonly #origins: ReadonlySet<string>;
  readonly #endpoints: readonly Place[];
  readonly #ignored: readonly Place[];
  readonly #judge: Judge;
  /** Those who wait for `settled`. */
  readonly #waiting = new Set<() => void>();
  readonly #undo = new Map<string, Undo>();
  /** What our patch of `fetch` stands before. */
  #original: Fetch | undefined;
  #isUnwatched = false;
  #awaitedTokens = 0;
  /** The question for new credentials that is open. */
  #renewal: object | undefined;

  /**
   * `endpoints` are our own addresses: what they answer is no evidence. Requests to those that are
   * ignored are left alone. `{tenant}` in a path stands for one segment.
   */
  constructor(
    origins: readonly string[],
    endpoints: readonly string[],
    judge: Judge,
    ignored: readonly string[] = [],
  ) {
    // Not that of the address: a sandboxed frame has an opaque origin, which is like no other one,
    // nor itself.
    const own = globalThis.origin ?? globalThis.location?.origin;
    this.#origins = new Set([...origins, ...(own && own !== "null" ? [own] : [])]);
    this.#endpoints = endpoints.map(place);
    this.#ignored = ignored.map(place);
    this.#judge = judge;
  }

  /** The page's own `fetch`, beneath every patch of ours. */
  readonly nativeFetch: Fetch = (...call) =>
    Reflect.apply(unpatched(this.#original ?? globalThis.fetch), globalThis, call);

  /** Whether requests to this address get credentials, and responses from it are believed. */
  trusts(url: string): boolean {
    const address = resolved(url);
    // A `blob:` address has the origin of its page, too.
    return !!address?.protocol.startsWith("http") && this.#origins.has(address.origin);
  }

  /** `fetch`, watched. */
  fetch(...call: Parameters<Fetch>): Promise<Response> {
    return this.#guarded(this.nativeFetch, call);
  }

  /** Numbers the credentials of now, for a request that is sent in another way. */
  ticket(): number {
    return this.#renewal ? PART_OF_RENEWAL : this.#judge.ticket();
  }

  /**
   * Watches a response that was got in another way. Whether its request is to be sent again, once,
   * with the credentials of then.
   */
  async observe(
    response: Observable,
    ticket = this.#judge.ticket(),
    isReplay = false,
  ): Promise<boolean> {
    return this.#tell(response, ticket, isReplay) && !isReplay && this.#isReplayed(ticket);
  }

  /** Verdicts may be others than before. */
  settled(): void {
    this.#renewal = undefined;
    for (const resume of this.#waiting) resume();
  }

  /** Calls what may bring credentials: requests that it makes at once must not wait for these (F15). */
  unwatched<Given>(call: () => Given): Given {
    const before = this.#isUnwatched;
    this.#isUnwatched = true;
    try {
      return call();
    } finally {
      this.#isUnwatched = before;
    }
  }

  /** The same for what brings new ones, until it has: the requests of a sign-in may come at any time. */
  async renewing<Given>(call: () => Given | Promise<Given>): Promise<Given> {
    const own = {};
    this.#renewal = own;
    try {
      return await this.unwatched(call);
    } finally {
      if (this.#renewal === own) this.#renewal = undefined;
    }
  }

  /** Watches the page's own `fetch` and `XMLHttpRequest`, too: by a chunk, which has to be there. */
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

  /** Leaves the page's own as they were. */
  unpatch(): void {
    for (const undo of this.#undo.values()) undo();
    this.#undo.clear();
    this.#original = undefined;
  }

  /**
   * Sends a request, and once more with other credentials if it is refused for its first ones.
   * Requests are made before anything is awaited: what is judged here is what is sent, whatever
   * becomes of the application's arguments.
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
    const sent = request ? await unlessAborted(this.#authorize(request, isTheirs), signal) : this.#judge.ticket();
    const ticket = isPartOfRenewal ? PART_OF_RENEWAL : sent;
    let response = await (request ? send(request) : send(...call));
    if (request && spare && this.#judge.heed(response, request.url)) {
      response.body?.cancel().catch(() => undefined);
      const again = spare.clone();
      await unlessAborted(this.#authorize(again, isTheirs), signal);
      response = await send(again);
      this.#judge.heed(response, request.url);
    }
    if (!this.#tell(response, ticket, false, true) || isTheirs) return response;
    while ((await this.#isReplayed(ticket, signal)) && spare) {
      let now: number;
      try {
        now = await unlessAborted(this.#authorize(spare, isTheirs), signal);
      } catch {
        signal?.throwIfAborted();
        return response;
      }
      // While the token was awaited, the user may have become another one.
      if (this.#judge.verdict(ticket) !== Verdict.Replay) continue;
      response.body?.cancel().catch(() => undefined);
      const answer = await send(spare);
      this.#judge.heed(answer, answer.url || spare.url);
      this.#tell(answer, now, true, true);
      return answer;
    }
    return response;
  }

  /** Adds the bearer token and the application's own headers, if there are any, and gives the ticket. */
  async #authorize(request: Request, isTheirs: boolean): Promise<number> {
    const { headers, method, url } = request;
    if (!this.trusts(url)) return this.#judge.ticket();
    const { ticket, token } =
      this.#judge.hasToken() && !isTheirs ? await this.#credentials() : { ticket: this.#judge.ticket(), token: null };
    // What the call says itself stays.
    (await this.#judge.headers(method, url))?.forEach((value, name) => headers.has(name) || headers.set(name, value));
    if (token && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
    return ticket;
  }

  /** The token of now, and its ticket. No token if, meanwhile, the user is another one, or nobody. */
  async #credentials(bearer = this.#bearer(), tries = TOKEN_TRIES): Promise<Credentials> {
    const ticket = this.#judge.ticket();
    const token = await bearer;
    if (ticket !== this.#judge.ticket()) {
      if (this.#judge.verdict(ticket) === Verdict.Pass) return { ticket, token: null };
      if (tries > 1) return this.#credentials(this.#bearer(), tries - 1);
    }
    const sent = sendable(token);
    // If it is somebody else's, nothing of the user before is granted, or sent again, from here on.
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
   * Tells the judge of a response, and whether it is a 401 that counts. One of a foreign origin, an
   * opaque one and the endpoint's own tell nothing. One that was redirected says nothing about the
   * address that was asked, unless it is a page: that may be a sign-in page, told as 302.
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

  /** Waits until it is known whether a request that met 401 is sent again. */
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

/** The request that `fetch` is called with. The `Request` of Node.js knows no document to read a relative address by. */
function made(input: RequestInfo | URL, init: RequestInit | undefined): Request {
  return new Request(typeof input === "string" ? (resolved(input) ?? input) : input, init);
}

/**
 * Another request like the one that `fetch` is called with, to be sent if that one is refused. None
 * where an argument can be read only once.
 */
function repeated(input: RequestInfo | URL, init: RequestInit | undefined): Request | undefined {
  const body = init?.body ?? null;
  if (body === null ? hasBody(input) : !isRepeatable(body)) return undefined;
  if (typeof (init?.headers as { next?: unknown } | undefined)?.next === "function") return undefined;
  try {
    return made(input, init);
  } catch {
    // `fetch` says what is wrong.
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

/** Where `Request.body` is missing (Firefox), the method has to tell. */
function hasBody(input: RequestInfo | URL): boolean {
  const { body, method } = input as Partial<Request>;
  return body !== null && method !== undefined && !["GET", "HEAD"].includes(method);
}

/** The refusal in a 403, for whoever shows it. A `Response` itself stays unread. */
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

/** A header by its name in lower case, in whatever a client keeps headers in. */
function header(headers: unknown, name: string): string | undefined {
  const { get } = (headers ?? {}) as { get?: unknown };
  const value: unknown =
    (typeof get === "function" ? Reflect.apply(get, headers, [name]) : undefined) ??
    Object.entries(headers ?? {}).find(([own]) => own.toLowerCase() === name)?.[1];
  return value === undefined ? undefined : String(value);
}
