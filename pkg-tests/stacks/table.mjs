/** The table of `docs/compatibility.md`: a row for each stack, with the result of its last run. */

import { NOT_TRIED } from "./checks.mjs";

const BEGIN = "<!-- begin: cargo xtask matrix -->";
const END = "<!-- end: cargo xtask matrix -->";
const HEAD = ["| stack | versions | development | production | remarks |", "| --- | --- | --- | --- | --- |"];

/** The document with new rows for the stacks that ran; the rows of the others stay as they are. */
export function withRows(document, stacks, reports) {
  const { before, rows, after } = split(document);
  const byTitle = new Map(rows.map((row) => [titleOf(row), row]));
  for (const report of reports) byTitle.set(report.title, rowOf(report));
  const ordered = stacks.map(({ title }) => byTitle.get(title)).filter(Boolean);
  return [before, BEGIN, ...HEAD, ...ordered, END, after].join("\n");
}

/** The faults of the document's table: missing stacks, and rows of stacks that do not exist. */
export function difference(document, stacks) {
  const listed = split(document).rows.map(titleOf);
  const titles = stacks.map(({ title }) => title);
  return { missing: titles.filter((title) => !listed.includes(title)), surplus: listed.filter((title) => !titles.includes(title)) };
}

function split(document) {
  const [before, rest] = document.split(`\n${BEGIN}\n`);
  const [table, after] = rest?.split(`\n${END}\n`) ?? [];
  if (after === undefined) throw new Error(`docs/compatibility.md has no table between \`${BEGIN}\` and \`${END}\``);
  return { before, rows: table.split("\n").slice(HEAD.length), after };
}

const titleOf = (row) => row.split(" | ")[0].replace(/^\| /, "");

function rowOf({ title, note = "", versions, modes }) {
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const { installation, development = modes.unit, production } = modes;
  const columns = [title, listed.join(", "), cell(installation ?? development), cell(installation ?? production), note];
  return `| ${columns.join(" | ")} |`;
}

/** The number of passed checks, and the names of the others. */
function cell(results) {
  if (results === undefined) return "";
  const failures = results.filter(({ error }) => error !== null && error !== NOT_TRIED).map(({ name }) => name);
  const passed = results.filter(({ error }) => error === null).length;
  return `${passed} of ${results.length}${failures.length === 0 ? "" : `; failed: ${failures.join(", ")}`}`;
}
