/** Measures permgate against its peers, side by side, and writes the report: `npm run bench`, or `-- push` for a part. */

import { busRows } from "./bus.mjs";
import { canRows } from "./can.mjs";
import { domRows } from "./dom.mjs";
import { growthRows } from "./growth.mjs";
import { kitRows } from "./kit.mjs";
import { pushRows } from "./push.mjs";
import { environment, table, write } from "./report.mjs";
import { serverRows, signInRows } from "./server.mjs";
import { startRows } from "./start.mjs";
import { traceRows } from "./trace.mjs";

/** The parts in their order; some also return the version of the browser. */
const PARTS = {
  can: ["can, in one Node.js process (a few seconds)", async () => ({ rows: [...(await canRows()), ...(process.env.PERMGATE_OLD ? [] : await growthRows())] })],
  dom: ["10 000 elements, in one page of Chromium (about six minutes; with PERMGATE_OLD 20 seconds)", domRows],
  start: ["from navigation to the first gated button, on three lines (three to four minutes)", startRows],
  trace: ["where the time of the start goes, in Chromium and Firefox (two to three minutes)", traceRows],
  server: ["requests to the server, beside a bare axum route (some two minutes)", serverRows],
  flood: ["sign-ins while 3 000 connections try wrong passwords (less than a minute)", signInRows],
  kit: ["the kit for back ends, beside Express alone (one minute)", kitRows],
  bus: ["the kit on three nodes and a server of Redis that is killed and started again (a minute)", busRows],
  push: ["revocations, from the server to the tabs (some minutes)", pushRows],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) throw new Error(`there is no part \`${unknown[0]}\`; there are ${Object.keys(PARTS).join(", ")}`);

const rows = [];
let browser;
for (const [name, [title, measure]] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(title);
  const found = await measure();
  rows.push(...found.rows);
  browser ??= found.browser;
}
const path = await write({ rows, environment: await environment(browser) });
console.log(`\n${table(rows)}\n\nbelow 1, ours is faster; written to ${path}`);
