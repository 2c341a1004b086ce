/** Dialects, layouts of documents, policies, tenants and tokens, as an application sets them. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { COULD_NOT_BE_LOADED, MALFORMED_TOKENS, MORE_THAN_ONE_PERMISSION, NO_SUCH_EVENT, OPERATOR_IS_MISSING, RESOURCE_IS_A_PATTERN, TENANT_IS_MISSING } from "../../tests/sentences.mjs";
import {
  PermgateError,
  createPermissions,
  decodeUnverified,
  packPermissions,
  parseRequirement,
  unpackPermissions,
} from "../dist/node.js";
import { document, serve, token } from "./server.mjs";

/** Creates an instance that is disposed of after the test. */
async function make(t, options) {
  const permissions = await createPermissions(options);
  t.after(() => permissions.dispose());
  return permissions;
}

/** Collects the errors of an instance from now on, as codes and messages. */
function errorsOf(permissions) {
  const errors = [];
  permissions.on("error", ({ code, message }) => errors.push([code, message]));
  return errors;
}

const CATALOGUE = { id: "7", permissions: ["invoice:view", "invoice:edit", "report:view"] };

test("requirements are read in the dialect and with the separator of the options", async (t) => {
  const shiro = await make(t, { bootstrap: ["Printer:print,query"], dialect: "shiro" });
  assert.ok(shiro.can("printer:QUERY:lp7200"));
  assert.ok(!shiro.can("printer"));
  const dots = await make(t, { bootstrap: ["invoice.*"], separator: "." });
  assert.ok(dots.can("invoice.edit") && !dots.can("invoice:edit"));
  const exact = await make(t, { bootstrap: ["s3:Get*", "a:*"], dialect: "exact" });
  assert.ok(exact.can("s3:Get*") && exact.can("a:*") && !exact.can("a:b"));
});

test("documents by resource and by action are read", async (t) => {
  const byResource = await make(t, {
    bootstrap: { invoice: ["view", "edit"], report: ["*"] },
    format: "by-resource",
  });
  assert.ok(byResource.can("invoice:edit & report:print") && !byResource.can("invoice:delete"));
  const byAction = await make(t, {
    bootstrap: { subject: "u-1", version: 4, permissions: { view: ["invoice", "report"] } },
    format: "by-action",
  });
  assert.ok(byAction.can("report:view") && !byAction.can("report:edit"));
  assert.equal(byAction.snapshot().version, 4);
});

test("`somewhere` grants a permission that is granted on one resource", async (t) => {
  const permissions = await make(t, {
    bootstrap: {
      permissions: ["report:view"],
      grants: [
        { permission: "invoice:edit", resource: "tenants/acme/*" },
        { permission: "invoice:delete", resource: "tenants/acme/7" },
        { permission: "invoice:delete", resource: "tenants/acme/*", effect: "deny" },
      ],
    },
  });
  const errors = errorsOf(permissions);
  assert.equal(permissions.can("invoice:edit"), false);
  assert.equal(permissions.canSomewhere("invoice:edit"), true);
  assert.equal(permissions.canSomewhere("invoice:edit"), true, "the remembered answer differs");
  assert.equal(permissions.canSomewhere("report:view"), true);
  assert.equal(permissions.canSomewhere("invoice:delete"), false, "a permission that is denied everywhere is granted somewhere");
  assert.equal(permissions.canSomewhere("report:edit"), false);
  assert.equal(permissions.canSomewhere("report:view & invoice:edit"), false);
  assert.match(errors[0][1], MORE_THAN_ONE_PERMISSION);
  for (const odd of [undefined, 7, {}, Symbol("x"), "\uD800"]) {
    assert.equal(permissions.canSomewhere(odd), false);
  }
});

test("a name that the catalogue does not hold is unknown, and reported once", async (t) => {
  const permissions = await make(t, { bootstrap: ["invoice:view"], catalogue: CATALOGUE });
  const errors = errorsOf(permissions);
  assert.equal(permissions.can("invoice:eidt"), false);
  assert.equal(permissions.can("!invoice:eidt"), false, "the negation of an unknown name is granted");
  assert.equal(permissions.check("invoice:eidt").reason, "unknown-permission");
  assert.equal(permissions.check("invoice:eidt").outcome, "unknown");
  assert.equal(permissions.can("invoice:edit"), false);
  assert.equal(permissions.check("invoice:edit").reason, "not-granted");
  assert.deepEqual(errors.map(([code]) => code), ["unknown-permission"]);
  assert.match(errors[0][1], /`invoice:eidt`/);
});

test("packed sets from the server and from this package are read", async (t) => {
  const bits = packPermissions(CATALOGUE, ["report:view", "invoice:view"]);
  assert.deepEqual(unpackPermissions(CATALOGUE, bits), ["invoice:view", "report:view"]);
  for (const permissions of [
    await make(t, { bootstrap: { packed: { catalogue: "7", bits } }, catalogue: CATALOGUE }),
    await make(t, {
      token: token({ sub: "u-1", permissions: `7.${bits}` }),
      claims: { path: ["permissions"], shape: "packed" },
      catalogue: async () => CATALOGUE,
    }),
    await make(t, { bootstrap: { packed: { catalogue: "7", bits } }, catalogue: () => CATALOGUE }),
  ]) {
    assert.equal(permissions.status, "fresh");
    assert.ok(permissions.can("invoice:view & report:view") && !permissions.can("invoice:edit"));
  }
});

test("a packed set of another catalogue, and one without a catalogue, are refused", () => {
  const refused = (call) => assert.throws(call, { code: "malformed-packed" });
  refused(() => packPermissions(CATALOGUE, ["invoice:veiw"]));
  for (const bits of ["CA", "AAAAAA", "Bw==", "Bx", "B", "B+", "é", 5, undefined]) {
    refused(() => unpackPermissions(CATALOGUE, bits));
  }
  for (const odd of [undefined, ["a"], { id: "1", permissions: ["a", "a"] }]) {
    refused(() => packPermissions(odd, ["a"]));
  }
  refused(() => packPermissions(CATALOGUE, "invoice:view"));
  assert.deepEqual(unpackPermissions(CATALOGUE, ""), []);
});

test("a hundred permissions are packed into eighteen characters and unpacked without loss", () => {
  const permissions = Array.from({ length: 100 }, (_, index) => `page-${index}:view`);
  const catalogue = { id: "1", permissions };
  const bits = packPermissions(catalogue, permissions);
  assert.equal(bits.length, 18);
  assert.deepEqual(unpackPermissions(catalogue, bits), permissions);
  assert.equal(packPermissions(catalogue, []), "");
});

test("roles stand for permissions, whether the map is given or requested with each load", async (t) => {
  const rolePermissions = { clerk: ["invoice:*"], auditor: { permissions: ["*:view"], denied: ["payroll:view"] } };
  const atOnce = await make(t, {
    token: token({ sub: "u-1", realm_access: { roles: ["clerk", "auditor"] } }),
    claims: "keycloak",
    rolePermissions,
  });
  assert.ok(atOnce.can("invoice:edit & report:view & role(clerk)") && !atOnce.can("payroll:view"));

  let calls = 0;
  const server = await serve(() => document(1, [], { roles: ["clerk"] }));
  t.after(server.close);
  const permissions = await make(t, {
    endpoint: `${server.origin}/permissions`,
    rolePermissions: () => {
      calls += 1;
      return calls === 2 ? Promise.reject(new Error("out of order")) : { clerk: [`a:${calls}`] };
    },
  });
  const errors = errorsOf(permissions);
  await permissions.whenReady();
  assert.ok(permissions.can("a:1"));
  await permissions.refresh();
  assert.deepEqual(errors.map(([code]) => code), ["policy-provider"]);
  assert.match(errors[0][1], /out of order/);
  assert.ok(permissions.can("a:1"), "the failed load changed the held set");
  await permissions.refresh();
  assert.ok(permissions.can("a:3") && !permissions.can("a:1"), "a document of the same version was not read with the new policies");
});

test("a change of tenant is a change of subject", async (t) => {
  const answers = [];
  const server = await serve((request) => {
    const tenant = new URL(request.url, "http://x").searchParams.get("tenant");
    answers.push(tenant);
    return document(1, [`${tenant}:view`], tenant === "liar" ? { tenant: "acme" } : { tenant });
  });
  t.after(server.close);
  const permissions = await make(t, { endpoint: `${server.origin}/permissions`, tenant: "acme" });
  await permissions.whenReady();
  assert.ok(permissions.can("acme:view"));
  permissions.setTenant("Größe & Söhne");
  assert.equal(permissions.can("acme:view"), false, "the set of the earlier tenant was not emptied at once");
  await permissions.whenReady();
  assert.ok(permissions.can('"Größe & Söhne:view"') && !permissions.can("acme:view"));
  assert.equal(permissions.snapshot().tenant, "Größe & Söhne");
  const errors = errorsOf(permissions);
  permissions.setTenant("liar");
  await permissions.whenReady();
  assert.equal(permissions.status, "failed");
  assert.deepEqual(errors.map(([code]) => code), ["tenant-mismatch"]);
  assert.deepEqual(answers.slice(0, 3), ["acme", "Größe & Söhne", "liar"]);
});

test("the tenant replaces the placeholder in the endpoint's address", async (t) => {
  const server = await serve((request) => document(1, [request.url]));
  t.after(server.close);
  for (const endpoint of [
    `${server.origin}/t/{tenant}/p?x=1`,
    new URL(`${server.origin}/t/{tenant}/p?x=1`),
  ]) {
    const permissions = await make(t, { endpoint, tenant: "a/b" });
    await permissions.whenReady();
    assert.deepEqual(permissions.snapshot().permissions, ["/t/a%2Fb/p?x=1"]);
  }
});

test("a claim that the provider left out is unknown and reported; an empty claim grants nothing", async (t) => {
  const warned = [];
  t.mock.method(console, "warn", (message) => warned.push(message));
  const claims = "entra";
  const overage = await make(t, {
    token: token({ sub: "u", roles: ["Admin"], _claim_names: { groups: "src1" } }),
    claims,
  });
  assert.equal(overage.check("group(x)").outcome, "unknown");
  assert.equal(overage.snapshot().groups, null);
  assert.match(warned[0], /`groups`/);
  assert.ok(overage.can("role(Admin)"));
  assert.equal(overage.check("invoice:edit").outcome, "unknown", "a token without a claim of permissions denies a permission");
  const empty = await make(t, { token: token({ sub: "u", groups: [] }), claims });
  assert.equal(empty.check("group(x)").outcome, "denied");
  const absent = await make(t, { token: token({ sub: "u" }), claims });
  assert.equal(absent.status, "failed");
  assert.match(warned[1], /`roles`/);
  const absentIsEmpty = await make(t, {
    token: token({ sub: "u" }),
    claims: { preset: "entra", absentIsEmpty: true },
  });
  assert.equal(absentIsEmpty.check("group(x)").outcome, "denied");
});

test("scopes are read only with the option `scopes`", async (t) => {
  const text = token({ sub: "u", permissions: [], scope: "openid invoices.read" });
  const without = await make(t, { token: text, claims: "auth0" });
  assert.equal(without.check("scope(openid)").outcome, "unknown");
  const scoped = await make(t, { token: text, claims: { preset: "auth0", scopes: true } });
  assert.ok(scoped.can("scope(openid) & scope(invoices.read)") && !scoped.can("invoices.read"));
  assert.deepEqual(scoped.snapshot().scopes, ["invoices.read", "openid"]);
});

test("F37 a token is decoded without verification, or refused with the reason", () => {
  const text = token({ sub: "u-1", roles: ["a"], __proto__: { x: 1 } });
  assert.deepEqual(decodeUnverified(text), { header: { alg: "none" }, claims: { sub: "u-1", roles: ["a"] } });
  const refused = (text, words) =>
    assert.throws(
      () => decodeUnverified(text),
      (error) => {
        assert.ok(error instanceof PermgateError && error.code === "malformed-token");
        assert.ok(error.message.includes(words), error.message);
        return true;
      },
    );
  for (const [text, words] of MALFORMED_TOKENS(token)) refused(text, words);
  refused(token([1]), "not a JSON object");
  refused("A".repeat(1_100_000), "longer than 1 MiB");
  const raw = (json) => `e30.${Buffer.from(json).toString("base64url")}.`;
  refused(raw('{"a":1,"a":2}'), "has the same key twice");
  refused(raw("\uFEFF{}"), "not JSON");
  refused(raw(`${"[".repeat(100)}${"]".repeat(100)}`), "deeper than 32");
  refused(raw('{"exp":"1"}'), "`exp`");
});

test("a requirement is read into a tree, or refused with the position", () => {
  assert.deepEqual(parseRequirement('"é x" && !(b | role(admin))'), {
    type: "all",
    of: [
      { type: "permission", name: "é x" },
      {
        type: "not",
        of: [
          {
            type: "any",
            of: [
              { type: "permission", name: "b" },
              { type: "role", name: "admin" },
            ],
          },
        ],
      },
    ],
  });
  assert.throws(() => parseRequirement("\u{1F600} & ) x"), (error) => {
    assert.equal(error.code, "malformed-requirement");
    assert.equal(error.position, 5, "the position is not in UTF-16 code units");
    return true;
  });
  assert.throws(() => parseRequirement("inv*"), /whole segment/);
  assert.deepEqual(parseRequirement("inv*", { dialect: "exact" }), { type: "permission", name: "inv*" });
  assert.deepEqual(parseRequirement("A:B,c", { dialect: "shiro" }).name, "a:b,c");
  assert.throws(() => parseRequirement("a", { dialect: "glob" }), { code: "malformed-requirement" });
});

test("F40 an invalid tenant, token, listener or event is refused, and changes nothing", async (t) => {
  const permissions = await make(t, { bootstrap: ["a"] });
  for (const odd of [7, true, ["x"], {}, "", ".", "..", undefined, Symbol("x")]) {
    assert.throws(() => permissions.setTenant(odd), { code: "invalid-argument" });
  }
  for (const odd of [7, {}, ["x"], undefined, Symbol("x")]) {
    assert.throws(() => permissions.setToken(odd), { code: "invalid-argument" });
  }
  assert.throws(() => permissions.subscribe(7), { code: "invalid-argument" });
  assert.throws(() => permissions.on("changed", () => {}), { code: "invalid-argument", message: NO_SUCH_EVENT });
  assert.ok(permissions.can("a"));
});

test("an address with a placeholder for the tenant is not requested without a tenant", async (t) => {
  t.mock.method(console, "warn", () => {});
  const server = await serve((request) => document(1, [request.url]));
  t.after(server.close);
  const permissions = await make(t, { endpoint: `${server.origin}/{tenant}` });
  const errors = errorsOf(permissions);
  await permissions.refresh();
  assert.equal(permissions.status, "failed");
  assert.match(errors[0][1], TENANT_IS_MISSING);
  assert.match(permissions.check("a").message, COULD_NOT_BE_LOADED);
  permissions.setTenant("acme");
  await permissions.whenReady();
  assert.ok(permissions.can("/acme"));
  assert.equal(server.requests.length, 1);
});

test("the decision on a malformed requirement has a reason with advice", async (t) => {
  const permissions = await make(t, { bootstrap: ["a"] });
  assert.match(permissions.check("a b").message, OPERATOR_IS_MISSING);
  assert.match(permissions.check("a", "t/*").message, RESOURCE_IS_A_PATTERN);
});

test("packing and unpacking agree with the vectors", async () => {
  const path = new URL("../../tests/vectors/packed.json", import.meta.url);
  const { catalogue, read, written } = JSON.parse(await readFile(path, "utf8"));
  const outcome = (call) => {
    try {
      return call();
    } catch (error) {
      assert.equal(error.code, "malformed-packed");
      return "refused";
    }
  };
  for (const { bits, names, error } of read) {
    assert.deepEqual(outcome(() => unpackPermissions(catalogue, bits)), error ? "refused" : names, bits);
  }
  for (const { bits, names, error } of written) {
    assert.equal(outcome(() => packPermissions(catalogue, names)), error ? "refused" : bits);
  }
});
