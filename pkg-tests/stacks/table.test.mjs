/** The table of the stacks: rows are replaced or kept, and missing and surplus stacks are reported. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NOT_TRIED } from "./checks.mjs";
import { difference, withRows } from "./table.mjs";

const DOCUMENT = `# Compatibility

<!-- begin: cargo xtask matrix -->
| stack | versions | development | production | remarks |
| --- | --- | --- | --- | --- |
| One, first | one 1.0.0 | 1 of 1 | 1 of 1 |  |
| Gone | gone 1.0.0 | 1 of 1 | 1 of 1 |  |
<!-- end: cargo xtask matrix -->

More.
`;
const ONE = { title: "One, first" };
const TWO = { title: "Two" };
const passed = { name: "it works", error: null };
const failed = { name: "it is clean", error: "it was not" };
const rows = (document) => document.split("\n").filter((line) => line.startsWith("| ")).slice(2);

test("a run replaces the rows of its stacks, keeps the others, and drops rows of stacks that do not exist", () => {
  const report = { ...TWO, note: "fast", versions: { two: "2.0.0", more: "2.1.0" }, modes: { development: [passed], production: [passed, failed] } };
  const document = withRows(DOCUMENT, [ONE, TWO], [report]);
  assert.deepEqual(rows(document), [
    "| One, first | one 1.0.0 | 1 of 1 | 1 of 1 |  |",
    "| Two | two 2.0.0, more 2.1.0 | 1 of 1 | 1 of 2; failed: it is clean | fast |",
  ]);
  assert.ok(document.startsWith("# Compatibility\n\n<!--") && document.endsWith("-->\n\nMore.\n"));
  assert.equal(withRows(document, [ONE, TWO], [report]), document);
});

test("a test runner has one column, and a stack that could not be installed has its error in both", () => {
  const unit = { ...ONE, versions: {}, modes: { unit: [passed] } };
  const broken = { ...TWO, versions: {}, modes: { installation: [failed] } };
  assert.deepEqual(rows(withRows(DOCUMENT, [ONE, TWO], [unit, broken])), [
    "| One, first |  | 1 of 1 |  |  |",
    "| Two |  | 0 of 1; failed: it is clean | 0 of 1; failed: it is clean |  |",
  ]);
});

test("checks that did not run count as not passed, and are not listed", () => {
  const report = { ...ONE, versions: {}, modes: { production: [failed, { name: "it is fast", error: NOT_TRIED }] } };
  assert.deepEqual(rows(withRows(DOCUMENT, [ONE], [report])), ["| One, first |  |  | 0 of 2; failed: it is clean |  |"]);
});

test("stacks without a row and rows without a stack are reported", () => {
  assert.deepEqual(difference(DOCUMENT, [ONE, TWO]), { missing: ["Two"], surplus: ["Gone"] });
});

test("a document without the table throws an error", () => {
  assert.throws(() => difference("# Compatibility\n", []), /has no table/);
});
