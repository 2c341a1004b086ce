/** The sign-in of the guide for Next: the page that a link wants is opened as a path of the application's own origin. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { transform } from "esbuild";
import { HERE } from "../support/permgate-folder.mjs";
import { filesOf } from "./quick-start-stage.mjs";

const ORIGIN = "https://app.example";

/** The functions of `lib/sign-in.ts` as printed in the guide. */
async function printedSignIn() {
  const files = filesOf(await readFile(join(HERE, "../docs/guide/next.md"), "utf8"), "next", "");
  const { code } = await transform(files["lib/sign-in.ts"], { loader: "ts", format: "esm" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

test("the page that asked for the sign-in is wanted as a path, to which Next's router adds a `basePath`", async () => {
  const { signInFor, wantedPage } = await printedSignIn();
  const wanted = (...page) => wantedPage({ search: new URL(`/shop${signInFor(...page)}`, ORIGIN).search, origin: ORIGIN });
  for (const page of ["/invoices", "/invoices?year=2026&open#top", "/", "/search?q=https://elsewhere.example/"]) assert.equal(wanted(page, {}), page);
  // As Next gives the query to a page on the server, and in the browser.
  for (const query of [{ year: "2026", q: "a&b" }, new URLSearchParams("year=2026&q=a%26b")]) assert.equal(wanted("/invoices", query), "/invoices?year=2026&q=a%26b");
  assert.equal(wantedPage({ search: "?year=2026", origin: ORIGIN }), null);
});

test("an address of another origin in the link to the sign-in never leads there", async () => {
  const { signInFor, wantedPage } = await printedSignIn();
  const wanted = (page) => wantedPage({ search: new URL(signInFor(page, {}), ORIGIN).search, origin: ORIGIN });
  for (const page of ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "/\t/elsewhere.example/", "http://[", "javascript:alert(1)", "data:text/html,", `${ORIGIN}.elsewhere.example/`]) {
    assert.equal(wanted(page), "/", page);
  }
  // These are of this origin, but their paths alone would be addresses of another one.
  for (const page of ["/.//elsewhere.example/", "/x/..//elsewhere.example/", `${ORIGIN}//elsewhere.example/`, `${ORIGIN}///elsewhere.example/`, "/.\\/elsewhere.example/"]) {
    assert.equal(wanted(page), "/elsewhere.example/", page);
  }
});
