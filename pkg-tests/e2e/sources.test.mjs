/** The package reads the same set in every form that the server can send, and decides as the server's own core. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPermissions } from "permgate";
import { setGrant, signInAside } from "./demo.mjs";
import { call, outcomes } from "./oracle.mjs";
import { startServer } from "./server.mjs";

const USERS = ["ada", "grace", "linus", "margaret", "alan"];

/** A ready instance, which is disposed of after the test. */
async function make(t, options) {
  const permissions = await createPermissions(options);
  t.after(() => permissions.dispose());
  await permissions.whenReady();
  return permissions;
}

const CLAIMS = [
  { path: ["permissions"], shape: "packed" },
  { path: ["roles"], target: "roles", optional: true },
];

test("instances with names, packed sets and packed claims decide alike, for every user and every permission", async (t) => {
  const server = await startServer(t, ["--packed-claim"]);
  for (const username of USERS) {
    const session = await signInAside(server, username);
    const catalogue = () => call(session, "GET", "/api/catalogue");
    const { permissions: names, id } = await catalogue();
    const outcomeOf = await outcomes(session, names.map((requirement) => ({ requirement })));
    const endpoint = `${server.origin}/api/me/permissions`;
    const { token } = session;
    for (const [form, options] of Object.entries({
      names: { endpoint, token },
      packed: { endpoint: `${endpoint}?packed=1`, token, catalogue },
      claim: { token, claims: CLAIMS, catalogue },
    })) {
      const permissions = await make(t, options);
      assert.equal(permissions.status, "fresh", `${username}, ${form}`);
      const wrong = names.filter((name) => permissions.can(name) !== (outcomeOf({ requirement: name }) === "granted"));
      assert.deepEqual(wrong, [], `${username}, ${form}`);
      // With a catalogue, a misspelled name is found, unless `*` covers it.
      const { reason } = permissions.check("invoize:veiw");
      const covered = permissions.can("*") ? "granted-by" : "unknown-permission";
      assert.equal(reason, form === "names" ? (permissions.can("*") ? "granted-by" : "not-granted") : covered, `${username}, ${form}`);
    }
    const [, claims] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
    const claim = JSON.parse(claims).permissions;
    assert.ok(claim.startsWith(`${id}.`) && claim.length - id.length - 1 <= 24, `${username}: ${claim}`);
  }
});

test("each tenant has its own set, and after a change of tenant nothing is granted from the set of the first", async (t) => {
  const server = await startServer(t);
  const [ada, grace] = [await signInAside(server, "ada"), await signInAside(server, "grace")];
  for (const tenant of ["acme", "umbrella"]) {
    const users = await call(ada, "GET", "/api/admin/users");
    const { id, grants } = users.find(({ username }) => username === "grace");
    const grant = { permission: "quote:edit", resource: `tenants/${tenant}/*`, effect: "allow" };
    await call(ada, "PUT", `/api/admin/users/${id}/grants`, { grants: [...grants, grant] });
  }
  const permissions = await make(t, {
    endpoint: `${server.origin}/api/me/permissions`,
    token: grace.token,
    tenant: "acme",
  });
  const on = (tenant) => permissions.can("quote:edit", `tenants/${tenant}/quotes/1`);
  assert.deepEqual([on("acme"), on("umbrella")], [true, false]);
  assert.ok(permissions.canSomewhere("quote:edit") && !permissions.can("quote:edit"));
  permissions.setTenant("umbrella");
  assert.deepEqual([on("acme"), on("umbrella")], [false, false], "the set of the earlier tenant was not emptied at once");
  await permissions.whenReady();
  assert.deepEqual([on("acme"), on("umbrella")], [false, true]);
  assert.equal(permissions.snapshot().tenant, "umbrella");
});

test("after a revocation, the next packed document lacks the permission", async (t) => {
  const server = await startServer(t);
  const [ada, grace] = [await signInAside(server, "ada"), await signInAside(server, "grace")];
  const permissions = await make(t, {
    endpoint: `${server.origin}/api/me/permissions?packed=1`,
    token: grace.token,
    catalogue: await call(grace, "GET", "/api/catalogue"),
  });
  assert.ok(permissions.can("invoice:view"));
  await setGrant(ada, "grace", "invoice:view", "deny");
  await permissions.refresh();
  assert.ok(!permissions.can("invoice:view"));
  assert.equal(permissions.check("invoice:view").reason, "denied-by");
});
