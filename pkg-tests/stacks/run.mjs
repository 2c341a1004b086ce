/** The command line of the stacks: `node stacks/run.mjs [--list] [--table] [name …]`. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allStacks, STACKS } from "./list.mjs";

const DOCUMENT = join(STACKS, "../../docs/compatibility.md");

const words = process.argv.slice(2);
const switches = words.filter((word) => word.startsWith("--"));
const names = words.filter((word) => !word.startsWith("--"));
const all = await allStacks();
const unknown = [...names.filter((name) => !all.some((stack) => stack.name === name)), ...switches.filter((word) => !["--list", "--table"].includes(word))];
if (unknown.length > 0) {
  console.error(`there is no stack or switch \`${unknown.join("`, `")}\`; \`--list\` names the stacks`);
  process.exit(2);
}
const stacks = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));

if (switches.includes("--list")) {
  for (const { name, title } of stacks) console.log(`${name.padEnd(18)} ${title}`);
} else {
  // Imported only now, because these modules need the installed packages.
  const { runStacks } = await import("./runner.mjs");
  const { difference, withRows } = await import("./table.mjs");
  const results = (await runStacks(stacks, writeTable(withRows))).flatMap(({ modes }) => Object.values(modes).flat());
  const failed = results.filter(({ error }) => error !== null).length;
  const { missing, surplus } = difference(readFileSync(DOCUMENT, "utf8"), all);
  const isListed = missing.length === 0 && surplus.length === 0;
  if (!isListed) console.log(`docs/compatibility.md lacks ${missing.join("; ") || "nothing"}, and has in excess ${surplus.join("; ") || "nothing"}: run \`cargo xtask matrix\``);
  console.log(`\n${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && isListed ? 0 : 1;
}

/** Writes the row of each stack as soon as it has run, if the table is to be written. */
function writeTable(withRows) {
  if (!switches.includes("--table")) return () => undefined;
  return (report) => writeFileSync(DOCUMENT, withRows(readFileSync(DOCUMENT, "utf8"), all, [report]));
}
