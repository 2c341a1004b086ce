/** Runs `permgate contract` from the installed package, as `npx` does. */

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { within } from "../support/deadline.mjs";
import { HERE, PACKAGE } from "../support/permgate-folder.mjs";

/** The program that package.json names. */
export const PROGRAM = join(PACKAGE, "bin/permgate.mjs");

/** Starts the program; `done` resolves to `{ status, out, err }`. */
export function startChecker(args, { env = { PERMGATE_TOKEN: "user-token" }, input } = {}) {
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PERMGATE_(OTHER_)?(TOKEN|COOKIE)$/.test(name)));
  const child = spawn(process.execPath, [PROGRAM, "contract", ...args], { env: { ...rest, ...env } });
  child.stdin.end(input ?? "");
  // A program that rejects its input may exit before all of it is written.
  child.stdin.on("error", () => undefined);
  const exit = new Promise((resolve) => child.once("close", (status, signal) => resolve(status ?? signal)));
  const done = within("the checker", Promise.all([exit, text(child.stdout), text(child.stderr)])).then(([status, out, err]) => ({ status, out, err }));
  return { child, done };
}

/** Runs the program with `--json`; returns the exit status and the report. */
export async function check(args, options) {
  const { status, out, err } = await startChecker([...args, "--json"], options).done;
  if (out === "") throw new Error(`no report was written; exit status ${status}: ${err}`);
  return { status, err, report: JSON.parse(out) };
}

/** The names of the checks with a given result. */
export function named(report, outcome) {
  return report.checks.filter((check) => check.outcome === outcome).map(({ id }) => id);
}

/** A command that sends a request, for `--change-with`. */
export function command(address, { method = "POST", headers = {}, body } = {}) {
  return script("request.mjs", { address, method, headers, body });
}

/** A command that runs a script beside this one. Its argument is encoded, so that no shell reads it. */
export function script(name, argument) {
  const encoded = Buffer.from(JSON.stringify(argument)).toString("base64url");
  return `"${process.execPath}" "${join(HERE, "contract", name)}" ${encoded}`;
}
