/** Runs stacks one after the other, in development and production, and records the results. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { startServer } from "../e2e/server.mjs";
import { launch } from "../support/chromium.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { endAll } from "../support/processes.mjs";
import { NOT_TRIED, runChecks } from "./checks.mjs";
import { prepare, versionOf } from "./prepare.mjs";
import { runAngular } from "./printed-angular.mjs";
import { checkPrinted, layOutPrinted, startPrinted } from "./printed.mjs";
import { serveStack } from "./serve.mjs";
import { runUnit } from "./unit.mjs";

const REPORT = resolve(HERE, "../target/stacks/report.json");
const MODES = ["development", "production", "unit"];

/**
 * Runs the stacks; returns a report for each, which is also passed to `tell` at once. All are also written to
 * `target/stacks/report.json`.
 */
export async function runStacks(stacks, tell) {
  const browser = await launch();
  const reports = [];
  for (const stack of stacks) {
    const report = await runStack(browser, stack);
    reports.push(report);
    tell(report);
  }
  await browser.close();
  await endAll();
  mkdirSync(dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, `${JSON.stringify(reports, null, 2)}\n`);
  return reports;
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
      print(mode, modes[mode]);
    }
  } catch (error) {
    modes.installation = [{ name: "it installs", error: error.message }];
    print("installation", modes.installation);
  }
  return { name: stack.name, title: stack.title, note: stack.note, versions, modes };
}

async function runMode(browser, stack, mode, folder) {
  if (stack.printed === "angular") return runAngular(browser, stack, mode, folder);
  if (stack.printed) return runPrinted(browser, stack, mode, folder);
  const closing = [];
  const server = await startServer({ after: (close) => closing.push(close) }, [], { www: null });
  try {
    if (mode === "unit") return await runUnit(stack.unit, folder, server);
    const application = await serveStack(stack[mode], folder, server.origin);
    closing.unshift(application.close);
    return await runChecks(browser, server, application.origin, { ...stack, ...stack[mode] });
  } finally {
    await endAll();
    for (const close of closing) await close();
  }
}

/** A stack of a guide's files; the back end is in the application (`hasKit`), or that of the guide, whose address is `addressIn` a variable. */
async function runPrinted(browser, { printed, hasTests, ...stack }, mode, folder) {
  try {
    const backend = stack.hasKit ? undefined : await startPrinted(folder);
    const commandsAt = layOutPrinted(folder, printed, backend, { hasTests });
    const { addressIn, ...how } = stack[mode];
    const application = await serveStack({ ...how, env: { ...how.env, ...(addressIn && { [addressIn]: backend }) } }, folder, backend);
    const results = await checkPrinted(browser, application.origin, { ...commandsAt(backend ?? application.origin), stop: application.stop }, stack.checks, stack.lastChecks);
    await application.close();
    return results;
  } finally {
    await endAll();
  }
}

/** The number of characters of an error that are printed; the report has all of it. */
const ERROR_CHARACTERS = 1_000;

function print(mode, results) {
  const failures = results.filter(({ error }) => error !== null);
  console.log(`${mode}: ${results.length - failures.length} of ${results.length}`);
  for (const { name, error } of failures.filter(({ error }) => error !== NOT_TRIED)) console.log(`  failed: ${name}\n    ${error.slice(0, ERROR_CHARACTERS).replaceAll("\n", "\n    ")}`);
}
