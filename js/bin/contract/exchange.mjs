/** Sends requests like a browser, with node:http alone: redirects are not followed, and each request is counted. */

import { request as http } from "node:http";
import { request as https } from "node:https";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** The most bytes of a body that are read, as in the module. */
const MAX_BODY = 8 * 1024 * 1024;

/** What browsers send. Proxies that compress do so for this value, and not for a shorter one. */
const ACCEPT_ENCODING = "gzip, deflate, br";

/** A request without an answer. */
export class NetworkError extends Error {}

/** Sends requests, with the credentials or without. */
export class Client {
  #credentials;
  #other;
  #headers;
  #timeoutMs;
  #signal;
  /** How many requests were sent, handshakes and streams included. */
  count = 0;
  /** The most streams that were open at once. */
  mostStreams = 0;
  #streams = 0;
  /** The requests under way. */
  #open = new Set();

  constructor({ credentials, other, headers, timeoutMs }, signal) {
    this.#credentials = credentials;
    this.#other = other;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  /** Aborted when the user interrupts. */
  get signal() {
    return this.#signal;
  }

  /** The header that carries the credentials. */
  get header() {
    return this.#credentials.header;
  }

  /** The headers of the user, of another user, of nobody, or with invalid credentials of the same kind. */
  as(who) {
    const { header, value } = this.#credentials;
    if (who === "anonymous") return {};
    if (who === "other") return { [this.#other.header]: this.#other.value };
    if (who === "user") return { [header]: value };
    // Of the same length and letters, so that they are refused only for being invalid.
    const wrong = value.replace(/^(Bearer |[^=;]*=)?(.*)$/s, (_, name = "", secret) => name + "x".repeat(secret.length));
    return { [header]: wrong };
  }

  /** A whole exchange: `{ status, headers, text, ms }`. `extraMs` prolongs the time limit, for long polls. */
  async ask(url, { method = "GET", who = "user", headers = {}, accept = "application/json", extraMs = 0 } = {}) {
    const begin = performance.now();
    const response = await this.#send(url, { method, headers: { Accept: accept, ...headers, ...this.as(who) }, extraMs });
    const chunks = [];
    let length = 0;
    const done = new Promise((resolve, reject) => {
      response.on("data", (chunk) => {
        length += chunk.length;
        if (length > MAX_BODY) reject(new NetworkError(`the answer of \`${url.pathname}\` is larger than 8 MiB`));
        chunks.push(chunk);
      });
      response.once("end", resolve);
      response.once("error", (error) => reject(brokenConnection(url, error)));
      response.once("aborted", () => reject(brokenConnection(url, { code: "ECONNRESET" })));
    });
    try {
      await within(done, this.#timeoutMs + extraMs, () => new NetworkError(`the answer of \`${url.pathname}\` did not end within ${(this.#timeoutMs + extraMs) / 1000} s; is it a stream?`), this.#signal);
    } finally {
      response.destroy();
    }
    const { statusCode: status } = response;
    return { status, headers: fields(response), text: decodedText(Buffer.concat(chunks), response.headers["content-encoding"]), ms: performance.now() - begin };
  }

  /** Opens a stream; returns the `response` once its head has arrived. */
  async open(url, { headers = {}, who = "user" } = {}) {
    const response = await this.#send(url, { method: "GET", headers: { Accept: "text/event-stream", ...headers, ...this.as(who) } });
    const { statusCode: status } = response;
    this.#opened(response);
    response.on("error", () => undefined);
    return { status, headers: fields(response), response, close: () => response.destroy() };
  }

  /** Asks for another protocol; returns `{ status, headers, socket, head }`, without `socket` when it is refused. */
  async upgrade(url, headers) {
    const answer = await this.#send(url, { method: "GET", headers, isUpgrade: true });
    if (!answer.socket) {
      answer.response.destroy();
      return { status: answer.response.statusCode, headers: fields(answer.response) };
    }
    this.#opened(answer.socket);
    return { status: 101, headers: fields(answer.response), socket: answer.socket, head: answer.head };
  }

  /** Ends the requests under way, such as a long poll that is no longer needed. */
  end() {
    for (const request of this.#open) request.destroy();
  }

  #opened(emitter) {
    this.#streams += 1;
    this.mostStreams = Math.max(this.mostStreams, this.#streams);
    emitter.once("close", () => {
      this.#streams -= 1;
    });
  }

  #send(url, { method, headers, isUpgrade = false, extraMs = 0 }) {
    this.#signal.throwIfAborted();
    this.count += 1;
    const send = url.protocol === "https:" || url.protocol === "wss:" ? https : http;
    const address = new URL(url);
    address.protocol = address.protocol.replace("ws", "http");
    // Browsers send the page's own headers neither with a preflight nor with a handshake. Each request uses a new
    // connection: one that was kept open may be closed at any moment.
    const request = send(address, { method, agent: false, headers: { "Accept-Encoding": ACCEPT_ENCODING, ...(method === "OPTIONS" || isUpgrade ? {} : this.#headers), ...headers } });
    this.#open.add(request);
    request.once("close", () => this.#open.delete(request));
    const answered = new Promise((resolve, reject) => {
      request.once("response", (response) => resolve(isUpgrade ? { response } : response));
      request.once("upgrade", (response, socket, head) => resolve({ response, socket, head }));
      // A later error must not end the program either.
      request.on("error", (error) => reject(brokenConnection(url, error)));
    });
    request.end();
    const limit = this.#timeoutMs + extraMs;
    return within(answered, limit, () => new NetworkError(`\`${url.pathname}\` was not answered within ${limit / 1000} s; is \`${url.host}\` reachable from here?`), this.#signal).catch((error) => {
      request.destroy();
      throw error;
    });
  }
}

/** The result of a promise, or the error when it takes too long, or the reason of the signal. */
export async function within(promise, ms, late, signal) {
  let end;
  const limit = new Promise((_, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    const abort = () => reject(signal.reason);
    signal?.addEventListener("abort", abort);
    end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    end();
  }
}

/** Headers by name in lower case; repeated headers are joined (RFC 9110 §5.3). */
function fields({ headersDistinct }) {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values.join(", ")]));
}

function decodedText(bytes, encoding) {
  if (bytes.length === 0) return "";
  try {
    const decode = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync }[encoding];
    return (decode ? decode(bytes, { maxOutputLength: MAX_BODY }) : bytes).toString("utf8");
  } catch {
    return bytes.toString("latin1");
  }
}

const ADVICE = {
  ECONNREFUSED: "nothing listens on this port; is the server running, and is the port right?",
  ENOTFOUND: "there is no host with this name; check the address",
  EAI_AGAIN: "the name could not be resolved; check the network",
  ECONNRESET: "the server closed the connection; does the port speak HTTP, or does the address begin with `https:`?",
  EPROTO: "the port does not speak TLS; does the address begin with `http:`?",
  HPE_INVALID_CONSTANT: "the server there does not speak HTTP/1.1",
};

function brokenConnection(url, error) {
  const advice = ADVICE[error.code] ?? (/CERT|SELF_SIGNED|VERIFY/.test(error.code ?? "") ? "this machine does not trust the certificate; name a file with its authority in NODE_EXTRA_CA_CERTS" : error.message);
  return new NetworkError(`the request to \`${url.origin}\` failed: ${advice}`);
}
