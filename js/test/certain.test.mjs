/** Compares the first look with the module on documents of every kind: the module grants every name that the first look takes for certain. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { evaluate } from "../dist/server.js";

const source = fileURLToPath(new URL("../src/certain.ts", import.meta.url));
const { outputFiles } = buildSync({ entryPoints: [source], bundle: true, format: "esm", target: "es2022", write: false });
const { certain, isCertain } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const ROUNDS = 4_000;

/** Names, patterns, and strings that are neither. */
const NAMES = [
  "invoice:view", "invoice:edit", "invoice:*", "*", "*:view", "inv*", "a", "", " ", "a b", "ä:ö", "a\u0085b", "a\u00a0b", "a\ufeffb", "a&b", "a|b", "!a", "role(admin)",
  "a:", ":a", "::", "a\tb", "a\u0000b", 'a"b', "a\\b", "x".repeat(85), "x".repeat(86), "x".repeat(257), "ä".repeat(128), "€".repeat(86), "😀".repeat(42), "constructor", "__proto__", "\ud800",
];
const REQUIREMENTS = [...NAMES, " invoice:view", "invoice:view ", "invoice:view & invoice:edit", "invoice:view|a", "!invoice:delete", "(invoice:view)", '"invoice:view"', "invoice:delete", "invoice:*"];
const ODD = ["null", "0", "1", "1.0", "1e3", "-0", "-1", "1.5", "9007199254740993", "true", '"u"', '""', "[]", "{}", '["admin"]', "[1]", "[null]", '[{"permission":"a"}]', '{"a":["b"]}'];
const KEYS = ["subject", "tenant", "version", "ttl", "permissions", "denied", "grants", "roles", "groups", "scopes", "packed", "deny", "denials", "other", "1", "__proto__"];

/** A reproducible source of numbers from 0 up to a limit (mulberry32). */
function random(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** The text of a document: mostly plain, sometimes with an oddity. */
function written(draw) {
  const one = (list) => list[draw(list.length)];
  const names = () => JSON.stringify(Array.from({ length: draw(5) }, () => (draw(4) === 0 ? one(NAMES) : one(NAMES.slice(0, 5)))));
  const usual = { subject: '"u-17"', version: "3", ttl: "300", permissions: names(), denied: "[]", grants: "[]", roles: '["staff"]' };
  const members = Object.entries(usual).filter(([key]) => key === "permissions" || draw(3) > 0);
  for (let count = draw(3); count > 0; count -= 1) {
    const value = draw(3) === 0 ? names() : one(ODD);
    if (draw(2) === 0) members.push([one(KEYS), value]);
    else members[draw(members.length)][1] = value;
  }
  if (draw(30) === 0) return one([...ODD, names(), "", "{", "{}"]);
  const space = one(["", "", " ", "\n\t"]);
  return `{${members.map(([key, value]) => `${space}"${key}"${space}:${value}`).join(",")}}${space}`;
}

test("every name that a first look takes for certain in a document is granted by the module", () => {
  const draw = random(17);
  let answered = 0;
  let granted = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = written(draw);
    const answer = certain(text);
    if (!answer) continue;
    answered += 1;
    const permissions = evaluate(text, { onError: () => undefined });
    for (const requirement of REQUIREMENTS) {
      if (!isCertain(answer.names, requirement)) continue;
      granted += 1;
      assert.equal(permissions.can(requirement), true, `${JSON.stringify(requirement)} of ${text}`);
    }
  }
  // Otherwise the comparison would have no cases.
  assert.ok(answered > ROUNDS / 10 && granted > ROUNDS / 10, `${answered} documents were answered, and ${granted} requirements granted`);
});

test("all plain names of a server's document are certain, for the document's time to live", () => {
  const permissions = ["invoice:view", "invoice:edit", "report:*"];
  const text = JSON.stringify({ subject: "u-17", tenant: "acme", version: 42, ttl: 60, permissions, denied: [], grants: [], roles: ["staff"], groups: [], scopes: [] });
  const { names, ttlMs } = certain(text);
  assert.deepEqual(["invoice:view", "invoice:edit", "report:view", "report:*"].map((name) => isCertain(names, name)), [true, true, false, false]);
  assert.equal(ttlMs, 60_000);
  assert.equal(certain(JSON.stringify({ permissions })).ttlMs, 300_000);
});

test("no name is certain in a document with denials, grants on resources, a packed set or a time to live of 0", () => {
  const plain = { permissions: ["invoice:view"] };
  for (const more of [{ denied: ["invoice:edit"] }, { grants: [{ permission: "a", resource: "b", effect: "deny" }] }, { packed: { catalogue: "1", bits: "AQ" } }, { ttl: 0 }]) {
    assert.equal(certain(JSON.stringify({ ...plain, ...more })), undefined, JSON.stringify(more));
  }
});
