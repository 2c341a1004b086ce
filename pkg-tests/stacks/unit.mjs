/** Runs the tests of a test runner's stack, and returns their results in the form of the other stacks. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./prepare.mjs";

/** The file of the runner's report, in the format that Jest and Vitest share. */
const REPORT = "report.json";

/** `unit.test` is the command; its tests find the server in `PERMGATE_API`. */
export function runUnit({ test, env = {} }, folder, server) {
  let failure = null;
  try {
    run(folder, test, { ...env, PERMGATE_API: server.origin });
  } catch (error) {
    failure = error;
  }
  const results = read(join(folder, REPORT));
  if (results.length === 0) throw failure ?? new Error("no test ran");
  if (failure !== null && results.every(({ error }) => error === null)) throw failure;
  return results;
}

function read(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
  return report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status, failureMessages }) => ({ name: title, error: status === "passed" ? null : failureMessages.join("\n") || status })),
  );
}
