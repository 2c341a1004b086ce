/** Writes the results of the stacks into the table of `docs/compatibility.md`. */

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { HERE } from "../support/permgate-folder.mjs";

const DOCUMENT = resolve(HERE, "../docs/compatibility.md");
const BEGIN = "<!-- begin: cargo xtask matrix -->";
const END = "<!-- end: cargo xtask matrix -->";
const HEAD = ["| stack | versions | development | production | remarks |", "| --- | --- | --- | --- | --- |"];

/** Replaces the rows of the stacks that ran; the others stay as they are. */
export function writeTable(all, reports) {
  const rows = new Map(read().rows.map((row) => [titleOf(row), row]));
  for (const report of reports) rows.set(report.title, rowOf(report));
  const ordered = all.map(({ title }) => rows.get(title)).filter(Boolean);
  const { before, after } = read();
  writeFileSync(DOCUMENT, [before, BEGIN, ...HEAD, ...ordered, END, after].join("\n"));
}

/** Throws when the document's table lacks a stack, or has one that there is not. */
export function assertListed(all) {
  const listed = read().rows.map(titleOf);
  const missing = all.map(({ title }) => title).filter((title) => !listed.includes(title));
  const surplus = listed.filter((title) => !all.some((stack) => stack.title === title));
  if (missing.length === 0 && surplus.length === 0) return;
  console.log(`the table of docs/compatibility.md is not that of the stacks (missing: ${missing.join(", ") || "none"}; surplus: ${surplus.join(", ") || "none"}); \`cargo xtask matrix\` writes it`);
}

function read() {
  const [before, rest] = readFileSync(DOCUMENT, "utf8").split(`\n${BEGIN}\n`);
  const [table, after] = rest.split(`\n${END}\n`);
  return { before, after, rows: table.split("\n").slice(HEAD.length) };
}

const titleOf = (row) => row.split(" | ")[0].replace(/^\| /, "");

function rowOf({ title, note = "", versions, modes }) {
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const cell = (results) => (results === undefined ? "" : outcome(results));
  const columns = [title, listed.join(", "), cell(modes.installation ?? modes.development ?? modes.unit), cell(modes.installation ?? modes.production), note];
  return `| ${columns.join(" | ")} |`;
}

/** How many checks passed, and which did not. */
function outcome(results) {
  const failures = results.filter(({ error }) => error !== null && error !== "not tried").map(({ name }) => name);
  const passed = results.filter(({ error }) => error === null).length;
  return `${passed} of ${results.length}${failures.length === 0 ? "" : `; not: ${failures.join(", ")}`}`;
}
