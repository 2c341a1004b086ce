/** `followUser` of `permgate/vue-router`: when it tells that another user is signed in, for an instance and for a promise of one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { dehydrate } from "permgate/server";
import { fakePermissions } from "permgate/testing";
import { followUser } from "permgate/vue-router";

/** All promises that can be settled are, before a task of the event loop is run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function fake(t, ...given) {
  const permissions = fakePermissions(...given);
  t.after(() => permissions.dispose());
  return permissions;
}

for (const [kind, given] of [["an instance", (permissions) => permissions], ["a promise of one", async (permissions) => permissions]]) {
  test(`followUser of ${kind} calls its function for another user and for nobody, but not for changes of the same user`, async (t) => {
    const permissions = fake(t, { subject: "u-1", permissions: ["invoice:view"] });
    let calls = 0;
    const stop = followUser(given(permissions), () => (calls += 1));
    await settled();
    permissions.setDocument({ subject: "u-1", permissions: [] });
    await settled();
    assert.equal(calls, 0, "the same user");
    permissions.setDocument({ subject: "u-2", permissions: [] });
    await settled();
    assert.equal(calls, 1, "another user");
    permissions.setStatus("unauthenticated");
    await settled();
    assert.equal(calls, 2, "nobody");
    stop();
    permissions.setDocument({ subject: "u-2", permissions: [] });
    await settled();
    assert.equal(calls, 2, "it was stopped");
  });
}

test("followUser calls nothing for the first user of an instance that is still loading", async (t) => {
  const permissions = fake(t, [], { status: "loading" });
  let calls = 0;
  followUser(permissions, () => (calls += 1));
  await settled();
  permissions.setDocument({ subject: "u-1", permissions: [] });
  await settled();
  assert.equal(calls, 0);
});

test("followUser that is stopped before its promise resolves follows nothing, and a promise that rejects is the application's", async (t) => {
  const permissions = fake(t, { subject: "u-1", permissions: [] });
  let calls = 0;
  followUser(Promise.resolve(permissions), () => (calls += 1))();
  followUser(Promise.reject(new Error("no module")), () => (calls += 1));
  await settled();
  permissions.setStatus("unauthenticated");
  await settled();
  assert.equal(calls, 0);
});

for (const [rendered, document, calls] of [
  ["nobody", null, 1],
  ["another user", { subject: "u-2", permissions: [] }, 1],
  ["the same user", { subject: "u-1", permissions: ["invoice:view"] }, 0],
  ["a user without a name", { permissions: [] }, 1],
]) {
  for (const [state, status] of [["has loaded already", "fresh"], ["is still loading", "loading"]]) {
    test(`followUser ${calls === 0 ? "never calls its function" : "calls its function once"} for a page that was rendered for ${rendered}, if the instance ${state}`, async (t) => {
      const permissions = fake(t, { subject: "u-1", permissions: [] }, { status });
      let counted = 0;
      followUser(permissions, () => (counted += 1), dehydrate(document));
      await settled();
      assert.equal(counted, status === "fresh" ? calls : 0, "at once");
      for (const subject of ["u-1", "u-1"]) {
        permissions.setDocument({ subject, permissions: [] });
        await settled();
      }
      assert.equal(counted, calls);
      permissions.setStatus("unauthenticated");
      await settled();
      assert.equal(counted, calls + 1, "nobody");
    });
  }
}

test("followUser calls nothing for a user without a name if the page was rendered for one", async (t) => {
  const permissions = fake(t, { permissions: ["invoice:view"] });
  t.after(followUser(permissions, () => assert.fail("it is the same user"), dehydrate({ permissions: [] })));
  await settled();
});

test("followUser calls nothing for the first user of a page that carries no answers of a server", async (t) => {
  for (const dehydrated of [null, undefined]) {
    let calls = 0;
    followUser(fake(t, { subject: "u-1", permissions: [] }), () => (calls += 1), dehydrated);
    await settled();
    assert.equal(calls, 0, String(dehydrated));
  }
});
