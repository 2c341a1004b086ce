/** The edits of the generated glue: they are complete in the glue of this build, and refuse glue of another form. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { slim } from "../glue-slim.mjs";
import { restartable } from "../glue.mjs";

const glue = restartable(await readFile(new URL("../../target/wasm-bindgen/permgate.js", import.meta.url), "utf8"));

/** The names that a text declares at its top level. */
const declared = (text) => new Set([...text.matchAll(/^(?:export )?(?:async )?(?:function|class|const|let) (\w+)/gm)].map(([, name]) => name));

test("the shortened glue calls no function that was removed from it", () => {
  const short = slim(glue);
  const remaining = declared(short);
  const removed = [...declared(glue)].filter((name) => !remaining.has(name));
  assert.ok(removed.includes("handleError") && removed.includes("__wbg_load"), removed.join(" "));
  assert.deepEqual(removed.filter((name) => new RegExp(`\\b${name}\\b`).test(short)), []);
});

test("the shortened glue keeps every function that the module imports", () => {
  const imported = (text) => [...text.matchAll(/^ {8}([\w$]+): /gm)].map(([, name]) => name).sort();
  assert.deepEqual(imported(slim(glue)), imported(glue));
  assert.ok(imported(glue).length > 40);
});

test("glue in which a function is written in another way is refused", () => {
  assert.throws(() => slim(glue.replaceAll("isLikeNone(", "isMissing(")), /no argument that may be missing as it was/);
  assert.throws(() => slim(glue.replace("f.apply(this, args)", "f.call(this, ...args)")), /no `handleError` as it was/);
  assert.throws(() => slim(glue.replace("handleError(function (arg0)", "handleError( function (arg0)")), /no function that may throw as it was/);
  assert.throws(() => slim(`${glue}\nhandleError(log, [1]);\n`), /`handleError` is left/);
});
