/** Streams and long polls of `permgate/backend`: their messages, their ends, and the messages after a gap of the bus. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { spawn } from "node:child_process";
import { memoryBus } from "permgate/backend";
import { until, within } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { readSchemas } from "./description.mjs";
import { DOCUMENT, EVENTS, FRAMEWORKS, startKit, startStore } from "./kit-stage.mjs";
import { heard, openEvents } from "./streams.mjs";

const { validate } = await readSchemas();

const open = async (t, { origin }, token = "grace-token") => {
  const stream = await openEvents(t, origin + EVENTS, { authorization: `Bearer ${token}` });
  if (stream.response.ok) await heard(stream, "version");
  return stream;
};
const isOver = (stream) => until("the stream is over", () => stream.isOver);
const types = ({ messages }) => messages.map(({ type }) => type).filter((type) => type !== "heartbeat");
const hears = (stream, wanted) => until(`version ${wanted}`, () => stream.messages.some(({ version }) => version === wanted));

for (const framework of FRAMEWORKS) {
  test(`${framework}: a stream sends versions, revoked names, heartbeats, and the end of its own session only`, async (t) => {
    const kit = await startKit(t, framework);
    const { backend, store, ask } = kit;
    const [stream, other, ada] = [await open(t, kit), await open(t, kit, "grace-other"), await open(t, kit, "ada-token")];
    assert.deepEqual(stream.messages[0], { type: "version", subject: "u-2", version: 1 });
    await heard(stream, "heartbeat");
    await backend.changed("u-2", { revoked: store.set("u-2", ["invoice:view"]) });
    assert.deepEqual(await heard(stream, "revoked"), { type: "revoked", subject: "u-2", version: 2, permissions: ["invoice:edit"] });
    await heard(other, "revoked");
    // A change of more names than a page reads, or of names with `*`, is announced like any other.
    for (const revoked of [Array.from({ length: 1_025 }, (_, index) => `a:${index}`), ["invoice:*"], ["x".repeat(33_000)], []]) {
      store.set("u-2", []);
      await backend.changed("u-2", { revoked });
    }
    await hears(stream, 6);
    assert.deepEqual(types(stream), ["version", "revoked", "version", "version", "version", "version"]);
    store.sessions.delete("grace-token");
    backend.ended("u-2", "grace-token");
    await isOver(stream);
    assert.equal(stream.messages.at(-1).type, "session-revoked");
    for (const message of stream.messages) assert.deepEqual(validate("push-message.schema.json", message), [], JSON.stringify(message));
    assert.equal((await ask(EVENTS, "grace-token")).status, 401);
    assert.deepEqual([other.isOver, ada.isOver], [false, false]);
    assert.deepEqual(types(ada), ["version"], "another user got a message");
    backend.ended("u-2");
    await isOver(other);
    for (const left of [stream, other, ada]) left.close();
    await until("no stream is open", () => backend.streams === 0);
    assert.deepEqual(kit.errors, []);
  });

  test(`${framework}: a long poll is answered with the new document, at the end of its wait, and when its session ends`, async (t) => {
    const { ask, backend, store } = await startKit(t, framework);
    const poll = (query) => ask(`${DOCUMENT}?${query}`, "grace-token");
    const waiting = poll("wait=25&version=1");
    await until("it waits", () => backend.streams === 1);
    await backend.changed("u-2", { revoked: store.set("u-2", ["invoice:view"]) });
    const changed = await waiting;
    assert.deepEqual([changed.status, changed.headers.get("permissions-version"), (await changed.json()).permissions], [200, '2;sub="u-2"', ["invoice:view"]]);
    assert.equal((await poll("wait=25&version=1")).status, 200, "a poll for another version was not answered at once");
    const late = await poll("wait=0&version=2");
    assert.deepEqual([late.status, late.headers.get("permissions-version")], [204, '2;sub="u-2"']);
    const ending = poll("wait=25&version=2");
    await until("it waits", () => backend.streams === 1);
    backend.ended("u-2");
    assert.equal((await ending).status, 401);
    for (const query of ["wait=25", "wait=x&version=2", "wait=-1&version=2", "wait=1&version=2.5"]) assert.equal((await poll(query)).status, 400, query);
    assert.equal(backend.streams, 0);
  });

  test(`${framework}: when a page is closed, its stream and its long poll end`, async (t) => {
    const kit = await startKit(t, framework);
    const stream = await open(t, kit);
    const control = new AbortController();
    const poll = kit.ask(`${DOCUMENT}?wait=25&version=7`, "ada-token", { signal: control.signal });
    await until("the stream and the poll are open", () => kit.backend.streams === 2);
    stream.close();
    control.abort();
    await assert.rejects(poll);
    await until("the stream and the poll are closed", () => kit.backend.streams === 0);
  });
}

test("a stream is closed when its credentials end and when its node stops", async (t) => {
  const store = startStore();
  const identities = [];
  const identify = (request) => {
    const identity = store.options.identify(request);
    if (identity) identities.push(Object.assign(identity, { expiresAt: Date.now() + 3_600_000 }));
    return identity;
  };
  const kit = await startKit(t, "express", { store, options: { identify } });
  const long = await open(t, kit, "ada-token");
  const short = await open(t, kit);
  identities.at(-1).expiresAt = Date.now();
  await isOver(short);
  assert.equal(short.messages.at(-1).type, "session-revoked");
  assert.equal(long.isOver, false);
  kit.backend.close();
  await isOver(long);
  assert.notEqual(long.messages.at(-1).type, "session-revoked", "the stop of the node was sent as the end of the session, after which a page does not reconnect");
  assert.equal((await kit.ask(EVENTS, "ada-token")).status, 503);
});

test("streams of one user are limited, and a document without a version is not announced", async (t) => {
  const kit = await startKit(t, "express", { options: { streamsPerSubject: 2 } });
  await open(t, kit);
  await open(t, kit, "grace-other");
  const third = await kit.ask(EVENTS, "grace-token");
  assert.deepEqual([third.status, third.headers.get("retry-after")], [429, "60"]);
  await open(t, kit, "ada-token");
  const other = await startKit(t, "express");
  other.store.load = () => ["invoice:view"];
  assert.equal((await other.ask("/api/invoices", "grace-token")).status, 200);
  for (const path of [EVENTS, `${DOCUMENT}?wait=1&version=1`]) assert.equal((await other.ask(path, "grace-token")).status, 500);
  assert.deepEqual(other.codes(), ["no-push"]);
  assert.equal(other.backend.streams, 0);
});

test("the stream of a page that does not read is closed before its messages fill the memory", async (t) => {
  const { origin, backend, store } = await startKit(t, "express");
  const { port } = new URL(origin);
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  socket.pause();
  socket.write(`GET ${EVENTS} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer grace-token\r\n\r\n`);
  await until("the stream is open", () => backend.streams === 1);
  const revoked = Array.from({ length: 1_000 }, (_, index) => `permission:${index}:${"x".repeat(10)}`);
  await until("the stream is closed", async () => {
    store.set("u-2", []);
    await backend.changed("u-2", { revoked });
    return backend.streams === 0;
  });
});

test("back ends announce changes to the other back ends on their bus, and to no others", async (t) => {
  const [store, bus] = [startStore(), memoryBus()];
  const [one, two] = [await startKit(t, "express", { store, options: { bus } }), await startKit(t, "hono", { store, options: { bus } })];
  const [stream, ada] = [await open(t, two), await open(t, two, "ada-token")];
  await one.backend.changed("u-2", { revoked: store.set("u-2", ["invoice:view"]) });
  assert.deepEqual((await heard(stream, "revoked")).permissions, ["invoice:edit"]);
  one.backend.ended("u-2", "grace-token");
  await isOver(stream);
  assert.deepEqual(types(ada), ["version"]);
  for (const text of ["{", "null", "7", '{"from":"x","kind":"changed","subject":7}', '{"from":"x","kind":"changed","subject":"u-1","version":"9"}', '{"from":"x","kind":"ended","subject":"u-1","session":7}']) bus.publish(text);
  bus.publish('{"from":"x","kind":"of a later version","subject":"u-1"}');
  await one.backend.changed("u-1", { revoked: store.set("u-1", ["invoice:*"]) });
  await heard(ada, "revoked");
  assert.equal(ada.isOver, false);
  assert.ok(two.codes().length > 0 && two.codes().every((code) => code === "malformed-message"));
});

/** A bus that loses messages on demand. */
function lossyBus() {
  const bus = memoryBus();
  const missed = new Set();
  return {
    isCut: false,
    isRefusing: false,
    publish(text) {
      if (this.isRefusing) throw new Error("connection refused");
      if (!this.isCut) bus.publish(text);
    },
    subscribe(hear, isMissed) {
      missed.add(isMissed);
      return bus.subscribe(hear, isMissed);
    },
    back() {
      for (const tell of missed) tell();
    },
  };
}

test("changes that the bus lost are found by one query after a gap, and by repeated queries while it is down", async (t) => {
  const [store, bus] = [startStore(), lossyBus()];
  const asked = [];
  const versions = (subjects) => {
    asked.push(subjects);
    return Object.fromEntries(subjects.map((subject) => [subject, store.users.get(subject).version]));
  };
  const options = { bus, versions };
  const [one, two] = [await startKit(t, "express", { store, options }), await startKit(t, "express", { store, options })];
  store.sessions.set("grace-third", "u-2");
  const [stream, other] = [await open(t, two), await open(t, two, "grace-other")];
  // A short gap that only the client notices.
  bus.isCut = true;
  store.set("u-2", []);
  await one.backend.changed("u-2");
  store.sessions.delete("grace-other");
  one.backend.ended("u-2", "grace-other");
  bus.isCut = false;
  asked.length = 0;
  bus.back();
  await hears(stream, 2);
  await isOver(other);
  assert.ok(asked.length > 0);
  for (const subjects of asked) assert.deepEqual(subjects, ["u-2"], "the node did not ask once for all of its listeners");
  // A long gap that neither the client nor the server notices.
  bus.isCut = true;
  store.set("u-2", []);
  await one.backend.changed("u-2");
  await hears(stream, 3);
  assert.deepEqual(two.codes(), ["bus"]);
  // A session whose end was not announced: its credentials are checked again while the bus is silent.
  const third = await open(t, two, "grace-third");
  store.sessions.delete("grace-third");
  one.backend.ended("u-2", "grace-third");
  await isOver(third);
  assert.equal(stream.isOver, false);
  bus.isCut = false;
  // Messages that could not be sent are sent later.
  bus.isRefusing = true;
  await one.backend.changed("u-2", { revoked: ["invoice:edit"], version: 4 });
  bus.isRefusing = false;
  assert.deepEqual(await heard(stream, "revoked"), { type: "revoked", subject: "u-2", version: 4, permissions: ["invoice:edit"] });
});

test("a failed subscription to the bus and a failed query of the store are tried again", async (t) => {
  const store = startStore();
  let failures = 2;
  const bus = memoryBus();
  const late = { publish: (text) => bus.publish(text), subscribe: (...given) => (failures-- > 0 ? Promise.reject(new Error("not yet")) : bus.subscribe(...given)) };
  const [one, two] = [await startKit(t, "express", { store, options: { bus } }), await startKit(t, "express", { store, options: { bus: late } })];
  const stream = await open(t, two);
  await until("the back end listens to the bus", () => failures < 0);
  await one.backend.changed("u-2", { revoked: store.set("u-2", ["invoice:view"]) });
  await heard(stream, "revoked");
  store.load = () => { throw new Error("the database is down"); };
  store.set("u-2", []);
  await one.backend.changed("u-2");
  store.load = undefined;
  await hears(stream, 3);
  assert.deepEqual(one.codes(), ["load"]);
});

test("a back end that waits to repeat a failed message to the bus does not keep its process from ending", async (t) => {
  const program = `
    import { createBackend } from "permgate/backend";
    const bus = { publish: () => { throw new Error("away"); }, subscribe: () => () => undefined };
    createBackend({ identify: () => null, load: () => null, bus, onError: () => undefined }).ended("u-1");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: HERE, stdio: "inherit" });
  t.after(() => child.kill());
  const [status] = await within("its end", once(child, "exit"));
  assert.equal(status, 0);
});
