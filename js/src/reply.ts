/** The endpoint's answer as the module reads it: the response and its text. */

/** The longest document that is read, in bytes, as in the core (`json::MAX_BYTES`). */
const LONGEST_BYTES = 16 * 1024 * 1024;

/**
 * A response, and the text of a document; without a text, the document is too long. A page's own `fetch` may return
 * anything.
 */
export type Reply = readonly [response: Partial<Response> | undefined, text: string | undefined];

/**
 * Reads the text of a document, and no other body: a request counts as pending until its body is read or cancelled.
 */
export async function replied(sent: unknown): Promise<Reply> {
  const response = (await sent) as Partial<Response> | undefined;
  const isRead = response?.ok && !(Number(response.headers?.get("content-length")) > LONGEST_BYTES);
  if (isRead) return [response, await response.text?.()];
  if (response?.ok === false || response?.body) response.body?.cancel().catch(() => undefined);
  return [response, undefined];
}
