/** The JSON Schemas of the contract agree with the module on every vector and every example. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { createPermissions } from "permgate";
import { HERE } from "../support/permgate-folder.mjs";
import { CONTRACT, readDescription, readSchemas } from "./description.mjs";

const VECTORS = join(HERE, "../tests/vectors/documents.json");

/** Errors that a schema cannot express: in the JSON text, in the grammar of names, and in sums. */
const BEYOND_SCHEMAS = ["json", "html", "pattern", "resource", "catalogue", "unknown-catalogue", "too-many"];

/** Numbers that JavaScript cannot represent: they are rounded before a schema sees them. */
const BEYOND_NUMBERS = /\d{17}/;

let schemas;
let validate;
before(async () => {
  ({ schemas, validate } = await readSchemas());
});

function textOf(text) {
  if (typeof text === "string") return text;
  const { before = "", repeat, times, after = "" } = text;
  return before + repeat.repeat(times) + after;
}

/** The schema of a vector: that of its layout, or that of roles if roles are mapped to permissions. */
function schemaOf({ layout = "document", roles }, document) {
  if (layout !== "document") return `${layout}.schema.json`;
  return roles && !Array.isArray(document) && "roles" in document ? "roles.schema.json" : "document.schema.json";
}

test("a document that the module reads is valid by its schema, and a document of the wrong shape is refused by both", async () => {
  const vectors = JSON.parse(await readFile(VECTORS, "utf8"));
  const counts = { read: 0, refused: 0 };
  for (const vector of vectors) {
    if (BEYOND_SCHEMAS.includes(vector.error?.kind)) continue;
    const text = textOf(vector.text);
    if (vector.error && BEYOND_NUMBERS.test(text)) continue;
    const document = JSON.parse(text);
    const wrong = validate(schemaOf(vector, document), document);
    if (vector.error) assert.notDeepEqual(wrong, [], `${vector.name}: the schema accepts a document that the module refuses`);
    else assert.deepEqual(wrong, [], vector.name);
    counts[vector.error ? "refused" : "read"] += 1;
  }
  assert.ok(counts.read >= 45 && counts.refused >= 60, JSON.stringify(counts));
});

test("the examples of each schema are valid, and the module reads the examples of documents", async (t) => {
  const options = {
    "document.schema.json": {},
    "by-resource.schema.json": { format: "by-resource" },
    "by-action.schema.json": { format: "by-action" },
    "roles.schema.json": { rolePermissions: { accountant: ["invoice:*"] } },
  };
  for (const [file, { examples }] of schemas) {
    assert.ok(examples.length > 0, file);
    for (const example of examples) {
      assert.deepEqual(validate(file, example), [], file);
      if (!(file in options)) continue;
      const permissions = await createPermissions({ bootstrap: example, ...options[file] });
      t.after(() => permissions.dispose());
      assert.equal(permissions.status, "fresh", `${file}: ${JSON.stringify(example)}`);
      assert.equal(permissions.can("invoice:view"), true, `${file}: ${JSON.stringify(example)}`);
    }
  }
});

test("the examples on the page of the contract are valid", async () => {
  const text = await readFile(join(CONTRACT, "../contract.md"), "utf8");
  const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json));
  const references = ["document.schema.json", "problem.schema.json#/$defs/forbidden"];
  assert.equal(blocks.length, references.length);
  for (const [index, reference] of references.entries()) assert.deepEqual(validate(reference, blocks[index]), [], reference);
  const messages = [...text.matchAll(/^\| `([a-z-]+)` \| `(\{.*?\})` \|/gm)].map(([, type, data]) => ({ type, ...JSON.parse(data) }));
  assert.deepEqual(messages.map(({ type }) => type), ["version", "revoked", "session-revoked", "heartbeat"]);
  for (const message of messages) assert.deepEqual(validate("push-message.schema.json", message), [], message.type);
});

test("a push message is valid exactly if it has the members that its type needs", () => {
  const good = [
    { type: "version", version: 0 },
    { type: "version", version: 42, subject: "u-17", more: [] },
    { type: "revoked", version: 43, permissions: ["a"] },
    { type: "revoked", version: 43, permissions: Array(1024).fill("a") },
    { type: "session-revoked" },
    { type: "heartbeat" },
    { type: "of a newer server", version: "x" },
  ];
  const bad = [
    {},
    [],
    { type: 1 },
    { type: "version" },
    { type: "version", version: "42" },
    { type: "version", version: -1 },
    { type: "version", version: 1.5 },
    { type: "version", version: 1, subject: 7 },
    { type: "revoked", version: 43 },
    { type: "revoked", permissions: ["a"] },
    { type: "revoked", version: 43, permissions: [] },
    { type: "revoked", version: 43, permissions: "a" },
    { type: "revoked", version: 43, permissions: [""] },
    { type: "revoked", version: 43, permissions: Array(1025).fill("a") },
  ];
  for (const message of good) assert.deepEqual(validate("push-message.schema.json", message), [], JSON.stringify(message).slice(0, 80));
  for (const message of bad) assert.notDeepEqual(validate("push-message.schema.json", message), [], JSON.stringify(message).slice(0, 80));
});

test("a problem document needs a title and its status, and a 403 the permission and the version", () => {
  const forbidden = { title: "Permission needed", status: 403, required: "invoice:edit", permissions_version: 42 };
  assert.deepEqual(validate("problem.schema.json#/$defs/forbidden", forbidden), []);
  for (const key of Object.keys(forbidden)) {
    const { [key]: _, ...less } = forbidden;
    assert.notDeepEqual(validate("problem.schema.json#/$defs/forbidden", less), [], key);
  }
  assert.notDeepEqual(validate("problem.schema.json", { title: "Sign-in needed", status: "401" }), []);
});

test("the comparison of an answer with the description finds a different status, header, content type and body", async () => {
  const { operations, check } = await readDescription();
  const operation = operations.find(({ operation }) => operation.operationId === "document");
  const headers = { etag: '"a"', "permissions-version": '42;sub="u-17"', "cache-control": "no-store", vary: "Authorization, Cookie", "content-type": "application/json" };
  const answer = { status: 200, headers, body: '{"permissions":[]}' };
  const differences = (changes) => {
    const changed = { ...answer, ...changes, headers: { ...headers, ...changes.headers } };
    const kept = Object.entries(changed.headers).filter(([, value]) => value !== undefined);
    return check(operation, { ...changed, headers: new Headers(kept) });
  };
  assert.deepEqual(differences({}), []);
  const wrong = [
    ["the status 201", { status: 201 }],
    ["the header `etag` is missing", { headers: { etag: undefined } }],
    ["the header `etag` is `W/", { headers: { etag: 'W/"a"' } }],
    ["the header `permissions-version` is", { headers: { "permissions-version": "42;sub=u-17" } }],
    ["the header `retry-after` is not described", { headers: { "retry-after": "5" } }],
    ["the header `cache-control` is", { headers: { "cache-control": "private" } }],
    ["the content type is", { headers: { "content-type": "text/html" } }],
    ["the body: ", { body: '{"permission":[]}' }],
    ["there is a body", { status: 304, headers: { "content-type": undefined } }],
  ];
  for (const [expected, changes] of wrong) {
    const found = differences(changes);
    assert.ok(found.length > 0 && found.every((text) => text.startsWith(expected)), `${expected}: ${found}`);
  }
});
