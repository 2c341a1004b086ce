/** The interceptors for axios in the guide to requests, exactly as printed there: in Node.js, and in Chromium with both of its adapters. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import axios from "axios";
import * as esbuild from "esbuild";
import { createPermissions } from "permgate";
import { launch, openPage } from "../support/chromium.mjs";
import { token } from "../support/jwt.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";

const GUIDE = await readFile(join(HERE, "../docs/guide/requests.md"), "utf8");
const [, INTERCEPTORS] = GUIDE.match(/```javascript\n(axios\.interceptors.*?)```/s) ?? [];

const OLD = token({ sub: "u-17", jti: "old" });
const NEW = token({ sub: "u-17", jti: "new" });
const JSON_TYPE = { "content-type": "application/json" };

/** A server that accepts one token at a time, and that serves the files of a page. */
async function startServer(t, files = {}) {
  const state = { accepted: OLD, refuses: false, sent: [], bodies: [] };
  const server = createServer(async (request, response) => {
    const [path] = request.url.split("?");
    if (files[path]) return response.writeHead(200, { "content-type": files[path].type }).end(files[path].body);
    let body = "";
    for await (const chunk of request) body += chunk;
    const isGood = request.headers.authorization === `Bearer ${state.accepted}`;
    if (path === "/permissions") {
      const document = { subject: "u-17", version: 1, permissions: ["a"] };
      return response.writeHead(isGood ? 200 : 401, JSON_TYPE).end(JSON.stringify(document));
    }
    state.sent.push(request.headers.authorization?.replace("Bearer ", ""));
    state.bodies.push(body);
    const status = path === "/forbidden" ? 403 : isGood && !state.refuses ? 200 : 401;
    response.writeHead(status, JSON_TYPE).end(JSON.stringify({ title: `${status}` }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(state, { origin: `http://127.0.0.1:${server.address().port}` });
}

/** An instance, and an axios client with the interceptors of the guide. */
async function client(t) {
  assert.ok(INTERCEPTORS, "docs/guide/requests.md has no example of interceptors for axios");
  const server = await startServer(t);
  const session = { token: OLD, asked: 0 };
  const permissions = await createPermissions({
    endpoint: `${server.origin}/permissions`,
    token: OLD,
    guard: { origins: [server.origin] },
    onUnauthenticated: async () => {
      session.asked += 1;
      session.token = NEW;
      return NEW;
    },
  });
  t.after(() => permissions.dispose());
  permissions.on("error", () => undefined);
  await permissions.whenReady();
  const api = axios.create({ baseURL: server.origin });
  new Function("axios", "permissions", "session", INTERCEPTORS)(api, permissions, session);
  return { api, permissions, server, session };
}

test("F12 after fifty requests of axios got 401, there is one sign-in, and each request is sent again once", async (t) => {
  const { api, permissions, server, session } = await client(t);
  server.accepted = NEW;
  const data = { a: [1, "2"] };
  const all = await Promise.all(Array.from({ length: 50 }, () => api.post("/items", data)));
  assert.ok(all.every(({ status }) => status === 200));
  assert.equal(session.asked, 1);
  assert.equal(server.sent.length, 100);
  assert.deepEqual(new Set(server.bodies), new Set([JSON.stringify(data)]));
  assert.ok(permissions.can("a"));
});

test("F14 a 401 to a request that was sent again is returned to axios, and nothing is granted", async (t) => {
  const { api, permissions, server, session } = await client(t);
  Object.assign(server, { accepted: NEW, refuses: true });
  await assert.rejects(api.get("/items"), ({ response }) => response.status === 401);
  assert.deepEqual(server.sent, [OLD, NEW]);
  assert.equal(session.asked, 1);
  assert.equal(permissions.can("a"), false);
});

test("F16 a 403 is evaluated with its problem document, and axios gets the 403", async (t) => {
  const { api, permissions, server } = await client(t);
  const told = new Promise((resolve) => permissions.on("forbidden", resolve));
  await assert.rejects(api.get("/forbidden"), ({ response }) => response.status === 403);
  assert.deepEqual(await told, { url: `${server.origin}/forbidden`, problem: { title: "403" } });
  assert.equal(server.sent.length, 1);
});

test("a request whose 401 axios takes for a success is sent again, too", async (t) => {
  const { api, server } = await client(t);
  server.accepted = NEW;
  assert.equal((await api.get("/items", { validateStatus: null })).status, 200);
  assert.deepEqual(server.sent, [OLD, NEW]);
});

test("F19 a request with a stream as its body is not sent again", async (t) => {
  const { api, server } = await client(t);
  server.accepted = NEW;
  const body = Readable.toWeb(Readable.from([Buffer.from("x")]));
  await assert.rejects(api.post("/items", body, { adapter: "fetch" }), ({ response }) => response.status === 401);
  assert.equal(server.sent.length, 1);
});

test("F12 in a browser, a request of axios by XMLHttpRequest or fetch that got 401 is sent again after the sign-in", async (t) => {
  const out = await mkdtemp(join(tmpdir(), "permgate-axios-"));
  t.after(() => rm(out, { recursive: true }));
  const built = await esbuild.build({
    stdin: {
      contents: `
        import axios from "axios";
        import { createPermissions } from "permgate";
        window.run = async (adapter, old, renewed) => {
          const session = { token: old, asked: 0 };
          const permissions = await createPermissions({ endpoint: "/permissions", token: old, onUnauthenticated: () => {
            session.asked += 1;
            return (session.token = renewed);
          } });
          await permissions.whenReady();
          const api = axios.create({ adapter });
          ((axios) => {\n${INTERCEPTORS}\n})(api);
          await window.expire();
          const all = await Promise.all(Array.from({ length: 50 }, () => api.post("/items", { a: 1 })));
          const granted = permissions.can("a");
          permissions.dispose();
          return [new Set(all.map(({ status }) => status)).size, all[0].status, session.asked, granted];
        };`,
      resolveDir: HERE,
    },
    bundle: true,
    format: "esm",
    write: false,
    outdir: out,
    logLevel: "error",
  });
  const server = await startServer(t, {
    "/": { type: "text/html", body: '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>' },
    "/main.js": { type: "text/javascript", body: built.outputFiles[0].text },
    "/permgate.wasm": { type: "application/wasm", body: await readFile(join(DIST, "permgate.wasm")) },
  });
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  await page.exposeFunction("expire", () => void (server.accepted = NEW));
  for (const adapter of ["xhr", "fetch"]) {
    Object.assign(server, { accepted: OLD, sent: [], bodies: [] });
    await page.goto(server.origin);
    await page.waitForFunction(() => "run" in window);
    assert.deepEqual(await page.evaluate(([adapter, old, renewed]) => window.run(adapter, old, renewed), [adapter, OLD, NEW]), [1, 200, 1, true]);
    assert.equal(server.sent.length, 100);
    assert.deepEqual(new Set(server.bodies), new Set(['{"a":1}']));
  }
});
