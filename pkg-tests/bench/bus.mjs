/** How soon all streams of three nodes report a change while Redis is stopped, when it is back, and after connections were cut. */

import { stage } from "../nodes/stage.mjs";

const NODES = 3;
const ROUNDS = 15;

/** The longest time in which every stream must report a change, in milliseconds. */
const AIM_MS = 1_000;

/** The disturbances, each with a function that causes it before the change is committed; `node` is the node that announces the change. */
const TROUBLES = {
  "without a disturbance": async () => undefined,
  "while Redis is stopped": async ({ redis }) => redis.kill(),
  "when Redis is back": async ({ redis }) => redis.start(),
  "when a node's connections were cut": async ({ nodes }, node) => nodes[node].cutter.cut(),
};

/** A row for each disturbance and client: the median and the longest time of all rounds. */
export async function busRows() {
  const rows = [];
  for (const library of ["redis", "ioredis"]) {
    const closing = [];
    const nodes = await stage({ after: (close) => closing.push(close) }, library, NODES, { asks: false });
    const times = Object.fromEntries(Object.keys(TROUBLES).map((trouble) => [trouble, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [trouble, make] of Object.entries(TROUBLES)) {
        await make(nodes, round % NODES);
        const began = performance.now();
        await nodes.allHear(await nodes.change(round % NODES));
        times[trouble].push(performance.now() - began);
      }
    }
    await nodes.finish();
    for (const close of closing) await close();
    for (const [trouble, all] of Object.entries(times)) {
      const sorted = all.toSorted((one, other) => one - other);
      const longest = sorted.at(-1);
      rows.push({ name: `bus over ${library}, ${NODES} nodes: to the last stream, ${trouble}`, ours: sorted[Math.floor(ROUNDS / 2)], p99: longest, peer: null, ratio: null, unit: "ms", aim: `all within ${AIM_MS} ms`, met: longest <= AIM_MS });
    }
  }
  return { rows };
}
