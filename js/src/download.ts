/** Downloads the module in the same way in which the page preloads it; otherwise the browser would download it twice. */

import { select } from "./select.js";

/**
 * The one kind of request for which Chromium, Firefox and WebKit all use a file that a tag without `crossorigin` has
 * preloaded.
 */
const PLAIN: RequestInit = { mode: "no-cors", credentials: "include" };

/**
 * Requests the module's file as the page's tag does: without CORS if the tag has no `crossorigin` (HTML §2.6.5, consume
 * a preloaded resource). If the tag has an integrity, the file must match it. It is compared here, since browsers use
 * no preloaded file for a request with an integrity (https://crbug.com/981419).
 */
export async function download(address: URL | string): Promise<Response> {
  const tag = select<HTMLLinkElement>("link[rel=preload]").find(({ href }) => href === new URL(address, document.baseURI).href);
  // The response of another origin could not be read.
  const isPlain = tag?.crossOrigin === null && tag.href.startsWith(`${location.origin}/`);
  const response = await fetch(address, isPlain ? PLAIN : undefined);
  const integrity = tag?.dataset["integrity"] || tag?.integrity;
  if (!integrity) return response;
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  if (integrity !== `sha384-${btoa(String.fromCharCode(...digest))}`) throw new Error(`${tag.href} has not the integrity of its tag`);
  return new Response(bytes, response);
}
