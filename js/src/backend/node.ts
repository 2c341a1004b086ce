/** Connects requests of Node.js with the back end, for the bridges of frameworks on `node:http`. */

import type { Answer, Sink } from "./answers.js";
import type { IncomingRequest } from "./options.js";

/** The part of Node's request that is used here. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The part of Node's response that is used here. */
export interface NodeResponse {
  statusCode: number;
  readonly destroyed: boolean;
  readonly writableLength: number;
  readonly req?: { readonly httpVersionMajor?: number | undefined } | undefined;
  setHeader(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  flushHeaders(): void;
  write(text: string): unknown;
  end(text?: string): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** How many bytes may wait for a page that does not read: some hundred messages. */
const WAITING_MAX = 64 * 1024;

/** The request in the form of `Request`. Expensive parts are made when they are read. */
export class LazyRequest implements IncomingRequest {
  readonly #request: NodeRequest;
  readonly #response: NodeResponse | undefined;
  readonly #path: string;
  #headers: Headers | undefined;
  #signal: AbortSignal | undefined;

  /** Without a response, the end of the connection is not noticed. */
  constructor(request: NodeRequest, response: NodeResponse | undefined, path: string) {
    this.#request = request;
    this.#response = response;
    this.#path = path;
  }

  get method(): string {
    return this.#request.method ?? "GET";
  }

  get url(): string {
    const { host } = this.#request.headers;
    // The `Host` that a client sends need not be valid.
    return URL.canParse(this.#path, `http://${String(host)}`) ? new URL(this.#path, `http://${String(host)}`).href : new URL(this.#path, "http://localhost").href;
  }

  get headers(): Headers {
    if (this.#headers) return this.#headers;
    const headers = (this.#headers = new Headers());
    for (const [name, value] of Object.entries(this.#request.headers)) {
      if (value === undefined || name.startsWith(":")) continue;
      for (const one of typeof value === "string" ? [value] : value) headers.append(name, one);
    }
    return headers;
  }

  get signal(): AbortSignal {
    if (this.#signal) return this.#signal;
    const controller = new AbortController();
    if (this.#response?.destroyed) controller.abort();
    else this.#response?.once("close", () => controller.abort());
    return (this.#signal = controller.signal);
  }
}

/** Sets the headers of every response of the API; existing values of `Vary` are kept. */
export function setHeaders(response: NodeResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const before = name === "Vary" ? response.getHeader(name) : undefined;
    response.setHeader(name, before === undefined ? value : `${String(before)}, ${value}`);
  }
}

/** Writes an answer. */
export function send(response: NodeResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  setHeaders(response, headers);
  if (typeof body !== "function") return void response.end(body ?? undefined);
  // A server that ends waits for its connections. Without this, the page would ask for its next stream on this one, again and again.
  if (response.req?.httpVersionMajor === 1) response.setHeader("Connection", "close");
  response.flushHeaders();
  const sink: Sink = {
    write: (text) => response.write(text),
    end: () => response.end(),
    get isFull() {
      return response.writableLength > WAITING_MAX;
    },
  };
  // A client that left before emits no `close` any more.
  const gone = body(sink);
  if (response.destroyed) gone();
  else response.once("close", gone);
}
