/** What `ng add permgate` writes into angular.json. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE } from "../support/permgate-folder.mjs";

const { ngAdd } = createRequire(import.meta.url)(join(PACKAGE, "schematics/ng-add.cjs"));

/** As the template has it, with a list on one line, and one whose text looks like a list. */
const BEFORE = `{
  "projects": {
    "my-app": {
      "architect": {
        "build": {
          "builder": "@angular/build:application",
          "options": {
            "assets": [
              {
                "glob": "**/[a-z]*",
                "input": "public"
              }
            ],
            "styles": ["src/styles.css"]
          }
        },
        "serve": {
          "builder": "@angular/build:dev-server"
        }
      }
    }
  }
}
`;

test("`ng add` has the module served and not bundled, and leaves the other lines of angular.json as they are", () => {
  let after;
  const warnings = [];
  const tree = { readText: () => BEFORE, overwrite: (_path, text) => (after = text) };
  ngAdd()(tree, { logger: { warn: (text) => warnings.push(text), info() {} } });
  assert.deepEqual(warnings, []);
  const { build, serve } = JSON.parse(after).projects["my-app"].architect;
  assert.deepEqual(build.options.assets[1], { glob: "*permgate.wasm", input: "node_modules/permgate/dist", output: "/" });
  assert.deepEqual(serve.options, { prebundle: { exclude: ["permgate"] } });
  const lines = after.split("\n").map((line) => line.replace(/,$/, ""));
  assert.deepEqual(BEFORE.split("\n").filter((line) => !lines.includes(line.replace(/,$/, ""))), []);
});
