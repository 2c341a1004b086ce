/** A page in an engine and its server: a fake one with answers of the test, or the real one. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { startServer } from "../e2e/server.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve, STRICT_POLICY } from "../support/static-server.mjs";

/** The endpoint of the page. */
export const ENDPOINT = "/api/me/permissions";
export const EVENTS = "/api/me/permissions/events";

/** The document of the fake server unless a test changes it. */
export const DOCUMENT = { subject: "u-17", version: 1, permissions: ["invoice:view", "invoice:edit"] };

/** The displayed elements with these permissions. */
export const SHOWN = ["view", "edit", "both"];

/** With `PERMGATE_BUILD=whole`, all pages get the whole build of the module instead of the smaller one that most pages download. */
async function asBuilt() {
  if (process.env.PERMGATE_BUILD !== "whole") return () => undefined;
  const body = await readFile(join(DIST, "whole-permgate.wasm"));
  return (path) => (path === "/permgate/permgate.wasm" ? { status: 200, headers: { "content-type": "application/wasm" }, body } : undefined);
}

/** Serves the page, and passes requests below `/api/` on to a server: one origin, through a proxy. */
async function startFront(t, { origin }, policy) {
  const folders = {
    "/": join(HERE, "engines/page"),
    "/permgate/": DIST,
    "/e2e/": join(HERE, "e2e"),
    "/libraries/": join(HERE, "node_modules"),
  };
  // With `no-store`, a page never enters the back/forward cache.
  const files = await serve(folders, { policy, headers: { "cache-control": "no-cache" }, intercept: await asBuilt() });
  const proxy = await startProxy((path) => (path.startsWith("/api/") ? origin : files.origin));
  t.after(async () => {
    await proxy.close();
    await files.close();
  });
  return proxy;
}

/**
 * Serves the page with the real server behind it, perhaps with more `switches`. Returns `origin`
 * (of page and API), the `proxy` before both, and the `server` to stop, start and freeze.
 */
export async function startReal(t, switches = []) {
  const server = await startServer(t, switches);
  const proxy = await startFront(t, server, STRICT_POLICY);
  return { origin: proxy.origin, proxy, server };
}

/**
 * Serves the page and a fake API. Returns
 * - `origin` (of page and API), and the `proxy` before both;
 * - `document`: the answer of the endpoint, which the test may change;
 * - `answer(path, handler)`: another handler `(request, response, authority)` for a path of the API;
 * - `asked(path)`: the number of requests for it; `requests`: all of them, in order;
 * - `streams`: the open event streams; `push(event, data)` writes to all of them.
 */
export async function startAuthority(t, { policy = STRICT_POLICY } = {}) {
  const handlers = new Map();
  const requests = [];
  const streams = new Set();
  const authority = {
    origin: undefined,
    proxy: undefined,
    document: DOCUMENT,
    requests,
    streams,
    answer: (path, handler) => handlers.set(path, handler),
    asked: (path) => requests.filter((request) => request.path === path).length,
    push(event, data) {
      for (const stream of streams) stream.write(message(event, data));
    },
  };
  handlers.set(ENDPOINT, (_, response) => sendDocument(response, authority.document));
  handlers.set(EVENTS, (_, response) => openStream(response, authority));

  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url, "http://localhost");
    requests.push({ path, query: Object.fromEntries(searchParams), headers: request.headers, at: performance.now() });
    const handler = handlers.get(path) ?? ((_, response) => response.writeHead(404).end());
    handler(request, response, authority);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  authority.proxy = await startFront(t, { origin: `http://127.0.0.1:${server.address().port}` }, policy);
  authority.origin = authority.proxy.origin;
  return authority;
}

/** A message of an event stream. */
export function message(event, data) {
  return `event: ${event}\n${data.version === undefined ? "" : `id: ${data.version}\n`}data: ${JSON.stringify(data)}\n\n`;
}

const versionOf = ({ version, subject }) => ({ "permissions-version": `${version};sub="${subject}"` });

export function sendDocument(response, document) {
  const headers = { "content-type": "application/json", "cache-control": "no-store", ...versionOf(document) };
  response.writeHead(200, headers).end(JSON.stringify(document));
}

/** Begins a stream as the protocol says: with the current version. */
export function openStream(response, { document: { subject, version }, streams }) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(message("version", { version, subject }));
  streams.add(response);
  response.once("close", () => streams.delete(response));
}

/** Answers a long poll when there is a newer version, and with 204 at the end of the wait, as the real server does. */
export async function answerPoll(request, response, authority) {
  const asked = new URL(request.url, "http://localhost").searchParams;
  const end = performance.now() + 1_000 * Number(asked.get("wait"));
  const isNewer = () => String(authority.document.version) !== asked.get("version");
  const isOver = () => response.destroyed || performance.now() >= end;
  await until("there is a newer version, or the wait is over", () => isNewer() || isOver(), { deadlineMs: 600_000 });
  if (isNewer()) sendDocument(response, authority.document);
  else response.writeHead(204, versionOf(authority.document)).end();
}

/** Opens the page and waits until the package is loaded. */
export async function openPage(driver, origin, path = "/") {
  await driver.get(`${origin}${path}`);
  await until("the package is loaded", () => driver.executeScript("return 'ready' in document.documentElement.dataset"));
}

/** Runs a function in the page, which may be asynchronous; of the test, it sees only its arguments. */
export async function run(driver, body, ...args) {
  const script = `
    const done = arguments[arguments.length - 1];
    const given = [...arguments].slice(0, -1);
    Promise.resolve().then(() => (${body})(...given)).then(
      (value) => done({ value: value === undefined ? null : value }),
      (error) => done({ error: String(error && error.stack || error) }),
    );`;
  const { value, error } = await driver.executeAsyncScript(script, ...args);
  if (error !== undefined) throw new Error(`in the page: ${error}`);
  return value;
}

/** Creates an instance with these options (JSON), bound to the page. */
export const begin = (driver, options) => run(driver, (given) => window.begin(given), options);

/** Waits until exactly the elements with these ids are displayed. */
export async function showsOnly(driver, ids) {
  const wanted = JSON.stringify(ids);
  await until(`only ${wanted} are shown`, async () => {
    const shown = JSON.stringify(await run(driver, () => window.shown()));
    if (shown !== wanted) throw new Error(`${shown} are shown`);
    return true;
  });
}

/**
 * Checks that no frame displayed a refused element, that nothing was thrown, and that no policy was violated.
 * Tabs in the background may have no frames.
 */
export async function assertClean(driver, { isSeen = true } = {}) {
  if (isSeen) await until("a frame was looked at", () => run(driver, () => watch.record.frames > 0));
  const { flashes, violations, uncaught } = await run(driver, () => ({
    flashes: watch.record.flashes,
    violations: watch.record.violations,
    uncaught: watch.uncaught,
  }));
  assert.deepEqual({ flashes, violations, uncaught }, { flashes: [], violations: [], uncaught: [] });
}

/** Closes all windows except the first, which tests with several windows leave open. */
export async function onlyOneWindow(driver) {
  const [first, ...others] = await driver.getAllWindowHandles();
  for (const handle of others) {
    await driver.switchTo().window(handle);
    await driver.close();
  }
  await driver.switchTo().window(first);
}
