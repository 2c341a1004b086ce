/** Packed sets, a bit for each permission of a catalogue: for whoever writes them, without the module. */

import { PermgateError } from "./errors.js";
import type { Catalogue } from "./types.js";

/** RFC 4648 §5. */
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Packs the names of permissions: bit `i % 8`, from the least significant, of byte `i / 8` is the
 * `i`-th name of the catalogue. Bytes at the end that are zero are left out; the rest is base64url
 * without padding.
 *
 * @throws PermgateError `malformed-packed` when a name is not in the catalogue
 */
export function packPermissions(catalogue: Catalogue, names: Iterable<string>): string {
  const places = placesIn(catalogue);
  if (typeof names === "string") throw malformed("the names must be a list, such as an array");
  const bytes: number[] = [];
  for (const name of names) {
    const bit = places.get(name);
    if (bit === undefined) throw malformed(`\`${name}\` is not in the catalogue, which lists every permission by name`);
    while (bytes.length <= bit >> 3) bytes.push(0);
    bytes[bit >> 3]! |= 1 << (bit & 7);
  }
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.slice(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) text += BASE64URL[(group >> shift) & 63];
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3));
}

/**
 * The names whose bits are set, in the order of the catalogue.
 *
 * @throws PermgateError `malformed-packed` when the bits are not base64url, or are of another
 * catalogue: more than there are names
 */
export function unpackPermissions(catalogue: Catalogue, bits: string): string[] {
  const places = placesIn(catalogue);
  if (typeof bits !== "string") throw malformed("the bits must be a string");
  // As the core does, before anything is looked at.
  if (bits.length > Math.floor(places.size / 6) + 4) throw beyond();
  const names: string[] = [];
  const end = bits.length * 6;
  // The text has whole bytes and nothing else, so that every set is written in one way.
  if (bits.length % 4 === 1) throw malformed("the bits are not base64url without padding");
  for (let at = 0; at < end; at += 1) {
    const digit = BASE64URL.indexOf(bits.charAt(Math.floor(at / 6)));
    if (digit < 0) throw malformed("the bits are not base64url without padding");
    if (((digit >> (5 - (at % 6))) & 1) === 0) continue;
    if (at >= end - (end % 8)) throw malformed("the bits are not base64url without padding");
    const name = catalogue.permissions[(at & ~7) + 7 - (at & 7)];
    if (name === undefined) throw beyond();
    names.push(name);
  }
  return names.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

function placesIn(catalogue: Catalogue): Map<string, number> {
  const names = catalogue?.permissions;
  if (!Array.isArray(names)) throw malformed("a catalogue is `{ id, permissions: [...] }`");
  const places = new Map(names.map((name, index) => [name, index]));
  if (places.size !== names.length) throw malformed("a name stands in the catalogue twice");
  return places;
}

function beyond(): PermgateError {
  return malformed("there are more bits than names; they are of another catalogue");
}

function malformed(message: string): PermgateError {
  return new PermgateError("malformed-packed", message);
}
