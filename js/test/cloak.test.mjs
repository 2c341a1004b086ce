/** Compares the stylesheet of the package with the one that the module adopts. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

/** The rules of a stylesheet without comments and optional white space. */
function rules(css) {
  return css
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{}(),:;!>]) ?/g, "$1")
    .replace(/;}/g, "}")
    .trim();
}

test("`cloak.css` and the adopted stylesheet have the same rules", async () => {
  const source = await readFile(new URL("../../src/dom/page.js", import.meta.url), "utf8");
  const text = source.slice(source.indexOf("const SHOWN"), source.indexOf("const SHEET "));
  const adopted = new Function(`${text}; return STYLE;`)();
  const linked = await readFile(new URL("../src/cloak.css", import.meta.url), "utf8");
  // A space after `)` is a combinator.
  const spaced = (css) => rules(css).replace(/\)([*c])/g, ") $1");
  assert.equal(spaced(linked), spaced(adopted));
  assert.match(adopted, /^@layer permgate\{/);
});
