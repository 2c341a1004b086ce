#!/usr/bin/env node
/** The command `permgate`: `npx permgate contract --url …` compares a back end with the HTTP contract. */

import { contract } from "./contract/main.mjs";
import { USAGE } from "./contract/options.mjs";

const [command, ...rest] = process.argv.slice(2);
if (command === "contract") {
  process.exitCode = await contract(rest);
} else if (command === undefined || command === "--help" || command === "-h") {
  process.stdout.write(USAGE);
  process.exitCode = command === undefined ? 2 : 0;
} else {
  process.stderr.write(`permgate: there is no command \`${command}\`; the only one is \`permgate contract\`\n`);
  process.exitCode = 2;
}
