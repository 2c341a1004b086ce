/** The entry for tests: a real instance in every state, whose changes are in force at once. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Holder } from "../dist/adapter.js";
import { fakePermissions } from "../dist/testing.js";

const withCode = (code) => (error) => error.code === code;

test("a fake answers at once from wildcards, denials, resources and roles, as the module does", (t) => {
  const permissions = fakePermissions({ permissions: ["invoice:*"], denied: ["invoice:delete"], grants: [{ permission: "quote:edit", resource: "quotes/*", effect: "allow" }], roles: ["clerk"] });
  t.after(() => permissions.dispose());
  const { can, check } = permissions;
  assert.deepEqual([can("invoice:edit"), can("invoice:delete"), can("quote:edit"), can("quote:edit", "quotes/2"), can("role(clerk)")], [true, false, false, true, true]);
  assert.equal(check("invoice:delete").reason, "denied-by");
  assert.equal(permissions.status, "fresh");
  assert.equal(fakePermissions().can("a"), false);
});

test("a grant or revocation of a fake is in force when its call returns, and has called each listener once", (t) => {
  const permissions = fakePermissions(["a"]);
  t.after(() => permissions.dispose());
  const changes = [];
  permissions.on("change", ({ permissions }) => changes.push(permissions.join()));
  let calls = 0;
  permissions.subscribe(() => (calls += 1));
  permissions.grant("b");
  assert.deepEqual([permissions.can("b"), changes.at(-1), calls], [true, "a,b", 1]);
  permissions.revoke("a");
  assert.deepEqual([permissions.can("a"), permissions.check("a").outcome, calls], [false, "denied", 2]);
  permissions.grant("a");
  permissions.grant("c", "rows/1");
  assert.deepEqual([permissions.can("a"), permissions.can("c"), permissions.can("c", "rows/1"), permissions.can("c", "rows/2")], [true, false, true, false]);
  permissions.revoke("c", "rows/1");
  assert.equal(permissions.check("c", "rows/1").outcome, "denied");
  permissions.setDocument(["*"]);
  permissions.revoke("x");
  assert.deepEqual([permissions.can("y"), permissions.can("x")], [true, false]);
});

test("a change of a fake keeps the rest of its document, and what is granted or revoked on other resources or under other names", (t) => {
  const permissions = fakePermissions({ subject: "u-1", tenant: "acme", roles: ["clerk"], grants: [{ permission: "a", resource: "rows/1", effect: "deny" }] });
  t.after(() => permissions.dispose());
  const changes = [
    () => permissions.grant("b"),
    () => permissions.revoke("c"),
    () => permissions.grant("a", "rows/2"),
    () => permissions.grant("d", "rows/1"),
    () => permissions.revoke("b", "rows/1"),
  ];
  for (const change of changes) change();
  const { subject, tenant, roles, denied } = permissions.snapshot();
  assert.deepEqual({ subject, tenant, roles, denied }, { subject: "u-1", tenant: "acme", roles: ["clerk"], denied: ["c"] });
  const asked = [["a", "rows/1"], ["a", "rows/2"], ["b"], ["b", "rows/1"], ["b", "rows/2"], ["d", "rows/1"], ["d"]];
  assert.deepEqual(asked.map((question) => permissions.can(...question)), [false, true, true, false, true, true, false]);
  assert.equal(permissions.check("a", "rows/1").reason, "denied-by");
  assert.deepEqual(permissions.snapshot().permissions, ["b"]);
  permissions.revoke("b");
  assert.deepEqual(permissions.snapshot().permissions, []);
  permissions.grant("a", "rows/1");
  permissions.revoke("a", "rows/2");
  assert.deepEqual([["a", "rows/1"], ["a", "rows/2"]].map((question) => permissions.can(...question)), [true, false]);
});

test("a fake is read as its options say after each change, too", (t) => {
  const permissions = fakePermissions(["invoice.view"], { separator: "." });
  t.after(() => permissions.dispose());
  permissions.grant("report.*");
  assert.deepEqual([permissions.can("invoice.view"), permissions.can("report.print")], [true, true]);
});

test("a fake without names can be granted and revoked some", (t) => {
  for (const change of ["grant", "revoke"]) {
    const permissions = fakePermissions({ grants: [] });
    t.after(() => permissions.dispose());
    permissions[change]("a");
    assert.equal(permissions.check("a").outcome, change === "grant" ? "granted" : "denied");
  }
});

test("a fake keeps its status when a test moves the clock by some hours", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  for (const status of ["fresh", "stale"]) {
    const permissions = fakePermissions(["a"]);
    t.after(() => permissions.dispose());
    permissions.setStatus(status);
    t.mock.timers.setTime(Date.now() + 20 * 60 * 60 * 1000);
    assert.deepEqual([permissions.can("a"), permissions.status], [true, status]);
  }
});

test("a fake has the status that the test sets, and has its permissions again when the status is `fresh`", (t) => {
  const permissions = fakePermissions(["a"], { status: "loading" });
  t.after(() => permissions.dispose());
  const stands = () => [permissions.status, permissions.can("a"), permissions.check("a").outcome];
  const errors = [];
  permissions.on("error", (error) => errors.push(error));
  assert.deepEqual(stands(), ["loading", false, "unknown"]);
  for (const [status, ...answers] of [["fresh", true, "granted"], ["unauthenticated", false, "unknown"], ["stale", true, "granted"], ["failed", false, "unknown"], ["loading", false, "unknown"], ["fresh", true, "granted"]]) {
    permissions.setStatus(status);
    assert.deepEqual(stands(), [status, ...answers]);
  }
  permissions.setStatus("failed");
  permissions.grant("b");
  assert.deepEqual([permissions.status, permissions.can("b")], ["fresh", true]);
  assert.deepEqual(errors, []);
  assert.throws(() => permissions.setStatus("asleep"), withCode("invalid-argument"));
  assert.throws(() => fakePermissions(["a"], { ttl: 5 }), withCode("invalid-option"));
});

test("adapters see each state as the verdict of a guard", (t) => {
  const permissions = fakePermissions(["a"]);
  t.after(() => permissions.dispose());
  const holder = new Holder(permissions);
  const verdicts = ["fresh", "loading", "failed", "unauthenticated"].map((status) => (permissions.setStatus(status), holder.verdict("a")));
  assert.deepEqual([...verdicts, (permissions.setStatus("fresh"), holder.verdict("b"))], ["granted", "unknown", "failed", "unauthenticated", "denied"]);
});

test("after `dispose`, a fake grants nothing, and its changes have no effect", () => {
  const permissions = fakePermissions(["a"]);
  permissions.dispose();
  permissions.grant("a");
  permissions.setStatus("fresh");
  assert.deepEqual([permissions.can("a"), permissions.status], [false, "idle"]);
});

test("`require` loads the entry for tests, which answers as by `import`", () => {
  const { fakePermissions } = createRequire(import.meta.url)("../dist/cjs/testing.js");
  assert.equal(fakePermissions(["a"]).can("a"), true);
});
