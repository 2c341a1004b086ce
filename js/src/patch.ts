/** Replaces methods of the page by observed ones, and restores them, in any order. */

import { resolved } from "./address.js";
import { type Fetch, type Method, PATCH, type Patch, patchOf } from "./beneath.js";

/** An application's bearer token; it may have none. */
export type Bearer = string | null | undefined;

/** Restores the page's own methods. */
export type Undo = () => void;

function replace<This, Name extends string>(
  owner: Readonly<Record<Name, unknown>>,
  name: Name,
  make: (original: Method<This>) => Method<This>,
): Undo {
  const place = owner as Record<Name, Method<This>>;
  const original = place[name];
  const ours = make(original);
  const patch: Patch<This> = { original, isOver: false };
  const method = function (this: This, ...given: unknown[]) {
    return Reflect.apply(patch.isOver ? original : ours, this, given);
  };
  Object.defineProperties(method, {
    [PATCH]: { value: patch },
    name: { value: name },
    length: { value: original.length },
  });
  place[name] = method;
  return () => {
    patch.isOver = true;
    for (let top; (top = patchOf<This>(place[name]))?.isOver; ) place[name] = top.original;
  };
}

/** Observes the page's `fetch`: `watched` gets the function to send with, and the arguments of the call. */
export function patchFetch(
  watched: (send: Fetch, call: Parameters<Fetch>) => Promise<Response>,
): Undo {
  return replace(globalThis, "fetch", (original) => {
    // Whatever `this` our method gets: the page's own `fetch` works on the page only.
    const send: Fetch = (...call) => Reflect.apply(original as Fetch, globalThis, call);
    return (...call) => watched(send, call as Parameters<Fetch>);
  });
}

/** The parts that observing an `XMLHttpRequest` needs. */
export interface Watcher {
  watches(url: string): boolean;
  ticket(): number;
  bearer(): Bearer | Promise<Bearer>;
  /** The token when it is available, if the user is still the same. */
  credentials(bearer: Promise<Bearer>): Promise<Credentials>;
  tell(answer: Answer, ticket: number): void;
}

/** A token, if there is one, with the ticket of its credentials. */
export interface Credentials {
  readonly ticket: number;
  readonly token: Bearer;
}

interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly redirected: boolean;
}

/** The state of a request to a trusted origin. */
interface Opened {
  /** Without its fragment, as in `responseURL`. */
  readonly address: string;
  readonly isAsync: boolean;
  /** Whether the application sends credentials of its own. */
  hasCredentials: boolean;
  state: "opened" | "held" | "sent";
  ticket: number;
}

/**
 * Observes every `XMLHttpRequest` of the page: requests to trusted origins get the bearer token, and their responses
 * are evidence. None is replayed: its listeners have already been called.
 */
export function patchXhr(watcher: Watcher): Undo {
  type Xhr = XMLHttpRequest;
  const prototype = globalThis.XMLHttpRequest?.prototype;
  if (!prototype) return () => undefined;
  const known = new WeakMap<Xhr, Opened | undefined>();
  let setHeader: Method<Xhr>;

  function answered(this: Xhr): void {
    const opened = known.get(this);
    if (!opened) return;
    // Another address means a redirect; no address means a failure.
    const redirected = opened.address !== this.responseURL;
    if (redirected && !this.responseURL) return;
    const { status } = this;
    // Text is decoded when it is read: only that of a refusal.
    const data = status === 403 ? bodyOf(this) : null;
    watcher.tell({ url: opened.address, status, headers: headersOf(this), data, redirected }, opened.ticket);
  }

  const undo = [
    replace<Xhr, "open">(prototype, "open", (original) => {
      return function (...given) {
        this.addEventListener("load", answered);
        const before = known.get(this);
        const { href = "" } = resolved(String(given[1])) ?? {};
        const opened: Opened = {
          address: href.replace(/#.*/, ""),
          isAsync: given.length < 3 || !!given[2],
          hasCredentials: (given[3] ?? null) !== null,
          state: "opened",
          ticket: 0,
        };
        // Its listeners are called before `open` returns, and may send at once.
        known.set(this, watcher.watches(href) ? opened : undefined);
        try {
          Reflect.apply(original, this, given);
        } catch (error) {
          known.set(this, before);
          throw error;
        }
      };
    }),
    replace<Xhr, "setRequestHeader">(prototype, "setRequestHeader", (original) => {
      setHeader = original;
      return function (...given) {
        Reflect.apply(original, this, given);
        const opened = known.get(this);
        if (opened && /^authorization$/i.test(String(given[0]))) opened.hasCredentials = true;
      };
    }),
    replace<Xhr, "send">(prototype, "send", (original) => {
      return function (...given) {
        const opened = known.get(this);
        // The page's own `send` refuses what cannot be sent now; only a held request still looks unsent to it.
        if (opened?.state === "held") throw new DOMException("the request is sent already", "InvalidStateError");
        if (opened?.state !== "opened") return Reflect.apply(original, this, given);
        const go = ({ ticket, token }: Credentials) => {
          opened.ticket = ticket;
          opened.state = "sent";
          if (token && !opened.hasCredentials) Reflect.apply(setHeader, this, ["Authorization", `Bearer ${token}`]);
          Reflect.apply(original, this, given);
        };
        const unauthorized = () => ({ ticket: watcher.ticket(), token: null });
        let bearer: Bearer | Promise<Bearer> = null;
        try {
          if (!opened.hasCredentials) bearer = watcher.bearer();
        } catch {
          // If the function fails, the request is sent as if the application had no token.
        }
        if (typeof bearer !== "object" || bearer === null) return go({ ticket: watcher.ticket(), token: bearer });
        const awaited = watcher.credentials(bearer).catch(unauthorized);
        // A synchronous request blocks the page, so no token can be awaited.
        if (!opened.isAsync) return go(unauthorized());
        opened.state = "held";
        void awaited.then((credentials) => {
          if (known.get(this) === opened && opened.state === "held") go(credentials);
        });
      };
    }),
    replace<Xhr, "abort">(prototype, "abort", (original) => {
      return function (...given) {
        const opened = known.get(this);
        const wasHeld = opened?.state === "held";
        if (wasHeld) opened.state = "opened";
        Reflect.apply(original, this, given);
        // Nothing was sent, so the page's own `abort` dispatches no events.
        if (wasHeld) for (const type of ["abort", "loadend"]) this.dispatchEvent(new ProgressEvent(type));
      };
    }),
  ];
  return () => {
    for (const one of undo) one();
  };
}

function headersOf(request: XMLHttpRequest): Headers {
  const lines = request.getAllResponseHeaders().split("\r\n");
  return new Headers(lines.filter(Boolean).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  }));
}

/** The body, if it is text or JSON. */
function bodyOf(request: XMLHttpRequest): unknown {
  const { responseType: type } = request;
  if (type === "json") return request.response;
  return type === "" || type === "text" ? request.responseText : null;
}
