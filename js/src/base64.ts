/** Decodes base64 by the fastest available method. */

interface Encodings {
  from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer>;
}

/** The bytes of a base64 text (RFC 4648 §4). */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  // Not the global name `Buffer`: Parcel and others would bundle a substitute for it.
  const { Buffer } = globalThis as { Buffer?: Encodings };
  if (Buffer) return Buffer.from(text, "base64");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
