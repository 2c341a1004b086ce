/** The requests of the interleaved check: no idle connection of an earlier one, which a loaded server may just be ending, is used again. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { textOf } from "../support/own-connection.mjs";

test("requests are answered by a server that ends each connection at its second request, as a loaded one may do", async (t) => {
  const used = new WeakSet();
  const server = createServer((request, response) => {
    if (used.has(request.socket)) return request.socket.resetAndDestroy();
    used.add(request.socket);
    response.end(`${request.headers.cookie ?? "nobody"}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = `http://127.0.0.1:${server.address().port}`;
  for (let number = 0; number < 5; number += 1) assert.equal(await textOf(address, { cookie: `number=${number}` }), `number=${number}`);
  assert.equal(await textOf(address), "nobody");
  // What the requests are spared.
  await assert.rejects(async () => {
    for (let number = 0; number < 5; number += 1) await (await fetch(address)).text();
  }, /fetch failed/);
});
