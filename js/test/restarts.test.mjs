/** F65: a server whose counter of versions restarts, replicas that lag, and instances without an endpoint or token. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Holder } from "../dist/adapter.js";
import { createPermissions } from "../dist/node.js";
import { dehydrate } from "../dist/server.js";
import { clocks } from "./clocks.mjs";
import { document, serve } from "./server.mjs";

/** A time longer than a set may be used. */
const LIFE_MS = 361_000;

/** A page that held `a` at version 42, which has expired; the server answers with `versions()` from then on. */
async function expired(t, versions) {
  const pass = clocks(t);
  let isFirst = true;
  let loads = 0;
  const server = await serve(() => (isFirst ? document(42, ["a"]) : ((loads += 1), document(versions(loads), ["a", "b"]))));
  t.after(server.close);
  const permissions = await createPermissions({ endpoint: server.origin });
  t.after(() => permissions.dispose());
  await permissions.whenReady();
  const errors = new Set();
  permissions.on("error", ({ code }) => errors.add(code));
  assert.equal(permissions.can("a"), true);
  isFirst = false;
  pass(LIFE_MS);
  // Clocks are read once in a task.
  await null;
  assert.equal(permissions.can("a"), false);
  /** Refreshes up to ten times, seconds apart, until a set is held. */
  const ask = async () => {
    for (let times = 0; times < 10 && !permissions.can("a"); times += 1) {
      pass(1500);
      await permissions.refresh();
    }
    return permissions.can("b");
  };
  return { ask, permissions, errors, loads: () => loads };
}

test("F65 the lower versions of a restarted counter are accepted after expiry from three loads, and reported", async (t) => {
  const { ask, permissions, errors, loads } = await expired(t, () => 3);
  assert.equal(await ask(), true);
  assert.ok(loads() >= 3, `${loads()} loads`);
  assert.deepEqual([permissions.status, [...errors]], ["fresh", ["older-version", "version-restarted"]]);
});

test("F65 lagging replicas that answer in turns grant nothing from older versions", async (t) => {
  let hasCaughtUp = false;
  const { ask, permissions, errors } = await expired(t, (loads) => (hasCaughtUp ? 42 : 40 + (loads % 2)));
  assert.equal(await ask(), false);
  assert.equal(permissions.can("a"), false);
  hasCaughtUp = true;
  assert.equal(await ask(), true);
  assert.deepEqual([...errors], ["older-version"]);
});

test("`refresh` of an instance that has only a bootstrap resolves to `failed` at once, reports the reason, and hides nothing", async (t) => {
  const permissions = await createPermissions({ bootstrap: ["a"] });
  t.after(() => permissions.dispose());
  const errors = [];
  permissions.on("error", ({ code, message }) => errors.push([code, /`endpoint` or `token`/.test(message)]));
  assert.equal(await permissions.refresh(), "failed");
  assert.deepEqual([permissions.status, permissions.can("a"), errors], ["fresh", true, [["no-source", true]]]);
});

test("a page that carries its document and has no other source is hydrated without an error", async (t) => {
  const carried = dehydrate({ subject: "u-1", permissions: ["a"] });
  const errors = [];
  let instance;
  const make = async (bootstrap) => {
    instance = await createPermissions({ bootstrap });
    instance.on("error", ({ code }) => errors.push(code));
    return instance;
  };
  const holder = new Holder(make, carried);
  const isThere = new Promise((resolve) => holder.subscribe(resolve));
  t.after(holder.open());
  await isThere;
  assert.equal(holder.permissions, instance);
  // Errors are reported in later microtasks.
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([instance.can("a"), instance.status, errors], [true, "fresh", []]);
});
