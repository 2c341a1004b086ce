/** Several nodes on a real server of Redis, behind a proxy: every stream reports every change, whichever connection breaks, and no request is granted without the permission. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { stage } from "./stage.mjs";

for (const library of ["redis", "ioredis"]) {
  for (const count of [2, 3]) {
    test(`${library}, ${count} nodes: every stream reports every change, while connections are cut and the server is killed`, async (t) => {
      const { redis, nodes, streams, versions, change, end, allHear, finish } = await stage(t, library, count);
      // Without a failure.
      for (let index = 0; index < count * 2; index += 1) await allHear(await change(index));
      const revoked = streams.filter(({ messages }) => messages.some(({ type, permissions }) => type === "revoked" && permissions[0] === "invoice:edit"));
      assert.equal(revoked.length, streams.length, "the revoked names did not reach every node");

      // The connections of each node in turn are cut in the middle of changes.
      for (let index = 0; index < count; index += 1) {
        const changing = change(index + 1);
        nodes[index].cutter.cut();
        await allHear(await changing);
      }
      // The server closes its connections.
      await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      await allHear(await change(0));

      // The server is killed: changes are committed while it is stopped, and after it is started again.
      await redis.kill();
      await allHear(await change(0));
      const missed = await change(1);
      await redis.start();
      await allHear(missed);
      await allHear(await change(count - 1));

      // Connections are open, but nothing passes: first at the receiving node, then at the announcing node.
      for (const index of [0, 1]) {
        nodes[index].cutter.hold();
        await allHear(await change(1));
        nodes[index].cutter.go();
      }
      const last = await change(0);
      await allHear(last);
      assert.ok(streams.every((stream) => versions(stream).at(-1) === last));

      // A session that ends on one node also ends its stream on another node, whether the bus works or not.
      const isEnded = async (session, act) => {
        const stream = streams.find((one) => one.session === session);
        await act();
        await until(`the stream of ${session} is closed`, () => stream.isOver);
        assert.equal(stream.messages.at(-1).type, "session-revoked");
        streams.splice(streams.indexOf(stream), 1);
      };
      await isEnded(`a${count - 1}`, () => end(0, `a${count - 1}`));
      await redis.kill();
      await isEnded(`b${count - 1}`, () => end(0, `b${count - 1}`));
      await redis.start();
      await finish();
    });
  }
}
