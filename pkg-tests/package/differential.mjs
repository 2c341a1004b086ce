/** Asks the installed package, in both builds of its module, the questions that the native core was asked: `node package/differential.mjs cases.ndjson`. */

import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { createPermissions } from "permgate";
import { DIST } from "../support/permgate-folder.mjs";

/** How many differences are shown. */
const SHOWN = 5;

const [file] = process.argv.slice(2);
if (!file) {
  console.error("name the file that `cargo test --test differential` wrote with PERMGATE_CASES_FILE");
  process.exit(2);
}

/** The entry for browsers takes the build that the options need; with a bootstrap, it asks no endpoint here. */
const browsers = await import(pathToFileURL(join(DIST, "index.js")).href);
const wasm = await WebAssembly.compile(await readFile(join(DIST, "permgate.wasm")));
const ENTRIES = {
  "the whole build": (options) => createPermissions(options),
  "the build that the options need": (options) => browsers.createPermissions({ ...options, endpoint: "http://127.0.0.1:9/", tabs: false, wasm }),
};

let sets = 0;
let cases = 0;
let differences = 0;
for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
  const { options, document, cases: questions } = JSON.parse(line);
  sets += 1;
  for (const [build, create] of Object.entries(ENTRIES)) {
    const differ = (question, found) => {
      differences += 1;
      if (differences <= SHOWN) console.error(`line ${sets}, ${build}: ${JSON.stringify(question)}, not ${JSON.stringify(found)}`);
    };
    let permissions;
    try {
      permissions = await create({ bootstrap: document, ...options });
    } catch (error) {
      differ("an instance", error.message);
      continue;
    }
    // Names that are missing in the catalogue are used on purpose.
    permissions.on("error", (error) => {
      if (error.code !== "unknown-permission") differ("no error", error.message);
    });
    if (permissions.status !== "fresh") differ("fresh", permissions.status);
    for (const question of questions) {
      const [requirement, resource, somewhere, expected] = question;
      const on = resource ?? undefined;
      cases += 1;
      if (somewhere) {
        const found = permissions.canSomewhere(requirement);
        if (found !== (expected === "granted")) differ(question, found);
      } else {
        const { outcome, message } = permissions.check(requirement, on);
        if (outcome !== expected) differ(question, message);
        const found = permissions.can(requirement, on);
        if (found !== (expected === "granted")) differ(question, found);
      }
    }
    permissions.dispose();
  }
}
console.log(`${cases} questions to ${sets} sets, ${differences} differences`);
if (cases === 0 || differences > 0) process.exit(1);
