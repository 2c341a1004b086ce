/** Measures permgate against its peers, side by side, and writes the report. */

import { canRows } from "./can.mjs";
import { domRows } from "./dom.mjs";
import { growthRows } from "./growth.mjs";
import { environment, table, write } from "./report.mjs";

console.log("can, in one Node.js process (a few seconds)");
const questions = [...(await canRows()), ...(await growthRows())];
console.log("10 000 elements, in one page of Chromium (about a minute)");
const { rows: elements, browser } = await domRows();

const rows = [...questions, ...elements];
const path = await write({ rows, environment: await environment(browser) });
console.log(`\n${table(rows)}\n\nbelow 1, ours is faster; written to ${path}`);
