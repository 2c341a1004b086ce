/** Opens the stream by which the server pushes, with one of three transports. The module judges the messages. */

import type { Engine } from "#glue";
import { StreamEnd } from "./border.js";

/** Calls the module; it ignores calls that come late, or after the end. */
export type Use = (call: (engine: Engine) => void) => void;

/** The addresses of the streams, by transport. */
export type Addresses = Partial<Record<string, string>>;

/** Puts a tenant into an address; undefined if the address needs a tenant, and there is none. */
export type AtTenant = (address: string, tenant: string | undefined) => string | undefined;

/** How long the server may hold a long poll, in seconds; the module waits a little longer. */
const WAIT_SECONDS = 25;

/** The events of a stream. `EventSource` delivers only those with a listener. */
const EVENTS = ["message", "version", "revoked", "session-revoked", "heartbeat"];

/** The parameters of one stream. */
interface Query {
  readonly channel: number;
  readonly url: URL;
  readonly bearer: string | undefined;
  readonly version: number | undefined;
  readonly signal: AbortSignal;
}

/** Has one stream open at a time. */
export class Channel {
  readonly #addresses: Addresses;
  readonly #atTenant: AtTenant;
  readonly #credentials: RequestCredentials;
  readonly #fetch: (input: URL, init: RequestInit) => Promise<Response>;
  readonly #headers: (url: string) => Promise<Headers>;
  readonly #heed: (response: Response, url: string) => boolean;
  readonly #use: Use;
  /** `EventSource` sends no headers, and always the cookies of its own origin. */
  readonly #suitsEventSource: boolean;
  #open: AbortController | undefined;
  /** Whether the stream that was opened last has delivered anything. */
  hasDelivered = false;

  constructor(
    addresses: Addresses,
    atTenant: AtTenant,
    credentials: RequestCredentials,
    fetch: (input: URL, init: RequestInit) => Promise<Response>,
    headers: (url: string) => Promise<Headers>,
    heed: (response: Response, url: string) => boolean,
    hasHeaders: boolean,
    use: Use,
  ) {
    this.#suitsEventSource = !hasHeaders && credentials !== "omit" && !!globalThis.EventSource;
    this.#addresses = addresses;
    this.#atTenant = atTenant;
    this.#credentials = credentials;
    this.#fetch = fetch;
    this.#headers = headers;
    this.#heed = heed;
    this.#use = use;
  }

  /** Opens a stream in place of the previous one. */
  open(channel: number, transport: string, bearer?: string, tenant?: string, version?: number): void {
    this.close();
    this.hasDelivered = false;
    this.#open = new AbortController();
    const { signal } = this.#open;
    try {
      const address = this.#atTenant(this.#addresses[transport] ?? "", tenant);
      if (address === undefined) throw new Error("the stream's address needs a tenant; call `setTenant`");
      const url = new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href);
      const query = { channel, url, bearer, version, signal };
      if (transport === "socket") this.#socket(query);
      else if (transport === "events" && !bearer && this.#suitsEventSource) this.#eventSource(query);
      else void (transport === "events" ? this.#stream(query) : this.#poll(query)).catch(this.#broken(query));
    } catch (cause) {
      // Not from within the module's own call.
      queueMicrotask(() => this.#broken({ channel, signal })(cause));
    }
  }

  close(): void {
    this.#open?.abort();
    this.#open = undefined;
  }

  /** Reads server-sent events by `fetch`: with headers, and with the status of the response. */
  async #stream(query: Query): Promise<void> {
    const response = await this.#ask(query, "text/event-stream");
    const body = this.#accepted(query, response);
    if (!body) return;
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (query.signal.aborted) return;
      if (done) break;
      this.hasDelivered = true;
      this.#use((engine) => engine.channelBytes(query.channel, value));
    }
    this.#ended(query, StreamEnd.Closed);
  }

  /**
   * Uses the browser's own reader, for cookies. By itself it would reconnect in step with all other pages, so its
   * reconnection is not used.
   */
  #eventSource(query: Query): void {
    const { channel, url, signal } = query;
    const source = new EventSource(url, { withCredentials: this.#credentials === "include" });
    signal.addEventListener("abort", () => source.close());
    source.onopen = () => this.#use((engine) => engine.channelOpened(channel));
    source.onerror = () => {
      const isRefused = source.readyState === EventSource.CLOSED;
      source.close();
      if (signal.aborted) return;
      // `EventSource` does not say why; the response to a request of the same kind does.
      if (isRefused) void this.#askWhy(query).catch(this.#broken(query));
      else this.#ended(query, StreamEnd.Broken, "the stream broke");
    };
    for (const kind of EVENTS) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        this.hasDelivered = true;
        this.#use((engine) => engine.channelMessage(channel, kind, data));
      });
    }
  }

  async #askWhy(query: Query): Promise<void> {
    const response = await this.#ask(query, "text/event-stream");
    const why = refusal(response);
    this.#discard(response);
    this.#ended(query, why ?? StreamEnd.Broken, "", response);
  }

  /** A token is sent in the first message: addresses are logged, and a handshake has no headers. */
  #socket(query: Query): void {
    const { channel, url, bearer, signal } = query;
    if (url.protocol.startsWith("http")) url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    const socket = new WebSocket(url);
    let isOpen = false;
    signal.addEventListener("abort", () => socket.close());
    socket.onopen = () => {
      isOpen = true;
      if (bearer) socket.send(JSON.stringify({ type: "authenticate", token: bearer }));
      this.#use((engine) => engine.channelOpened(channel));
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#use((engine) => engine.channelMessage(channel, "", data));
    };
    socket.onclose = ({ code }) => {
      // Codes such as 4401 are the server's own: the status that a request would have met, plus 4000.
      const status = code > 4400 && code < 4600 ? code - 4000 : isOpen ? StreamEnd.Closed : StreamEnd.Broken;
      this.#ended(query, status, "the socket could not be opened");
    };
  }

  /** One request that is answered when there is news; then the module opens the next. */
  async #poll(query: Query): Promise<void> {
    const { channel, url, version } = query;
    url.searchParams.set("wait", String(WAIT_SECONDS));
    url.searchParams.set("version", String(version));
    const response = await this.#ask(query, "application/json");
    const { status } = response;
    const header = response.headers.get("permissions-version");
    this.#discard(response);
    if (query.signal.aborted) return;
    if (status !== 200 && status !== 204) return this.#ended(query, status, "", response);
    // A response without a version is not an answer to a poll.
    if (header === null) return this.#ended(query, StreamEnd.NotAStream);
    this.#use((engine) => {
      engine.channelOpened(channel);
      engine.channelMessage(channel, "header", header);
    });
    this.#ended(query, StreamEnd.Closed);
  }

  async #ask(query: Query, accept: string): Promise<Response> {
    const response = await this.#send(query, accept);
    if (!this.#heed(response, query.url.href)) return response;
    this.#discard(response);
    return this.#send(query, accept);
  }

  async #send({ url, bearer, signal }: Query, accept: string): Promise<Response> {
    const headers = await this.#headers(url.href);
    headers.set("Accept", accept);
    if (bearer && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${bearer}`);
    return this.#fetch(url, { headers, signal, credentials: this.#credentials, cache: "no-store" });
  }

  /** The body of a stream; undefined when the response is not a stream, which the module is then told. */
  #accepted(query: Query, response: Response): ReadableStream<Uint8Array> | undefined {
    const why = refusal(response);
    if (why !== undefined || !response.body) {
      this.#discard(response);
      this.#ended(query, why ?? StreamEnd.NotAStream, "", response);
      return undefined;
    }
    this.#use((engine) => engine.channelOpened(query.channel));
    return response.body;
  }

  #discard(response: Response): void {
    response.body?.cancel().catch(() => undefined);
  }

  #broken(query: Pick<Query, "channel" | "signal">): (cause: unknown) => void {
    return (cause) => this.#ended(query, StreamEnd.Broken, cause instanceof Error ? cause.message : String(cause));
  }

  #ended({ channel, signal }: Pick<Query, "channel" | "signal">, status: number, message = "", response?: Response): void {
    if (signal.aborted) return;
    const after = response?.headers.get("retry-after") ?? undefined;
    this.#use((engine) => engine.channelEnded(channel, status, message, after));
  }
}

/** Why a response is not a stream; undefined when it is one. */
function refusal(response: Response): number | undefined {
  if (response.redirected || response.type === "opaqueredirect") return StreamEnd.NotAStream;
  if (response.status !== 200) return response.status;
  const type = response.headers.get("content-type") ?? "";
  return /^text\/event-stream\b/i.test(type) ? undefined : StreamEnd.NotAStream;
}
