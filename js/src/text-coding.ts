/** `TextDecoder` and `TextEncoder` for test environments that hide them (jsdom in Jest). Put in their place where the entry for Node.js names them. */

/** The `Buffer` of Node.js, which such environments do not hide. Bundlers would add a substitute for the global name. */
const { Buffer } = globalThis as unknown as {
  Buffer: {
    from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: "utf8"): string };
    from(text: string, encoding: "utf8"): Uint8Array;
  };
};

class Decoder {
  decode(bytes?: Uint8Array): string {
    return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8") : "";
  }
}

class Encoder {
  encode(text: string): Uint8Array {
    return new Uint8Array(Buffer.from(text, "utf8"));
  }

  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    const bytes = this.encode(text);
    into.set(bytes);
    return { read: text.length, written: bytes.length };
  }
}

const TextDecoder = globalThis.TextDecoder ?? Decoder;
const TextEncoder = globalThis.TextEncoder ?? Encoder;
export { TextDecoder, TextEncoder };
