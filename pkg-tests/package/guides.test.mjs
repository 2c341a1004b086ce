/** The quick starts of the guide: each example that names a file of an application of the matrix is an excerpt of it. */

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { HERE } from "../support/permgate-folder.mjs";

const GUIDE = join(HERE, "../docs/guide");

/** An example after the comment that names its file; both may be indented. */
const EXAMPLES = /<!-- stacks\/(\S+) -->\n *```\w+\n(.*?)\n *```/gs;

/** How many examples the guide has: one that is lost by a slip in its comment is noticed. */
const EXPECTED = 10;

/** The options of the applications of the matrix, which can leave the stream out. */
const OPTIONS = ["options()", '{endpoint:"/api/me/permissions",push:{events:"/api/me/permissions/events"}}'];

/** What is compared: without what only the tests of the applications need, white space, and commas before a closing bracket. */
function bare(text) {
  return text
    .replace(/ :?data-(testid|gated)(="[^"]*"|=\{[^}]*\})?/g, "")
    .replace('import { options } from "./actions.js";', "")
    .replace(/ testId="[^"]*"|,? props: \{ testId: "[^"]*" \}/g, "")
    .replace(/\s+/g, "")
    .replaceAll(OPTIONS[0], OPTIONS[1])
    .replace(/,([}\])])/g, "$1");
}

test("each example of a quick start is what its application has, in the same order", async () => {
  let examples = 0;
  for (const name of (await readdir(GUIDE)).filter((name) => name.endsWith(".md"))) {
    for (const [, path, text] of (await readFile(join(GUIDE, name), "utf8")).matchAll(EXAMPLES)) {
      examples += 1;
      const file = bare(await readFile(join(HERE, "stacks", path), "utf8"));
      let at = 0;
      for (const part of text.split("…").map(bare)) {
        const found = file.indexOf(part, at);
        assert.notEqual(found, -1, `${name}: ${path} has no \`${part}\` after what stands before it`);
        at = found + part.length;
      }
    }
  }
  assert.equal(examples, EXPECTED);
});
