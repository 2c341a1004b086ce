/** Instances that nobody disposes: collected where nobody holds them, alive where somebody waits to be told something (F51). */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { before, test } from "node:test";
import v8 from "node:v8";
import vm from "node:vm";
import { createPermissions } from "../dist/node.js";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc");

/** How many instances are made of a kind: enough that one of them is no accident. */
const MANY = 40;
/** How many collections an object may survive before it counts as held: finalisers free others in turn. */
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

/** Makes instances and forgets them. */
async function make(count, options, use = () => undefined) {
  const made = [];
  for (let i = 0; i < count; i += 1) {
    const permissions = await createPermissions({ endpoint: `${origin}/p`, ...options() });
    await permissions.whenReady();
    await use(permissions);
    made.push(new WeakRef(permissions.can));
  }
  return made;
}

/** How many are left when no more of them go. */
async function left(made) {
  let there = made.length;
  for (let i = 0; i < COLLECTIONS && there > 0; i += 1) {
    await new Promise(setImmediate);
    collect();
    there = made.filter((each) => each.deref()).length;
  }
  return there;
}

for (const [what, options, use] of [
  ["only made", () => ({})],
  ["with a token", () => ({ token: () => "t" })],
  ["with `onForbidden` and `onUnauthenticated`", () => ({ onForbidden() {}, onUnauthenticated() {} })],
  ["with a signal that somebody holds", () => ({ signal: HELD.signal })],
  ["from a bootstrap", () => ({ endpoint: undefined, bootstrap: ["a"] })],
  ["listened to, until nobody does", () => ({}), (permissions) => permissions.subscribe(() => undefined)()],
  ["disposed of", () => ({}), (permissions) => permissions.dispose()],
]) {
  test(`instances ${what} are collected when nobody holds them`, async () => {
    assert.equal(await left(await make(MANY, options, use)), 0);
  });
}

test("an instance that is collected ends its stream", async () => {
  const made = await make(5, () => ({ push: { events: `${origin}/events` } }), () => until(() => streams.size > 0));
  await until(() => streams.size === 5);
  assert.equal(await left(made), 0);
  await until(() => {
    collect();
    return streams.size === 0;
  });
});

test("instances that somebody listens to live, and are told", async (t) => {
  const told = [];
  const end = new AbortController();
  t.after(() => end.abort());
  const made = await make(MANY, () => ({ token: () => "t", ttlMs: 1000, signal: end.signal }), (permissions) => {
    permissions.on("activity", ({ kind }) => told.push(kind));
  });
  // The instance lives, whatever becomes of the object that the application had.
  await left(made);
  await until(() => told.filter((kind) => kind === "load").length >= MANY);
});

test("8 000 instances that nobody disposes leave the memory as it was", async () => {
  const bootstrapped = () => ({ endpoint: undefined, bootstrap: ["a"] });
  const size = async (count) => {
    for (let i = 0; i < count; i += 100) {
      await make(100, bootstrapped);
      await new Promise(setImmediate);
    }
    assert.equal(await left(await make(1, bootstrapped)), 0);
    // What finalisers free is collected after them.
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
  // One that is not collected takes eight times as much.
  assert.ok(each < 1024, `${Math.round(each)} bytes are left of each`);
});

const HELD = new AbortController();

/** Waits for a condition; the test runner's time limit is the deadline. */
async function until(condition) {
  while (!condition()) await new Promise(setImmediate);
}
