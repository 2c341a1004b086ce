/** Runs every test file one after the other: `npm test`, or `npm test -- package` for some of them. */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HERE } from "./permgate-folder.mjs";

/** Folders whose tests are only run by name: `npm run engines`, or `npm run engines -- tabs`. */
const APART = ["engines", "contract", "nodes"];

// The files are listed here, since `node --test` accepts patterns only from version 21 on.
const found = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
  .flatMap(({ name }) => readdirSync(join(HERE, name), { recursive: true }).map((path) => join(name, path)))
  .filter((path) => path.endsWith(".test.mjs"))
  .sort();
const [first, ...others] = process.argv.slice(2);
const apart = APART.find((folder) => folder === first);
const wanted = apart !== undefined || first === undefined ? others : [first, ...others];
const files = found
  .filter((path) => APART.find((folder) => path.startsWith(join(folder, "/"))) === apart)
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)));
if (files.length === 0) {
  console.error(`no test file ${wanted.length === 0 ? "was found" : `has \`${wanted.join("` or `")}\` in its path`}`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...files], { cwd: HERE, stdio: "inherit" });
process.exit(status ?? 1);
