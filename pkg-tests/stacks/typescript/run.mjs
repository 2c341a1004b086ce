/** Runs the tests of the declarations with the compilers of this folder, and reports each test. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL("../../../pkg-tests/", import.meta.url));
const env = { ...process.env, TYPESCRIPTS: fileURLToPath(new URL("./node_modules/", import.meta.url)) };
const { stdout, stderr, status } = spawnSync(process.execPath, ["--test", "--test-reporter=tap", "package/types.test.mjs"], { cwd: TESTS, env, encoding: "utf8", maxBuffer: 2 ** 26 });
if (status !== 0) console.error(`${stdout}${stderr}`);

const assertionResults = [...stdout.matchAll(/^(not ok|ok) \d+ - (.*)\n((?: {2}.*\n)*)/gm)].map(([, outcome, title, details]) => ({
  title,
  status: outcome === "ok" ? "passed" : "failed",
  failureMessages: outcome === "ok" ? [] : [details],
}));
writeFileSync("report.json", JSON.stringify({ testResults: [{ assertionResults }] }));
process.exit(status ?? 1);
