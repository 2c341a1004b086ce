/** The request for a document, and the endpoint's answer as the module reads it. */

/** The longest document that is read, in bytes, as in the core (`json::MAX_BYTES`). */
const LONGEST_BYTES = 16 * 1024 * 1024;

/** The header that requests a document only if it has changed (RFC 9110 §13.1.2). */
export const CONDITION = "If-None-Match";

/**
 * Why a request is aborted. A reason that is made with the call would hold, by its stack, the engine that made the call:
 * the host holds the signal, and the module holds the host, so that none of them would ever be collected.
 */
export const ABORTED = /* @__PURE__ */ new DOMException("the answer is no longer needed", "AbortError");

/**
 * The status of a response, and its text; without a text, a document is too long. `header` is the entity tag of a
 * document, and the value of `Retry-After` of any other answer.
 */
export type Reply = readonly [status: number, text: string | undefined, header: string | null];

/** The request for a document. An `Authorization` of the application takes the place of the bearer token. */
export function requestOf(
  address: string,
  headers: Headers,
  bearer: string | undefined,
  etag: string | undefined,
  credentials: RequestCredentials,
  signal: AbortSignal,
): Request {
  headers.set("Accept", "application/json");
  if (bearer !== undefined && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${bearer}`);
  if (etag !== undefined) headers.set(CONDITION, etag);
  return new Request(address, { headers, credentials, cache: "no-store", signal });
}

/**
 * Reads the text of a document, and no other body: a request counts as pending until its body is read or cancelled. A
 * page's own `fetch` may return anything; what is no response is thrown.
 *
 * Bytes that are not UTF-8 are decoded to U+FFFD, and so would the name of a denial be, which would then deny nothing.
 * JSON allows no NUL in a string, so that the module refuses such a document, and says at which byte.
 */
export async function replied(sent: unknown): Promise<Reply> {
  const response = (await sent) as Partial<Response> | undefined;
  const isRead = response?.ok && !(Number(response.headers?.get("content-length")) > LONGEST_BYTES);
  const text = isRead ? (await response.text?.())?.replaceAll("\ufffd", "\0") : undefined;
  if (!isRead && (response?.ok === false || response?.body)) response.body?.cancel().catch(() => undefined);
  // Test environments may have no such class.
  if (!(globalThis.Response && response instanceof Response)) throw response;
  const { status, ok, redirected, headers } = response;
  // A sign-in page in the place of the document: nobody is signed in.
  if (ok && redirected && /^\s*text\/html/i.test(headers.get("content-type") ?? "")) return [401, undefined, null];
  return [status, text, headers.get(ok ? "etag" : "retry-after")];
}
