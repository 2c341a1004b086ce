/** Reads base64, in the fastest way that there is. */

/** Node.js has it; elsewhere it is absent, or somebody's imitation, which does as well. */
declare const Buffer: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> } | undefined;

/** The bytes that a text of base64 (RFC 4648 §4) stands for. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (typeof Buffer !== "undefined") return Buffer.from(text, "base64");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
