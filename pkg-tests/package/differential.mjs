/** Asks the installed package the questions that the native core was asked: `node package/differential.mjs cases.ndjson`. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createPermissions } from "permgate";

/** How many differences are shown. */
const SHOWN = 5;

const [file] = process.argv.slice(2);
if (!file) {
  console.error("name the file that `cargo test --test differential` wrote with PERMGATE_CASES_FILE");
  process.exit(2);
}

let sets = 0;
let cases = 0;
let differences = 0;
for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
  const { options, document, cases: questions } = JSON.parse(line);
  sets += 1;
  const differ = (question, found) => {
    differences += 1;
    if (differences <= SHOWN) console.error(`line ${sets}: ${JSON.stringify(question)}, not ${JSON.stringify(found)}`);
  };
  let permissions;
  try {
    permissions = await createPermissions({ bootstrap: document, ...options });
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
console.log(`${cases} questions to ${sets} sets, ${differences} differences`);
if (cases === 0 || differences > 0) process.exit(1);
