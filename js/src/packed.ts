/** Packed sets, with one bit for each permission of a catalogue: for servers that write them, without the module. */

import { PermgateError } from "./errors.js";
import type { Catalogue } from "./types.js";

/**
 * Packs the names of permissions: bit `i % 8` of byte `i / 8`, from the least significant, stands for the `i`-th name
 * of the catalogue. Zero bytes at the end are left out; the rest is base64url without padding.
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
  return written(bytes.map((byte) => String.fromCharCode(byte)).join(""));
}

/**
 * The names whose bits are set, in the order of the catalogue.
 *
 * @throws PermgateError `malformed-packed` when the bits are not base64url, or belong to another catalogue: more bits
 * than names
 */
export function unpackPermissions(catalogue: Catalogue, bits: string): string[] {
  const places = placesIn(catalogue);
  if (typeof bits !== "string") throw malformed("the bits must be a string");
  // As in the core, before anything else is checked.
  if (bits.length > Math.floor(places.size / 6) + 4) throw beyond();
  let bytes = "";
  try {
    bytes = atob(bits.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    // The error is thrown below.
  }
  // Every set has only one form: without padding, blanks, or bits that belong to no byte.
  if (written(bytes) !== bits) throw malformed("the bits are not base64url without padding");
  const names: string[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    if (((bytes.charCodeAt(bit >> 3) >> (bit & 7)) & 1) === 0) continue;
    const name = catalogue.permissions[bit];
    if (name === undefined) throw beyond();
    names.push(name);
  }
  return names;
}

/** Bytes, given as characters, in base64url without padding (RFC 4648 §5). */
function written(bytes: string): string {
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
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
