/** The recipe for those who come from CASL, exactly as printed in the guide: both libraries answer alike. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createMongoAbility } from "@casl/ability";
import { createPermissions } from "permgate";
import { HERE } from "../support/permgate-folder.mjs";

const GUIDE = await readFile(join(HERE, "../docs/guide/migrating.md"), "utf8");
const [, CASL] = GUIDE.match(/```javascript\n(.*?function documentOf.*?)```/s) ?? [];
assert.ok(CASL, "docs/guide/migrating.md has no function `documentOf`");
const documentOf = new Function(`${CASL}\nreturn documentOf;`)();

const ACTIONS = ["read", "create", "delete"];
const SUBJECTS = ["Invoice", "Report", "User"];

const CARRIED_OVER = {
  "one action on one subject": [{ action: "read", subject: "Invoice" }],
  "every action on one subject": [{ action: "manage", subject: "Invoice" }],
  "one action on every subject": [{ action: "read", subject: "all" }],
  "everything": [{ action: "manage", subject: "all" }],
  "nothing": [],
  "lists of actions and subjects": [{ action: ["read", "create"], subject: ["Invoice", "Report"] }],
  "a denied action below an allowed subject": [{ action: "manage", subject: "Invoice" }, { action: "delete", subject: "Invoice", inverted: true }],
  "a denied subject below everything": [{ action: "manage", subject: "all" }, { action: "manage", subject: "User", inverted: true }],
};

for (const [name, rules] of Object.entries(CARRIED_OVER)) {
  test(`CASL rules: ${name} is answered alike`, async (t) => {
    const ability = createMongoAbility(rules);
    const permissions = await createPermissions({ bootstrap: documentOf(rules) });
    t.after(() => permissions.dispose());
    assert.equal(permissions.status, "fresh");
    for (const subject of SUBJECTS) {
      for (const action of ACTIONS) {
        assert.equal(permissions.can(`${subject}:${action}`), ability.can(action, subject), `${action} ${subject}`);
      }
    }
  });
}

const REFUSED = {
  "conditions": [{ action: "read", subject: "Invoice", conditions: { owner: 1 } }],
  "fields": [{ action: "read", subject: "Invoice", fields: ["total"] }],
  "an allow after a denial": [{ action: "read", subject: "Invoice", inverted: true }, { action: "read", subject: "Invoice" }],
  "no subject": [{ action: "read" }],
};

for (const [name, rules] of Object.entries(REFUSED)) {
  test(`CASL rules with ${name} are refused instead of carried over`, () => {
    assert.throws(() => documentOf(rules), /the rule on|without a subject/);
  });
}
