/** A proxy whose connections to a server can be cut, or held so that nothing passes and neither side notices. */

import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Passes connections on to a port. `cut` breaks all open connections. After `hold`, bytes that are sent on
 * them do not arrive, and neither side notices; after `go` they arrive, if the connection still exists.
 */
export async function startCutter(t, port) {
  const pairs = new Set();
  const cutter = {
    hold() {
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    go() {
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
  };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const pair = [near, far];
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near]]) {
      from.on("data", (bytes) => to.write(bytes));
      from.on("error", () => undefined);
      from.on("close", () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    cutter.cut();
    server.close();
  });
  return Object.assign(cutter, { port: server.address().port });
}
