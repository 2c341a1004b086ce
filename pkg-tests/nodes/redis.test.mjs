/** Several nodes on a real server of Redis, behind a proxy: every stream hears of every change, whatever breaks, and nothing is granted that is not. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { endAll, start } from "../support/processes.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { startProxy } from "../support/proxy.mjs";
import { openEvents } from "../contract/streams.mjs";
import { startCutter } from "./cutter.mjs";
import { startRedis } from "./redis-server.mjs";
import { startStore } from "./store.mjs";

const EVENTS = "/api/me/permissions/events";
const EDITS = ["invoice:view", "invoice:edit"];

/** Nodes with connections of their own to one server, a proxy that takes them in turn, and two streams on each node. */
async function stage(t, library, count) {
  const redis = await startRedis(t);
  const users = new Map([1, 2].map((number) => [`u-${number}`, { version: 1, permissions: EDITS }]));
  const store = await startStore(t, users);
  const nodes = await Promise.all(Array.from({ length: count }, async () => {
    const cutter = await startCutter(t, redis.port);
    const program = start(process.execPath, ["nodes/node.mjs", library, String(cutter.port), store.origin], {}, HERE);
    return { cutter, origin: await program.line(/^listening on (\S+)/) };
  }));
  t.after(endAll);
  let turn = 0;
  const proxy = await startProxy(() => nodes[(turn += 1) % count].origin);
  t.after(() => proxy.close());
  const streams = await Promise.all(nodes.flatMap((_, index) => ["a", "b"].map((session) => openEvents(t, proxy.origin + EVENTS, { authorization: `Bearer u-1.${session}${index}` }))));
  const versions = ({ messages }) => messages.map(({ version }) => version).filter((version) => version !== undefined);
  for (const stream of streams) await until("the stream has begun", () => versions(stream).length > 0);

  /** Commits a change, and tells it to one node. */
  const change = async (index) => {
    const user = users.get("u-1");
    const isGiven = user.permissions.length === 1;
    users.set("u-1", { version: user.version + 1, permissions: isGiven ? EDITS : ["invoice:view"] });
    const { origin } = nodes[index % count];
    await fetch(`${origin}/told/u-1${isGiven ? "" : "?revoked=invoice:edit"}`, { method: "POST" });
    return user.version + 1;
  };
  const allHear = (version) => until(`every stream hears of version ${version}`, () => streams.every((stream) => versions(stream).at(-1) >= version));

  /** Asks again and again, through the proxy; what is granted was so at some moment of the request. */
  const asking = { isOver: false, count: 0 };
  const ask = async () => {
    while (!asking.isOver) {
      const before = users.get("u-1");
      const { status, headers } = await fetch(`${proxy.origin}/api/invoices`, { headers: { authorization: "Bearer u-1.c" } });
      const after = users.get("u-1");
      const version = Number(headers.get("permissions-version")?.split(";")[0] ?? NaN);
      const couldBeGranted = before.version !== after.version || before.permissions.length === 2;
      assert.ok([200, 403].includes(status), `${status}`);
      assert.ok(status !== 200 || couldBeGranted, `version ${before.version} does not grant it`);
      assert.ok(status !== 200 || version >= before.version, `${version} is older than ${before.version}`);
      asking.count += 1;
    }
  };
  const asked = ask();
  return {
    redis,
    nodes,
    streams,
    versions,
    change,
    allHear,
    async finish() {
      asking.isOver = true;
      await asked;
      assert.ok(asking.count > 0);
      for (const stream of streams) {
        assert.equal(stream.isOver, false);
        const told = versions(stream);
        assert.deepEqual(told, [...told].sort((one, other) => one - other), "no version is told after a higher one");
      }
    },
  };
}

for (const library of ["redis", "ioredis"]) {
  for (const count of [2, 3]) {
    test(`${library}, ${count} nodes: every stream hears of every change, through cuts and a server that is killed`, async (t) => {
      const { redis, nodes, streams, versions, change, allHear, finish } = await stage(t, library, count);
      // All is well.
      for (let index = 0; index < count * 2; index += 1) await allHear(await change(index));
      const revoked = streams.filter(({ messages }) => messages.some(({ type, permissions }) => type === "revoked" && permissions[0] === "invoice:edit"));
      assert.equal(revoked.length, streams.length, "names that were revoked reach every node");

      // The connections of one node after the other are cut, in the middle of changes.
      for (let index = 0; index < count; index += 1) {
        const changing = change(index + 1);
        nodes[index].cutter.cut();
        await allHear(await changing);
      }
      // The server ends its connections.
      await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      await allHear(await change(0));

      // The server is killed: changes are heard of while it is away, and after its return.
      await redis.kill();
      await allHear(await change(0));
      const missed = await change(1);
      await redis.start();
      await allHear(missed);
      await allHear(await change(count - 1));

      // Connections are there, and nothing passes: those of the node that hears, then of the one that tells.
      for (const index of [0, 1]) {
        nodes[index].cutter.hold();
        await allHear(await change(1));
        nodes[index].cutter.go();
      }
      const last = await change(0);
      await allHear(last);
      assert.ok(streams.every((stream) => versions(stream).at(-1) === last));

      // A session that ends on one node ends on the other, where its stream is.
      await fetch(`${nodes[0].origin}/ended/u-1/a${count - 1}`, { method: "POST" });
      const ended = streams[(count - 1) * 2];
      await until("its stream is over", () => ended.isOver);
      assert.equal(ended.messages.at(-1).type, "session-revoked");
      streams.splice(streams.indexOf(ended), 1);
      await finish();
    });
  }
}
