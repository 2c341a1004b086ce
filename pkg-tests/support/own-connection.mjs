/** Requests without a shared connection: a loaded server ends an idle connection just when the next request is on its way. */

import { get } from "node:http";
import { text } from "node:stream/consumers";

/**
 * The body of the answer to a `GET`, over a connection of its own. `fetch` keeps connections. Servers of Node.js end
 * them after 5 s without a request, and a server that got no processor time for so long does that before it reads the
 * request that has arrived meanwhile: ECONNRESET.
 */
export function textOf(address, headers = {}) {
  return new Promise((resolve, reject) => {
    get(address, { headers, agent: false }, (answer) => text(answer).then(resolve, reject)).once("error", reject);
  });
}
