/** The table in docs/guide/elements.md is the one that the tests in three engines found. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { guide, withTable } from "../engines/elements-table.mjs";

test("the table of elements and modes in the guide is rendered from what the engines' tests found", () => {
  assert.equal(guide(), withTable(guide()));
});
