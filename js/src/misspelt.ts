/** During development, warns of attributes whose names are nearly those of permgate: they tag nothing, and their element is shown to everybody. */

/** The hosts of development servers. */
const HOSTS = /^(localhost$|127\.)|\.localhost$/;

/** A name without its most frequently mistyped letters: vowels, doubled letters, and an `s` at the end of a word. */
const soundOf = (name: string): string => name.replace(/[aeiou]|(.)(?=\1)|s\b/g, "");

/** The correct names by their sound. */
const NAMES = new Map(["", "-resource", "-mode", "-reason"].map((end) => [soundOf(`data-permission${end}`), `data-permission${end}`]));

const told = new Set();

/** Checks the present elements of the page. */
export function lookForMisspelt(): void {
  if (!HOSTS.test(String(globalThis.location?.hostname))) return;
  for (const element of Document.prototype.querySelectorAll.call(document, "*")) {
    // Methods of the prototypes, since the name of an inner element can hide those of a form or document.
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      const meant = NAMES.get(soundOf(name)) ?? name;
      if (meant === name || told.has(name)) continue;
      told.add(name);
      console.warn(`permgate: \`${name}\` hides nothing; did you mean \`${meant}\`?`, element);
    }
  }
}
