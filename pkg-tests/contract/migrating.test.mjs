/** The migration recipes, exactly as printed in the guide: the other library and permgate answer alike. */

import "@angular/compiler";
import { Injector } from "@angular/core";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createMongoAbility } from "@casl/ability";
import * as ngx from "ngx-permissions";
import { createPermissions } from "permgate";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { serve } from "../support/static-server.mjs";

const GUIDE = await readFile(join(HERE, "../docs/guide/migrating.md"), "utf8");
const documentOf = new Function(`${ofGuide("documentOf")}\nreturn documentOf;`)();

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
  test(`CASL rules: ${name} has the same answers in both`, async (t) => {
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
  test(`CASL rules with ${name} are refused, not converted`, () => {
    assert.throws(() => documentOf(rules), /the rule on|without a subject/);
  });
}

/** The code block of the guide that defines a function. */
function ofGuide(name) {
  const codes = [...GUIDE.matchAll(/```javascript\n(.*?)```/gs)].map(([, code]) => code);
  const code = codes.find((text) => text.includes(`function ${name}(`));
  assert.ok(code, `docs/guide/migrating.md has no function \`${name}\``);
  return code;
}

test("ngx-permissions: every question of the two directives has the same answer for every user", async (t) => {
  const requirementOf = new Function(`${ofGuide("requirementOf")}\nreturn requirementOf;`)();
  const names = ["invoice.edit", "REPORT & MORE", "user*"];
  const roles = ["ADMIN", "AUDITOR"];
  const lists = [[], ["invoice.edit"], "user*", ["REPORT & MORE", "user*"], ["ADMIN"], ["ADMIN", "invoice.edit"], ["AUDITOR", "ADMIN"]];
  const asked = lists.flatMap((only) => lists.map((except) => ({ only, except }))).filter(({ only, except }) => only.length > 0 || except.length > 0);
  for (let bits = 0; bits < 2 ** (names.length + roles.length); bits += 1) {
    const [held, heldRoles] = [names.filter((_, index) => bits & (1 << index)), roles.filter((_, index) => bits & (1 << (names.length + index)))];
    const injector = Injector.create({
      providers: [ngx.NgxPermissionsStore, ngx.NgxRolesStore, ngx.NgxPermissionsService, ngx.NgxRolesService]
        .map((provide) => ({ provide }))
        .concat([ngx.USE_PERMISSIONS_STORE, ngx.USE_ROLES_STORE].map((provide) => ({ provide, useValue: false }))),
    });
    const [theirs, theirRoles] = [injector.get(ngx.NgxPermissionsService), injector.get(ngx.NgxRolesService)];
    theirs.loadPermissions(held);
    for (const role of heldRoles) theirRoles.addRole(role, () => true);
    // As the directive asks it.
    const hasAny = async (list) => (await Promise.all([theirs.hasPermission(list), theirRoles.hasOnlyRoles(list)])).some(Boolean);
    const permissions = await createPermissions({ dialect: "exact", bootstrap: { permissions: held, roles: heldRoles } });
    for (const { only, except } of asked) {
      const shown = !(except.length > 0 && (await hasAny(except))) && (only.length === 0 || (await hasAny(only)));
      const requirement = requirementOf({ only, except }, roles);
      assert.equal(permissions.can(requirement), shown, `${requirement} for ${[...held, ...heldRoles]}`);
    }
    permissions.dispose();
  }
  assert.throws(() => requirementOf({}), /empty list/);
  assert.equal(requirementOf({ only: ["invoice.edit", "ADMIN"] }, roles), "(invoice.edit | role(ADMIN))");
});

test("an application's own `data-permission`: the same elements are shown, also those added later", async (t) => {
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><link rel="stylesheet" href="/permgate/cloak.css">
    <p id="one" data-permission="invoice.view"></p><p id="two" data-permission="invoice.view, invoice.edit"></p>
    <p id="three" data-permission="report.view  user.edit"></p><p id="odd" data-permission="R&D"></p><p id="open"></p>`;
  const site = await serve({ "/permgate/": DIST }, { intercept: (path) => (path === "/" ? { status: 200, headers: { "content-type": "text/html" }, body: html } : undefined) });
  t.after(() => site.close());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  const [loop, rewrite] = [ofGuide("applyPermissions"), ofGuide("rewriteLists")];
  for (const operator of ["|", "&"]) {
    const before = operator === "|" ? loop : loop.replace(".some(", ".every(");
    for (const names of [[], ["invoice.view"], ["invoice.edit", "user.edit"], ["invoice.view", "invoice.edit", "R&D"], ["report.view", "user.edit"]]) {
      await page.goto(site.origin);
      const old = await page.evaluate(`(() => { ${before}; applyPermissions(${JSON.stringify(names)}); return [...document.querySelectorAll("p")].map(({ id }) => id); })()`);
      await page.reload();
      await page.evaluate(`(async () => {
        ${rewrite};
        const { createPermissions } = await import("/permgate/index.js");
        const permissions = await createPermissions({ bootstrap: ${JSON.stringify(names)}, separator: "." });
        rewriteLists(document, ${JSON.stringify(operator)});
        permissions.bind(document);
        document.body.insertAdjacentHTML("beforeend", '<p id="late" data-permission="invoice.view"></p>');
      })()`);
      const expected = [...old, ...(names.includes("invoice.view") ? ["late"] : [])].join();
      const shown = () => page.evaluate(() => [...document.querySelectorAll("p")].filter((element) => element.checkVisibility()).map(({ id }) => id).join());
      await until(`${expected} are shown with ${operator} for ${names}`, async () => (await shown()) === expected);
    }
  }
  assert.deepEqual(page.complaints, []);
});
