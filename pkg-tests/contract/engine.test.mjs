/** The checker has the module read documents and messages, and reports the module's own errors. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { PACKAGE } from "../support/permgate-folder.mjs";

const { readDocument, readMessages } = await import(pathToFileURL(join(PACKAGE, "bin/contract/engine.mjs")));

const document = (text) => ({ headers: { "content-type": "application/json" }, text });
const DOCUMENT = document('{"subject":"u-17","version":3,"permissions":["invoice:*","say \\"hi\\""],"denied":["invoice:delete"],"grants":[{"permission":"report:view","resource":"reports/1"}]}');

test("a document is read in its dialect and layout, and the granted names are those that the module grants", async () => {
  const { snapshot, granted } = await readDocument(DOCUMENT, {}, ["invoice:edit", "invoice:delete", 'say "hi"', "report:view", "user:edit"]);
  assert.deepEqual([snapshot.subject, snapshot.version], ["u-17", 3]);
  assert.deepEqual(granted, ["invoice:edit", 'say "hi"', "report:view"], "the granted names must include those granted on a resource only, and no denied name");
  const other = await readDocument(document('{"invoice":["view"]}'), { format: "by-resource", separator: "." }, ["invoice.view", "invoice:view"]);
  assert.deepEqual(other.granted, ["invoice.view"]);
});

test("a document that the module refuses is refused with the module's message", async () => {
  for (const [text, words] of [
    ['{"permissions":["a"],"permissions":[]}', /has the same key twice/],
    ['{"permissions":"a"}', /`permissions`/],
    ["<html>", /HTML|JSON/],
    ["", /JSON|empty|end/],
  ]) {
    const { error, snapshot } = await readDocument(document(text), {});
    assert.equal(snapshot, undefined);
    assert.match(error, words, text);
    assert.doesNotMatch(error, /^permgate/);
  }
});

test("the module reads messages in their order, and each unreadable message is reported", async () => {
  const good = [
    { kind: "version", data: '{"version":4,"subject":"u-17"}' },
    { kind: "heartbeat", data: "{}" },
    { kind: "message", data: '{"type":"revoked","version":5,\n"permissions":["invoice:edit"]}' },
    { kind: "session-revoked", data: "{}" },
  ];
  assert.deepEqual(await readMessages(DOCUMENT, good, {}), []);
  const bad = [
    { kind: "version", data: '{"version":"4"}' },
    { kind: "revoked", data: '{"version":5,"permissions":[7]}' },
    { kind: "message", data: '{"version":5}' },
  ];
  const errors = await readMessages(DOCUMENT, bad, {});
  assert.equal(errors.length, 3);
  for (const [index, words] of [/`version`/, /`permissions\[0\]`/, /`type`/].entries()) assert.match(errors[index], words);
  const long = { kind: "revoked", data: JSON.stringify({ version: 4, permissions: Array(9000).fill("abcdef") }) };
  assert.match((await readMessages(DOCUMENT, [long], {}))[0], /longer than 64 KiB; send `version`/);
});
