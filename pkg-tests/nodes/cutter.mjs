/** A connection to a server that can be cut, or held so that nothing passes and nobody is told. */

import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Passes connections on to a port. `cut` breaks all that are open. After `hold`, what is sent on
 * those that are open does not arrive and nobody is told; after `go` it arrives, where it still can.
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
