/** The answers that a page carries: how long its document is believed, streamed parts, and the answers of the engine on a server. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Holder, bootstrapOf } from "../dist/adapter.js";
import { evaluate } from "../dist/server.js";

const MINUTE_MS = 60_000;
const DOCUMENT = { subject: "u-1", permissions: ["invoice:view"] };

/** What a page carries, as JSON brings it to the browser. */
const carriedOf = (document, more) => ({ ...JSON.parse(JSON.stringify(evaluate(document).dehydrate(["invoice:view"]))), ...more });

/** A page whose streamed parts have brought these texts, which it counts as they are read. */
function inBrowser(t, texts = []) {
  const scripts = texts.map((text) => ({
    reads: 0,
    get textContent() {
      this.reads += 1;
      return text;
    },
  }));
  globalThis.document = { querySelectorAll: (selector) => (selector === "script[data-permgate]" ? scripts : []) };
  t.after(() => delete globalThis.document);
  return scripts;
}

test("a document is believed for its time to live, the stale time and five minutes for clocks that differ, and at most for eleven minutes", (t) => {
  inBrowser(t);
  t.mock.timers.enable({ apis: ["Date"], now: 10 * MINUTE_MS });
  const asOf = Date.now();
  const isBelievedAt = (minutes, ttl) => {
    t.mock.timers.setTime(asOf + minutes * MINUTE_MS);
    return bootstrapOf({ ...carriedOf(DOCUMENT), asOf, document: ttl === undefined ? DOCUMENT : { ...DOCUMENT, ttl } }) !== undefined;
  };
  const rows = [[10.9, undefined], [11.1, undefined], [6.9, 60], [7.1, 60], [10.9, 86_400], [11.1, 86_400]];
  assert.deepEqual(rows.map(([minutes, ttl]) => isBelievedAt(minutes, ttl)), [true, false, true, false, true, false]);
  // The device's clock may be behind the server's.
  assert.deepEqual([isBelievedAt(-4.9), isBelievedAt(-5.1)], [true, false]);
});

test("after that time nothing is granted by the page, and its first render is still as the server rendered it", (t) => {
  inBrowser(t);
  const carried = carriedOf(DOCUMENT, { asOf: Date.now() - 12 * MINUTE_MS });
  const holder = new Holder(undefined, carried);
  assert.deepEqual([holder.can("invoice:view"), holder.verdict("invoice:view"), holder.first("invoice:view")], [false, "unknown", "granted"]);
});

test("where the server knew that nobody is signed in, guards know it before there is an instance", (t) => {
  inBrowser(t);
  const holder = new Holder(undefined, carriedOf(null));
  assert.deepEqual([holder.verdict("invoice:view"), holder.status, holder.can("invoice:view")], ["unauthenticated", "unauthenticated", false]);
});

test("there is a bootstrap only if the page carries a document", (t) => {
  inBrowser(t);
  assert.deepEqual([bootstrapOf(carriedOf(DOCUMENT)), bootstrapOf(carriedOf(null)), bootstrapOf(null), bootstrapOf(undefined)], [DOCUMENT, undefined, undefined, undefined]);
});

test("streamed parts bring answers of their own, each of which is read once", (t) => {
  const scripts = inBrowser(t, ['{"report:view":"granted"}', '{"report:edit":"denied"}']);
  const holder = new Holder(undefined, carriedOf(DOCUMENT));
  assert.equal(holder.can("invoice:view"), true);
  assert.deepEqual(scripts.map(({ reads }) => reads), [0, 0], "this one came with the page");
  assert.deepEqual(["report:view", "report:edit", "report:delete"].map((name) => holder.verdict(name)), ["granted", "denied", "unknown"]);
  assert.deepEqual(scripts.map(({ reads }) => reads), [1, 1]);
});

test("on a server the engine answers every question, looks for no page, and keeps the answers for the page", () => {
  const holder = new Holder(undefined, evaluate(DOCUMENT).dehydrate());
  assert.deepEqual(["invoice:view", "invoice:edit"].map((name) => holder.verdict(name)), ["granted", "denied"]);
  assert.deepEqual([JSON.parse(holder.unsent()), holder.unsent()], [{ "invoice:view": "granted", "invoice:edit": "denied" }, ""]);
});

test("in a browser the engine of a server in the same process is not asked, as in a test of both", (t) => {
  inBrowser(t);
  const holder = new Holder(undefined, evaluate(DOCUMENT).dehydrate());
  assert.deepEqual([holder.verdict("invoice:view"), holder.unsent()], ["unknown", ""]);
});

test("on a server without the entry for servers, what is carried answers, and other questions are unknown", (t) => {
  const key = Symbol.for("permgate.server.1");
  const original = globalThis[key];
  delete globalThis[key];
  t.after(() => (globalThis[key] = original));
  const holder = new Holder(undefined, carriedOf(DOCUMENT));
  assert.deepEqual(["invoice:view", "invoice:edit"].map((name) => holder.verdict(name)), ["granted", "unknown"]);
});
