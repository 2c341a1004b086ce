/** The entry for servers that render: answers per request, the dehydrated permissions of a page, and how they are written into the page. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Holder, bootstrapOf } from "../dist/adapter.js";
import { PermissionDeniedError, dehydrate, evaluate, serialize } from "../dist/server.js";

const DOCUMENT = {
  subject: "u-1",
  tenant: "acme",
  version: 3,
  permissions: ["invoice:view", "report:*"],
  denied: ["report:delete"],
  grants: [{ permission: "invoice:edit", resource: "tenants/acme/*", effect: "allow" }],
};

const withCode = (code) => (error) => error.code === code;

test("an evaluated document answers as an instance does, by bound methods", () => {
  const { can, cannot, canAll, canAny, canSomewhere, check, require, snapshot } = evaluate(DOCUMENT);
  assert.deepEqual([can("invoice:view"), can("report:delete"), can("invoice:edit"), can("invoice:edit", "tenants/acme/1")], [true, false, false, true]);
  assert.deepEqual([cannot("invoice:view"), canAll(["invoice:view", "report:x"]), canAll("invoice:view"), canAny(["x", "report:x"]), canAny([])], [false, true, false, true, false]);
  assert.deepEqual([canSomewhere("invoice:edit"), canSomewhere("invoice:delete")], [true, false]);
  assert.equal(check("report:delete").reason, "denied-by");
  require("invoice:view");
  assert.throws(() => require("payroll:view"), PermissionDeniedError);
  assert.deepEqual([snapshot().subject, snapshot().tenant, snapshot().version, snapshot().status], ["u-1", "acme", 3, "fresh"]);
});

test("where nobody is signed in, nothing is granted and the negation of nothing is granted", () => {
  const nobody = evaluate(null);
  assert.deepEqual([nobody.can("a"), nobody.can("!a"), nobody.status, nobody.check("a").reason], [false, false, "unauthenticated", "unauthenticated"]);
  assert.deepEqual(nobody.dehydrate().document, null);
});

test("a value that is not a document, or a document of another tenant, is refused", () => {
  for (const bad of ["", "{", 7, { permissions: 7 }, undefined]) assert.throws(() => evaluate(bad), withCode("malformed-document"), String(bad));
  assert.throws(() => evaluate(DOCUMENT, { tenant: "other" }), withCode("tenant-mismatch"));
  assert.throws(() => evaluate(DOCUMENT, { seperator: "." }), withCode("invalid-option"));
});

test("the page carries the document, and every answer that was given or requested in advance", () => {
  const permissions = evaluate(DOCUMENT);
  permissions.can("invoice:view");
  permissions.canAll(["report:delete"]);
  const carried = permissions.dehydrate(["payroll:view", ["invoice:edit", "tenants/acme/1"]]);
  assert.deepEqual(JSON.parse(serialize(carried)), carried);
  assert.deepEqual(carried.decisions, { "invoice:view": "granted", "report:delete": "denied", "payroll:view": "denied", "invoice:edit\ntenants/acme/1": "granted" });
  assert.deepEqual([carried.v, carried.document, carried.language, carried.subject, carried.tenant], [1, DOCUMENT, {}, "u-1", "acme"]);
  assert.ok(Math.abs(Date.now() - carried.asOf) < 60_000);
  assert.deepEqual(dehydrate(DOCUMENT).document, DOCUMENT);
});

test("in the answers of a page, a line feed in the place of a resource asks about at least one", () => {
  const { decisions } = evaluate(DOCUMENT).dehydrate([["invoice:edit", true], ["invoice:edit", "true"]]);
  assert.deepEqual(decisions, { "invoice:edit\n\n": "granted", "invoice:edit\ntrue": "denied" });
});

test("the page carries the language of its document, and ways of reading that are written alike keep their answers apart", () => {
  const languageOf = (options) => evaluate({ permissions: [], roles: ["clerk"] }, options).dehydrate().language;
  assert.deepEqual(languageOf({}), {});
  assert.deepEqual({ ...languageOf({ dialect: "exact", separator: "." }), reading: null }, { dialect: "exact", separator: ".", reading: null });
  const readings = ["a", "b"].map((name) => ({ rolePermissions: { clerk: [name] } }));
  const carried = readings.map((reading) => JSON.parse(serialize(evaluate({ permissions: [], roles: ["clerk"] }, reading))));
  assert.deepEqual(carried.map((page) => ["a", "b"].map((name) => new Holder(undefined, page).first(name))), [["granted", "denied"], ["denied", "granted"]]);
});

test("mistakes are reported to the function that was passed last, and else written to the console; a subscription hears nothing", (t) => {
  const warned = t.mock.method(console, "warn", () => undefined);
  const reading = () => ({ rolePermissions: { reported: [] } });
  const told = [];
  const document = { permissions: [] };
  evaluate(document, reading()).can("a &");
  assert.equal(warned.mock.callCount(), 1);
  evaluate(document, { ...reading(), onError: () => told.push("first") }).can("b &");
  const permissions = evaluate(document, { ...reading(), onError: () => told.push("second") });
  permissions.can("c &");
  assert.deepEqual([told, warned.mock.callCount()], [["first", "second"], 1]);
  permissions.subscribe(() => assert.fail("nothing changes"))();
});

test("a bootstrap that is written into a page cannot leave its script element, and is read back unchanged", () => {
  const names = ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028\u2029", "&lt;", "__proto__", "constructor"];
  const permissions = evaluate({ permissions: names.map((name) => `x:${name}`), roles: names });
  for (const name of names) permissions.can(`"${name}"`, name);
  permissions.can("__proto__");
  const carried = permissions.dehydrate();
  const [text, script] = [serialize(permissions), permissions.script()];
  const inside = script.replace(/^<script type="application\/json" data-permgate>/, "").replace(/<\/script>$/, "");
  for (const json of [text, inside]) assert.doesNotMatch(json, /[<>&\u2028\u2029]/);
  assert.deepEqual(JSON.parse(text), carried);
  assert.deepEqual(JSON.parse(inside), carried.decisions);
  assert.ok(Object.hasOwn(JSON.parse(inside), "__proto__"));
});

test("each part of a streamed page has the answers that no earlier part has", () => {
  const permissions = evaluate(DOCUMENT);
  assert.equal(permissions.script(), "");
  permissions.can("invoice:view");
  assert.match(permissions.script(), /^<script type="application\/json" data-permgate>\{"invoice:view":"granted"\}<\/script>$/);
  permissions.can("invoice:view");
  assert.equal(permissions.script(), "");
  permissions.can("payroll:view");
  assert.match(permissions.script(), />\{"payroll:view":"denied"\}</);
});

test("a page carries no more than 10 000 answers, and all questions are answered nevertheless", () => {
  const permissions = evaluate(DOCUMENT);
  for (let number = 0; number < 10_500; number += 1) permissions.can("invoice:view", `invoices/${number}`);
  assert.equal(Object.keys(permissions.dehydrate().decisions).length, 10_000);
  assert.deepEqual([permissions.can("invoice:view", "invoices/10499"), permissions.can("payroll:view", "invoices/10499")], [true, false]);
});

test("the page also carries answers of `check`, `require` and the methods for lists", () => {
  const permissions = evaluate(DOCUMENT);
  permissions.check("payroll:view");
  assert.throws(() => permissions.require("payroll:edit"));
  permissions.canAny(["payroll:pay", "invoice:view"]);
  assert.deepEqual(permissions.dehydrate().decisions, { "payroll:view": "denied", "payroll:edit": "denied", "payroll:pay": "denied", "invoice:view": "granted" });
});

test("a requirement that is not a string is not granted and not carried, and `serialize` refuses other values than dehydrated permissions", () => {
  const permissions = evaluate(DOCUMENT);
  assert.deepEqual([42, undefined, null, ["invoice:view"]].map((requirement) => permissions.can(requirement)), [false, false, false, false]);
  assert.deepEqual(permissions.dehydrate().decisions, {});
  assert.throws(() => serialize(undefined), { code: "invalid-argument", message: /`dehydrate` or `evaluate`/ });
});

test("options for reading that are no longer used are freed with their policies", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const names = (number) => Array.from({ length: 100 }, (_, index) => `${"a".repeat(200)}:${index}-${number}`);
  const readMany = (from, to) => {
    for (let number = from; number < to; number += 1) evaluate({ roles: ["clerk"] }, { rolePermissions: { clerk: names(number) } });
  };
  const heapUsed = async () => {
    // Objects to which a task has referred weakly are kept until the task ends.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    return process.memoryUsage().heapUsed;
  };
  readMany(0, 100);
  const before = await heapUsed();
  readMany(100, 1_100);
  // The names of a thousand options take 20 MB.
  assert.ok((await heapUsed()) - before < 5_000_000);
});

test("a provider on a server answers by the module, and its answers are carried to the browser by the same permissions", () => {
  const permissions = evaluate(DOCUMENT);
  const holder = new Holder(() => assert.fail("an instance was created on a server"), permissions.dehydrate());
  assert.deepEqual([holder.can("invoice:edit", "tenants/acme/7"), holder.can("payroll:view"), holder.verdict("payroll:view"), holder.status], [true, false, "denied", "fresh"]);
  assert.deepEqual(permissions.dehydrate().decisions, { "invoice:edit\ntenants/acme/7": "granted", "payroll:view": "denied" });
});

test("a provider that got only the JSON evaluates the document again with the same options", () => {
  const catalogue = { id: "1", permissions: ["a", "b", "c"] };
  const permissions = evaluate({ packed: { catalogue: "1", bits: "BQ" } }, { catalogue });
  const holder = new Holder(() => undefined, JSON.parse(serialize(permissions)));
  assert.deepEqual(["a", "b", "c"].map((name) => [permissions.can(name), holder.can(name)]), [[true, true], [false, false], [true, true]]);
});

test("in a browser, the carried answers are given, other questions are unknown, and the answers of an old page are not used", (t) => {
  globalThis.document = { querySelectorAll: () => [] };
  t.after(() => delete globalThis.document);
  const carried = JSON.parse(serialize(evaluate(DOCUMENT).dehydrate(["invoice:view", "payroll:view"])));
  const holder = (more) => new Holder(() => undefined, { ...carried, ...more });
  assert.deepEqual(["invoice:view", "payroll:view", "report:x"].map((name) => holder().verdict(name)), ["granted", "denied", "unknown"]);
  assert.deepEqual(bootstrapOf(carried), DOCUMENT);
  for (const asOf of [Date.now() - 12 * 60_000, Date.now() + 6 * 60_000]) {
    assert.deepEqual([holder({ asOf }).can("invoice:view"), bootstrapOf({ ...carried, asOf })], [false, undefined]);
    // Hydration uses the page's answers as they were written.
    assert.equal(holder({ asOf }).first("invoice:view"), "granted");
  }
  const short = { document: { ...DOCUMENT, ttl: 10 }, asOf: Date.now() - 7 * 60_000 };
  assert.deepEqual([holder(short).can("invoice:view"), holder({ asOf: short.asOf }).can("invoice:view")], [false, true]);
  // A document may be fresh for a day; a page is not believed longer for that.
  assert.equal(holder({ document: { ...DOCUMENT, ttl: 86_400 }, asOf: Date.now() - 12 * 60_000 }).can("invoice:view"), false);
  assert.deepEqual([holder({ document: null, decisions: {} }).verdict("a"), bootstrapOf(null)], ["unauthenticated", undefined]);
});

test("a thousand interleaved requests of two users each get their own user's answers", async () => {
  const users = [{ subject: "u-1", permissions: ["a", "shared"] }, { subject: "u-2", permissions: ["b", "shared"] }];
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const request = async (number) => {
    const user = number % 2;
    await turn();
    const permissions = evaluate(structuredClone(users[user]));
    const holder = new Holder(() => undefined, permissions.dehydrate());
    const answers = [];
    for (const name of ["a", "b", "shared"]) {
      await turn();
      answers.push(permissions.can(name), holder.can(name, `of/${number}`));
    }
    return [user, answers, permissions.dehydrate(), permissions.script()];
  };
  for (const [user, answers, { document, decisions, subject }, script] of await Promise.all(Array.from({ length: 1_000 }, (_, number) => request(number)))) {
    assert.deepEqual(answers, [[true, true, false, false, true, true], [false, false, true, true, true, true]][user]);
    assert.deepEqual([document, subject, Object.keys(decisions).length], [users[user], `u-${user + 1}`, 6]);
    assert.ok(script.includes('"a":"granted"') === (user === 0));
  }
});

test("a hundred thousand evaluations do not grow the memory, also with new option objects and thousands of tenants", () => {
  const round = () => {
    for (let at = 0; at < 20_000; at += 1) {
      // Most documents belong to users with earlier requests.
      const tenant = `t-${at % 20 === 0 ? at : at % 300}`;
      const permissions = evaluate({ tenant, permissions: [`p:${at % 5}`] }, { tenant, dialect: "exact", onError: () => undefined });
      if (!permissions.can(`p:${at % 5}`)) assert.fail("a granted name was denied");
      permissions.dehydrate();
    }
    return process.memoryUsage().rss;
  };
  round();
  const before = round();
  for (let more = 0; more < 3; more += 1) round();
  const grown = round() - before;
  assert.ok(grown < 64 * 1024 * 1024, `the memory grew by ${Math.round(grown / 1024 / 1024)} MB`);
});

test("`require` loads the entry for servers, which answers as by `import`", () => {
  const { evaluate } = createRequire(import.meta.url)("../dist/cjs/server.js");
  assert.equal(evaluate(DOCUMENT).can("invoice:view"), true);
});

test("decisions have the reasons that the option `messages` of the server gives", () => {
  const messages = (code, { requirement }) => (code === "not-granted" ? `${requirement} fehlt` : undefined);
  const permissions = evaluate(DOCUMENT, { messages });
  assert.equal(permissions.check("payroll:view").message, "payroll:view fehlt");
  assert.throws(() => permissions.require("payroll:view"), { message: "permgate: payroll:view fehlt" });
  assert.equal(permissions.check("report:delete").message, evaluate(DOCUMENT).check("report:delete").message);
});
