/** The package in Node.js: imported by its name, with valid and hostile questions. */

import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { PermgateError, PermissionDeniedError, createPermissions } from "permgate";
import { token } from "../support/jwt.mjs";
import { PACKAGE } from "../support/permgate-folder.mjs";

const DOCUMENT = {
  subject: "u-17",
  version: 42,
  permissions: ["invoice:view", "report:*"],
  denied: ["report:delete"],
  grants: [{ permission: "invoice:edit", resource: "tenants/acme/invoices/*", effect: "allow" }],
  roles: ["accountant"],
};

/** Creates an instance that is disposed of after the test, and whose reports are collected instead of printed. */
async function permgate(t, options = { bootstrap: DOCUMENT }) {
  const permissions = await createPermissions(options);
  const errors = [];
  permissions.on("error", (error) => errors.push(error));
  t.after(() => permissions.dispose());
  return { permissions, errors };
}

test("can, check, require and snapshot answer from a bootstrap", async (t) => {
  const { permissions, errors } = await permgate(t);
  const answers = {
    "invoice:view": true,
    "invoice:edit": false,
    "report:print": true,
    "report:delete": false,
    report: false,
    "invoice:view & !report:delete": true,
    "invoice:edit | role(accountant)": true,
  };
  for (const [requirement, expected] of Object.entries(answers)) {
    assert.equal(permissions.can(requirement), expected, requirement);
    assert.equal(permissions.cannot(requirement), !expected, requirement);
    assert.equal(permissions.check(requirement).outcome, expected ? "granted" : "denied", requirement);
  }
  assert.equal(permissions.can("invoice:edit", "tenants/acme/invoices/42"), true);
  assert.equal(permissions.can("invoice:edit", "tenants/umbrella/invoices/42"), false);
  assert.equal(permissions.check("report:delete").reason, "denied-by");
  assert.throws(() => permissions.require("report:delete"), PermissionDeniedError);
  const { status, subject, version, roles, denied } = permissions.snapshot();
  assert.deepEqual({ status, subject, version, roles, denied }, {
    status: "fresh",
    subject: "u-17",
    version: 42,
    roles: ["accountant"],
    denied: ["report:delete"],
  });
  assert.equal(permissions.snapshot(), permissions.snapshot());
  assert.deepEqual(errors, []);
});

test("questions are answered from a token, and a token of another user replaces the whole set", async (t) => {
  const { permissions } = await permgate(t, { token: token({ sub: "ada", permissions: ["invoice:view"] }) });
  assert.equal(permissions.can("invoice:view"), true);
  assert.equal(permissions.snapshot().subject, "ada");
  permissions.setToken(token({ sub: "alan", permissions: "report:view report:print" }));
  assert.equal(permissions.can("invoice:view"), false, "a permission of ada is still granted");
  assert.equal(await permissions.whenReady(), "fresh");
  assert.equal(permissions.can("report:print"), true);
  assert.equal(permissions.can("invoice:view"), false);
});

test("F40: a question that is not a string is not granted, throws nothing, and is reported once for each type", async (t) => {
  const { permissions, errors } = await permgate(t, { bootstrap: { permissions: ["*"] } });
  const sly = { toString: () => "invoice:view", valueOf: () => "invoice:view", [Symbol.toPrimitive]: () => "invoice:view" };
  const throwing = new Proxy({}, {
    get() {
      throw new Error("touched");
    },
  });
  const questions = [undefined, null, 0, 1, NaN, 1n, true, Symbol("s"), Symbol.iterator, sly, throwing, [], ["invoice:view"], () => "invoice:view", new String("invoice:view"), new Proxy(function () {}, {})];
  assert.equal(permissions.can("invoice:view"), true, "the set does not grant every name");
  for (const question of questions) {
    for (const [name, granted] of Object.entries({
      can: permissions.can(question),
      onResource: permissions.can(question, "tenants/acme"),
      canAll: permissions.canAll([question]),
      canAny: permissions.canAny([question]),
      check: permissions.check(question).outcome === "granted",
    })) {
      assert.equal(granted, false, `${name} of ${typeof question}`);
    }
    assert.equal(permissions.cannot(question), true);
    assert.throws(() => permissions.require(question), PermissionDeniedError);
  }
  for (const resource of [null, 0, 1n, Symbol("s"), sly, throwing, [], () => "a"]) {
    assert.equal(permissions.can("invoice:view", resource), false, `a resource of type ${typeof resource}`);
    assert.equal(permissions.check("invoice:view", resource).outcome, "denied");
  }
  assert.ok(errors.every((error) => error instanceof PermgateError && error.code === "malformed-requirement"));
  const types = new Set(questions.map((question) => typeof question));
  types.add("string");
  assert.ok(errors.length <= types.size, `${errors.length} reports for ${types.size} types`);
  assert.ok(errors.length > 0);
  assert.equal(permissions.can("invoice:view"), true, "the instance does not answer any more");
});

test("F38: names such as `__proto__` are not granted and throw nothing", async (t) => {
  const { permissions } = await permgate(t, { bootstrap: { permissions: ["invoice:view", "K"] } });
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "", " ", "\ud800", "invoice:\udfff", "invoice:view\0", "\0", "\u212a", "k", "a".repeat(1024 * 1024), "(".repeat(1024 * 1024), "!".repeat(100_000), "invoice:view &", "\u202einvoice:view", "İnvoice:view"];
  for (const name of names) {
    assert.equal(permissions.can(name), false, JSON.stringify(name.slice(0, 40)));
    assert.equal(permissions.can(name, name), false, JSON.stringify(name.slice(0, 40)));
    assert.notEqual(permissions.check(name).outcome, "granted", JSON.stringify(name.slice(0, 40)));
  }
  assert.equal(permissions.can("invoice:view"), true);
  assert.equal(permissions.can("K"), true, "the letter K is not granted, although the sign for kelvin is not in the set");
});

test("F38: names such as `__proto__` in a document grant no other name", async (t) => {
  const hostile = JSON.parse('{"__proto__":{"permissions":["*"]},"permissions":["__proto__","constructor"],"toString":1}');
  const { permissions } = await permgate(t, { bootstrap: hostile });
  assert.equal(permissions.can("invoice:view"), false);
  assert.equal(permissions.can("constructor"), true);
  assert.equal(permissions.can("toString"), false);
});

test("invalid options are refused with a code", async () => {
  for (const options of [undefined, null, 1, {}, { endpoint: 1 }, { token: 1 }, { bootstrap: DOCUMENT, ttlMs: "1" }]) {
    await assert.rejects(createPermissions(options), (error) => error instanceof PermgateError && error.code === "invalid-option");
  }
});

test("F52: two copies of the package have separate instances", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "permgate-copy-"));
  t.after(() => rm(folder, { recursive: true }));
  await cp(PACKAGE, join(folder, "permgate"), { recursive: true });
  const copy = await import(pathToFileURL(join(folder, "permgate/dist/node.js")));
  assert.notEqual(copy.createPermissions, createPermissions, "the copy was not loaded as a second copy");
  const { permissions: first } = await permgate(t);
  const second = await copy.createPermissions({ bootstrap: { subject: "u-1", permissions: ["user:edit"] } });
  assert.deepEqual([first.can("invoice:view"), first.can("user:edit")], [true, false]);
  assert.deepEqual([second.can("invoice:view"), second.can("user:edit")], [false, true]);
  first.signOut();
  assert.deepEqual([first.can("invoice:view"), second.can("user:edit")], [false, true]);
  second.dispose();
  assert.equal(second.can("user:edit"), false);
  assert.equal(first.status, "unauthenticated");
});
