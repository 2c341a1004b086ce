/** The table in docs/guide/elements.md: rendered from the findings of the tests in each engine, which are kept beside this file. */

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HERE } from "../support/permgate-folder.mjs";
import { ALL, KINDS } from "./refused-kinds.mjs";

const FOUND = join(HERE, "engines/elements-found.json");
const GUIDE = join(HERE, "../docs/guide/elements.md");
const [BEGIN, END] = ["<!-- table: begin -->", "<!-- table: end -->"];

/** Engines in the order of the table. */
const ENGINES = { chromium: "Chromium", firefox: "Firefox", webkit: "WebKitGTK" };

/** Whether files are written instead of compared: `UPDATE_TABLE=1 npm run engines -- dom-refused`. */
const isUpdating = process.env.UPDATE_TABLE === "1";

const read = () => (existsSync(FOUND) ? JSON.parse(readFileSync(FOUND, "utf8")) : {});

/** Writes the findings in an engine, or compares them with the committed ones. */
export function keep(engine, found) {
  // A run of only some tests does not have all rows of the table.
  if (Object.keys(found).length < Object.keys(KINDS).length || Object.values(found).some((modes) => Object.keys(modes).length < ALL.length)) return;
  const kept = { ...read(), [engine]: found };
  if (isUpdating) {
    writeFileSync(FOUND, `${JSON.stringify(kept, null, 1)}\n`);
    writeFileSync(GUIDE, withTable(readFileSync(GUIDE, "utf8"), kept));
    return;
  }
  assert.deepEqual(found, read()[engine], "engines/elements-found.json differs from the result of this run; UPDATE_TABLE=1 writes it");
}

/** The text of the guide with the table of the findings. */
export function withTable(guide, found = read()) {
  const [start, end] = [guide.indexOf(BEGIN), guide.indexOf(END)];
  assert.ok(start >= 0 && end > start, `the guide lacks the marks around the table: ${BEGIN} and ${END}`);
  return `${guide.slice(0, start)}${BEGIN}\n${table(found)}\n${guide.slice(end)}`;
}

export const guide = () => readFileSync(GUIDE, "utf8");

function table(found) {
  const engines = Object.keys(ENGINES).filter((engine) => engine in found);
  const head = [`| element | ${ALL.map((mode) => `\`${mode}\``).join(" | ")} |`, `|${" --- |".repeat(ALL.length + 1)}`];
  const rows = Object.keys(KINDS).map((kind) => `| ${kind} | ${ALL.map((mode) => cell(engines, found, kind, mode)).join(" | ")} |`);
  const names = engines.map((engine) => ENGINES[engine]).join(", ");
  return [`Tested in ${names}.`, "", ...head, ...rows].join("\n");
}

/** The attributes that are set in a mode; written once if all engines agree. */
function cell(engines, found, kind, mode) {
  const said = engines.map((engine) => words(found[engine][kind]?.[mode] ?? [], mode));
  if (new Set(said).size === 1) return said[0];
  return engines.map((engine, i) => `${ENGINES[engine]}: ${said[i]}`).join("; ");
}

function words(attributes, mode) {
  if (attributes[0] === "used") return "can be used";
  const set = attributes.map((attribute) => `\`${attribute}\``);
  // Attributes for assistive technology do not keep the user from anything.
  const isNative = attributes.some((attribute) => !attribute.startsWith("aria-"));
  if (mode === "hide" && !isNative) return "not displayed";
  return (isNative ? set : [...set, "refused"]).join(" ");
}
