/** One node of an application on `permgate/backend`, as a process: `node node.mjs redis|ioredis PORT STORE`. The process prints its address. */

import express from "express";
import { Redis } from "ioredis";
import { createBackend, redisBus } from "permgate/backend";
import { forExpress } from "permgate/backend/express";
import { createClient } from "redis";

const [library, port, store] = process.argv.slice(2);
const quiet = (client) => client.on("error", () => undefined);
const client = library === "redis" ? quiet(createClient({ socket: { port: Number(port), host: "127.0.0.1" } })) : quiet(new Redis(Number(port), "127.0.0.1", { lazyConnect: true }));

const ask = async (path, init) => (await fetch(store + path, init)).json();

const backend = createBackend({
  identify: async (request) => {
    const [, subject, session] = /^Bearer (u-\d+)\.(\w+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    return subject !== undefined && (await ask(`/sessions/${session}`)) ? { subject, session } : null;
  },
  load: (subject) => ask(`/users/${subject}`),
  versions: (subjects) => ask("/versions", { method: "POST", body: JSON.stringify(subjects) }),
  bus: redisBus(client),
  onError: ({ code, message }) => console.error(code, message),
});
const permissions = forExpress(backend);
const app = express();
app.use(permissions.routes());
app.get("/api/invoices", permissions.require("invoice:edit"), (_, response) => response.json([]));
// The change is already committed when this node is asked to announce it.
app.post("/told/:subject", async (request, response) => {
  await backend.changed(request.params.subject, { revoked: request.query.revoked ? [request.query.revoked] : [] });
  response.status(204).end();
});
// The session is already over in the store.
app.post("/ended/:subject/:session", (request, response) => {
  backend.ended(request.params.subject, request.params.session);
  response.status(204).end();
});
const server = app.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
