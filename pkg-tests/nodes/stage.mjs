/** Nodes of an application on one Redis server, behind a proxy that uses them in turn, with open streams on each node. */

import assert from "node:assert/strict";
import { openEvents } from "../contract/streams.mjs";
import { until } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { endAll, start } from "../support/processes.mjs";
import { startProxy } from "../support/proxy.mjs";
import { startCutter } from "./cutter.mjs";
import { startRedis } from "./redis-server.mjs";
import { startStore } from "./store.mjs";

const EVENTS = "/api/me/permissions/events";
const EDITS = ["invoice:view", "invoice:edit"];

/**
 * Nodes with separate connections to one server, a proxy that uses them in turn, and two streams
 * on each node. Without `asks`, nodes learn of a change only from the bus and the store, not from requests.
 */
export async function stage(t, library, count, { asks = true } = {}) {
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
  const open = async (origin, session) => Object.assign(await openEvents(t, origin + EVENTS, { authorization: `Bearer u-1.${session}` }), { session });
  // Of each pair, one stream is opened through the proxy and one at its own node.
  const streams = await Promise.all(nodes.flatMap(({ origin }, index) => [open(proxy.origin, `a${index}`), open(origin, `b${index}`)]));
  const versions = ({ messages }) => messages.map(({ version }) => version).filter((version) => version !== undefined);
  for (const stream of streams) await until("the stream has its first message", () => versions(stream).length > 0);

  /** Commits a change, and announces it to one node. */
  const change = async (index) => {
    const user = users.get("u-1");
    const isGiven = user.permissions.length === 1;
    users.set("u-1", { version: user.version + 1, permissions: isGiven ? EDITS : ["invoice:view"] });
    const { origin } = nodes[index % count];
    await fetch(`${origin}/told/u-1${isGiven ? "" : "?revoked=invoice:edit"}`, { method: "POST" });
    return user.version + 1;
  };
  const allHear = (version) => until(`every stream reports version ${version}`, () => streams.every((stream) => versions(stream).at(-1) >= version));

  /** Ends a session in the store, and announces that to one node. */
  const end = async (index, session) => {
    store.ended.add(session);
    await fetch(`${nodes[index % count].origin}/ended/u-1/${session}`, { method: "POST" });
  };

  /** Asks again and again through the proxy; each grant must have been right at some moment of its request. */
  const asking = { isOver: !asks, count: 0 };
  const ask = async () => {
    while (!asking.isOver) {
      const before = users.get("u-1");
      const { status, headers } = await fetch(`${proxy.origin}/api/invoices`, { headers: { authorization: "Bearer u-1.c" } });
      const after = users.get("u-1");
      const version = Number(headers.get("permissions-version")?.split(";")[0] ?? NaN);
      const couldBeGranted = before.version !== after.version || before.permissions.length === 2;
      assert.ok([200, 403].includes(status), `${status}`);
      assert.ok(status !== 200 || couldBeGranted, `version ${before.version} does not grant the permission`);
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
    end,
    allHear,
    async finish() {
      asking.isOver = true;
      await asked;
      assert.ok(!asks || asking.count > 0);
      for (const stream of streams) {
        assert.equal(stream.isOver, false);
        const told = versions(stream);
        assert.deepEqual(told, [...told].sort((one, other) => one - other), "a version was announced after a higher one");
      }
    },
  };
}
