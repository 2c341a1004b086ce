/** Runs the stacks, in development and production: `node stacks/run.mjs [--list] [--table] [name …]`. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startServer } from "../e2e/server.mjs";
import { launch } from "../support/chromium.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { endAll } from "../support/processes.mjs";
import { runChecks } from "./checks.mjs";
import { allStacks, prepare, versionOf } from "./prepare.mjs";
import { serveStack } from "./serve.mjs";
import { assertListed, writeTable } from "./table.mjs";
import { runUnit } from "./unit.mjs";

const REPORT = resolve(HERE, "../target/stacks/report.json");
const MODES = ["development", "production", "unit"];

const switches = process.argv.slice(2).filter((word) => word.startsWith("--"));
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const all = await allStacks();
const unknown = names.filter((name) => !all.some((stack) => stack.name === name));
if (unknown.length > 0) fail(`there is no stack \`${unknown.join("`, `")}\`; \`--list\` names them`);
const stacks = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));

if (switches.includes("--list")) {
  for (const { name, title } of stacks) console.log(`${name.padEnd(18)} ${title}`);
} else {
  assertListed(all);
  await runAll();
}

async function runAll() {
  const browser = await launch();
  const reports = [];
  for (const stack of stacks) reports.push(await runStack(browser, stack));
  await browser.close();
  await endAll();
  mkdirSync(join(REPORT, ".."), { recursive: true });
  writeFileSync(REPORT, `${JSON.stringify(reports, null, 2)}\n`);
  if (switches.includes("--table")) writeTable(all, reports);
  const results = reports.flatMap(({ modes }) => Object.values(modes).flat());
  const failed = results.filter(({ error }) => error !== null).length;
  console.log(`\n${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** The results of one stack: `{ name, title, versions, modes }`. */
async function runStack(browser, stack) {
  console.log(`\n== ${stack.name}: ${stack.title}`);
  const modes = {};
  const versions = {};
  try {
    const folder = prepare(stack);
    for (const name of stack.versions) versions[name] = versionOf(folder, name);
    for (const mode of MODES.filter((mode) => stack[mode])) {
      modes[mode] = await runMode(browser, stack, mode, folder).catch((error) => [{ name: "it starts", error: error.message }]);
      tell(mode, modes[mode]);
    }
  } catch (error) {
    modes.installation = [{ name: "it installs", error: error.message }];
    tell("installation", modes.installation);
  }
  return { name: stack.name, title: stack.title, note: stack.note, versions, modes };
}

async function runMode(browser, stack, mode, folder) {
  const closing = [];
  const server = await startServer({ after: (close) => closing.push(close) }, [], { www: null });
  try {
    if (mode === "unit") return await runUnit(stack.unit, folder, server);
    const application = await serveStack(stack[mode], folder, server.origin);
    closing.unshift(application.close);
    return await runChecks(browser, server, application.origin);
  } finally {
    await endAll();
    for (const close of closing) await close();
  }
}

function tell(mode, results) {
  const failures = results.filter(({ error }) => error !== null);
  console.log(`${mode}: ${results.length - failures.length} of ${results.length}`);
  for (const { name, error } of failures) console.log(`  failed: ${name}\n    ${error.replaceAll("\n", "\n    ")}`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
