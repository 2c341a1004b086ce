/** During development, warns of attributes whose names are nearly those of permgate: they tag nothing, and their element is shown to everybody. */

import { select } from "./select.js";

/** The hosts of development servers. */
const HOSTS = /^(localhost$|127\.)/;

/** A name without its most frequently mistyped letters: vowels, doubled letters, and an `s` at the end of a word. */
const soundOf = (name: string): string => name.replace(/[aeiou]|(.)(?=\1)|s\b/g, "");

/** The correct names by their sound; and the wrong names that were reported, by themselves. */
const NAMES = new Map(["data-permission", "data-permission-resource", "data-permission-mode", "data-permission-reason"].map((name) => [soundOf(name), name]));

/** Checks the present elements of the page. */
export function lookForMisspelt(): void {
  if (!HOSTS.test(globalThis.location?.hostname)) return;
  for (const element of select("*")) {
    // A method of the prototype, since the name of an inner element can hide that of a form.
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      const meant = NAMES.get(soundOf(name)) ?? name;
      if (meant === name || NAMES.has(name)) continue;
      NAMES.set(name, name);
      console.warn(`permgate: \`${name}\` means nothing; did you mean \`${meant}\`?`, element);
    }
  }
}
