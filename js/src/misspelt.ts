/** During development, warns of attributes whose names are nearly those of permgate: they tag nothing, and their element is shown to everybody. */

/** Where applications are developed. */
const HOSTS = /^(localhost$|127\.)|\.localhost$/;

/** What is left of a name without what is mistyped most: vowels, letters that are written twice, an `s` at the end of a word. */
const soundOf = (name: string): string => name.replace(/[aeiou]|(.)(?=\1)|s\b/g, "");

/** The names that are right, by their sound. */
const NAMES = new Map(["", "-resource", "-mode", "-reason"].map((end) => [soundOf(`data-permission${end}`), `data-permission${end}`]));

const told = new Set();

/** Looks at the elements that are in the page. */
export function lookForMisspelt(): void {
  if (!HOSTS.test(String(globalThis.location?.hostname))) return;
  for (const element of Document.prototype.querySelectorAll.call(document, "*")) {
    // Methods of the prototypes: forms and documents have what is in them under its name.
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      const meant = NAMES.get(soundOf(name)) ?? name;
      if (meant === name || told.has(name)) continue;
      told.add(name);
      console.warn(`permgate: \`${name}\` hides nothing; did you mean \`${meant}\`?`, element);
    }
  }
}
