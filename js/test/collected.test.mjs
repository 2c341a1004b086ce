/** Instances that are never disposed of: garbage collected if nothing refers to them, and alive while they have listeners (F51). */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { before, test } from "node:test";
import v8 from "node:v8";
import vm from "node:vm";
import { createPermissions } from "../dist/node.js";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc");

/** How many instances of each kind are created: enough that the result is no accident. */
const MANY = 40;
/** How many garbage collections an object may survive before it counts as referred to: finalisers free further objects. */
const COLLECTIONS = 30;

let origin;
const streams = new Set();

before(() => {
  const server = createServer((request, response) => {
    if (request.url === "/events") {
      streams.add(response);
      response.on("close", () => streams.delete(response));
      response.writeHead(200, { "content-type": "text/event-stream" });
      return response.write('event: version\ndata: {"version":1}\n\n');
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ subject: "u-1", version: 1, permissions: ["a"] }));
  });
  server.unref();
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => {
    origin = `http://127.0.0.1:${server.address().port}`;
    resolve();
  }));
});

/** Creates instances without keeping references to them. */
async function make(count, options, use = () => undefined) {
  const references = [];
  for (let i = 0; i < count; i += 1) {
    const permissions = await createPermissions({ endpoint: `${origin}/p`, ...options() });
    await permissions.whenReady();
    await use(permissions);
    references.push(new WeakRef(permissions.can));
  }
  return references;
}

/** How many instances are left when no more of them are collected. */
async function countAlive(references) {
  let there = references.length;
  for (let i = 0; i < COLLECTIONS && there > 0; i += 1) {
    await new Promise(setImmediate);
    collect();
    there = references.filter((each) => each.deref()).length;
  }
  return there;
}

for (const [what, options, use] of [
  ["without any use", () => ({})],
  ["with a token", () => ({ token: () => "t" })],
  ["with `onForbidden` and `onUnauthenticated`", () => ({ onForbidden() {}, onUnauthenticated() {} })],
  ["with a signal that lives on", () => ({ signal: HELD.signal })],
  ["from a bootstrap", () => ({ endpoint: undefined, bootstrap: ["a"] })],
  ["whose only listener was removed", () => ({}), (permissions) => permissions.subscribe(() => undefined)()],
  ["that were disposed of", () => ({}), (permissions) => permissions.dispose()],
]) {
  test(`instances ${what} are garbage collected when nothing refers to them`, async () => {
    assert.equal(await countAlive(await make(MANY, options, use)), 0);
  });
}

test("an instance that is garbage collected closes its stream", async () => {
  const references = await make(5, () => ({ push: { events: `${origin}/events` } }), () => until(() => streams.size > 0));
  await until(() => streams.size === 5);
  assert.equal(await countAlive(references), 0);
  await until(() => {
    collect();
    return streams.size === 0;
  });
});

test("instances with listeners are not garbage collected, and call their listeners", async (t) => {
  const activities = [];
  const end = new AbortController();
  t.after(() => end.abort());
  const references = await make(MANY, () => ({ token: () => "t", ttlMs: 1000, signal: end.signal }), (permissions) => {
    permissions.on("activity", ({ kind }) => activities.push(kind));
  });
  // The instance lives on without the object that the application had.
  await countAlive(references);
  await until(() => activities.filter((kind) => kind === "load").length >= MANY);
});

test("8 000 instances that are never disposed of do not grow the memory", async () => {
  const bootstrapped = () => ({ endpoint: undefined, bootstrap: ["a"] });
  const size = async (count) => {
    for (let i = 0; i < count; i += 100) {
      await make(100, bootstrapped);
      await new Promise(setImmediate);
    }
    assert.equal(await countAlive(await make(1, bootstrapped)), 0);
    // Objects that finalisers free are collected after them.
    let least = Infinity;
    for (let i = 0; i < COLLECTIONS; i += 1) {
      await new Promise(setImmediate);
      collect();
      least = Math.min(least, process.memoryUsage().heapUsed);
    }
    return least;
  };
  const first = await size(1000);
  const each = ((await size(8000)) - first) / 8000;
  // If the instances are not collected, they take eight times as much.
  assert.ok(each < 1024, `${Math.round(each)} bytes are left of each instance`);
});

const HELD = new AbortController();

/** Waits for a condition; the test runner's time limit is the deadline. */
async function until(condition) {
  while (!condition()) await new Promise(setImmediate);
}
