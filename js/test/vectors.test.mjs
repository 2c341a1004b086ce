/** Runs the vectors that all forms of permgate share on the package in Node.js. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as permgate from "../dist/node.js";
import { FILES, run } from "../../tests/vectors/run.mjs";

test("F37 F38 F39 in Node.js, the package gives the results of all vectors", async () => {
  const folder = new URL("../../tests/vectors/", import.meta.url);
  const read = async (name) => [name, JSON.parse(await readFile(new URL(`${name}.json`, folder), "utf8"))];
  const vectors = Object.fromEntries(await Promise.all(Object.keys(FILES).map(read)));
  const { checked, failures } = await run(permgate, vectors);
  assert.deepEqual(failures, []);
  assert.ok(Object.values(checked).every((count) => count > 0), JSON.stringify(checked));
});
