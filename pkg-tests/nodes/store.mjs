/** The database that all nodes share: its committed state is the truth. */

import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** Starts the database; `users` maps subjects to documents, `ended` has the sessions that are over. */
export async function startStore(t, users) {
  const ended = new Set();
  const server = createServer(async (request, response) => {
    const [, kind, subject] = request.url.split("/");
    const asked = kind === "versions" ? JSON.parse(await text(request)) : [];
    const answer = kind === "sessions" ? !ended.has(subject) : kind === "versions" ? Object.fromEntries(asked.map((one) => [one, users.get(one).version])) : users.get(subject);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ended, origin: `http://127.0.0.1:${server.address().port}` };
}
