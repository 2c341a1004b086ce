/** README and the guide: examples that name a file are excerpts of it, links lead to files, and README stays short. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { HERE } from "../support/permgate-folder.mjs";

const GUIDE = join(HERE, "../docs/guide");

/** An example after the comment that names its file; both may be indented. */
const EXAMPLES = /<!-- stacks\/(\S+) -->\n *```\w+\n(.*?)\n *```/gs;

/** The number of examples in the guide, so that an example with a misspelled comment is noticed. */
const EXPECTED = 32;

/** The call by which the tests' applications may leave the stream out, and the options that the guide has in its place. */
const OPTIONS = ["options()", '{endpoint:"/api/me/permissions",push:{events:"/api/me/permissions/events"}}'];

/** The text to compare: without code for the tests only, white space, the kind of quotation marks, and commas before a closing bracket. */
function bare(text) {
  return text
    .replace(/ (:|\[attr\.)?data-(testid|gated)\]?(="[^"]*"|=\{`[^`]*`\}|=\{[^}]*\})?/g, "")
    .replace(/import \{ options \} from ["']\.\/actions\.js["'];/, "")
    .replace(/, testId(?= })|; testId: string/g, "")
    .replace(/ testId="[^"]*"|,? (?:props|data): \{ testId: ["'][^"']*["'] \}/g, "")
    .replace(/\s+/g, "")
    .replaceAll("'", '"')
    .replaceAll(OPTIONS[0], OPTIONS[1])
    .replace(/,([}\])])/g, "$1");
}

test("each example of a quick start is an excerpt of its application, in the same order", async () => {
  let examples = 0;
  for (const name of (await readdir(GUIDE)).filter((name) => name.endsWith(".md"))) {
    for (const [, path, text] of (await readFile(join(GUIDE, name), "utf8")).matchAll(EXAMPLES)) {
      examples += 1;
      const file = bare(await readFile(join(HERE, "stacks", path), "utf8"));
      let at = 0;
      for (const part of text.split("…").map(bare)) {
        const found = file.indexOf(part, at);
        assert.notEqual(found, -1, `${name}: ${path} has no \`${part}\` after the part before it`);
        at = found + part.length;
      }
    }
  }
  assert.equal(examples, EXPECTED);
});

/** The guides for frameworks, which have a section on a change of the user. */
const FRAMEWORKS = ["react", "next", "vue", "nuxt", "svelte", "sveltekit", "angular"];

test("each framework's guide has a section with the heading \"Another user\"", async () => {
  for (const name of FRAMEWORKS) assert.match(await readFile(join(GUIDE, `${name}.md`), "utf8"), /^## Another user$/m, name);
});

test("the page on the API has every option of `createPermissions`, every reason of a decision and every code of an error in its tables", async () => {
  const [page, types, decision, errors] = await Promise.all(["docs/guide/api.md", "js/src/types.ts", "js/src/decision.ts", "js/src/errors.ts"].map((path) => readFile(join(HERE, "..", path), "utf8")));
  const section = (heading) => page.split(`\n## ${heading}\n`)[1].split("\n## ")[0];
  const first = (text) => [...text.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const [, own] = /interface PermissionsOptions extends Language \{\n(.*?)\n\}/s.exec(types);
  const [, language] = /interface Language \{\n(.*?)\n\}/s.exec(types);
  const options = [...`${own}\n${language}`.matchAll(/^  readonly (\w+)\?/gm)].map(([, name]) => name);
  assert.deepEqual(first(section("Options")).sort(), options.sort());
  const [, reasons] = /export type Reason =\n(.*?);\n/s.exec(decision);
  const [, codes] = /export type ErrorCode =\n(.*?);\n/s.exec(errors);
  const words = (text) => [...text.matchAll(/\| "([\w-]+)"/g)].map(([, word]) => word);
  const [ofReasons, ofErrors] = section("Codes").split("The codes of errors:");
  assert.deepEqual([first(ofReasons).sort(), first(ofErrors).sort()], [words(reasons).sort(), words(codes).sort()]);
});

/** The most lines of README, which is an overview: the guide is one click away. */
const README_LINES_MAX = 150;

test("README has no more lines than an overview may have", async () => {
  const lines = (await readFile(join(HERE, "../README.md"), "utf8")).trimEnd().split("\n").length;
  assert.ok(lines <= README_LINES_MAX, `README has ${lines} lines, of at most ${README_LINES_MAX}`);
});

test("every link of llms.txt leads to a file, and every page of the guide except that on migrating is linked", async () => {
  const text = await readFile(join(HERE, "../llms.txt"), "utf8");
  const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  for (const target of targets) assert.ok(existsSync(join(HERE, "..", target)), `\`${target}\` is no file`);
  const pages = (await readdir(GUIDE)).map((name) => `docs/guide/${name}`).filter((page) => !page.endsWith("migrating.md"));
  assert.deepEqual(pages.filter((page) => !targets.includes(page)), []);
});

test("relative links of README, the guide and the policy lead to files", async () => {
  const pages = ["README.md", "docs/policy.md", ...(await readdir(GUIDE)).map((name) => `docs/guide/${name}`)];
  for (const page of pages) {
    const text = await readFile(join(HERE, "..", page), "utf8");
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(HERE, "..", dirname(page), target)), `${page}: \`${target}\` is no file`);
    }
  }
});
