/** The patch of the page's own methods by the guard, and its removal. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Judge, copy } from "./judge.mjs";

const copies = [await copy("one"), await copy("two")];
const { fetch: native } = globalThis;
const API = "https://api.example/items";

let calls;
let page;
beforeEach(() => {
  calls = [];
  page = function fetch(input, ...rest) {
    assert.ok(this === undefined || this === globalThis, "the page's own fetch was called with a foreign `this`");
    calls.push([input, ...rest]);
    return Promise.resolve(Object.defineProperty(new Response(), "url", { value: input.url ?? String(input) }));
  };
  globalThis.fetch = page;
});
afterEach(() => {
  globalThis.fetch = native;
});

function make(Guard = copies[0]) {
  const judge = new Judge();
  return { judge, guard: new Guard(["https://api.example"], [], judge) };
}

test("a patched fetch looks like the page's own, and can be called in any way", async () => {
  const { judge, guard } = make();
  guard.patch(["fetch", "xhr"]);
  const { fetch } = globalThis;
  assert.notEqual(fetch, page);
  assert.deepEqual([fetch.name, fetch.length], [page.name, page.length]);
  await fetch(API);
  await globalThis.fetch(API);
  await { fetch }.fetch(API);
  assert.equal(judge.observations.length, 3);
  const init = { method: "POST" };
  await fetch("https://other.example/", init);
  assert.deepEqual(calls.at(-1), ["https://other.example/", init]);
  assert.equal(calls.at(-1)[1], init);
  await fetch("https://other.example/");
  assert.equal(calls.at(-1).length, 1);
  guard.unpatch();
  assert.equal(globalThis.fetch, page);
});

test("neither our own requests nor those of permissions.fetch go through our patch", async () => {
  const { judge, guard } = make();
  guard.patch(["fetch"]);
  await guard.nativeFetch(API);
  assert.deepEqual([calls.length, judge.observations.length], [1, 0]);
  await guard.fetch(API);
  assert.deepEqual([calls.length, judge.observations.length], [2, 1]);
  const { fetch } = globalThis;
  globalThis.fetch = (...call) => fetch(...call);
  await guard.nativeFetch(API);
  assert.deepEqual([calls.length, judge.observations.length], [3, 1]);
});

test("after a guard patched fetch twice, a response is evaluated once, and the end of the patch restores fetch", async () => {
  const { judge, guard } = make();
  guard.patch(["fetch"]);
  guard.patch(["fetch"]);
  await globalThis.fetch(API);
  assert.equal(judge.observations.length, 1);
  guard.unpatch();
  guard.unpatch();
  assert.equal(globalThis.fetch, page);
  guard.patch(["fetch"]);
  await globalThis.fetch(API);
  assert.equal(judge.observations.length, 2);
  guard.unpatch();
  assert.equal(globalThis.fetch, page);
});

for (const [name, pair] of Object.entries({ "of one copy": [copies[0], copies[0]], "of two copies": copies })) {
  for (const order of ["first one first", "last one first"]) {
    test(`F52 when two instances ${name} patched fetch and end their patches, the ${order}, each evaluates responses until its own end`, async () => {
      const [one, two] = pair.map(make);
      one.guard.patch(["fetch"]);
      two.guard.patch(["fetch"]);
      await globalThis.fetch(API);
      assert.deepEqual([one.judge.observations.length, two.judge.observations.length, calls.length], [1, 1, 1]);
      await one.guard.fetch(API);
      await two.guard.nativeFetch(API);
      assert.deepEqual([one.judge.observations.length, two.judge.observations.length, calls.length], [2, 1, 3]);
      const [first, last] = order === "first one first" ? [one, two] : [two, one];
      first.guard.unpatch();
      await globalThis.fetch(API);
      assert.equal(calls.length, 4);
      assert.deepEqual([first.judge.observations.length, last.judge.observations.length].sort(), [first === one ? 2 : 1, last === one ? 3 : 2].sort());
      last.guard.unpatch();
      assert.equal(globalThis.fetch, page);
    });
  }
}

test("of two instances, the one that patched last adds the token and sends requests again, and the other only evaluates responses", async () => {
  const [one, two] = copies.map(make);
  one.judge.token = "one";
  two.judge.token = "two";
  one.guard.patch(["fetch"]);
  two.guard.patch(["fetch"]);
  await globalThis.fetch(API);
  assert.equal(calls[0][0].headers.get("authorization"), "Bearer two");
  assert.equal(one.judge.observations.length, 1);
});

test("after our patch ends, a method that another script patched on top of it stays, and our method only passes calls on", async () => {
  const { judge, guard } = make();
  guard.patch(["fetch"]);
  const { fetch } = globalThis;
  const theirs = (...call) => fetch(...call);
  globalThis.fetch = theirs;
  await globalThis.fetch(API);
  assert.equal(judge.observations.length, 1);
  guard.unpatch();
  assert.equal(globalThis.fetch, theirs);
  await globalThis.fetch(API);
  assert.deepEqual([judge.observations.length, calls.length], [1, 2]);
  guard.patch(["fetch"]);
  await globalThis.fetch(API);
  assert.deepEqual([judge.observations.length, calls.length], [2, 3]);
  guard.unpatch();
  assert.equal(globalThis.fetch, theirs);
});

test("10 000 guarded requests, some aborted while they wait, leave nothing in memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const { judge, guard } = make();
  judge.token = "old";
  let answer = () => new Response();
  globalThis.fetch = async ({ url }) => Object.defineProperty(answer(), "url", { value: url });
  guard.patch(["fetch"]);
  const references = [];
  const ask = async (init) => {
    const response = await globalThis.fetch(API, init);
    if (references.length < 100) references.push(new WeakRef(response));
    return response.status;
  };
  /** Sends the requests ten at a time. */
  const rounds = async (count, round) => {
    for (let sent = 0; sent < count; sent += 10) await round();
  };
  const ten = (make) => Promise.allSettled(Array.from({ length: 10 }, make));
  await rounds(5_000, () => ten(() => ask()));
  answer = () => new Response(null, { status: 401 });
  await rounds(2_500, async () => {
    const all = ten(() => ask());
    await new Promise((resolve) => setImmediate(resolve));
    judge.renewed("new");
    guard.settled();
    await all;
  });
  judge.isRenewing = true;
  const before = await used(collect);
  await rounds(2_500, async () => {
    const controller = new AbortController();
    const all = ten(() => ask({ signal: controller.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await all;
  });
  const grown = (await used(collect)) - before;
  assert.ok(grown < 1_000_000, `${grown} bytes more are held while a renewal is in progress`);
  assert.equal(references.filter((reference) => reference.deref()).length, 0);
  guard.unpatch();
});

/** The bytes in use after a garbage collection. */
async function used(collect) {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return process.memoryUsage().heapUsed;
}
