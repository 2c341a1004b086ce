/** The checker reads `Permissions-Version` as the module does. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createPermissions } from "permgate";
import { PACKAGE } from "../support/permgate-folder.mjs";
import { until } from "../support/deadline.mjs";

const { versionField } = await import(pathToFileURL(join(PACKAGE, "bin/contract/fields.mjs")));

const API = "https://api.example";

/** Values of the header, each with its version and subject, or with nothing. */
const VALUES = [
  ["42", 42, undefined],
  [" 42 ", 42, undefined],
  ["042", 42, undefined],
  ["999999999999999", 999_999_999_999_999, undefined],
  ["1000000000000000", null],
  ['42;sub="u-17"', 42, "u-17"],
  ['42; sub="u-17"', 42, "u-17"],
  ['42;sub="a\\"b\\\\c"', 42, 'a"b\\c'],
  ["42;sub=u-17", 42, "u-17"],
  ["42;sub=*:/x", 42, "*:/x"],
  ["42;sub=17", 42, "17"],
  ['42;sub="a";sub="b"', 42, "b"],
  ['42;flag;n=1.5;t=@17;b=:AA==:;x=?1;sub="u-17"', 42, "u-17"],
  ["42;sub", null],
  ["42;sub=?1", null],
  ["42;sub=1.5", null],
  ['42;Sub="u-17"', null],
  ['42;sub="é"', null],
  ['42;sub="u-17', null],
  ['42 ;sub="u-17"', null],
  ['42,42', null],
  ["-1", null],
  ["4.2", null],
  ["v42", null],
  ["", null],
  ["42;", null],
];

test("the checker's reader of `Permissions-Version` returns version and subject", () => {
  for (const [value, version, subject] of VALUES) {
    assert.deepEqual(versionField(value), version === null ? undefined : { version, subject }, value);
  }
});

test("the module accepts exactly the values of `Permissions-Version` that the checker can read", async (t) => {
  const { fetch } = globalThis;
  t.after(() => {
    globalThis.fetch = fetch;
  });
  for (const [value, version, subject] of VALUES) {
    // The module holds a set of the same subject in an older version.
    const document = { version: 1, permissions: [], ...(subject !== undefined && { subject }) };
    globalThis.fetch = async () => new Response(JSON.stringify(document), { headers: { "content-type": "application/json" } });
    const permissions = await createPermissions({ endpoint: `${API}/permissions`, guard: { origins: [API] }, tabs: false });
    const seen = [];
    permissions.on("activity", ({ kind, what }) => seen.push(`${kind} ${what}`));
    permissions.on("error", ({ message }) => seen.push(`error ${message}`));
    await permissions.whenReady();
    seen.length = 0;
    await permissions.observe({ url: `${API}/x`, status: 200, headers: { "permissions-version": value } });
    await permissions.observe({ url: `${API}/x`, status: 403, headers: {} });
    const [first] = await until("the module sends a request", () => seen.length > 0 && seen);
    assert.equal(first === "load version-header", version !== null, `${value}: ${seen}`);
    permissions.dispose();
  }
});
