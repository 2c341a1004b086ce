/** One server for the measurements of `permgate/backend`: `node kit-app.mjs bare|load|require|streams`; it prints its address, and its resource usage on request. */

import express from "express";
import { createBackend } from "permgate/backend";
import { forExpress } from "permgate/backend/express";

const [kind] = process.argv.slice(2);
const PERMISSIONS = Array.from({ length: 100 }, (_, index) => `resource-${index}:edit`);
const USERS = 50;

/** The cost of one load: a document read from its row, as a database driver returns it. */
const rows = new Map(Array.from({ length: USERS }, (_, index) => [`u-${index}`, JSON.stringify({ version: 1, permissions: PERMISSIONS })]));
const load = async (subject) => JSON.parse(rows.get(subject));

const subjectOf = ({ headers }) => headers.authorization?.slice("Bearer ".length);
const backend = createBackend({ identify: (_, req) => ({ subject: subjectOf(req) }), load, streamsPerSubject: 100_000 });
const permissions = forExpress(backend);
const app = express();
const handlers = {
  bare: [],
  async load(request, _response, next) {
    await load(subjectOf(request));
    next();
  },
  require: permissions.require("resource-7:edit"),
  streams: permissions.routes(),
};
app.use(handlers.streams);
app.get("/api/invoices", ...[handlers[kind]].flat(), (_, response) => response.json({ invoices: [1, 2, 3] }));
app.get("/use", (request, response) => {
  if (request.query.collect) globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  response.json({ rss, heapUsed, external, cpuMs: (user + system) / 1000, streams: backend.streams });
});
app.post("/change/:subject", async (request, response) => {
  rows.set(request.params.subject, JSON.stringify({ version: Number(request.query.version), permissions: PERMISSIONS }));
  const began = performance.now();
  await backend.changed(request.params.subject);
  response.json({ ms: performance.now() - began });
});
const server = app.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
// The rounds of the other servers last longer than the default timeout of five seconds.
server.keepAliveTimeout = 120_000;
