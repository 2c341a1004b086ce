/** Compares the table in docs/guide/elements.md with the findings of the tests in three engines. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { guide, withTable } from "../engines/elements-table.mjs";

test("the table of elements and modes in the guide agrees with the findings of the tests in the engines", () => {
  assert.equal(guide(), withTable(guide()));
});
