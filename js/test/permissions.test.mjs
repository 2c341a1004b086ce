/** The facade in Node.js: answers, events, tokens, and invalid input. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { INVALID_OPTIONS } from "../../tests/sentences.mjs";
import { PermgateError, PermissionDeniedError, createPermissions } from "../dist/node.js";
import { token } from "./server.mjs";

const BOOTSTRAP = {
  subject: "u-1",
  version: 3,
  permissions: ["invoice:view", "report:*"],
  denied: ["report:delete"],
  grants: [{ permission: "invoice:edit", resource: "tenants/acme/*", effect: "allow" }],
  roles: ["accountant"],
};

const ready = (options = {}) => createPermissions({ bootstrap: BOOTSTRAP, ...options });

test("an instance with a bootstrap decides as soon as it is created", async () => {
  const permissions = await ready();
  assert.equal(permissions.status, "fresh");
  assert.equal(permissions.can("invoice:view & report:print"), true);
  assert.equal(permissions.can("report:delete"), false);
  assert.equal(permissions.cannot("report:delete"), true);
  assert.equal(permissions.can("invoice:edit"), false);
  assert.equal(permissions.can("invoice:edit", "tenants/acme/7"), true);
  assert.equal(permissions.can("invoice:edit", "tenants/acme/7"), true, "the remembered answer differs");
  assert.equal(permissions.can("invoice:edit", "tenants/other/7"), false);
  assert.equal(permissions.can("role(accountant)"), true);
  assert.equal(permissions.canAll(["invoice:view", "report:print"]), true);
  assert.equal(permissions.canAll(["invoice:view", "nothing"]), false);
  assert.equal(permissions.canAny(["nothing", "report:print"]), true);
  assert.equal(permissions.canAny([]), false);
  assert.equal(permissions.canAll(undefined), false);
  assert.equal(permissions.canAny(7), false);
  permissions.dispose();
});

test("a decision has a reason, and `require` throws an error with it", async (t) => {
  // Both clocks stand still, except for some milliseconds that pass on both.
  const [wall, monotonic] = [Date.now(), Math.round(performance.now())];
  let passed = 0;
  t.mock.method(Date, "now", () => wall + passed);
  t.mock.method(performance, "now", () => monotonic + passed);
  const permissions = await ready();
  passed = 7;
  const { provenance, message, ...decision } = permissions.check("report:delete");
  assert.deepEqual(Object.keys(provenance).sort(), ["ageMs", "askedAt", "source", "version"]);
  assert.deepEqual([provenance.source, provenance.version], ["bootstrap", 3]);
  assert.deepEqual([provenance.askedAt, provenance.ageMs], [wall, 7]);
  assert.deepEqual(decision, {
    outcome: "denied",
    reason: "denied-by",
    permission: "report:delete",
    grant: { permission: "report:delete", effect: "deny" },
  });
  assert.match(message, /`report:delete`/);
  assert.equal(permissions.check("invoice:view").reason, "granted-by");
  assert.equal(permissions.check("nothing").reason, "not-granted");
  permissions.require("invoice:view");
  assert.throws(() => permissions.require("nothing"), (error) => {
    assert.ok(error instanceof PermissionDeniedError && error instanceof PermgateError);
    assert.equal(error.code, "permission-denied");
    assert.equal(error.decision.reason, "not-granted");
    return true;
  });
  permissions.dispose();
});

test("the snapshot is frozen, and the same until something changes", async () => {
  const permissions = await ready();
  const snapshot = permissions.snapshot();
  assert.equal(snapshot, permissions.snapshot());
  assert.ok(Object.isFrozen(snapshot) && Object.isFrozen(snapshot.permissions) && Object.isFrozen(snapshot.grants[0]));
  const { freshUntil, expiresAt, askedAt, ...rest } = snapshot;
  const defaults = { status: "fresh", source: "bootstrap", tenant: null, groups: null, scopes: null };
  assert.deepEqual(rest, { ...BOOTSTRAP, ...defaults });
  assert.equal(freshUntil - askedAt, 300_000);
  assert.equal(expiresAt - freshUntil, 60_000);
  permissions.invalidate();
  assert.notEqual(snapshot, permissions.snapshot());
  permissions.dispose();
});

test("F38 F40 questions with arbitrary values grant nothing and throw nothing", async () => {
  const errors = [];
  const permissions = await createPermissions({ bootstrap: ["a"] });
  permissions.on("error", (error) => errors.push(error.code));
  const odd = [
    undefined, null, 0, 1, true, {}, [], ["a"], Symbol("a"), () => "a", new Proxy({}, {}), 10n,
    { toString: () => "a" }, new String("a"), "", " ", "__proto__", "constructor", "toString", "\uD800",
    "\u212A", "a\0", "\0", "a".repeat(1_000_000), "a b", "a &", "(", "*",
  ];
  for (const requirement of odd) {
    assert.equal(permissions.can(requirement), false, String(typeof requirement));
    assert.notEqual(permissions.check(requirement).outcome, "granted");
    // A text is a resource, and `a` is granted on every resource.
    const isText = typeof requirement === "string";
    if (!isText) assert.equal(permissions.can("a", requirement ?? null), false, "a value that is not a string was accepted as a resource");
  }
  assert.ok(errors.length > 0 && errors.every((code) => code === "malformed-requirement"));
  const reported = errors.length;
  permissions.can(undefined);
  permissions.can("a b");
  assert.equal(errors.length, reported, "a value was reported again");
  assert.equal(permissions.can("a"), true, "the module does not answer any more");
  permissions.dispose();
});

test("a token is read, renewed, replaced and taken away", async () => {
  let current = token({ sub: "u-1", permissions: "a b" });
  const permissions = await createPermissions({ token: () => current });
  assert.equal(permissions.status, "fresh");
  assert.ok(permissions.can("a & b"));
  current = token({ sub: "u-1", permissions: ["c"] });
  await permissions.refresh();
  assert.ok(permissions.can("c") && !permissions.can("a"));
  permissions.setToken(token({ sub: "u-2", permissions: ["d"] }));
  assert.equal(permissions.can("c"), false, "the set of the earlier user was not emptied at once");
  await permissions.whenReady();
  assert.ok(permissions.can("d"));
  permissions.setToken(async () => token({ sub: "u-3", permissions: ["e"] }));
  assert.deepEqual([permissions.can("d"), permissions.status], [true, "stale"], "the set of the presumed same user was not kept until the function answers");
  await permissions.refresh();
  assert.ok(permissions.can("e") && !permissions.can("d"));
  permissions.setToken(null);
  assert.equal(permissions.status, "unauthenticated");
  assert.equal(permissions.can("e"), false);
  permissions.dispose();
});

test("a malformed token is an error with a code, and grants nothing", async () => {
  for (const [value, code] of [
    ["garbage", "malformed-token"],
    ["a.b.c.d.e", "malformed-token"],
    [token({ sub: "u-1" }), "malformed-claims"],
    [token({ permissions: 7 }), "malformed-claims"],
    [token({ permissions: ["a"], exp: 1 }), "token-expired"],
  ]) {
    const errors = [];
    const permissions = await createPermissions({ token: token({ permissions: ["a"] }) });
    permissions.on("error", (error) => errors.push(error));
    permissions.setToken(value);
    await permissions.refresh();
    assert.equal(errors[0]?.code, code);
    assert.ok(errors[0] instanceof PermgateError && errors[0].message.startsWith("permgate: "));
    assert.equal(permissions.can("a"), false);
    permissions.dispose();
  }
});

test("claims are read at the paths in the options", async () => {
  const claims = [
    { path: ["https://app.example/permissions"] },
    { path: ["realm_access", "roles"], target: "roles" },
    { path: [], prefix: "can_" },
  ];
  const text = token({
    "https://app.example/permissions": ["a"],
    realm_access: { roles: ["admin"] },
    can_b: true,
    can_c: false,
    email_verified: true,
  });
  const permissions = await createPermissions({ token: text, claims });
  assert.ok(permissions.can("a & b & role(admin)"));
  assert.ok(!permissions.can("c") && !permissions.can("email_verified") && !permissions.can("admin"));
  permissions.dispose();
});

test("F49 listeners may throw, unsubscribe and ask questions, and see the present state", async () => {
  let current = token({ sub: "u-1", permissions: ["a"] });
  const permissions = await createPermissions({ token: () => current });
  const log = [];
  const { error } = console;
  console.error = () => log.push("threw");
  permissions.subscribe(() => {
    throw new Error("a listener");
  });
  const stop = permissions.on("change", (snapshot) => {
    stop();
    log.push(snapshot.permissions.join(), permissions.can("b"));
    permissions.signOut();
    log.push(permissions.can("b"), permissions.status);
  });
  current = token({ sub: "u-1", permissions: ["b"] });
  assert.ok(permissions.can("a"));
  await permissions.refresh();
  console.error = error;
  assert.deepEqual(log.filter((value) => value !== "threw"), ["b", true, false, "unauthenticated"]);
  assert.ok(log.includes("threw"));
  permissions.dispose();
});

test("after `dispose`, nothing is granted, and no method throws", async () => {
  const permissions = await ready();
  permissions.dispose();
  permissions.dispose();
  assert.equal(permissions.can("invoice:view"), false);
  assert.equal(permissions.check("invoice:view").outcome, "unknown");
  assert.equal(permissions.status, "idle");
  assert.deepEqual(permissions.snapshot().permissions, []);
  permissions.invalidate();
  permissions.signOut();
  permissions.setToken("x");
  assert.equal(await permissions.refresh(), "idle");
  assert.equal(await permissions.whenReady(), "idle");
});

test("F48 a crash of the module grants nothing from then on, and is one error", async () => {
  const permissions = await ready();
  const errors = [];
  permissions.on("error", (error) => errors.push(error.code));
  assert.ok(permissions.can("invoice:view"));
  await Promise.resolve();
  const { now } = performance;
  performance.now = () => {
    throw new Error("a trap");
  };
  assert.equal(permissions.can("invoice:view"), false);
  performance.now = now;
  await Promise.resolve();
  assert.equal(permissions.can("invoice:view"), false);
  assert.equal(permissions.check("invoice:view").reason, "crashed");
  assert.equal(permissions.status, "failed");
  assert.deepEqual(errors, ["crashed"]);
});

test("invalid options are refused with advice", async () => {
  for (const [options, words] of INVALID_OPTIONS) {
    await assert.rejects(createPermissions(options), (error) => {
      assert.equal(error.code, "invalid-option");
      assert.ok(error.message.includes(words), error.message);
      return true;
    });
  }
});

test("`bind` without a DOM throws an error with that reason", async () => {
  const permissions = await ready();
  assert.throws(() => permissions.bind(), { code: "invalid-argument" });
  permissions.dispose();
});

test("F52 two instances do not see each other", async () => {
  const [one, two] = await Promise.all([
    createPermissions({ bootstrap: ["a"] }),
    createPermissions({ bootstrap: ["b"] }),
  ]);
  one.signOut();
  assert.ok(!one.can("a") && two.can("b") && !two.can("a"));
  two.dispose();
});
