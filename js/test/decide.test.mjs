/** Decisions on servers: documents are parsed once, kept within bounds, and not used after a crash. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LONG, starve } from "./crash.mjs";
import { createPermissions } from "../dist/node.js";

let copies = 0;
const fresh = () => import(`../dist/decide.js?copy=${(copies += 1)}`);
const { Evaluator, PermgateError, PermissionDeniedError } = await fresh();

const DOCUMENT = {
  subject: "u-1",
  version: 3,
  permissions: ["invoice:view", "report:*"],
  denied: ["report:delete"],
  grants: [{ permission: "invoice:edit", resource: "tenants/acme/*", effect: "allow" }],
  roles: ["accountant"],
};

test("a document on a server decides as an instance with the same bootstrap does", async (t) => {
  const permissions = await createPermissions({ bootstrap: DOCUMENT });
  t.after(() => permissions.dispose());
  const evaluated = new Evaluator().read(DOCUMENT);
  const questions = [
    ["invoice:view & report:print"],
    ["report:delete"],
    ["!report:delete"],
    ["invoice:edit"],
    ["invoice:edit", "tenants/acme/7"],
    ["invoice:edit", "tenants/other/7"],
    ["role(accountant)"],
    ["group(staff)"],
  ];
  for (const question of questions) {
    assert.equal(evaluated.can(...question), permissions.can(...question), question.join(" on "));
    const [ours, theirs] = [evaluated, permissions].map((answerer) => ({ ...answerer.check(...question), provenance: null }));
    assert.deepEqual(ours, theirs);
  }
  assert.equal(evaluated.canSomewhere("invoice:edit"), true);
  assert.equal(evaluated.canSomewhere("invoice:delete"), false);
  assert.deepEqual(evaluated.about.version, 3);
  assert.deepEqual(evaluated.snapshot().permissions, permissions.snapshot().permissions);
  evaluated.require("invoice:view");
  assert.throws(() => evaluated.require("invoice:delete"), (error) => error instanceof PermissionDeniedError && error.decision.reason === "not-granted");
});

test("documents are read as the options say, and invalid options are refused at once", () => {
  const dots = new Evaluator({ separator: ".", format: "by-resource" }).read({ invoice: ["view"] });
  assert.ok(dots.can("invoice.view") && !dots.can("invoice:view"));
  const roles = new Evaluator({ rolePermissions: { clerk: ["invoice:view"] } }).read({ roles: ["clerk"], permissions: [] });
  assert.ok(roles.can("invoice:view"));
  const bad = [{ dialect: "sql" }, { seperator: "." }, { catalogue: () => ({}) }, { rolePermissions: { clerk: [7] } }, { tenant: 7 }];
  for (const options of bad) assert.throws(() => new Evaluator(options), (error) => error.code === "invalid-option", JSON.stringify(options));
});

test("a document that cannot be read throws an error with the path, and grants nothing", () => {
  const evaluator = new Evaluator();
  for (const document of [{}, { permissions: "invoice:view" }, null, 7, [7], { permissions: [], grants: [{ permission: "a", where: "x" }] }, "{"]) {
    assert.throws(() => evaluator.read(document), (error) => error instanceof PermgateError && error.code === "malformed-document", JSON.stringify(document));
  }
  assert.throws(() => new Evaluator({ tenant: "acme" }).read({ tenant: "other", permissions: [] }), (error) => error.code === "tenant-mismatch");
  assert.equal(evaluator.size, 0);
});

test("a decision tells the age of its evaluation, not that of the parsed document, also if the clock is set back", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const start = Date.now();
  const evaluator = new Evaluator();
  evaluator.read(DOCUMENT);
  t.mock.timers.setTime(start + 60_000);
  const evaluated = evaluator.read(DOCUMENT);
  const ages = [65_000, 50_000].map((later) => {
    t.mock.timers.setTime(start + later);
    const { askedAt, ageMs } = evaluated.check("invoice:view").provenance;
    return [askedAt - start, ageMs];
  });
  assert.deepEqual(ages, [[60_000, 5_000], [60_000, 0]]);
});

test("malformed questions grant nothing, and are reported once", () => {
  const codes = [];
  const evaluated = new Evaluator({ catalogue: { id: "1", permissions: ["a", "b"] } }, { onError: ({ code }) => codes.push(code) }).read(["a"]);
  for (const question of ["a &", "a &", 7, "c", "c"]) assert.equal(evaluated.can(question), false);
  assert.equal(evaluated.check("a &").reason, "malformed-requirement");
  assert.equal(evaluated.can("a", 7), false);
  assert.deepEqual(codes.sort(), ["malformed-requirement", "malformed-requirement", "malformed-requirement", "unknown-permission"]);
});

test("the number of kept documents is bounded, and a dropped document that is still in use decides", () => {
  const evaluator = new Evaluator({}, { documents: 3 });
  const first = evaluator.read(["first"]);
  for (let index = 0; index < 100; index += 1) assert.ok(evaluator.read([`p:${index}`]).can(`p:${index}`));
  assert.equal(evaluator.size, 3);
  assert.ok(first.can("first") && !first.can("p:99"));
  evaluator.clear();
  assert.equal(evaluator.size, 0);
  assert.equal(first.check("first").outcome, "granted");
  assert.equal(evaluator.size, 1);
});

test("a document that changed since it was last read for its subject is read anew", () => {
  const evaluator = new Evaluator();
  const read = (document) => evaluator.read(document, "u-1").json;
  const changed = { ...DOCUMENT, permissions: ["invoice:view"] };
  const odd = [
    DOCUMENT,
    structuredClone(DOCUMENT),
    changed,
    { ...changed, permissions: ["invoice:view", "invoice:edit"] },
    { ...changed, version: 4 },
    { ...changed, note: undefined },
    { ...changed, note: null },
    { ...changed, note: Number.NaN },
    { ...changed, note: new Date(0) },
    { ...changed, note: { toJSON: () => 1 } },
    { ...changed, note: { toJSON: () => 2 } },
    { ...changed, note: Object.create({ inherited: 1 }) },
    { ...changed, note: {} },
    { ...changed, note: [] },
    { ...changed, note: { 0: "a" } },
    { ...changed, note: ["a"] },
    ["invoice:view"],
  ];
  for (const document of [...odd, ...[...odd].reverse()]) {
    const json = read(document);
    assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(document)), json);
  }
  const document = structuredClone(changed);
  assert.ok(evaluator.read(document, "u-1").can("invoice:view"));
  document.permissions[0] = "invoice:edit";
  assert.ok(!evaluator.read(document, "u-1").can("invoice:view"), "a document that was changed in place was not read anew");
});

test("the memory of the module stays the same over many documents", () => {
  const evaluator = new Evaluator({}, { documents: 20 });
  const read = (from) => {
    for (let index = from; index < from + 3_000; index += 1) evaluator.read({ ...DOCUMENT, version: index });
  };
  read(0);
  const before = process.memoryUsage().external;
  read(3_000);
  read(6_000);
  // A document of this size takes some kilobytes: 6 000 that are not freed would take tens of megabytes.
  assert.ok(process.memoryUsage().external - before < 4_000_000, `${process.memoryUsage().external - before} bytes`);
});

test("a document is fresh for the request that reads it, however long ago it was parsed", (t) => {
  let passed = 0;
  const [wall, monotonic] = [Date.now(), performance.now()];
  t.mock.method(Date, "now", () => wall + passed);
  t.mock.method(performance, "now", () => monotonic + passed);
  const evaluator = new Evaluator();
  const short = { ttl: 1, permissions: ["a"] };
  const first = evaluator.read(short);
  for (const later of [2_000, 3 * 3_600_000, 40 * 24 * 3_600_000]) {
    passed = later;
    const evaluated = evaluator.read(short);
    assert.ok(evaluated.can("a"), `after ${later} ms`);
    assert.deepEqual([evaluated.askedAt, evaluated.check("a").provenance.askedAt], [wall + later, wall + later]);
    assert.equal(evaluated.snapshot().freshUntil, wall + later + 1_000);
  }
  assert.equal(first.can("a"), false, "an evaluation that was kept for weeks still grants");
  assert.equal(first.check("a").reason, "expired");
  passed = -1_000_000;
  assert.ok(evaluator.read(short).can("a"), "after the clock was set back, the document is not fresh");
});

test("F48 after a crash, a document that was read before grants nothing, and a document that is read afterwards decides", async () => {
  const { Evaluator: Another } = await fresh();
  const evaluator = new Another();
  const before = evaluator.read(["a"]);
  assert.ok(before.can("a"));
  starve();
  assert.equal(before.can(LONG), false);
  assert.equal(evaluator.size, 0);
  assert.ok(evaluator.read(["a"]).can("a"));
  assert.ok(evaluator.read(["b"]).can("b") && !evaluator.read(["b"]).can("a"));
});
